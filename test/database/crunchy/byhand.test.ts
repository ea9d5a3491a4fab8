import { strict as assert } from 'node:assert';
import type { RestoreTarget } from '../../../src/api/restore.ts';
import { targetByHand } from '../../../src/database/crunchy/byhand.ts';
import { each } from '../../support/table.ts';

const at: RestoreTarget = { type: 'time', time: '2026-11-24T10:00:00.000Z' };
const moment = (target: string): string[] => ['--type=time', `--target=${target}`];

describe('database/crunchy/byhand', () => {
  each<unknown[], RestoreTarget | undefined>(
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
      NoDay: { reason: 'no calendar has it', given: moment("'2026-13-24 10:00:00+00'"), want: undefined },
      NoTarget: { reason: 'pgBackRest refuses that', given: ['--type=time'], want: undefined },
      Action: { reason: 'another option that begins so', given: ['--type=time', '--target-action=promote'], want: undefined },
      Label: {
        reason: 'the end of one backup',
        given: ['--type=immediate', '--set=20261124-010002F'],
        want: { type: 'backup', label: '20261124-010002F' },
      },
      Newest: { reason: 'which backup is not said', given: ['--type=immediate'], want: undefined },
      From: { reason: 'from that backup to the end', given: ['--set=20261124-010002F'], want: undefined },
      Transaction: { reason: 'when that was is not known', given: ['--type=xid', '--target=4711'], want: undefined },
      None: { reason: 'everything that is archived', given: [], want: undefined },
      Odd: { reason: 'what the API server lets through', given: [null, 7, {}], want: undefined },
    },
    (given, want) => {
      assert.deepEqual(targetByHand(given), want);
    },
  );
});
