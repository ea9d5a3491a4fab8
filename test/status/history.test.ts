import { strict as assert } from 'node:assert';
import { lastUpgrade } from '../../src/status/lastupgrade.ts';
import { requests } from '../../src/api/names.ts';
import { backedUp, backingUp, backup, jobStatus, ready, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  B,
  C,
  gaveUp,
  image,
  jobReports,
  later,
  migrationFailed,
  newAiling,
  newlyMigrated,
  onTrial,
  rolledBack,
  settled,
  surging,
  up,
  upgradeOf,
  withRelated,
} from '../support/upgrades.ts';
import { ago, carriedOut, edited, observe, overlaid, world, type Loose, type World } from '../support/world.ts';

const withStatus = (w: World, upgrade: unknown): World => ({ ...w, parent: overlaid(w.parent, { status: { upgrade } }) });
const to = (w: World, version: string): World => edited(w, { version });
const retried = (w: World, token: string): World => annotated(w, { [requests.retryUpgrade]: token });
/** So many entries, the latest first. */
const entries = (count: number): Loose[] =>
  Array.from({ length: count }, (_, index) => ({ from: `i:${index}`, to: `i:${index + 1}`, result: 'Succeeded', at: ago(100 + index) }));
const done = settled(up(onTrial()));

describe('status/history', () => {
  it('says nothing before the first upgrade', () => {
    assert.equal(upgradeOf(ready()), undefined);
    assert.equal(lastUpgrade(observe(ready())), undefined);
  });

  describe('how upgrades ended', () => {
    const halted = withRelated(onTrial(ready(world({ upgrade: { onFailure: 'Halt' } }))), newAiling(waits('ErrImagePull')));
    const at = '2026-01-01T12:00:00Z';
    each<World, Loose[] | undefined>(
      {
        UnderWay: { reason: 'it has not ended', given: onTrial(), want: undefined },
        RollingBack: { reason: 'it has not ended', given: gaveUp(), want: undefined },
        Succeeded: { reason: 'rolled out and available', given: up(onTrial()), want: [{ from: A, to: B, result: 'Succeeded', at }] },
        RolledBack: {
          reason: 'with its reason',
          given: rolledBack(),
          want: [{ from: A, to: B, result: 'RolledBack', reason: 'ImagePullFailed', at }],
        },
        Migration: {
          reason: 'with its reason',
          given: migrationFailed(),
          want: [{ from: A, to: B, result: 'Failed', reason: 'MigrationFailed', at }],
        },
        Halted: { reason: 'with its reason', given: halted, want: [{ from: A, to: B, result: 'Failed', reason: 'ImagePullFailed', at }] },
        LeftWhileRollingBack: {
          reason: 'it had failed before another target was wanted',
          given: to(gaveUp(), '1.5'),
          want: [{ from: A, to: B, result: 'Failed', reason: 'ImagePullFailed', at }],
        },
        Aborted: { reason: 'it left the spec', given: to(backingUp(), '1.3'), want: [{ from: A, to: B, result: 'Aborted', at }] },
      },
      (given, want) => {
        assert.deepEqual(upgradeOf(given)?.history, want);
        // Answered once more, and with the answer carried out, it is one entry all the same.
        assert.deepEqual(upgradeOf(settled(given))?.history?.length, want?.length);
      },
    );

    it('are kept, the latest first', () => {
      const twice = settled(up(surging(carriedOut(newlyMigrated(done, { version: '1.5' })))));
      assert.deepEqual(
        upgradeOf(twice)?.history?.map((entry) => [entry.from, entry.to, entry.result]),
        [
          [B, C, 'Succeeded'],
          [A, B, 'Succeeded'],
        ],
      );
    });

    it('are ten at most, the oldest go first', () => {
      for (const count of [8, 9, 10]) {
        const { history } = upgradeOf(withStatus(up(onTrial()), { history: entries(count) })) ?? {};
        assert.equal(history?.length, Math.min(count + 1, 10));
        assert.deepEqual(history[0]?.to, B);
        assert.deepEqual(history.slice(1), entries(count).slice(0, 9));
      }
    });

    it('are still reported when the next one begins', () => {
      assert.deepEqual(upgradeOf(to(done, '1.5'))?.history, upgradeOf(done)?.history);
    });
  });

  describe('the counts', () => {
    const counts = (w: World) => [upgradeOf(w)?.succeeded, upgradeOf(w)?.failed];
    each<World, [succeeded: number, failed: number]>(
      {
        UnderWay: { reason: 'none has ended', given: onTrial(), want: [0, 0] },
        Succeeded: { reason: 'one', given: up(onTrial()), want: [1, 0] },
        GivenUp: { reason: 'one, as soon as it is given up', given: gaveUp(), want: [0, 1] },
        RolledBack: { reason: 'still one', given: rolledBack(), want: [0, 1] },
        Migration: { reason: 'one', given: migrationFailed(), want: [0, 1] },
        BackupFailed: { reason: 'it waits, and is not given up', given: backup(backingUp(), 'failed'), want: [0, 0] },
        Aborted: { reason: 'neither', given: to(onTrial(), '1.3'), want: [0, 0] },
      },
      (given, want) => {
        assert.deepEqual(counts(given), want);
        assert.deepEqual(upgradeOf(given), upgradeOf(given));
        assert.deepEqual(counts(settled(given)), want);
        assert.deepEqual(counts(settled(later(given, 600))), want);
      },
    );

    it('grow with each one that ends', () => {
      const failedTwice = settled(withRelated(surging(carriedOut(retried(rolledBack(), 'x'))), newAiling(waits('ErrImagePull'))));
      assert.deepEqual(counts(failedTwice), [0, 2]);
      const arrived = settled(up(surging(carriedOut(retried(rolledBack(), 'x')))));
      assert.deepEqual(counts(arrived), [1, 1]);
      assert.deepEqual(counts(settled(up(surging(carriedOut(newlyMigrated(done, { version: '1.5' })))))), [2, 0]);
    });
  });

  describe('the times', () => {
    it('begin with the phase, and stay while it lasts', () => {
      const later1 = later(backup(backingUp(), 'succeeded'), 60);
      const migrating = carriedOut(later1);
      assert.equal(upgradeOf(later(backingUp(), 30))?.since, '2026-01-01T12:00:00Z');
      assert.equal(upgradeOf(later1)?.since, later1.now);
      assert.equal(upgradeOf(later(migrating, 600))?.since, later1.now);
    });

    it('of an end stay for ever', () => {
      assert.equal(upgradeOf(later(done, 9000))?.since, '2026-01-01T12:00:00Z');
      assert.deepEqual(upgradeOf(later(rolledBack(), 9000)), upgradeOf(rolledBack()));
    });
  });

  describe('the backup that was taken for it', () => {
    const id = upgradeOf(backingUp())?.backupID;
    const waived = annotated(backup(backingUp(), 'failed'), { [requests.skipUpgradeBackup]: '1.4' });
    each<World, string | undefined>(
      {
        Migrating: { reason: 'it is armed', given: backedUp(), want: id },
        RollingOut: { reason: 'the Job says it', given: onTrial(), want: id },
        JobGone: {
          reason: 'the last status says it',
          given: { ...onTrial(), children: onTrial().children.filter(({ kind }) => kind !== 'Job') },
          want: id,
        },
        Succeeded: { reason: 'it stays with the entry', given: done, want: id },
        Skipped: { reason: 'none was taken', given: edited(ready(), { version: '1.4', upgrade: { backup: 'Skip' } }), want: undefined },
        RetriedRollout: {
          reason: 'none was taken for that try',
          given: { ...retried(rolledBack(), 'x'), children: rolledBack().children.filter(({ kind }) => kind !== 'Job') },
          want: undefined,
        },
        Waived: { reason: 'a person went on without it', given: waived, want: undefined },
        OnDemand: { reason: 'that is none of ours', given: edited(onTrial(), { database: { backups: { onDemand: 'x' } } }), want: id },
      },
      (given, want) => {
        assert.equal(upgradeOf(given)?.backupID, want);
      },
    );
  });

  it('does not report a pod that is lost after the end', () => {
    for (const w of [done, rolledBack(), settled(up(to(carriedOut(backingUp()), '1.3')))])
      assert.deepEqual(upgradeOf(surging(w)), upgradeOf(w));
  });

  it('goes back to phases that have no end where a target is given again', () => {
    const again = jobReports(carriedOut(backup(carriedOut(retried(migrationFailed(), 'x')), 'succeeded')), B, jobStatus.active);
    const { phase, from, to: wanted, reason, message } = upgradeOf(again) ?? {};
    assert.deepEqual([phase, from, wanted, reason, message], ['Migrating', A, B, undefined, undefined]);
  });

  describe('takes nulls for nothing', () => {
    const nothing = {
      from: null,
      to: null,
      phase: null,
      since: null,
      backupID: null,
      reason: null,
      message: null,
      succeeded: null,
      failed: null,
    };
    each<unknown, number>(
      {
        Null: { reason: 'as a whole', given: null, want: 0 },
        Fields: { reason: 'in each field', given: { ...nothing, history: null }, want: 0 },
        Entries: {
          reason: 'in the history',
          given: { ...nothing, history: [null, { from: null, to: B, result: 'Failed', at: ago(5) }, entries(1)[0]] },
          want: 1,
        },
        Reason: {
          reason: 'in an entry that has an end without a reason',
          given: { history: [{ ...entries(1)[0], reason: null }] },
          want: 1,
        },
      },
      (given, want) => {
        for (const w of [ready(), onTrial(), backingUp(), done, rolledBack()]) {
          const status = withStatus({ ...w, parent: { ...w.parent, status: overlaid(w.parent.status, { upgrade: undefined }) } }, given);
          assert.ok((upgradeOf(status)?.history?.length ?? 0) <= want + 1);
          assert.ok((upgradeOf(edited(status, { size: 0 }))?.history?.length ?? 0) <= want);
        }
      },
    );
  });

  it('calls off what another release was at in words of its own, once it has left the spec', () => {
    assert.equal(upgradeOf(withStatus(ready(), { phase: 'Postponed', from: A, to: image('9.9') }))?.phase, 'Aborted');
  });
});
