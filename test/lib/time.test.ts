import { strict as assert } from 'node:assert';
import { isPast, secondsSince, wholeSeconds } from '../../src/lib/time.ts';
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

  each<string | null | undefined, boolean>(
    {
      Known: { reason: 'it was', given: '2026-01-01T11:59:00Z', want: true },
      OtherClock: { reason: 'the clock of another replica', given: '2026-01-01T12:10:00Z', want: true },
      NoClock: { reason: 'no clock of a replica is so far ahead', given: '2026-01-01T12:10:01Z', want: false },
      LastYear: { reason: 'in UTC it has five digits', given: '9999-12-31T23:59:59-01:00', want: false },
      Absent: { reason: 'nothing is known', given: undefined, want: false },
      AbsentAsNull: { reason: 'nulls are normal input', given: null, want: false },
      NoTime: { reason: 'nothing is known', given: 'never', want: false },
    },
    (given, want) => {
      assert.equal(isPast(given, '2026-01-01T12:00:00Z'), want);
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
