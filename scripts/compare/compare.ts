/** The comparison of two builds, without its command line. */
import { isListed, type Change } from './changes.ts';
import { play, type Chain, type Found, type Pair } from './chain.ts';
import type { Checkout } from './checkout.ts';
import { caseChains, matched, releaseChains } from './sources.ts';
import { worldChains } from './worlds.ts';

export interface Options {
  worlds: number;
  seed: number;
  changes: readonly Change[];
  /** The id of the one chain to play, for example `case/07-ready` or `world/4711`. */
  only?: string;
}

export interface Outcome {
  chains: number;
  /** Answers of each build. */
  compared: number;
  found: Found[];
  /** Cases that only one checkout has. */
  unmatched: string[];
}

function* chainsOf(after: Checkout, cases: ReturnType<typeof matchedCases>, { worlds, seed, only }: Options): Generator<Chain> {
  const number = Number(/^world\/(\d+)$/u.exec(only ?? '')?.[1] ?? NaN);
  if (!Number.isNaN(number)) {
    yield* worldChains(after, cases.golden.both, { seed, from: number, to: number + 1 });
    return;
  }
  yield* caseChains(cases.golden.both);
  yield* releaseChains(cases.released.both);
  if (only === undefined) yield* worldChains(after, cases.golden.both, { seed, from: 0, to: worlds });
}

const matchedCases = ({ before, after }: Pair<Checkout>) => ({
  golden: matched({ before: before.cases(), after: after.cases() }),
  released: matched({ before: before.releases(), after: after.releases() }),
});

/** Asks both builds the same and returns where their answers differ, apart from the listed changes, whose uses it counts. */
export function compare(builds: Pair<Checkout>, options: Options, progress: (chains: number) => void = () => undefined): Outcome {
  const cases = matchedCases(builds);
  const outcome: Outcome = { chains: 0, compared: 0, found: [], unmatched: [] };
  for (const { only } of [cases.golden, cases.released])
    for (const build of ['before', 'after'] as const)
      outcome.unmatched.push(...only[build].map((name) => `${name}: only ${builds[build].folder} has this case`));
  for (const chain of chainsOf(builds.after, cases, options)) {
    if (options.only !== undefined && chain.id !== options.only) continue;
    const { compared, found } = play(builds, chain);
    outcome.chains += 1;
    outcome.compared += compared;
    outcome.found.push(...found.filter((difference) => !isListed(difference, options.changes)));
    progress(outcome.chains);
  }
  if (options.only !== undefined && outcome.chains === 0) throw new Error(`there is nothing with the id ${options.only}`);
  return outcome;
}
