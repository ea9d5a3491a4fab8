/**
 * `npm run compare -- BEFORE AFTER`: asks two checkouts of this project the same and compares their whole answers. CONTRIBUTING.md, "Compare two
 * builds", says what is asked. Exit code 0: they differ only in what scripts/compare/changes.yaml lists; 1: they differ, a case is
 * gone, or a listed change applied nowhere; 2: it could not compare.
 */
import { parseArgs } from 'node:util';
import { readChanges } from './compare/changes.ts';
import { load } from './compare/checkout.ts';
import { compare } from './compare/compare.ts';
import { verdict } from './compare/report.ts';

const USAGE = `npm run compare -- BEFORE AFTER [--worlds 10000] [--seed 20260101] [--changes FILE] [--only ID] [--apart]`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      worlds: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '20260101' },
      changes: { type: 'string' },
      only: { type: 'string' },
      apart: { type: 'boolean', default: false },
    },
  });
  const [before, after, ...others] = positionals;
  const [worlds, seed] = [Number(values.worlds), Number(values.seed)];
  if (before === undefined || after === undefined || others.length > 0 || !Number.isInteger(worlds) || !Number.isInteger(seed))
    throw new Error(`usage: ${USAGE}`);
  const changes = readChanges(values.changes ?? new URL('compare/changes.yaml', import.meta.url));
  const builds = { before: await load(before), after: await load(after) };
  const began = performance.now();
  const progress = (chains: number): void => {
    if (chains % 1000 === 0) console.error(`${chains} chains after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  };
  const options = { worlds, seed, changes, apart: values.apart, ...(values.only !== undefined && { only: values.only }) };
  const { lines, isSame } = verdict(compare(builds, options, progress), options);
  for (const line of lines) console.log(line);
  return isSame ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
