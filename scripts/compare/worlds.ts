/** Random worlds: half of them by the arbitraries of the properties, half of them golden cases in which something is changed. */
import fc from 'fast-check';
import type { Between, Chain, Pair } from './chain.ts';
import type { Checkout, Given, World } from './checkout.ts';
import { edited, poolOf, type Pool } from './edits.ts';
import type { Json } from './json.ts';
import { withStatus } from './metacontroller.ts';
import { randomOf, type Random } from './random.ts';

const QUESTIONS = 3;
/** How long it is at most until the next question, in seconds: within a rollout, within a resync or a few, or after a schedule was due. */
const LONGEST_SECONDS = [30, 30, 1200, 1200, 1200, 3 * 86_400];

/** Worlds whose spec is acceptable, and a tenth of them with one that is not. */
const worldsOf = ({ anyWorld, anyEditedWorld, invalidSpec }: Checkout['arbitraries']): fc.Arbitrary<World> =>
  fc.oneof(
    { arbitrary: anyEditedWorld, weight: 9 },
    {
      arbitrary: fc.tuple(anyWorld, invalidSpec).map(([world, spec]) => ({ ...world, parent: { ...world.parent, spec: spec as Json } })),
      weight: 1,
    },
  );

/** What lies between the questions of one chain. */
const betweenOf = (random: Random, pool: Pool, now: string): Between[] =>
  Array.from({ length: QUESTIONS - 1 }, () => ({
    seconds: 1 + random.below(random.pick(LONGEST_SECONDS)),
    applies: random.chance(0.6),
    losesStatus: random.chance(0.1),
    handsOver: random.chance(0.1),
    change: (body) => edited(body, random, pool, now),
  }));

/**
 * The chains with those numbers; a number and the seed decide what is asked, whatever the others are. The arbitraries are those of the build
 * before: a status that its helpers wrote is one that it may find, and that the build after has to understand.
 */
export function* worldChains(
  builder: Checkout,
  cases: readonly Pair<Given>[],
  { seed, from, to }: { seed: number; from: number; to: number },
): Generator<Chain> {
  const pool = poolOf(cases.map(({ before }) => before.body));
  const arbitrary = worldsOf(builder.arbitraries);
  const generated = (world: World, random: Random): Pair<Given> => {
    const whole = builder.bodyOf(world, random.chance(0.1) ? 'v1' : 'v2');
    const given: Given = { hook: 'sync', now: world.now, body: random.chance(0.5) ? withStatus(whole, undefined) : whole };
    return { before: given, after: given };
  };
  const fromCase = (random: Random): Pair<Given> => {
    const { before, after: other } = random.pick(cases);
    const world = edited(before.body, random, pool, before.now);
    const keepsStatus = random.chance(0.5);
    const given = ({ hook, now, body }: Given): Given => ({
      hook,
      now,
      body: withStatus(world, keepsStatus ? body.parent.status : undefined),
    });
    return { before: given(before), after: given(other) };
  };
  for (let index = from; index < to; index++) {
    const random = randomOf(seed, index);
    const [world] = index % 2 === 0 ? fc.sample(arbitrary, { seed: random.below(0x7fff_ffff), numRuns: 1 }) : [];
    const { before, after } = world === undefined ? fromCase(random) : generated(world, random);
    const isDeleted = before.body.parent.metadata.deletionTimestamp != null || random.chance(0.05);
    const hooked = (given: Given): Given =>
      isDeleted ? { ...given, hook: 'finalize', body: { ...given.body, finalizing: true } } : { ...given, hook: 'sync' };
    yield {
      id: `world/${index}`,
      first: { before: hooked(before), after: hooked(after) },
      between: betweenOf(random, pool, before.now),
    };
  }
}
