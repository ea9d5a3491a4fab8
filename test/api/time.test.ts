import { strict as assert } from 'node:assert';
import { secondsSince } from '../../src/api/time.ts';
import { each } from '../support/table.ts';

describe('api/time', () => {
  each<string | null | undefined, number>(
    {
      Past: { reason: 'whole seconds', given: '2026-01-01T11:59:00.5Z', want: 59 },
      Future: { reason: 'clocks differ', given: '2026-01-01T12:00:05Z', want: 0 },
      Zone: { reason: 'any RFC 3339 time', given: '2026-01-01T12:59:00+01:00', want: 60 },
      Missing: { reason: 'nothing is known', given: undefined, want: 0 },
      Null: { reason: 'nulls are normal input', given: null, want: 0 },
      Unreadable: { reason: 'nothing is known', given: 'yesterday', want: 0 },
    },
    (given, want) => {
      assert.equal(secondsSince(given, '2026-01-01T12:00:00Z'), want);
    },
  );
});
