/** What Metacontroller was asked to do and could not: told once, when it has been asked for too long. */
import type { ConditionType, Reason } from '../api/condition.ts';
import type { Status } from '../api/kubernetes.ts';
import { table } from '../children/index.ts';
import type { Operation } from './operations.ts';
import type { PendingChange } from './pending.ts';
import type { Transitions } from './transitions.ts';

const kindsOf = (condition: ConditionType): readonly string[] =>
  table.filter((child) => child.condition === condition).map(({ api }) => api.kind);

const notApplied: Reason = 'NotApplied';

const operations = { Update: 'update', Delete: 'delete' } as const satisfies Record<PendingChange['operation'], Operation['operation']>;

/** The operations that became failed with this answer. */
export function failedOperations({ conditions }: Transitions, { pendingChanges = [] }: Status): Operation['operation'][] {
  return conditions
    .filter(({ type, to, reason }) => to === 'False' && reason === notApplied && kindsOf(type).length > 0)
    .map(({ type }) => {
      const change = pendingChanges.find(({ kind, refused }) => refused === true && kindsOf(type).includes(kind));
      return change === undefined ? 'create' : operations[change.operation];
    });
}
