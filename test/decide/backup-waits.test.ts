import { strict as assert } from 'node:assert';

import { requests } from '../../src/api/names.ts';
import { DEFAULT_BACKUP_TIMEOUT_SECONDS } from '../../src/decide/backup.ts';
import { bestieSchema } from '../support/crd.ts';
import { backingUp, backup, jobStatus, manualBackup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, armedBy, B, jobReports, later, migrates, reporting, settled, upgradeOf, A } from '../support/upgrades.ts';
import { ago, carriedOut, conditionOf, edited, said, syncOf, world, type Loose, type World } from '../support/world.ts';

const to = (w: World, version = '1.4'): World => edited(w, { version });
/** The database operator reports a backup of that id. */
const reports = (w: World, id: string, state: 'accepted' | 'running' | 'succeeded' | 'failed'): World =>
  reporting(w, 'PostgresCluster', manualBackup(pgoStatus.usable, id, state));
const pgbackrest = (patch: Loose): Loose => ({ ...pgoStatus.usable, pgbackrest: { ...pgoStatus.usable.pgbackrest, ...patch } });
const scheduled = { cronJobName: 'bestie-pgo-repo1-full', repo: 'repo1', type: 'full', startTime: ago(60), active: 1 };
const withScheduled = (w: World, patch: Loose = {}): World =>
  reporting(w, 'PostgresCluster', pgbackrest({ scheduledBackups: [{ ...scheduled, ...patch }] }));
const without = (w: World, type: string, status?: string): World => {
  const conditions = pgoStatus.usable.conditions.flatMap((each): Loose[] => {
    if (each.type !== type) return [each];
    return status ? [{ ...each, status }] : [];
  });
  return reporting(w, 'PostgresCluster', { ...pgoStatus.usable, conditions });
};
const external = world({ sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'one' } });

describe('decide/backup before an upgrade', () => {
  it('has the default time of the CRD', () => {
    const { default: seconds } = bestieSchema.properties?.spec?.properties?.upgrade?.properties?.backupTimeoutSeconds ?? {};
    assert.equal(DEFAULT_BACKUP_TIMEOUT_SECONDS, seconds);
  });

  describe('waits for what is in its way', () => {
    const notCapable = 'False RepositoryNotReady';
    const start = (w: World): World => to(w);
    each<World, string>(
      {
        Scheduled: { reason: 'one operation at a time', given: start(withScheduled(ready())), want: 'False BackingUp' },
        Foreign: {
          reason: 'a backup that a user has requested',
          given: start(reports(ready(), 'mine', 'running')),
          want: 'False BackingUp',
        },
        NoReplicaCreate: { reason: 'it would not be started', given: start(without(ready(), 'PGBackRestReplicaCreate')), want: notCapable },
        ReplicaCreateFalse: { reason: 'the same', given: start(without(ready(), 'PGBackRestReplicaCreate', 'False')), want: notCapable },
        HostDown: {
          reason: 'a volume needs its host',
          given: start(without(ready(), 'PGBackRestRepoHostReady', 'False')),
          want: notCapable,
        },
        NoStanza: {
          reason: 'the repository is not prepared',
          given: start(reporting(ready(), 'PostgresCluster', pgbackrest({ repos: [] }))),
          want: notCapable,
        },
        DatabaseDown: {
          reason: 'no instance is ready',
          given: start(reporting(ready(), 'PostgresCluster', { ...pgoStatus.usable, instances: [{ name: 'pg' }] })),
          want: notCapable,
        },
      },
      (given, want) => {
        assert.equal(said(syncOf(given), 'DatabaseSeeded'), want);
        assert.deepEqual([armedBy(given), migrates(given, B), upgradeOf(given)?.phase], [undefined, false, 'BackingUp']);
        const stuck = later(carriedOut(given), 3600);
        assert.equal(said(syncOf(later(carriedOut(given), 3599)), 'UpgradeFailed'), 'False NoFailure');
        assert.deepEqual([said(syncOf(stuck), 'UpgradeFailed'), armedBy(stuck)], ['True BackupTimeout', undefined]);
        assert.match(armedBy(reporting(stuck, 'PostgresCluster', pgoStatus.usable)) ?? '', /^pre-upgrade\./);
      },
    );

    it('and says that it has become late from then on, although the next clock is behind', () => {
      const stuck = carriedOut(later(carriedOut(to(withScheduled(ready()))), 3600));
      assert.equal(said(syncOf(later(stuck, -60)), 'UpgradeFailed'), 'True BackupTimeout');
    });

    it('not for one that has ended, nor for a bucket without a host', () => {
      const ended = { active: undefined, succeeded: 1, completionTime: ago(5) };
      for (const w of [withScheduled(ready(), ended), reports(ready(), 'mine', 'succeeded'), without(ready(), 'PGBackRestRepoHostReady')])
        assert.match(armedBy(to(w)) ?? '', /^pre-upgrade\./);
    });
  });

  describe('is left out', () => {
    const waived = annotated(to(ready()), { [requests.skipUpgradeBackup]: '1.4' });
    const skipping = edited(ready(), { version: '1.4', upgrade: { backup: 'Skip' } });
    each<World, boolean>(
      {
        Skip: { reason: 'the spec says so', given: skipping, want: true },
        Waived: { reason: 'a person says so for this version', given: waived, want: true },
        WaivedAnother: {
          reason: 'that holds for one version',
          given: annotated(to(ready()), { [requests.skipUpgradeBackup]: '1.5' }),
          want: false,
        },
        WaivedLate: {
          reason: 'while it hangs',
          given: annotated(later(backup(backingUp(), 'running'), 7200), { [requests.skipUpgradeBackup]: '1.4' }),
          want: true,
        },
        WaivedFailed: {
          reason: 'while it fails',
          given: annotated(backup(backingUp(), 'failed'), { [requests.skipUpgradeBackup]: '1.4' }),
          want: true,
        },
        Required: { reason: 'the spec insists', given: edited(ready(), { version: '1.4', upgrade: { backup: 'Required' } }), want: false },
        SkipWhileAnotherRuns: { reason: 'a migration does not run beside a backup', given: withScheduled(skipping), want: false },
        WaivedWhileAnotherRuns: { reason: 'one thing at a time', given: withScheduled(waived), want: false },
        WaivedForLong: { reason: 'but a person does not wait for long', given: later(withScheduled(waived), 600), want: true },
        SkipWhileAnotherHangs: { reason: 'one that hangs is not waited for', given: later(withScheduled(skipping), 3600), want: true },
      },
      (given, want) => {
        assert.equal(migrates(given, B), want);
        if (want) assert.equal(upgradeOf(given)?.phase, 'Migrating');
      },
    );

    it('one answer after a request that was not started is taken back: the database operator may be about to begin', () => {
      for (const w of [backingUp(), backup(backingUp(), 'accepted')]) {
        const off = annotated(w, { [requests.skipUpgradeBackup]: '1.4' });
        assert.deepEqual([armedBy(off), migrates(off, B), said(syncOf(off), 'DatabaseSeeded')], [undefined, false, 'False BackingUp']);
        assert.equal(migrates(carriedOut(off), B), true);
      }
    });

    it('with an external database, and a condition reports that', () => {
      const w = to(settled(jobReports(settled(external), A, jobStatus.complete)));
      const answer = syncOf(w);
      assert.deepEqual(
        [upgradeOf(w)?.phase, migrates(w, B), said(answer, 'BackupReady')],
        ['Migrating', true, 'Unknown ExternallyManaged'],
      );
      assert.match(conditionOf(answer, 'BackupReady')?.message ?? '', /an upgrade takes none$/);
    });
  });
});
