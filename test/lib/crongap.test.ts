import { strict as assert } from 'node:assert';
import { schedulesOf } from '../../src/children/prometheusrule/backupage.ts';
import { longestGap } from '../../src/lib/crongap.ts';
import { each } from '../support/table.ts';
import { observe, world } from '../support/world.ts';

const DAY = 86_400;

describe('lib/crongap', () => {
  each<readonly string[], number | undefined>(
    {
      Daily: { reason: 'the simplest', given: ['0 1 * * *'], want: DAY },
      Default: { reason: 'full on Sundays, incremental on the others: each day has one', given: ['0 1 * * 0', '0 1 * * 1-6'], want: DAY },
      IncrementalAlone: { reason: 'nothing on Sundays', given: ['0 1 * * 1-6'], want: 2 * DAY },
      Weekly: { reason: 'one weekday', given: ['30 4 * * 3'], want: 7 * DAY },
      OtherHours: { reason: 'the hours count, too', given: ['0 1 * * 0', '0 13 * * 1-6'], want: 1.5 * DAY },
      Hourly: { reason: 'the first run of each day counts', given: ['5 * * * *'], want: DAY },
      Names: { reason: 'weekdays and months have names', given: ['0 1 * JAN-dec mon,THU'], want: 4 * DAY },
      Question: { reason: 'any day', given: ['0 1 ? * 5'], want: 7 * DAY },
      Steps: { reason: 'every fifth date', given: ['0 1 */5 * *'], want: 5 * DAY },
      StepsFrom: { reason: 'a number with a step counts from there', given: ['0 1 3/7 * *'], want: 9 * DAY },
      Monthly: { reason: 'the longest month', given: ['0 1 1 * *'], want: 31 * DAY },
      LastOfTheMonth: { reason: 'not every month has it', given: ['0 1 31 * *'], want: 61 * DAY },
      Yearly: { reason: 'one day of one month', given: ['0 1 1 1 *'], want: 366 * DAY },
      LeapDay: { reason: 'four years', given: ['0 1 29 2 *'], want: 1461 * DAY },
      DateOrWeekday: { reason: 'both restricted: either will do', given: ['0 1 1 * 0'], want: 7 * DAY },
      DateAndStep: { reason: 'a step restricts', given: ['0 1 */30 * 0'], want: 7 * DAY },
      MacroDaily: { reason: 'a word for it', given: ['@daily'], want: DAY },
      MacroWeekly: { reason: 'a word for it', given: ['@weekly'], want: 7 * DAY },
      MacroMonthly: { reason: 'a word for it', given: ['@monthly'], want: 31 * DAY },
      MacroYearly: { reason: 'a word for it', given: ['@annually'], want: 366 * DAY },
      Union: { reason: 'whatever runs more often decides', given: ['@monthly', '0 0 * * 2'], want: 7 * DAY },
      None: { reason: 'nothing states when', given: [], want: undefined },
      NeverAgain: { reason: 'there is no such day', given: ['0 1 30 2 *'], want: undefined },
      Impossible: {
        reason: 'what the API server would refuse in a CronJob is no schedule',
        given: ['99 1 * * *', '0 1 * * 9'],
        want: undefined,
      },
      StepOfNothing: { reason: 'it must end', given: ['0 1 */0 * *'], want: undefined },
      CommaAlone: { reason: 'no minute at all', given: [', 1 * * *'], want: undefined },
      TrailingComma: { reason: 'nothing, and not 0', given: ['0 1 1, * *'], want: 31 * DAY },
      TwoBlanks: { reason: 'as good as one', given: ['0  1 * * 3'], want: 7 * DAY },
      NeverBesideWeekly: { reason: 'one that runs is enough', given: ['0 1 31 2 *', '@weekly'], want: 7 * DAY },
      RefusedBesideOthers: { reason: 'Sunday is 0: there is no backup on it', given: ['0 1 * * 7', '0 1 * * 1-6'], want: 2 * DAY },
      RareWeekday: {
        reason: 'the last Saturday of January is the 25th in a leap year once in 28 years',
        given: ['0 0 1 1 6'],
        want: 342 * DAY,
      },
      Interval: { reason: 'from one run to the next', given: ['@every 36h'], want: 1.5 * DAY },
      ShortInterval: { reason: 'the first run of each day counts', given: ['@every 10m'], want: DAY },
      IntervalBesideOthers: { reason: 'whatever runs more often decides', given: ['@monthly', '@every 48h', '@yearly'], want: 2 * DAY },
    },
    (given, want) => {
      assert.equal(longestGap(given), want);
    },
  );

  it('are those of all repositories and kinds', () => {
    const repos = [
      { name: 'repo1', volume: {}, schedules: { full: '@weekly', differential: '@daily', incremental: '@hourly' } },
      { name: 'repo2', volume: {} },
      { name: 'repo3', volume: {}, schedules: { full: '@monthly' } },
    ];
    const { database } = observe(world({ database: { backups: { repos } } })).bestie.spec;
    assert.deepEqual(schedulesOf(database.backups.repos), ['@weekly', '@daily', '@hourly', '@monthly']);
  });

  it('stay bounded in memory and right when there are many', () => {
    for (let minute = 0; minute < 600; minute += 1) assert.equal(longestGap([`${minute % 60} ${Math.floor(minute / 60)} * * *`]), DAY);
    assert.equal(longestGap(['@weekly']), 7 * DAY);
  });
});
