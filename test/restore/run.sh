#!/bin/sh
# Runs the tests on the real pgBackRest in a scratch folder that is removed after them, also when they are interrupted or killed. Their servers
# end with mocha, because the kernel signals its end to them (setpriv --pdeathsig). Arguments are mocha's.
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
# What pgBackRest archives with has detached itself, and would make its folders again. The variable is in the environment of all that was started.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  left=$(grep -lsa "RESTORE_SCRATCH=$scratch" /proc/[0-9]*/environ)
  for file in $left; do
    pid=${file#/proc/}
    kill -KILL "${pid%/environ}" 2>/dev/null
  done
  rm -rf "$scratch" 2>/dev/null && [ -z "$left" ] && break
  sleep 1
done
exit $code
