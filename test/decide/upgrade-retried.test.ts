import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { backingUp, backup, jobStatus, ready, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  gaveUp,
  jobReports,
  jobsOf,
  migrationFailed,
  newAiling,
  onTrial,
  rolledBack,
  settled,
  surging,
  desiredImage,
  up,
  upgradeOf,
  withoutRelated,
  withRelated,
} from '../support/upgrades.ts';
import { carriedOut, childOf, edited, manifestOf, overlaid, said, syncOf, world, type World } from '../support/world.ts';

const notes = (w: World) => manifestOf(syncOf(w), 'Deployment')?.metadata.annotations ?? {};
const pulling = newAiling(waits('ErrImagePull'));
const halt = ready(world({ upgrade: { onFailure: 'Halt' } }));
/** Given up, and left as it is. */
const halted = withRelated(surging(carriedOut(withRelated(onTrial(halt), pulling))), pulling);
const retried = (w: World, token = 'once more'): World => annotated(w, { [requests.retryUpgrade]: token });
const to = (w: World, version: string): World => edited(w, { version });

describe('decide/upgrade of a version that failed', () => {
  describe('ends with the wish for it', () => {
    each<World, string>(
      {
        RolledBack: { reason: 'it runs already', given: rolledBack(), want: 'SetBack' },
        RollingBack: { reason: 'on its way', given: gaveUp(), want: 'RollingBack' },
        Failed: { reason: 'it never left', given: migrationFailed(), want: 'SetBack' },
        Halted: { reason: 'it is rolled out again', given: halted, want: 'Failed' },
      },
      (given, want) => {
        const w = to(given, '1.3');
        assert.equal(said(syncOf(w), 'UpgradeFailed'), 'False NoFailure');
        assert.deepEqual([desiredImage(w), upgradeOf(w)?.phase, notes(w)[annotations.failedTarget]], [A, want, undefined]);
        const rest = settled(up({ ...carriedOut(w), related: ready().related }));
        assert.deepEqual([said(syncOf(rest), 'Ready'), desiredImage(rest), upgradeOf(rest)?.phase], ['True AllReady', A, 'SetBack']);
        // The count of what was given up, which distinguishes the next try from this one, stays.
        assert.equal(notes(rest)[annotations.failures], '1');
      },
    );

    it('which its history knows nothing of: it has the end of the upgrade, once', () => {
      const ends: readonly [World, string, string][] = [
        [rolledBack(), 'RolledBack', 'ImagePullFailed'],
        [gaveUp(), 'RolledBack', 'ImagePullFailed'],
        [migrationFailed(), 'Failed', 'MigrationFailed'],
      ];
      for (const [given, result, reason] of ends) {
        const rest = settled(up({ ...carriedOut(to(given, '1.3')), related: ready().related }));
        const { history, message, failed, succeeded } = upgradeOf(rest) ?? {};
        assert.deepEqual(
          history?.map((entry) => [entry.from, entry.to, entry.result, entry.reason]),
          [[A, B, result, reason]],
        );
        assert.deepEqual([message, failed, succeeded], [undefined, 1, 0]);
      }
    });

    it('and is tried again when it is wanted again', () => {
      const again = to(carriedOut(to(rolledBack(), '1.3')), '1.4');
      assert.deepEqual([upgradeOf(again)?.phase, desiredImage(again)], ['RollingOut', B]);
      const migration = to(carriedOut(to(migrationFailed(), '1.3')), '1.4');
      assert.equal(upgradeOf(migration)?.phase, 'BackingUp');
    });

    it('gives way to another version', () => {
      const w = to(rolledBack(), '1.5');
      assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w), said(syncOf(w), 'UpgradeFailed')], ['BackingUp', A, 'False NoFailure']);
    });
  });

  describe('is tried again with a new token', () => {
    it('of a failed migration: with a new backup, and then a new Job, while the failed one is kept for reading', () => {
      const first = childOf(migrationFailed(), 'Job').metadata.name;
      const w = retried(migrationFailed());
      assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w), jobsOf(w).includes(first)], ['BackingUp', A, true]);
      const id = armedBy(w);
      assert.match(id ?? '', /^pre-upgrade\./);
      assert.notEqual(id, upgradeOf(migrationFailed())?.backupID);
      const next = backup(carriedOut(w), 'succeeded');
      const [job = '', ...others] = jobsOf(next);
      assert.ok(others.includes(first) && !others.includes(job));
      assert.equal(upgradeOf(next)?.backupID, id);
      const done = settled(up(carriedOut(jobReports(carriedOut(next), B, jobStatus.complete))));
      assert.deepEqual([upgradeOf(done)?.phase, desiredImage(done), upgradeOf(done)?.failed], ['Succeeded', B, 1]);
    });

    it('of a failed rollout: at once, for the database is ready', () => {
      const w = retried(rolledBack());
      assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w), armedBy(w)], ['RollingOut', B, undefined]);
      assert.equal(notes(w)[annotations.failedTarget], undefined);
      const done = settled(up(carriedOut(w)));
      assert.deepEqual([upgradeOf(done)?.phase, upgradeOf(done)?.succeeded, upgradeOf(done)?.failed], ['Succeeded', 1, 1]);
    });

    it('while it is being rolled back, too', () => {
      assert.deepEqual([desiredImage(retried(gaveUp())), notes(retried(gaveUp()))[annotations.lastGood]], [B, A]);
    });

    it('once per token', () => {
      const twice = withRelated(surging(carriedOut(retried(rolledBack()))), pulling);
      assert.deepEqual([desiredImage(twice), upgradeOf(twice)?.failed], [A, 2]);
      const rest = settled(up(withoutRelated(carriedOut(twice), pulling.metadata.name)));
      assert.deepEqual([desiredImage(rest), upgradeOf(rest)?.phase], [A, 'RolledBack']);
      assert.equal(desiredImage(retried(rest, 'and again')), B);
    });

    it('and not because the token is taken away again', () => {
      const twice = settled(
        up(withoutRelated(carriedOut(withRelated(surging(carriedOut(retried(rolledBack()))), pulling)), pulling.metadata.name)),
      );
      assert.equal(desiredImage(twice), A);
      assert.equal(desiredImage(annotated(twice, { [requests.retryUpgrade]: undefined })), A);
    });

    it('and a token that is set while it is under way counts once it has failed', () => {
      const early = retried(onTrial());
      assert.deepEqual([desiredImage(early), upgradeOf(early)?.phase, upgradeOf(early)?.retry], [B, 'RollingOut', undefined]);
      const failed = carriedOut(withRelated(carriedOut(early), pulling));
      assert.equal(upgradeOf(withoutRelated(failed, pulling.metadata.name))?.retry, 'once more');
      const again = surging(withoutRelated(failed, pulling.metadata.name));
      assert.deepEqual([desiredImage(again), upgradeOf(again)?.failed], [B, 1]);
      // The second attempt is the last one for this token.
      const twice = surging(carriedOut(withRelated(surging(carriedOut(again)), pulling)));
      const rest = withoutRelated(twice, pulling.metadata.name);
      assert.deepEqual([desiredImage(rest), upgradeOf(rest)?.failed, upgradeOf(rest)?.phase], [A, 2, 'RollingBack']);
    });

    it('and one that is set during the backup asks for no other backup', () => {
      const w = backingUp();
      assert.equal(armedBy(retried(w)), armedBy(w));
    });

    it('and the token of an attempt whose status was lost is the one of now', () => {
      const lost = { ...retried(onTrial()), parent: overlaid(retried(onTrial()).parent, { status: { upgrade: null } }) };
      const failed = surging(withoutRelated(carriedOut(withRelated(lost, pulling)), pulling.metadata.name));
      assert.equal(desiredImage(failed), A);
    });

    it('and a token that was there before is none', () => {
      const w = rolledBack(retried(ready()));
      assert.equal(desiredImage(w), A);
      assert.equal(desiredImage(retried(w, 'another')), B);
    });
  });
});
