import { strict as assert } from 'node:assert';
import { requests } from '../../src/api/names.ts';
import { backedUp, backingUp, backup, created, jobStatus, pgoStatus, ready, usable, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  B,
  gaveUp,
  jobReports,
  later,
  migrationFailed,
  namespace,
  newAiling,
  newlyMigrated,
  onTrial,
  reporting,
  rolledBack,
  settled,
  surging,
  up,
  withRelated,
} from '../support/upgrades.ts';
import { conditionOf, edited, overlaid, said, syncOf, world, type World } from '../support/world.ts';

const to = (w: World, version: string): World => edited(w, { version });
const halted = withRelated(onTrial(ready(world({ upgrade: { onFailure: 'Halt' } }))), newAiling(waits('ErrImagePull')));
const done = settled(up(onTrial()));
const message = (w: World, type: string): string => conditionOf(syncOf(w), type)?.message ?? '';

describe('status/upgradeconditions', () => {
  describe('UpgradeFailed and RolledBack', () => {
    type Reported = [failed: string | undefined, rolledBack: string | undefined];
    const well: Reported = ['False NoFailure', 'False NotRolledBack'];
    each<World, Reported>(
      {
        First: { reason: 'there was no upgrade', given: ready(), want: [undefined, undefined] },
        BackingUp: { reason: 'nothing has failed', given: backingUp(), want: well },
        Migrating: { reason: 'nothing has failed', given: backedUp(), want: well },
        RollingOut: { reason: 'nothing has failed', given: onTrial(), want: well },
        Succeeded: { reason: 'nothing has failed', given: done, want: well },
        Refused: { reason: 'it is not started', given: to(ready(), '9.0'), want: ['True MajorSkipRefused', 'False NotRolledBack'] },
        BackupFailed: { reason: 'it waits', given: backup(backingUp(), 'failed'), want: ['True BackupFailed', 'False NotRolledBack'] },
        BackupLate: { reason: 'it waits', given: later(backingUp(), 3600), want: ['True BackupTimeout', 'False NotRolledBack'] },
        Migration: { reason: 'nothing was rolled out', given: migrationFailed(), want: ['True MigrationFailed', 'False NotRolledBack'] },
        Halted: { reason: 'it is left as it is', given: halted, want: ['True ImagePullFailed', 'False NotRolledBack'] },
        RollingBack: { reason: 'on its way', given: gaveUp(), want: ['True ImagePullFailed', 'False RollingBack'] },
        RolledBack: { reason: 'done', given: rolledBack(), want: ['True ImagePullFailed', 'True RolledBack'] },
        PodLost: {
          reason: 'done, whatever becomes of a pod',
          given: surging(rolledBack()),
          want: ['True ImagePullFailed', 'True RolledBack'],
        },
        SetBack: { reason: 'the wish runs', given: to(rolledBack(), '1.3'), want: well },
        Another: { reason: 'another wish is on its way', given: to(rolledBack(), '1.5'), want: well },
        Retried: { reason: 'another try is on its way', given: annotated(rolledBack(), { [requests.retryUpgrade]: 'x' }), want: well },
      },
      (given, want) => {
        const answer = syncOf(given);
        assert.deepEqual([said(answer, 'UpgradeFailed'), said(answer, 'RolledBack')], want);
        const isFailed = want[0]?.startsWith('True') ?? false;
        if (isFailed) assert.deepEqual([said(answer, 'Ready'), said(answer, 'Reconciling')], ['False UpgradeFailed', 'False Settled']);
        assert.equal(said(answer, 'Stalled'), isFailed ? 'True UpgradeFailed' : 'False NotStalled');
        assert.equal(said(answer, 'Available'), 'True EnoughReplicas');
      },
    );

    const back = (version: string): string => `kubectl -n pets patch bestie bestie --type merge -p '{"spec":{"version":"${version}"}}'`;

    it('say what to type', () => {
      const annotate = 'kubectl -n pets annotate --overwrite bestie bestie pets.bestie.com/';
      assert.ok(
        message(rolledBack(), 'UpgradeFailed').endsWith(
          `; to go back: ${back('1.3')}; or fix it and try again: ${annotate}retry-upgrade=<a new value>`,
        ),
      );
      assert.ok(
        message(later(backingUp(), 3600), 'UpgradeFailed').endsWith(`to continue without a backup: ${annotate}skip-upgrade-backup=1.4`),
      );
      // What risks nothing stands first.
      assert.ok(
        message(to(done, '1.3'), 'UpgradeFailed').endsWith(
          `; to stay with ${B}: ${back('1.4')}; or, only if 1.3 can run on that schema: ${annotate}allow-downgrade=1.3`,
        ),
      );
    });

    it('name no way back that is barred', () => {
      const barred = annotated(halted, { [requests.irreversibleMigration]: '1.4' });
      assert.match(message(barred, 'UpgradeFailed'), /; fix it and try again: kubectl/);
      assert.doesNotMatch(message(barred, 'UpgradeFailed'), /patch bestie/);
      assert.ok(message(halted, 'UpgradeFailed').includes(`; to go back: ${back('1.3')}; or fix it and try again: kubectl`));
    });

    it('say what runs, and that the schema is not that of it', () => {
      assert.match(message(rolledBack(), 'UpgradeFailed'), /; quay\.io\/opdev\/bestie:1\.3 runs instead, on the migrated schema; /);
      assert.match(
        message(rolledBack(), 'RolledBack'),
        new RegExp(`^${A} runs again, on the schema of ${B}, which is newer than it knows: check that `),
      );
      assert.doesNotMatch(message(halted, 'UpgradeFailed'), /instead/);
    });
  });

  describe('BackupReady', () => {
    const unprepared = reporting(ready(), 'PostgresCluster', {
      ...pgoStatus.usable,
      pgbackrest: { repos: [{ name: 'repo1', stanzaCreated: false }] },
    });
    const external = world({ sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'one' } });
    each<World, string>(
      {
        New: { reason: 'no database yet', given: world(), want: 'False RepositoryNotReady' },
        Created: { reason: 'nothing reports it', given: created(), want: 'False RepositoryNotReady' },
        Unprepared: { reason: 'its repository is not prepared', given: unprepared, want: 'False RepositoryNotReady' },
        Prepared: { reason: 'a backup could be taken', given: usable(), want: 'True RepositoryReady' },
        Running: { reason: 'one is being taken', given: backup(backingUp(), 'running'), want: 'True RepositoryReady' },
        Failed: { reason: 'one failed', given: backup(backingUp(), 'failed'), want: 'False BackupFailed' },
        Late: { reason: 'one does not end', given: later(backup(backingUp(), 'running'), 3600), want: 'False BackupTimeout' },
        External: { reason: 'not ours', given: external, want: 'Unknown ExternallyManaged' },
      },
      (given, want) => {
        assert.equal(said(syncOf(given), 'BackupReady'), want);
      },
    );

    it('leaves Ready alone', () => {
      assert.equal(said(syncOf(unprepared), 'Ready'), 'True AllReady');
    });

    it('names the first repository', () => {
      const repos = [
        { name: 'repo3', s3: { bucket: 'b', endpoint: 'e', region: 'r' } },
        { name: 'repo1', volume: { size: '1Gi' } },
      ];
      assert.match(message(ready(world({ database: { backups: { repos } } })), 'BackupReady'), /^repository repo3 /);
    });
  });

  it('DatabaseGuarded is reported where a guard is wanted, and keeps nothing waiting once the database exists', () => {
    const kept = ready(withRelated(world({ deletionPolicy: 'Retain' }), namespace()));
    assert.equal(said(syncOf(kept), 'DatabaseGuarded'), 'True Guarded');
    assert.equal(said(syncOf(ready()), 'DatabaseGuarded'), undefined);
    const unguarded = { ...kept, children: kept.children.map((child) => overlaid(child, { metadata: { ownerReferences: null } })) };
    assert.deepEqual([said(syncOf(unguarded), 'DatabaseGuarded'), said(syncOf(unguarded), 'Ready')], ['False Guarding', 'True AllReady']);
  });

  describe('when to look again', () => {
    each<World, number | undefined>(
      {
        Quiet: { reason: 'nothing is waited for', given: ready(), want: undefined },
        Done: { reason: 'nothing is waited for', given: done, want: undefined },
        RolledBack: { reason: 'a person has to act', given: rolledBack(), want: undefined },
        Backup: { reason: 'until it is late', given: later(backingUp(), 100), want: 3500 },
        BackupFailed: { reason: 'until the next attempt', given: backup(backingUp(), 'failed'), want: 270 },
        Late: { reason: 'every change of it will be heard of', given: later(backup(backingUp(), 'running'), 7200), want: undefined },
        Pulling: { reason: 'until it is given up', given: withRelated(onTrial(), newAiling(waits('ErrImagePull'), 100)), want: 20 },
        Migrating: {
          reason: 'its end will be heard of',
          given: jobReports(backedUp(), 'quay.io/opdev/bestie:1.4', jobStatus.active),
          want: undefined,
        },
        Migrated: { reason: 'it continues at once', given: newlyMigrated(), want: undefined },
      },
      (given, want) => {
        assert.equal(syncOf(given).resyncAfterSeconds, want);
      },
    );
  });
});
