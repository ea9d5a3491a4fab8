import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import {
  backedUp,
  backingUp,
  backup,
  created,
  jobPod,
  jobStatus,
  manualBackup,
  migrating,
  pgoStatus,
  podPhase,
  ready,
} from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  armedBy,
  B,
  gaveUp,
  jobReports,
  later,
  migrates,
  migrationFailed,
  onTrial,
  reporting,
  rolledBack,
  settled,
  desiredImage,
  upgradeOf,
} from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  patched,
  said,
  syncOf,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const asking = (w: World, onDemand: string | undefined): World => edited(w, { database: { backups: { onDemand } } });
const asked = carriedOut(asking(ready(), 'monday'));
const noted = (w: World): string | undefined => manifestOf(syncOf(w), 'PostgresCluster')?.metadata.annotations?.[annotations.onDemand];
const done = carriedOut(backup(asked, 'succeeded'));
const scheduled = { scheduledBackups: [{ cronJobName: 'c', repo: 'repo1', startTime: ago(60), active: 1 }] };

describe('decide/backup on demand', () => {
  it('is a full one into the first repository', () => {
    const { metadata, spec } = manifestOf(syncOf(asking(ready(), 'monday')), 'PostgresCluster') ?? {};
    const { manual } = (spec as { backups: { pgbackrest: { manual: Loose } } }).backups.pgbackrest;
    assert.match(armedBy(asking(ready(), 'monday')) ?? '', /^on-demand\.6f1c0de5\.[0-9a-f]{8}\.g2\.a1$/);
    assert.deepEqual(manual, { repoName: 'repo1', options: ['--type=full', `--annotation=bestie=${armedBy(asked) ?? ''}`] });
    assert.equal(metadata?.annotations?.[annotations.onDemand], undefined);
  });

  it('hands nothing of the token to the database operator', () => {
    const manifest = manifestOf(syncOf(asking(ready(), '$(rm -rf /)')), 'PostgresCluster');
    assert.ok(!JSON.stringify(manifest).includes('rm -rf'));
  });

  describe('is taken once for each token', () => {
    each<World, { armed: boolean; noted: string | undefined }>(
      {
        None: { reason: 'no backup was requested', given: ready(), want: { armed: false, noted: undefined } },
        Asked: { reason: 'a new token', given: asked, want: { armed: true, noted: undefined } },
        Running: { reason: 'it has not ended', given: backup(asked, 'running'), want: { armed: true, noted: undefined } },
        Succeeded: {
          reason: 'recorded in the write that disarms it',
          given: backup(asked, 'succeeded'),
          want: { armed: false, noted: 'monday' },
        },
        Done: { reason: 'it is not taken again', given: done, want: { armed: false, noted: 'monday' } },
        StatusGone: {
          reason: 'the record does not depend on what PGO reports',
          given: reporting(done, 'PostgresCluster', pgoStatus.usable),
          want: { armed: false, noted: 'monday' },
        },
        RemovedByHand: {
          reason: 'the record is read from what was applied',
          given: patched(done, 'PostgresCluster', { metadata: { annotations: { [annotations.onDemand]: undefined } } }),
          want: { armed: false, noted: 'monday' },
        },
        TokenRemoved: {
          reason: 'no backup is requested any more',
          given: asking(done, undefined),
          want: { armed: false, noted: 'monday' },
        },
        AnotherToken: { reason: 'another wish', given: asking(done, 'tuesday'), want: { armed: true, noted: 'monday' } },
        TakenBack: { reason: 'before it began', given: asking(asked, undefined), want: { armed: false, noted: undefined } },
        TakenBackLate: {
          reason: 'one that runs is let end',
          given: asking(backup(asked, 'running'), undefined),
          want: { armed: true, noted: undefined },
        },
        Failed: { reason: 'it is tried again', given: backup(asked, 'failed'), want: { armed: true, noted: undefined } },
      },
      (given, want) => {
        assert.deepEqual({ armed: armedBy(given) !== undefined, noted: noted(given) }, want);
        assert.equal(said(syncOf(given), 'Ready'), 'True AllReady');
      },
    );

    it('by another id each time', () => {
      const second = asking(done, 'tuesday');
      assert.notEqual(armedBy(second), armedBy(asked));
      assert.equal(noted(backup(carriedOut(second), 'succeeded')), 'tuesday');
    });

    it('and a token that is changed while it runs is answered by a backup of its own', () => {
      const changed = asking(backup(asked, 'running'), 'tuesday');
      assert.equal(armedBy(changed), armedBy(asked));
      const next = backup(carriedOut(changed), 'succeeded');
      assert.match(armedBy(next) ?? '', /^on-demand\..*\.g3\.a1$/);
      assert.notEqual(armedBy(next), armedBy(asked));
      assert.deepEqual([noted(next), noted(backup(carriedOut(next), 'succeeded'))], [undefined, 'tuesday']);
    });
  });

  it('is reported in status.backup, with its repository, for as long as no later one is known', () => {
    const w = backup(asked, 'succeeded', ago(30));
    const last = (of: World): object => {
      const { repositories: _, ...rest } = syncOf(of).status.backup ?? {};
      return rest;
    };
    const want = { id: armedBy(asked), repo: 'repo1', completedAt: ago(30) };
    assert.deepEqual(last(w), want);
    assert.deepEqual(last(settled(w)), want);
    assert.deepEqual(last(reporting(settled(w), 'PostgresCluster', pgoStatus.usable)), want);
  });

  it('that fails is reported, and Ready stays True, and tried again after a while', () => {
    const failed = backup(asked, 'failed', ago(30));
    const answer = syncOf(failed);
    assert.deepEqual(
      [said(answer, 'BackupReady'), said(answer, 'Ready'), said(answer, 'Stalled')],
      ['False BackupFailed', 'True AllReady', 'False NotStalled'],
    );
    assert.equal(answer.resyncAfterSeconds, 270);
    assert.match(armedBy(later(failed, 270)) ?? '', /\.a2$/);
  });

  it('that fails hides no other repository that takes none', () => {
    const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
    const two = {
      database: {
        backups: {
          repos: [
            { name: 'repo1', volume: {} },
            { name: 'repo2', s3 },
          ],
          onDemand: 'monday',
        },
      },
    };
    const failed = backup(carriedOut(edited(ready(), two)), 'failed', ago(30));
    const { reason, message } = conditionOf(syncOf(failed), 'BackupReady') ?? {};
    assert.equal(reason, 'BackupFailed');
    assert.match(message ?? '', /^backup on-demand\..* failed.*; repository repo2 does not take backups: its stanza is not created/);
  });

  it('that does not end is reported', () => {
    const w = later(backup(asked, 'running'), 3600);
    assert.equal(said(syncOf(w), 'BackupReady'), 'False BackupTimeout');
    assert.match(conditionOf(syncOf(w), 'BackupReady')?.message ?? '', /is still running/);
    assert.equal(syncOf(later(backup(asked, 'running'), 3599)).resyncAfterSeconds, 1);
  });

  describe('waits for what is in its way', () => {
    const busy = reporting(ready(), 'PostgresCluster', {
      ...pgoStatus.usable,
      pgbackrest: { ...pgoStatus.usable.pgbackrest, ...scheduled },
    });
    const job = backedUp().children.find(
      ({ kind, metadata }) => kind === 'Job' && metadata.annotations?.[annotations.backup] !== undefined,
    );
    const migratesOn = withPods(jobReports(backedUp(), B, jobStatus.active), jobPod(job?.metadata.name ?? '', podPhase.running));
    each<World, string | undefined>(
      {
        New: { reason: 'a database that comes up', given: created(), want: undefined },
        Migrating: {
          reason: 'a migration',
          given: withPods(migrating(), jobPod(childOf(migrating(), 'Job').metadata.name, podPhase.running)),
          want: undefined,
        },
        Scheduled: { reason: 'a scheduled backup', given: busy, want: undefined },
        Foreign: {
          reason: 'a backup of a person',
          given: reporting(ready(), 'PostgresCluster', manualBackup(pgoStatus.usable, 'mine', 'running')),
          want: undefined,
        },
        CalledOff: {
          reason: 'the migration of an upgrade that was called off, which is let end',
          given: settled(edited(migratesOn, { version: '1.3' })),
          want: undefined,
        },
        BackingUp: { reason: 'the backup of an upgrade', given: backingUp(), want: armedBy(backingUp()) },
        BackupRuns: { reason: 'the same', given: backup(backingUp(), 'running'), want: armedBy(backingUp()) },
        UpgradeMigrates: {
          reason: 'the migrations of an upgrade',
          given: migratesOn,
          want: undefined,
        },
      },
      (given, want) => {
        assert.equal(armedBy(asking(given, 'monday')), want);
      },
    );

    each<World, World>(
      {
        OnTrial: { reason: 'the database is done with', given: onTrial(), want: onTrial() },
        RollingBack: { reason: 'the same', given: gaveUp(), want: gaveUp() },
        RolledBack: { reason: 'the same', given: rolledBack(), want: rolledBack() },
        Failed: { reason: 'nothing is migrated any more', given: migrationFailed(), want: migrationFailed() },
      },
      (given, want) => {
        assert.match(armedBy(asking(given, 'monday')) ?? '', /^on-demand\./);
        assert.equal(desiredImage(asking(given, 'monday')), desiredImage(want));
      },
    );
  });

  it('that runs is not replaced by the backup of an upgrade, which follows it', () => {
    const w = edited(backup(asked, 'running'), { version: '1.4' });
    assert.deepEqual([armedBy(w), upgradeOf(w)?.phase, migrates(w, B)], [armedBy(asked), 'BackingUp', false]);
    const next = backup(carriedOut(w), 'succeeded');
    assert.match(armedBy(next) ?? '', /^pre-upgrade\./);
    assert.equal(migrates(next, B), false);
  });

  it('gives way to an upgrade while it has not started, and comes after it', () => {
    const w = edited(asked, { version: '1.4' });
    assert.match(armedBy(w) ?? '', /^pre-upgrade\./);
    const after = jobReports(carriedOut(backup(carriedOut(w), 'succeeded')), B, jobStatus.complete);
    assert.match(armedBy(after) ?? '', /^on-demand\./);
  });

  it('that ended while an upgrade was requested is not taken again after it', () => {
    const w = carriedOut(backup(edited(backup(asked, 'running'), { version: '1.4' }), 'succeeded'));
    const after = jobReports(carriedOut(backup(w, 'succeeded')), B, jobStatus.complete);
    assert.deepEqual([armedBy(after), noted(after)], [undefined, 'monday']);
  });

  it('of an external database is nothing that we could take', () => {
    const external = world({
      sessionSecret: { name: 's' },
      database: { provider: 'External', secretName: 'one', backups: { onDemand: 'monday' } },
    });
    const w = settled(jobReports(settled(external), A, jobStatus.complete));
    assert.deepEqual([said(syncOf(w), 'BackupReady'), said(syncOf(w), 'Stalled')], ['Unknown ExternallyManaged', 'False NotStalled']);
  });
});
