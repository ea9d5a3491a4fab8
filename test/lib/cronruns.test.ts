import { strict as assert } from 'node:assert';
import { parseCron, type Schedule } from '../../src/lib/cron.ts';
import { lastRunBefore, nextRun } from '../../src/lib/cronruns.ts';
import { each } from '../support/table.ts';

const schedule = (text: string): Schedule => {
  const parsed = parseCron(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

type Run = readonly [text: string, at: string];

describe('lib/cronruns', () => {
  describe('the next run', () => {
    each<Run, string | undefined>(
      {
        Later: { reason: 'on the same day', given: ['30 4 * * *', '2026-11-27T04:29:59.999Z'], want: '2026-11-27T04:30:00.000Z' },
        Now: { reason: 'not this one', given: ['30 4 * * *', '2026-11-27T04:30:00.000Z'], want: '2026-11-28T04:30:00.000Z' },
        SameHour: { reason: 'the next minute of it', given: ['*/20 * * * *', '2026-11-27T04:20:01Z'], want: '2026-11-27T04:40:00.000Z' },
        NextHour: { reason: 'from its first minute on', given: ['5 */3 * * *', '2026-11-27T03:06:00Z'], want: '2026-11-27T06:05:00.000Z' },
        NextYear: { reason: 'months go round', given: ['0 0 1 1 *', '2026-01-01T00:00:00Z'], want: '2027-01-01T00:00:00.000Z' },
        Weekday: { reason: 'the Friday after', given: ['0 0 * * 5', '2026-11-27T14:00:00Z'], want: '2026-12-04T00:00:00.000Z' },
        Either: { reason: 'the date comes first', given: ['0 0 1 * 5', '2026-11-27T14:00:00Z'], want: '2026-12-01T00:00:00.000Z' },
        LastOfTheMonth: { reason: 'November has none', given: ['0 0 31 * *', '2026-10-31T00:00:00Z'], want: '2026-12-31T00:00:00.000Z' },
        LeapDay: { reason: 'years later', given: ['0 0 29 2 *', '2024-02-29T00:00:00Z'], want: '2028-02-29T00:00:00.000Z' },
        LeapDayOf2100: { reason: 'there is none within five years', given: ['0 0 29 2 *', '2096-02-29T00:00:00Z'], want: undefined },
        EndOfTheFifthYear: { reason: 'it counts', given: ['0 0 29 2 *', '2099-01-01T00:00:00Z'], want: '2104-02-29T00:00:00.000Z' },
        BeforeTheFifthYear: { reason: 'a second too early', given: ['0 0 29 2 *', '2098-12-31T23:59:58Z'], want: undefined },
        FromTheSecondAfter: {
          reason: 'it is in the new year',
          given: ['0 0 29 2 *', '2098-12-31T23:59:59Z'],
          want: '2104-02-29T00:00:00.000Z',
        },
        NoSuchDay: { reason: 'never', given: ['0 1 31 2 *', '2026-11-27T14:00:00Z'], want: undefined },
        NoMinute: { reason: 'never', given: [', 1 * * *', '2026-11-27T14:00:00Z'], want: undefined },
        NoHour: { reason: 'never', given: ['0 , * * *', '2026-11-27T14:00:00Z'], want: undefined },
        NoDate: { reason: 'the weekday needs one', given: ['0 1 , * *', '2026-11-27T14:00:00Z'], want: undefined },
        NoDateButWeekday: { reason: 'either will do', given: ['0 1 , * 1', '2026-11-27T14:00:00Z'], want: '2026-11-30T01:00:00.000Z' },
        BeforeTheEpoch: { reason: 'a Monday', given: ['0 1 * * 1', '1969-07-20T20:17:40Z'], want: '1969-07-21T01:00:00.000Z' },
        Interval: { reason: 'on whole seconds', given: ['@every 90m', '2026-11-27T14:00:00.900Z'], want: '2026-11-27T15:30:00.000Z' },
        LongestInterval: { reason: 'in 292 years', given: ['@every 2562047h', '2026-11-27T14:00:00Z'], want: '2319-03-09T13:00:00.000Z' },
      },
      ([text, at], want) => {
        assert.equal(nextRun(schedule(text), new Date(at))?.toISOString(), want);
      },
    );
  });

  describe('the last run', () => {
    each<Run, string | undefined>(
      {
        Now: { reason: 'this one', given: ['30 4 * * *', '2026-11-27T04:30:00.000Z'], want: '2026-11-27T04:30:00.000Z' },
        SameMinute: { reason: 'it has started', given: ['30 4 * * *', '2026-11-27T04:30:59.999Z'], want: '2026-11-27T04:30:00.000Z' },
        Yesterday: { reason: 'today it is not due', given: ['30 4 * * *', '2026-11-27T04:29:59.999Z'], want: '2026-11-26T04:30:00.000Z' },
        HourBefore: {
          reason: 'up to its last minute',
          given: ['5,50 */3 * * *', '2026-11-27T05:00:00Z'],
          want: '2026-11-27T03:50:00.000Z',
        },
        YearBefore: { reason: 'months go round', given: ['0 0 24 12 *', '2026-11-27T14:00:00Z'], want: '2025-12-24T00:00:00.000Z' },
        LeapDay: { reason: 'years ago', given: ['0 0 29 2 *', '2028-02-28T23:59:59Z'], want: '2024-02-29T00:00:00.000Z' },
        FifthYear: { reason: 'it counts', given: ['0 0 29 2 *', '2101-12-31T23:59:59Z'], want: '2096-02-29T00:00:00.000Z' },
        SixthYear: { reason: 'too long ago', given: ['0 0 29 2 *', '2102-01-01T00:00:00Z'], want: undefined },
        NoSuchDay: { reason: 'never', given: ['0 1 31 2 *', '2026-11-27T14:00:00Z'], want: undefined },
        NoMinute: { reason: 'never', given: [', 1 * * *', '2026-11-27T14:00:00Z'], want: undefined },
        Interval: { reason: 'it hangs on the run before', given: ['@every 1h', '2026-11-27T14:00:00Z'], want: undefined },
      },
      ([text, at], want) => {
        assert.equal(lastRunBefore(schedule(text), new Date(at))?.toISOString(), want);
      },
    );
  });
});
