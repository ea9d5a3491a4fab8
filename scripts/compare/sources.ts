/** What is asked: every golden case, every case of a release, and random worlds. */
import type { Between, Chain, Pair } from './chain.ts';
import type { Given, Released } from './checkout.ts';
import { withApplied, withStatus } from './metacontroller.ts';
import { isObject } from './json.ts';

/** After the first question of a case: a resync later, what was answered was applied; then much later. */
const rest: readonly Between[] = [
  { seconds: 65, applies: true },
  { seconds: 1300, applies: true },
];

export type Case<T> = readonly [name: string, read: () => Pair<T>];

/** The cases that both builds have, and the names of those that only one of them has. */
export function matched<T>({ before, after }: Pair<ReadonlyMap<string, () => T>>): { both: Case<T>[]; lost: string[]; fresh: string[] } {
  const both = [...before].flatMap(([name, read]): Case<T>[] => {
    const other = after.get(name);
    return other === undefined ? [] : [[name, () => ({ before: read(), after: other() })]];
  });
  const lost = [...before.keys()].filter((name) => !after.has(name));
  return { both, lost, fresh: [...after.keys()].filter((name) => !before.has(name)) };
}

/** Each golden case as it is, then left alone; and once more with the status of before shown to both builds. */
export function* caseChains(cases: readonly Case<Given>[]): Generator<Chain> {
  for (const [name, read] of cases) {
    const first = read();
    const { before, after } = first;
    yield { id: `case/${name}`, first, between: rest };
    yield { id: `case/${name}/handover`, first: { before, after: { ...after, body: before.body } }, between: rest };
  }
}

const shown = (given: Released, status: 'none' | 'former'): Given => {
  const body = withApplied(given.body, given.former, given.now);
  const { generation } = body.parent.metadata;
  const former = isObject(given.former.status) ? { ...given.former.status, observedGeneration: generation ?? null } : undefined;
  return { ...given, body: withStatus(body, status === 'none' ? undefined : former) };
};

/** Each case of a release once its answer was applied: without a status, and with the one that the release wrote. */
export function* releaseChains(cases: readonly Case<Released>[]): Generator<Chain> {
  for (const [name, read] of cases) {
    const { before, after } = read();
    for (const status of ['none', 'former'] as const)
      yield { id: `release/${name}/${status}`, first: { before: shown(before, status), after: shown(after, status) }, between: rest };
  }
}
