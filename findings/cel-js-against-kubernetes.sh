#!/usr/bin/env bash
# @marcbachmann/cel-js 8.0.0 (Node 20): where it evaluates CEL otherwise than Kubernetes 1.34 (cel-go) does.
#
# Guess: an evaluator of CEL gives the values that cel-go gives, and reads JSON objects whatever their keys are.
# Seen: a key called constructor makes an object unreadable; functions differ, and none of them can be replaced (an overload of the same
#   signature is refused). After = what Kubernetes says.
#     {"constructor": "a"}.all(k, k != "")         error = true
#     duration("0") == duration("0s")              error = true
#     duration("2562048h") > duration("1h")        true  = error, no int64 holds it
#     int("000000000000000000007")                 error = 7
#     "\u00c4".lowerAscii()                        ä     = Ä
#     "a\rb".matches("a.b")                        false = true
# Fails if that changes. Needs npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @marcbachmann/cel-js@8.0.0 >/dev/null
cat >"$folder/try.mjs" <<'JS'
import { Environment } from '@marcbachmann/cel-js';
const environment = new Environment({ unlistedVariablesAreDyn: true });
const rows = [
  ['self.all(k, k != "")', 'error'],
  ['duration("0") == duration("0s")', 'error'],
  ['duration("2562048h") > duration("1h")', 'true'],
  ['int("000000000000000000007")', 'error'],
  ['"\\u00c4".lowerAscii()', '\u00e4'],
  ['"a\\rb".matches("a.b")', 'false'],
];
for (const [expression, want] of rows) {
  let value = 'error';
  try {
    value = String(environment.evaluate(expression, { self: { constructor: 'a' } }));
  } catch {
    // An error is a value here.
  }
  console.log(value === want ? 'as seen: ' : 'CHANGED: ', expression, value);
  if (value !== want) process.exitCode = 1;
}
try {
  environment.registerFunction('string.matches(string): bool', () => true);
  console.log('CHANGED:  a function can be replaced');
  process.exitCode = 1;
} catch (error) {
  console.log('as seen: ', error.message);
}
JS
node "$folder/try.mjs"
