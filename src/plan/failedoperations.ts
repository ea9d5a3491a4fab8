/** What Metacontroller was asked to do and could not: told once, when it has been asked for too long. */
import type { ConditionType, Reason } from '../api/condition.ts';
import type { Status } from '../api/kubernetes.ts';
import { table } from '../children/index.ts';
import type { Operation } from './operations.ts';
import type { Transitions } from './transitions.ts';

const kindsOf = (condition: ConditionType): readonly string[] =>
  table.filter((child) => child.condition === condition).map(({ api }) => api.kind);

const notApplied: Reason = 'NotApplied';

/** The operations that became failed with this answer. */
export function failedOperations({ conditions }: Transitions, { pendingChanges = [] }: Status): Operation['operation'][] {
  return conditions
    .filter(({ type, to, reason }) => to === 'False' && reason === notApplied && kindsOf(type).length > 0)
    .map(({ type }) => {
      const isUpdate = pendingChanges.some(({ kind, refused }) => refused === true && kindsOf(type).includes(kind));
      return isUpdate ? 'update' : 'create';
    });
}
