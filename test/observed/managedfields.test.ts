import { strict as assert } from 'node:assert';
import { lastChange } from '../../src/observed/managedfields.ts';
import type { ObservedMetadata } from '../../src/api/kubernetes.ts';
import { each } from '../support/table.ts';

const [EARLY, LATE] = ['2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z'];

describe('observed/managedfields', () => {
  each<ObservedMetadata['managedFields'], string | undefined>(
    {
      None: { reason: 'nothing is shown', given: undefined, want: undefined },
      Null: { reason: 'nulls are normal input', given: [null, { time: null }], want: undefined },
      Newest: { reason: 'any writer, in any order', given: [{ time: LATE }, { time: EARLY }], want: LATE },
      Status: {
        reason: 'what was written to status is no change of the object',
        given: [{ time: EARLY }, { time: LATE, subresource: 'status' }],
        want: EARLY,
      },
      Unreadable: { reason: 'what is no time is older than any', given: [{ time: EARLY }, { time: 'yesterday' }], want: EARLY },
    },
    (managedFields, want) => {
      assert.equal(lastChange({ name: 'x', ...(managedFields !== undefined && { managedFields }) }), want);
    },
  );
});
