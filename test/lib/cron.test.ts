import { strict as assert } from 'node:assert';
import { parseCron, type Calendar } from '../../src/lib/cron.ts';
import { each } from '../support/table.ts';

const calendar = (text: string): Calendar => {
  const parsed = parseCron(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  if ('everySeconds' in parsed) throw new Error(`every ${parsed.everySeconds} s`);
  return parsed;
};

const everyMinute = Array.from({ length: 60 }, (_, minute) => minute);

describe('lib/cron', () => {
  // The rules one by one; test/cron holds all of it against the real parser.
  each<string, Partial<{ [Key in keyof Calendar]: Calendar[Key] extends ReadonlySet<number> ? number[] : Calendar[Key] }>>(
    {
      Weekly: { reason: 'the default full backup', given: '0 1 * * 0', want: { minutes: [0], hours: [1], weekdays: [0] } },
      Range: { reason: 'the default incremental backups', given: '0 1 * * 1-6', want: { weekdays: [1, 2, 3, 4, 5, 6] } },
      TwoBlanks: { reason: 'as many as there are', given: '  0   1 \t* * 0\n', want: { minutes: [0], hours: [1], weekdays: [0] } },
      WideBlank: { reason: 'white space as Go has it', given: '5\u00a01\u3000*\u0085* 0', want: { minutes: [5], hours: [1] } },
      TrailingComma: { reason: 'nothing, and not 0', given: '5, 1 1, * *', want: { minutes: [5], dates: [1] } },
      Commas: { reason: 'once each, in order', given: '30,,5,30 1 * * *', want: { minutes: [5, 30] } },
      CommaAlone: { reason: 'no value at all', given: ', 1 * * *', want: { minutes: [], hours: [1] } },
      Names: { reason: 'in either case', given: '0 1 * jan,DEC Mon-fri', want: { months: [1, 12], weekdays: [1, 2, 3, 4, 5] } },
      NameToNumber: { reason: 'mixed', given: '0 1 * 3-may tue-4', want: { months: [3, 4, 5], weekdays: [2, 3, 4] } },
      DottedCapital: { reason: 'Go takes it for an i', given: '0 1 * * FR\u0130', want: { weekdays: [5] } },
      Step: {
        reason: 'from the least on',
        given: '*/25 */9 */15 */5 */4',
        want: { minutes: [0, 25, 50], hours: [0, 9, 18], dates: [1, 16, 31], months: [1, 6, 11], weekdays: [0, 4] },
      },
      StepOfRange: { reason: 'within it', given: '5-14/3 1 * * *', want: { minutes: [5, 8, 11, 14] } },
      StepOfNumber: { reason: 'from there to the end', given: '50/3 1 * * *', want: { minutes: [50, 53, 56, 59] } },
      StepBeyond: { reason: 'the first alone', given: '*/60 1 * * *', want: { minutes: [0] } },
      LeadingZeros: { reason: 'a number is a number', given: '007 01 * * *', want: { minutes: [7], hours: [1] } },
      Plus: { reason: 'Go reads it', given: '+7 1 * * *', want: { minutes: [7] } },
      StarAndMore: { reason: 'what follows is not read', given: '*-5 1 * * *', want: { minutes: everyMinute } },
      StarAndStep: { reason: 'only the step is', given: '*-5/30 1 * * *', want: { minutes: [0, 30] } },
      BothDays: { reason: 'either will do', given: '0 1 13 * 5', want: { isEither: true, dates: [13], weekdays: [5] } },
      StarOfDates: { reason: 'the weekday alone', given: '0 1 * * 5', want: { isEither: false } },
      QuestionMark: { reason: 'as good as a star', given: '0 1 13 * ?', want: { isEither: false } },
      StepOfOne: { reason: 'still a star', given: '0 1 */1 * 5', want: { isEither: false } },
      StepOfTwo: { reason: 'a star no more', given: '0 1 */2 * 5', want: { isEither: true } },
      StarInList: { reason: 'it is enough', given: '0 1 13,* * 5', want: { isEither: false } },
      EveryDate: { reason: 'all of them are no star', given: '0 1 1-31 * 5', want: { isEither: true } },
      Yearly: { reason: 'a macro', given: '@yearly', want: { minutes: [0], hours: [0], dates: [1], months: [1], isEither: false } },
      MonthlyMacro: { reason: 'a macro', given: '@monthly', want: { dates: [1], isEither: false } },
      WeeklyMacro: { reason: 'a macro', given: '@weekly', want: { weekdays: [0], isEither: false } },
      Hourly: { reason: 'a macro', given: '@hourly', want: { minutes: [0] } },
    },
    (given, want) => {
      const parsed = calendar(given);
      const plain = Object.fromEntries(
        Object.entries(parsed).map(([key, value]) => [
          key,
          value instanceof Set ? [...value].sort((a, b) => Number(a) - Number(b)) : (value as unknown),
        ]),
      );
      assert.deepEqual(Object.fromEntries(Object.keys(want).map((key) => [key, plain[key]])), want);
    },
  );

  each<string, number>(
    {
      Hours: { reason: 'whole hours', given: '@every 12h', want: 43_200 },
      Mixed: { reason: 'parts are summed', given: '@every 1h30m5s', want: 5405 },
      Fraction: { reason: 'of any unit', given: '@every 1.5h', want: 5400 },
      Rest: { reason: 'less than a second is left out', given: '@every 1999ms', want: 1 },
      Short: { reason: 'a second at least', given: '@every 1ns', want: 1 },
      Negative: { reason: 'a second at least', given: '@every -5m', want: 1 },
      Zero: { reason: 'a second at least', given: '@every 0', want: 1 },
    },
    (given, want) => {
      assert.deepEqual(parseCron(given), { everySeconds: want });
    },
  );

  each<string, string>(
    {
      Seven: { reason: 'Sunday is 0', given: '0 1 * * 7', want: 'weekday "7" is not one of 0 (Sunday) to 6, sun to sat' },
      Sixty: { reason: 'the last is 59', given: '60 1 * * *', want: 'minute "60" is not one of 0 to 59' },
      DateZero: { reason: 'the first is 1', given: '0 1 0 * *', want: 'day "0" is not one of 1 to 31' },
      RangeBeyond: { reason: 'its end counts', given: '0 1 * 11-13 *', want: 'month "13" is not one of 1 to 12, jan to dec' },
      LongName: { reason: 'three letters', given: '0 1 * * Sunday', want: 'weekday "Sunday" is not one of 0 (Sunday) to 6, sun to sat' },
      Inherited: { reason: 'no name', given: '0 1 * constructor *', want: 'month "constructor" is not one of 1 to 12, jan to dec' },
      OpenRange: { reason: 'an end is missing', given: '0 1 * * 1-', want: 'weekday "" is not one of 0 (Sunday) to 6, sun to sat' },
      Downwards: { reason: 'no way round', given: '0 1 * * fri-mon', want: 'fri-mon begins after its end' },
      TwoHyphens: { reason: 'one range', given: '1-2-3 1 * * *', want: '1-2-3 has more than one hyphen' },
      TwoSlashes: { reason: 'one step', given: '*/2/3 1 * * *', want: '*/2/3 has more than one slash' },
      NoStep: { reason: 'it would not advance', given: '*/0 1 * * *', want: 'the step of */0 must be a number from 1 on' },
      FourFields: { reason: 'five', given: '0 1 * *', want: '4 fields instead of five: minute, hour, day, month, weekday' },
      SixFields: { reason: 'no seconds', given: '0 0 1 * * 0', want: '6 fields instead of five: minute, hour, day, month, weekday' },
      Word: { reason: 'five', given: 'daily', want: 'one field instead of five: minute, hour, day, month, weekday' },
      Zone: {
        reason: 'a CronJob has a field for it',
        given: 'CRON_TZ=UTC 0 1 * * *',
        want: 'it names a time zone; leave out TZ= or CRON_TZ=',
      },
      ZoneAnywhere: {
        reason: 'Kubernetes looks for the two letters',
        given: '*-TZ 1 * * *',
        want: 'it names a time zone; leave out TZ= or CRON_TZ=',
      },
      Macro: {
        reason: 'in lower case',
        given: '@Daily',
        want: '"@Daily" is not one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, and @every with a duration',
      },
      Day: { reason: 'Go has no such unit', given: '@every 1d', want: '"1d" is no duration up to 292 years, such as 12h or 1h30m' },
    },
    (given, want) => {
      assert.deepEqual(parseCron(given), { problem: want });
    },
  );
});
