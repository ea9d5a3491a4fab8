/** Prints the alert rules in an answer of the sync hook, as promtool reads them: node rules.mjs ANSWER */
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';

const [, , file] = process.argv;
const { children } = JSON.parse(readFileSync(file, 'utf8'));
const groups = children.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec.groups);
if (groups.length === 0) throw new Error('the answer has no PrometheusRule');
process.stdout.write(stringify({ groups }));
