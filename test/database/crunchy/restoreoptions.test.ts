/** The options of pgBackRest for each kind of target; `npm run test:restore` has pgBackRest itself carry them out. */
import { strict as assert } from 'node:assert';
import type { RestoreTarget } from '../../../src/api/restore.ts';
import { restoreOptions } from '../../../src/database/crunchy/restoreoptions.ts';
import { each } from '../../support/table.ts';

describe('database/crunchy/restoreoptions', () => {
  each<RestoreTarget, string[]>(
    {
      Latest: {
        reason: 'pgBackRest does that anyway; an absent list would leave what others wrote there',
        given: { type: 'latest' },
        want: ['--type=default'],
      },
      Time: {
        reason: 'it refuses RFC 3339, and a shell reads the blank',
        given: { type: 'time', time: '2026-11-24T10:00:00Z' },
        want: ['--type=time', "--target='2026-11-24 10:00:00+00'"],
      },
      TimeWithMilliseconds: {
        reason: 'they count',
        given: { type: 'time', time: '2026-11-24T10:00:00.050Z' },
        want: ['--type=time', "--target='2026-11-24 10:00:00.050+00'"],
      },
      TimeGivenUp: {
        reason: 'the newest history does not have that moment',
        given: { type: 'time', time: '2026-11-24T10:00:00Z', isGivenUp: true },
        want: ['--type=time', "--target='2026-11-24 10:00:00+00'", '--target-timeline=current'],
      },
      Backup: {
        reason: 'pgBackRest refuses a timeline here (error 031), and stays on that of the backup by itself',
        given: { type: 'backup', label: '20261124-010002F_20261125-010001D' },
        want: ['--type=immediate', '--set=20261124-010002F_20261125-010001D'],
      },
      Newest: { reason: 'it takes the newest where none is named', given: { type: 'newest' }, want: ['--type=immediate'] },
    },
    (given, want) => {
      assert.deepEqual(restoreOptions(given), want);
    },
  );
});
