/** The comparison of two builds, without its command line. */
import { isListed, type Change } from './changes.ts';
import { apart, play, type Chain, type Found, type Pair } from './chain.ts';
import type { Checkout } from './checkout.ts';
import { caseChains, matched, releaseChains } from './sources.ts';
import { worldChains } from './worlds.ts';

export interface Options {
  worlds: number;
  seed: number;
  changes: readonly Change[];
  /** Whether no status that one build wrote is shown to the other. */
  apart?: boolean;
  /** The id of the one chain to play, for example `case/07-ready` or `world/4711`. */
  only?: string;
}

export interface Outcome {
  chains: number;
  /** Answers of each build. */
  compared: number;
  found: Found[];
  /** Cases that only the build before has, and those that only the build after has. */
  lost: string[];
  fresh: string[];
}

const casesOf = ({ before, after }: Pair<Checkout>) => ({
  golden: matched({ before: before.cases, after: after.cases }),
  released: matched({ before: before.releases, after: after.releases }),
});

function* chainsOf(builder: Checkout, { golden, released }: ReturnType<typeof casesOf>, { worlds, seed, only }: Options): Generator<Chain> {
  const isAsked = ([name]: readonly [string, unknown], source: string): boolean =>
    only === undefined || only.startsWith(`${source}/${name}`);
  yield* caseChains(golden.both.filter((each) => isAsked(each, 'case')));
  yield* releaseChains(released.both.filter((each) => isAsked(each, 'release')));
  const number = only === undefined ? undefined : /^world\/(\d+)$/u.exec(only)?.[1];
  if (only !== undefined && number === undefined) return;
  const range = number === undefined ? { from: 0, to: worlds } : { from: Number(number), to: Number(number) + 1 };
  const pairs = range.from < range.to ? golden.both.map(([, read]) => read()) : [];
  yield* worldChains(builder, pairs, { seed, ...range });
}

/** Asks both builds the same and returns where their answers differ, apart from the listed changes, whose uses it counts. */
export function compare(builds: Pair<Checkout>, options: Options, progress: (chains: number) => void = () => undefined): Outcome {
  const { golden, released } = casesOf(builds);
  const [lost, fresh] = [
    [...golden.lost, ...released.lost],
    [...golden.fresh, ...released.fresh],
  ];
  const outcome: Outcome = { chains: 0, compared: 0, found: [], lost, fresh };
  for (const chain of chainsOf(builds.before, { golden, released }, options)) {
    if (options.only !== undefined && chain.id !== options.only) continue;
    const { compared, found } = play(builds, options.apart === true ? apart(chain) : chain);
    outcome.chains += 1;
    outcome.compared += compared;
    outcome.found.push(...found.filter((difference) => !isListed(difference, options.changes)));
    progress(outcome.chains);
  }
  if (options.only !== undefined && outcome.chains === 0) throw new Error(`there is nothing with the id ${options.only}`);
  return outcome;
}
