/** What is asked: every golden case, every case of a release, and random worlds. */
import type { Between, Chain, Pair } from './chain.ts';
import type { Body, Checkout, Given, Released } from './checkout.ts';
import { withApplied, withStatus } from './metacontroller.ts';
import { isObject } from './json.ts';

/** After the first question of a case: a resync later, what was answered was applied; then much later. */
const rest: readonly Between[] = [
  { seconds: 65, applies: true },
  { seconds: 1300, applies: true },
];

/** Both builds' cases by name, and the names that only one of them has. */
export function matched<T>({ before, after }: Pair<ReadonlyMap<string, T>>): { both: [string, Pair<T>][]; only: Pair<string[]> } {
  const names = (of: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): string[] => [...of.keys()].filter((name) => !other.has(name));
  const both = [...before].flatMap(([name, value]): [string, Pair<T>][] => {
    const other = after.get(name);
    return other === undefined ? [] : [[name, { before: value, after: other }]];
  });
  return { both, only: { before: names(before, after), after: names(after, before) } };
}

/** Each golden case as it stands, then left alone; and once more with the status of before handed to the build after. */
export const caseChains = (cases: readonly [string, Pair<Given>][]): Chain[] =>
  cases.flatMap(([name, first]) => [
    { id: `case/${name}`, first, between: rest },
    { id: `case/${name}/handover`, first: { before: first.before, after: { ...first.after, body: first.before.body } }, between: rest },
  ]);

const shown = (given: Released, status: 'none' | 'former'): Given => {
  const body = withApplied(given.body, given.former, given.now);
  const { generation } = body.parent.metadata;
  const former = isObject(given.former.status) ? { ...given.former.status, observedGeneration: generation ?? null } : undefined;
  return { ...given, body: withStatus(body, status === 'none' ? undefined : former) };
};

/** Each case of a release once its answer was applied: without a status, and with the one that the release wrote. */
export const releaseChains = (cases: readonly [string, Pair<Released>][]): Chain[] =>
  cases.flatMap(([name, { before, after }]) =>
    (['none', 'former'] as const).map((status) => ({
      id: `release/${name}/${status}`,
      first: { before: shown(before, status), after: shown(after, status) },
      between: rest,
    })),
  );

export type { Body, Checkout };
