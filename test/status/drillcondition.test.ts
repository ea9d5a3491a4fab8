/** What the condition BackupVerified says of a drill that is under way. Its ends are in test/status/events.test.ts and test/sandbox. */
import { strict as assert } from 'node:assert';
import { checking, copyFailed, copying, restoring } from '../support/drillworlds.ts';
import { each, type Cases } from '../support/table.ts';
import { conditionOf, syncOf, type World } from '../support/world.ts';

const underWay: Cases<World, RegExp> = {
  Prepared: { reason: 'the Job of the restore is not there yet', given: copying(), want: /: the copy is being made$/ },
  FirstAttempt: { reason: 'nothing has failed', given: restoring(0), want: /: the copy is being made$/ },
  NextAttempt: {
    reason: 'the log is there until the copy goes',
    given: restoring(1),
    want: /: the copy is being made; an attempt has failed and is tried again, its log says why: kubectl -n \S+ logs job\/bestie-drill-pgbackrest-restore$/,
  },
  Checked: { reason: 'the restore is over', given: checking(), want: /: the copy is being checked$/ },
  Failed: {
    reason: 'the log goes with the copy',
    given: copyFailed(),
    want: /: repo1 could not be restored: each try of its Job failed; none has succeeded before; the copy bestie-drill is being removed$/,
  },
};

describe('status/drillcondition', () => {
  each(underWay, (given, want) => {
    assert.match(conditionOf(syncOf(given), 'BackupVerified')?.message ?? '', want);
  });
});
