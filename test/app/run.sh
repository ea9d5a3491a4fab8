#!/bin/sh
# Runs the tests on the application, in namespaces of their own where that is possible: whatever they start, mount or configure then ends with
# them, also when they are interrupted or killed. Arguments are mocha's.
own="--mount --net --pid --fork --kill-child --mount-proc"
mocha="node node_modules/mocha/bin/mocha.js --config .mocharc.app.json"
# shellcheck disable=SC2086 # lists of words
if [ "$(id -u)" != 0 ] || ! unshare $own true 2>/dev/null; then exec $mocha "$@"; fi

export APP_NAMESPACES=own APP_GROUPS="bestie-test-app-$$"
# shellcheck disable=SC2086
unshare $own $mocha "$@" &
tests=$!
trap 'kill -KILL $tests' INT TERM HUP
wait $tests
code=$?
wait $tests 2>/dev/null
# Control groups are in no namespace. They can be removed once the kernel has ended what was in them.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  left=$(find /sys/fs/cgroup -maxdepth 2 -name "$APP_GROUPS-*")
  [ -n "$left" ] || break
  # shellcheck disable=SC2086 # a list of folders
  rmdir $left 2>/dev/null || sleep 1
done
exit $code
