import { strict as assert } from 'node:assert';
import { manualBackup as manualOf } from '../../src/database/crunchy/backups.ts';
import type { PostgresClusterSpec } from '../../src/database/crunchy/types.ts';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { annotations } from '../../src/api/names.ts';
import { backedUp, backingUp, backup, manualBackup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { A, armedBy, B, later, migrates, reporting, settled, desiredImage, upgradeOf } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  NOW,
  patched,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const to = (w: World, version = '1.4'): World => edited(w, { version });
const manual = (w: World) => (manifestOf(syncOf(w), 'PostgresCluster')?.spec as PostgresClusterSpec).backups.pgbackrest.manual;
/** The database operator reports a backup of that id. */
const reports = (w: World, id: string, state: 'accepted' | 'running' | 'succeeded' | 'failed'): World =>
  reporting(w, 'PostgresCluster', manualBackup(pgoStatus.usable, id, state));
const scheduled = { cronJobName: 'bestie-pgo-repo1-full', repo: 'repo1', type: 'full', startTime: ago(60), active: 1 };

describe('decide/backup before an upgrade', () => {
  it('is requested once, with its time, into the first repository', () => {
    const manifest = manifestOf(syncOf(to(ready())), 'PostgresCluster');
    const id = manifest?.metadata.annotations?.[BACKUP_ANNOTATION] ?? '';
    assert.match(id, /^pre-upgrade\.6f1c0de5\.[0-9a-f]{8}\.g2\.a1$/);
    assert.equal(manifest?.metadata.annotations?.[annotations.armedAt], NOW);
    assert.deepEqual(manual(to(ready())), { repoName: 'repo1', options: ['--type=diff', `--annotation=bestie=${id}`] });
    assert.deepEqual(syncOf(later(backingUp(), 0)).children, syncOf(backingUp()).children);
    assert.equal(armedBy(later(backingUp(), 600)), id);
    assert.equal(manifestOf(syncOf(later(backingUp(), 600)), 'PostgresCluster')?.metadata.annotations?.[annotations.armedAt], NOW);
  });

  it('hands nothing of the spec to pgBackRest', () => {
    const armed = {
      id: 'final.x.00000000.g1.a1',
      purpose: 'final',
      key: '00000000',
      isOwn: true,
      attempt: 1,
      repo: 'repo1',
      since: NOW,
    } as const;
    assert.deepEqual(manualOf(armed).options, ['--type=full', '--annotation=bestie=final.x.00000000.g1.a1']);
  });

  describe('as the database operator reports it', () => {
    const id = armedBy(backingUp()) ?? '';
    const former = backup(backingUp(), 'succeeded');
    const unconfirmed = patched(former, 'PostgresCluster', { status: { conditions: pgoStatus.usable.conditions } });
    each<World, boolean>(
      {
        NotAccepted: { reason: 'nothing reports it', given: backingUp(), want: false },
        FormerShown: {
          reason: 'a former one is still shown as finished',
          given: reports(backingUp(), 'pre-upgrade.former', 'succeeded'),
          want: false,
        },
        Accepted: { reason: 'it was read', given: backup(backingUp(), 'accepted'), want: false },
        Running: { reason: 'it runs', given: backup(backingUp(), 'running'), want: false },
        Retrying: {
          reason: 'a try failed, which is no end',
          given: patched(backup(backingUp(), 'running'), 'PostgresCluster', { status: { pgbackrest: { manualBackup: { failed: 3 } } } }),
          want: false,
        },
        Failed: { reason: 'it failed', given: backup(backingUp(), 'failed'), want: false },
        FinishedWithoutResult: {
          reason: 'finished is not succeeded',
          given: patched(former, 'PostgresCluster', { status: { pgbackrest: { manualBackup: { succeeded: null } } } }),
          want: false,
        },
        ConditionFalse: { reason: 'the condition says otherwise', given: unconfirmed, want: false },
        Succeeded: { reason: 'both say so', given: former, want: true },
        SucceededAfterTries: {
          reason: 'the last try decides',
          given: patched(former, 'PostgresCluster', { status: { pgbackrest: { manualBackup: { failed: 2 } } } }),
          want: true,
        },
      },
      (given, want) => {
        assert.equal(migrates(given, B), want);
        assert.equal(armedBy(given), id);
        assert.equal(desiredImage(given), A);
        assert.equal(upgradeOf(given)?.phase, want ? 'Migrating' : 'BackingUp');
      },
    );
  });

  describe('that failed', () => {
    it('is taken again after 5, 15 and then every 30 minutes, each time under another id', () => {
      const ids = new Set<string | undefined>();
      let w = backingUp();
      for (const [index, delay] of [300, 900, 1800, 1800, 1800].entries()) {
        const id = armedBy(w);
        ids.add(id);
        assert.ok(id?.endsWith(`.a${index + 1}`));
        const failed = carriedOut(backup(later(w, 700), 'failed', later(w, 600).now));
        const [early, due] = [later(failed, delay - 101), later(failed, delay - 100)];
        assert.deepEqual([armedBy(early), syncOf(early).resyncAfterSeconds], [id, 1]);
        // A failure is reported until an attempt succeeds.
        for (const so of [early, due, carriedOut(due)]) assert.equal(said(syncOf(so), 'UpgradeFailed'), 'True BackupFailed');
        w = carriedOut(due);
      }
      assert.equal(ids.size, 5);
      assert.deepEqual([migrates(backup(w, 'succeeded'), B), armedBy(backup(w, 'succeeded'))], [true, armedBy(w)]);
    });

    it('is reported, with its log and what to do', () => {
      const answer = syncOf(backup(backingUp(), 'failed'));
      for (const type of ['UpgradeFailed', 'BackupReady', 'DatabaseSeeded'])
        assert.match(
          conditionOf(answer, type)?.message ?? '',
          /backup pre-upgrade\S+ failed; read the log of its Job: kubectl -n pets logs -l/,
        );
      assert.match(
        conditionOf(answer, 'UpgradeFailed')?.message ?? '',
        /annotate --overwrite bestie bestie pets.bestie.com\/skip-upgrade-backup=1\.4$/,
      );
      assert.equal(said(answer, 'BackupReady'), 'False BackupFailed');
      assert.deepEqual(
        [said(answer, 'Ready'), said(answer, 'Stalled'), said(answer, 'Available')],
        ['False UpgradeFailed', 'True UpgradeFailed', 'True EnoughReplicas'],
      );
      assert.deepEqual(
        [answer.status.upgrade?.phase, answer.status.upgrade?.reason, answer.status.upgrade?.failed],
        ['BackingUp', 'BackupFailed', 0],
      );
    });

    it('is not started again while another one is at work', () => {
      const failed = later(backup(backingUp(), 'failed'), 600);
      const status = { ...(childOf(failed, 'PostgresCluster').status as { pgbackrest: Loose }) };
      const w = reporting(failed, 'PostgresCluster', { ...status, pgbackrest: { ...status.pgbackrest, scheduledBackups: [scheduled] } });
      assert.equal(armedBy(w), armedBy(backingUp()));
      assert.equal(said(syncOf(w), 'UpgradeFailed'), 'True BackupFailed');
    });
  });

  describe('that does not end', () => {
    const limit = { upgrade: { backupTimeoutSeconds: 600 } };
    const running = backup(backingUp(ready(world(limit))), 'running');
    const asked = backingUp(ready(world(limit)));
    each<World, [said: string, recheck?: number]>(
      {
        Before: { reason: 'it may take a while', given: later(running, 599), want: ['False NoFailure', 1] },
        After: { reason: 'it is reported', given: later(running, 600), want: ['True BackupTimeout'] },
        NotBegunBefore: { reason: 'counted from the request', given: later(asked, 599), want: ['False NoFailure', 1] },
        NotBegun: { reason: 'a database operator that is down', given: later(asked, 600), want: ['True BackupTimeout'] },
      },
      (given, [failed, recheck]) => {
        const answer = syncOf(given);
        assert.deepEqual([said(answer, 'UpgradeFailed'), answer.resyncAfterSeconds], [failed, recheck]);
        assert.deepEqual([migrates(given, B), armedBy(given), desiredImage(given)], [false, armedBy(asked), A]);
      },
    );

    it('says whether it was started, and where to look', () => {
      assert.match(
        upgradeOf(later(running, 600))?.message ?? '',
        /requested at \S+, has not ended within 600 s: it is still running; check that Crunchy PGO runs, and kubectl -n pets describe/,
      );
      assert.match(upgradeOf(later(asked, 600))?.message ?? '', /the database operator has not started it;/);
    });

    it('is reported by every replica once one has reported it, although its clock is behind', () => {
      for (const late of [later(running, 600), later(asked, 600)])
        assert.equal(said(syncOf(later(carriedOut(late), -60)), 'UpgradeFailed'), 'True BackupTimeout');
    });

    it('is no longer late when a person raises the limit', () => {
      const raised = edited(carriedOut(later(running, 600)), { upgrade: { backupTimeoutSeconds: 7200 } });
      assert.equal(said(syncOf(raised), 'UpgradeFailed'), 'False NoFailure');
    });

    it('is waited for all the same, and then ends the trouble', () => {
      const w = backup(carriedOut(later(running, 7200)), 'succeeded');
      assert.deepEqual([migrates(w, B), said(syncOf(w), 'UpgradeFailed')], [true, 'False NoFailure']);
    });
  });

  it('is not taken to be that of a person who annotates the PostgresCluster, and his is undone', () => {
    const byHand = patched(reports(to(ready()), 'pre-upgrade.x.00000000.g1.a1', 'succeeded'), 'PostgresCluster', {
      metadata: { annotations: { [BACKUP_ANNOTATION]: 'pre-upgrade.x.00000000.g1.a1' } },
      spec: { backups: { pgbackrest: { manual: { repoName: 'repo1' } } } },
    });
    assert.equal(migrates(byHand, B), false);
    assert.match(armedBy(byHand) ?? '', /^pre-upgrade\.6f1c0de5\./);
    const removed = patched(backingUp(), 'PostgresCluster', { metadata: { annotations: { [BACKUP_ANNOTATION]: undefined } } });
    assert.equal(armedBy(removed), armedBy(backingUp()));
  });

  it('is let go once the Job is there, which names it: what a person writes could have it taken once more', () => {
    assert.equal(armedBy(backedUp()), undefined);
    assert.equal(manual(backedUp()), undefined);
    assert.equal(upgradeOf(settled(backedUp()))?.backupID, armedBy(backingUp()));
  });

  it('is taken once more for a Job that is to be created again', () => {
    const w = edited(settled(backedUp()), { env: [{ name: 'A', value: 'x' }] });
    const next = carriedOut(w);
    assert.deepEqual([migrates(w, B), upgradeOf(w)?.phase], [false, 'BackingUp']);
    assert.equal(migrates(backup(next, 'succeeded'), B), true);
  });
});
