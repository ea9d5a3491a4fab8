/** What Metacontroller was asked to do and could not: counted once, when it has been asked for too long. */
import type { ConditionType } from '../api/condition.ts';
import type { Reason } from '../api/reason.ts';
import type { Bestie, Status } from '../api/observed.ts';
import { table } from '../children/index.ts';
import type { ChildOperation } from '../observed/operations.ts';
import { isRefusedIn, type PendingChange } from '../observed/pendingchanges.ts';
import type { Transitions } from './transitions.ts';

const operations = { Update: 'update', Delete: 'delete' } as const satisfies Record<
  PendingChange['operation'],
  ChildOperation['operation']
>;

const kindsOf = (condition: ConditionType): readonly string[] =>
  table.filter((child) => child.condition === condition).map(({ api }) => api.kind);

const notApplied: Reason = 'NotApplied';

/** The operations that became failed with this answer; `before` is the status that it replaces. */
export function failedOperations(
  { conditions }: Transitions,
  before: Bestie['status'],
  { pendingChanges = [] }: Status,
): ChildOperation['operation'][] {
  const refused = pendingChanges.filter((change) => change.refused);
  const changes = refused.filter((change) => !isRefusedIn(before, change)).map(({ operation }) => operations[operation]);
  // A creation is refused if no change of such a child is.
  const creations = conditions
    .filter(({ type, to, reason }) => to === 'False' && reason === notApplied && kindsOf(type).length > 0)
    .filter(({ type }) => !refused.some(({ kind }) => kindsOf(type).includes(kind)));
  return [...changes, ...creations.map(() => 'create' as const)];
}
