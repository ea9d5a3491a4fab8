import { strict as assert } from 'node:assert';
import { givenUpFrom } from '../../../src/database/crunchy/byhand.ts';
import { each } from '../../support/table.ts';

const at = '2026-11-24T10:00:00Z';
const moment = (target: string): string[] => ['--type=time', `--target=${target}`];

describe('database/crunchy/byhand', () => {
  each<unknown, string | undefined>(
    {
      Documented: { reason: 'as the docs have it', given: moment("'2026-11-24 10:00:00+00'"), want: at },
      Double: { reason: 'the other quotes', given: moment('"2026-11-24 10:00:00+00"'), want: at },
      OneString: { reason: 'PGO joins them anyway', given: [`--target='2026-11-24 10:00:00+00' --type=time`], want: at },
      Split: { reason: 'a value of its own', given: ['--type', 'time', '--target', "'2026-11-24 10:00:00+00'"], want: at },
      Zone: { reason: 'any zone', given: moment("'2026-11-24 05:00:00-05'"), want: at },
      HalfHours: { reason: 'with minutes', given: moment("'2026-11-24 15:30:00+05:30'"), want: at },
      Named: { reason: 'UTC by name', given: moment("'2026-11-24 10:00:00 UTC'"), want: at },
      Fraction: { reason: 'of a second', given: moment("'2026-11-24 10:00:00.000+00'"), want: at },
      Others: { reason: 'among other options', given: ['--process-max=2', ...moment("'2026-11-24 10:00:00+00'"), '--delta'], want: at },
      NoZone: { reason: 'the settings of the server decide', given: moment("'2026-11-24 10:00:00'"), want: undefined },
      NoDay: { reason: 'no calendar has it', given: moment("'2026-02-30 10:00:00+00'"), want: undefined },
      NoTarget: { reason: 'pgBackRest refuses that', given: ['--type=time'], want: undefined },
      Action: { reason: 'another option that begins so', given: ['--type=time', '--target-action=promote'], want: undefined },
      Label: { reason: 'from its beginning', given: ['--type=immediate', '--set=20261124-100000F'], want: at },
      Increment: { reason: 'its own', given: ['--type=immediate', '--set=20261101-010002F_20261124-100000I'], want: at },
      NoLabel: { reason: 'the newest one, whichever that is', given: ['--type=immediate', '--set=latest'], want: undefined },
      Newest: { reason: 'which backup is not said', given: ['--type=immediate'], want: undefined },
      From: { reason: 'from that backup to the end', given: ['--set=20261124-010002F'], want: undefined },
      Transaction: { reason: 'when that was is not known', given: ['--type=xid', '--target=4711'], want: undefined },
      None: { reason: 'everything that is archived', given: [], want: undefined },
      Odd: { reason: 'no text', given: [null, 7, {}, ...moment("'2026-11-24 10:00:00+00'")], want: at },
      NoList: { reason: 'the schema of another release', given: { type: 'time' }, want: undefined },
      Absent: { reason: 'a block without options', given: undefined, want: undefined },
    },
    (given, want) => {
      assert.deepEqual(givenUpFrom(given), want);
    },
  );
});
