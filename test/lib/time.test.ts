import { strict as assert } from 'node:assert';
import { secondsSince, wholeSeconds } from '../../src/lib/time.ts';
import { each } from '../support/table.ts';

describe('lib/time', () => {
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

  each<string, string>(
    {
      Whole: { reason: 'as it came', given: '2026-01-01T11:59:00Z', want: '2026-01-01T11:59:00Z' },
      Nanoseconds: { reason: 'cut off, never rounded up', given: '2026-01-01T11:59:00.987654321Z', want: '2026-01-01T11:59:00Z' },
      Zone: { reason: 'the same instant', given: '2026-01-01T12:59:00.5+01:00', want: '2026-01-01T11:59:00Z' },
      Unreadable: { reason: 'what is no time stays', given: 'yesterday', want: 'yesterday' },
      Empty: { reason: 'nothing is nothing', given: '', want: '' },
    },
    (given, want) => {
      assert.equal(wholeSeconds(given), want);
      assert.equal(wholeSeconds(want), want);
    },
  );
});
