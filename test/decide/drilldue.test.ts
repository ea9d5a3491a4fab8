import { strict as assert } from 'node:assert';
import { hash8 } from '../../src/lib/hash.ts';
import { dueNow, nextDue, withSchedule, type Verify } from '../../src/decide/drilldue.ts';
import type { DrillRecord } from '../../src/observed/drillrecord.ts';
import { each } from '../support/table.ts';

const NIGHTLY = '0 3 * * *';
const SINCE = '2026-01-01T12:00:00Z';
const nightly: DrillRecord = { schedule: NIGHTLY, since: SINCE };
const wanted = (verify: Partial<Verify>): Verify => ({ timeoutSeconds: 7200, ...verify });

interface Given {
  verify: Partial<Verify>;
  record?: DrillRecord;
  now: string;
}

describe('when a drill is due', () => {
  each<Given, string | undefined>(
    {
      NothingWanted: { reason: 'neither schedule nor token', given: { verify: {}, now: SINCE }, want: undefined },
      BeforeItsTime: {
        reason: 'the first run after it was seen',
        given: { verify: { schedule: NIGHTLY }, record: nightly, now: '2026-01-02T02:59:59Z' },
        want: undefined,
      },
      AtItsTime: {
        reason: 'to the second',
        given: { verify: { schedule: NIGHTLY }, record: nightly, now: '2026-01-02T03:00:00Z' },
        want: 'scheduled.2026-01-02T03:00:00Z',
      },
      Late: {
        reason: 'the operator was away',
        given: { verify: { schedule: NIGHTLY }, record: nightly, now: '2026-01-02T09:00:00Z' },
        want: 'scheduled.2026-01-02T03:00:00Z',
      },
      DaysLate: {
        reason: 'of several that were missed the last one',
        given: { verify: { schedule: NIGHTLY }, record: nightly, now: '2026-01-05T09:00:00Z' },
        want: 'scheduled.2026-01-05T03:00:00Z',
      },
      Done: {
        reason: 'it was carried out',
        given: { verify: { schedule: NIGHTLY }, record: { ...nightly, due: '2026-01-02T03:00:00Z' }, now: '2026-01-02T09:00:00Z' },
        want: undefined,
      },
      DoneYesterday: {
        reason: 'the next one',
        given: { verify: { schedule: NIGHTLY }, record: { ...nightly, due: '2026-01-02T03:00:00Z' }, now: '2026-01-03T03:00:01Z' },
        want: 'scheduled.2026-01-03T03:00:00Z',
      },
      NotOnRecord: {
        reason: 'since when it counts is not known',
        given: { verify: { schedule: NIGHTLY }, now: '2026-01-02T09:00:00Z' },
        want: undefined,
      },
      OtherOnRecord: {
        reason: 'the record is about another schedule',
        given: { verify: { schedule: '0 4 * * *' }, record: nightly, now: '2026-01-02T09:00:00Z' },
        want: undefined,
      },
      Interval: {
        reason: 'counted from the one before',
        given: { verify: { schedule: '@every 12h' }, record: { schedule: '@every 12h', since: SINCE }, now: '2026-01-02T00:00:00Z' },
        want: 'scheduled.2026-01-02T00:00:00Z',
      },
      NeverRuns: {
        reason: 'no such day',
        given: { verify: { schedule: '0 3 30 2 *' }, record: { schedule: '0 3 30 2 *', since: SINCE }, now: '2030-01-02T00:00:00Z' },
        want: undefined,
      },
      NoSchedule: {
        reason: 'what got past the API server',
        given: { verify: { schedule: 'at night' }, record: { schedule: 'at night', since: SINCE }, now: '2030-01-02T00:00:00Z' },
        want: undefined,
      },
      NewToken: { reason: 'one drill for each', given: { verify: { onDemand: 'monday' }, now: SINCE }, want: 'on-demand.monday' },
      OldToken: {
        reason: 'it was carried out',
        given: { verify: { onDemand: 'monday' }, record: { token: hash8('monday') }, now: SINCE },
        want: undefined,
      },
      Both: {
        reason: 'the user waits',
        given: { verify: { onDemand: 'monday', schedule: NIGHTLY }, record: nightly, now: '2026-01-02T09:00:00Z' },
        want: 'on-demand.monday',
      },
    },
    ({ verify, record = {}, now }, want) => {
      assert.equal(dueNow(wanted(verify), record, now)?.id, want);
    },
  );

  it('the next one is after the last run that was carried out, and after the schedule was first seen', () => {
    assert.equal(nextDue(wanted({ schedule: NIGHTLY }), nightly), '2026-01-02T03:00:00Z');
    assert.equal(nextDue(wanted({ schedule: NIGHTLY }), { ...nightly, due: '2026-01-07T03:00:00Z' }), '2026-01-08T03:00:00Z');
  });
});

describe('the record of the schedule', () => {
  const now = '2026-01-10T00:00:00Z';

  it('begins when a schedule is first seen, and again with another one', () => {
    assert.deepEqual(withSchedule({}, wanted({ schedule: NIGHTLY }), now), { schedule: NIGHTLY, since: now });
    assert.deepEqual(withSchedule(nightly, wanted({ schedule: '0 4 * * *' }), now), { schedule: '0 4 * * *', since: now });
  });

  it('stays as it is with the same one', () => {
    assert.equal(withSchedule(nightly, wanted({ schedule: NIGHTLY }), now), nightly);
  });

  it('goes with the schedule, and what drills have found stays', () => {
    const record = { ...nightly, due: SINCE, token: 'abc' };
    assert.deepEqual(withSchedule(record, wanted({ onDemand: 'a' }), now), { token: 'abc' });
    assert.deepEqual(withSchedule(record, undefined, now), { token: 'abc' });
  });
});
