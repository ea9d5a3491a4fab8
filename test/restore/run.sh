#!/bin/sh
# Runs the tests on the real pgBackRest in a scratch folder that is removed after them, also when they are interrupted or killed. Their servers
# end with mocha, because the kernel tells them of its end (setpriv --pdeathsig). Arguments are mocha's.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bestie-restore-XXXXXX") || exit 1
# The account that Postgres runs as has to get through.
chmod 711 "$scratch"

# In one process: with `node-option` in its configuration mocha would start another, which a kill of the first would leave behind.
RESTORE_SCRATCH=$scratch node --import=tsx node_modules/mocha/bin/mocha.js --config .mocharc.restore.json "$@" &
tests=$!
trap 'kill -KILL $tests' INT TERM HUP
wait $tests
code=$?
wait $tests 2>/dev/null
# What pgBackRest archives with is a process of its own. It ends a moment after its server, and writes until then.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$scratch" 2>/dev/null && break
  sleep 1
done
exit $code
