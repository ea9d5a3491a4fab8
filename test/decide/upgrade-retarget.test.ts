import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { backedUp, backingUp, backup, jobPod, jobStatus, podPhase, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  C,
  imageOf,
  jobReports,
  migrates,
  newAiling,
  newlyMigrated,
  onTrial,
  reporting,
  rolledBack,
  settled,
  surging,
  desiredImage,
  up,
  upgradeOf,
  withRelated,
} from '../support/upgrades.ts';
import {
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  said,
  syncOf,
  withPods,
  without,
  world,
  type World,
} from '../support/world.ts';

const to = (w: World, version: string): World => edited(w, { version });
const withoutJob = (w: World, ofImage: string): World => ({
  ...w,
  children: w.children.filter((child) => child.kind !== 'Job' || imageOf(child) !== ofImage),
});
const jobOf = (w: World, ofImage: string): string =>
  w.children.find((child) => child.kind === 'Job' && imageOf(child) === ofImage)?.metadata.name ?? '';
const started = withPods(jobReports(backedUp(), B, jobStatus.active), jobPod(jobOf(backedUp(), B), podPhase.running));
const ended = { ...jobReports(started, B, jobStatus.complete), related: ready().related };

describe('decide/upgrade to a third version', () => {
  describe('while the backup before the second is under way', () => {
    each<World, World>(
      {
        BackupRequest: { reason: 'not started', given: backingUp(), want: backingUp() },
        Accepted: { reason: 'known to the database operator', given: backup(backingUp(), 'accepted'), want: backingUp() },
        Running: { reason: 'another id would lose its result', given: backup(backingUp(), 'running'), want: backingUp() },
        Succeeded: { reason: 'it protects the same data', given: backup(backingUp(), 'succeeded'), want: backingUp() },
      },
      (given, want) => {
        const w = to(given, '1.5');
        assert.equal(armedBy(w), armedBy(want));
        assert.deepEqual([upgradeOf(w)?.from, upgradeOf(w)?.to, upgradeOf(w)?.backupID], [A, C, armedBy(want)]);
        assert.deepEqual([desiredImage(w), migrates(w, B)], [A, false]);
        const next = carriedOut(backup(carriedOut(w), 'succeeded'));
        assert.deepEqual([migrates(next, C), upgradeOf(next)?.phase], [true, 'Migrating']);
        assert.equal(
          childOf({ ...next, children: next.children.filter((child) => imageOf(child) === C) }, 'Job').metadata.annotations?.[
            annotations.backup
          ],
          armedBy(want),
        );
      },
    );
  });

  describe('while the second is being migrated to', () => {
    it('takes a Job back that has not started, and makes the next one after a backup, when it is gone', () => {
      const w = carriedOut(to(settled(backedUp()), '1.5'));
      assert.deepEqual([migrates(w, B), migrates(w, C), upgradeOf(w)?.phase], [false, false, 'BackingUp']);
      const next = backup(carriedOut(withoutJob(w, B)), 'succeeded');
      assert.deepEqual([migrates(next, C), desiredImage(next)], [true, A]);
    });

    it('waits while a pod of that Job is left', () => {
      const left = withoutJob(carriedOut(to(backedUp(), '1.5')), B);
      const w = withPods(left, jobPod(jobOf(backedUp(), B), podPhase.pending));
      assert.deepEqual([migrates(w, C), desiredImage(w), migrates(left, C)], [false, A, true]);
    });

    it('lets a Job that has started end, alone, and then backs up what it has made', () => {
      const w = carriedOut(to(started, '1.5'));
      assert.deepEqual([migrates(w, B), migrates(w, C), desiredImage(w)], [true, false, A]);
      assert.match(conditionOf(syncOf(w), 'DatabaseSeeded')?.message ?? '', new RegExp(`Job ${jobOf(w, B)} has not ended yet`));
      assert.equal(armedBy(to(settled(started), '1.5')), undefined, 'no backup is started beside it');
      const after = to(ended, '1.5');
      assert.deepEqual([upgradeOf(after)?.phase, migrates(after, C), desiredImage(after)], ['BackingUp', false, A]);
      assert.notEqual(armedBy(after), armedBy(backingUp()));
      const done = backup(carriedOut(after), 'succeeded');
      assert.deepEqual([migrates(done, C), desiredImage(done)], [true, A]);
    });
  });

  describe('while the second is on trial', () => {
    const w = to(onTrial(), '1.5');

    it('backs up once more, since the schema is another one, and goes back meanwhile', () => {
      assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w), migrates(w, C)], ['BackingUp', A, false]);
      assert.notEqual(armedBy(w), armedBy(backingUp()));
    });

    it('stays on the second where that runs well, and has that to return to', () => {
      const arrived = to(up(onTrial()), '1.5');
      const good = (so: World) => manifestOf(syncOf(so), 'Deployment')?.metadata.annotations?.[annotations.lastGood];
      assert.deepEqual([desiredImage(w), good(w), desiredImage(arrived), good(arrived)], [A, A, B, B]);
      const third = surging(carriedOut(newlyMigrated(onTrial(), { version: '1.5' })));
      assert.deepEqual([desiredImage(third), good(third)], [C, A]);
    });

    it('comes from the second where that runs well, also for a Deployment that is deleted by hand then', () => {
      const arrived = carriedOut(to(up(onTrial()), '1.5'));
      assert.deepEqual([upgradeOf(arrived)?.from, desiredImage(without(arrived, 'Deployment'))], [B, B]);
    });

    it('stays on the second where no migration back from it is allowed', () => {
      const halt = onTrial(ready(world({ upgrade: { onFailure: 'Halt' } })));
      assert.deepEqual([desiredImage(to(halt, '1.5')), desiredImage(annotated(w, { [requests.irreversibleMigration]: '1.4' }))], [B, B]);
    });

    it('leaves no broken version behind when the third fails, too', () => {
      const broken = withRelated(onTrial(), newAiling({ ready: false, state: { waiting: { reason: 'ErrImagePull' } } }, 30));
      const failed = settled(jobReports(carriedOut(backup(carriedOut(to(broken, '1.5')), 'succeeded')), C, jobStatus.failed));
      assert.equal(upgradeOf(failed)?.phase, 'Failed');
      assert.equal(desiredImage(failed), A);
    });
  });
});

describe('decide/upgrade back to what ran before', () => {
  each<World, { armed: boolean; job: boolean }>(
    {
      Asked: { reason: 'nothing has started', given: backingUp(), want: { armed: false, job: false } },
      Accepted: { reason: 'nothing has started', given: backup(backingUp(), 'accepted'), want: { armed: false, job: false } },
      BackupRuns: { reason: 'its result would be lost', given: backup(backingUp(), 'running'), want: { armed: true, job: false } },
      BackedUp: { reason: 'no migration follows', given: backup(backingUp(), 'succeeded'), want: { armed: false, job: false } },
      BackupFailed: { reason: 'none is needed any more', given: backup(backingUp(), 'failed'), want: { armed: false, job: false } },
      JobPending: { reason: 'it is taken back', given: backedUp(), want: { armed: false, job: false } },
      JobStarted: { reason: 'it is not cut short', given: started, want: { armed: false, job: true } },
      JobComplete: { reason: 'it is kept for reading', given: ended, want: { armed: false, job: true } },
      OnTrial: { reason: 'it goes back at once', given: onTrial(), want: { armed: false, job: true } },
    },
    (given, { armed, job }) => {
      const w = to(carriedOut(given), '1.3');
      assert.deepEqual([desiredImage(w), migrates(w, B), armedBy(w) !== undefined], [A, job, armed]);
      const { phase, from, to: wanted, succeeded, failed, history } = upgradeOf(w) ?? {};
      assert.deepEqual([phase, from, wanted, succeeded, failed], ['Aborted', A, B, 0, 0]);
      assert.deepEqual(history, [{ from: A, to: B, result: 'Aborted', at: w.now }]);
      assert.equal(said(syncOf(w), 'UpgradeFailed'), 'False NoFailure');
      const rest = settled(up(carriedOut(w)));
      assert.deepEqual([upgradeOf(rest), desiredImage(rest)], [upgradeOf(w), A]);
    },
  );

  it('lets a backup that runs end, and then asks for none', () => {
    const w = to(backup(backingUp(), 'running'), '1.3');
    assert.equal(armedBy(w), armedBy(backingUp()));
    assert.equal(armedBy(backup(carriedOut(w), 'succeeded')), undefined);
  });

  it('and then forth again is another upgrade, with another backup', () => {
    const w = to(carriedOut(to(backingUp(), '1.3')), '1.4');
    assert.equal(upgradeOf(w)?.phase, 'BackingUp');
    assert.notEqual(armedBy(w), armedBy(backingUp()));
    const again = to(settled(up(carriedOut(to(onTrial(), '1.3')))), '1.4');
    assert.deepEqual([upgradeOf(again)?.phase, desiredImage(again), migrates(again, B)], ['RollingOut', B, true]);
  });

  it('in the moment in which the new one comes up goes back all the same, and comes to rest', () => {
    const back = surging(carriedOut(to(up(onTrial()), '1.3')));
    assert.equal(desiredImage(back), A);
    const rest = settled(up(carriedOut(back)));
    assert.deepEqual(
      [desiredImage(rest), said(syncOf(rest), 'Ready'), said(syncOf(rest), 'UpgradeFailed')],
      [A, 'True AllReady', 'False NoFailure'],
    );
    assert.deepEqual(upgradeOf(rest), upgradeOf(settled(rest)));
  });

  it('to a version that was given up before waits for a migration that has started', () => {
    const third = carriedOut(backup(carriedOut(to(rolledBack(), '1.5')), 'succeeded'));
    const w = annotated(to(jobReports(third, C, jobStatus.active), '1.4'), { [requests.allowDowngrade]: '1.4' });
    assert.deepEqual([desiredImage(w), migrates(w, C)], [A, true]);
    assert.equal(desiredImage(jobReports(w, C, jobStatus.complete)), B);
  });

  it('of a Bestie whose first image never came up runs the first image', () => {
    const first = reporting(ready(world()), 'Deployment', undefined);
    assert.equal(desiredImage(to(carriedOut(to(first, '1.4')), '1.3')), A);
  });
});
