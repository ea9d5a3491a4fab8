import { strict as assert } from 'node:assert';
import { BACKUP_ANNOTATION } from '../../../src/database/crunchy/names.ts';
import { annotations } from '../../../src/api/names.ts';
import { type BackupRequest } from '../../../src/api/decisions.ts';
import type { RequestState } from '../../../src/api/backupprovider.ts';
import { backupRequest, backupAtWork, canBackUp, isPrepared, stateOf } from '../../../src/database/crunchy/backups.ts';
import { backupId } from '../../../src/database/backuprequest.ts';
import { knownBackups } from '../../../src/database/knownbackups.ts';
import { backingUp, backup, created, manualBackup, pgoStatus, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { recorded, reporting } from '../../support/upgrades.ts';
import { ago, NOW, observe, patched, syncOf, world, type Loose, type World } from '../../support/world.ts';

const ID = 'on-demand.6f1c0de5.0123abcd.g7.a2';
const armed: BackupRequest = { id: ID, purpose: 'on-demand', key: '0123abcd', isOwn: true, attempt: 2, repo: 'repo2', since: ago(90) };
const notes = (id: string | undefined, since: string | undefined = ago(90)): Loose => ({
  [BACKUP_ANNOTATION]: id,
  [annotations.armedAt]: since,
});
/** The world in which that was applied to the database. */
const applied = (id: string | undefined, manual: unknown = { repoName: 'repo2' }, since?: string): World =>
  recorded(ready(), 'PostgresCluster', { metadata: { annotations: notes(id, since) }, spec: { backups: { pgbackrest: { manual } } } });
const reports = (run: unknown, conditions: unknown = pgoStatus.usable.conditions): World =>
  reporting(ready(), 'PostgresCluster', {
    ...pgoStatus.usable,
    pgbackrest: { ...pgoStatus.usable.pgbackrest, manualBackup: run },
    conditions,
  });
const successful = (status: string): Loose[] => [
  ...pgoStatus.usable.conditions,
  { type: 'PGBackRestManualBackupSuccessful', status, lastTransitionTime: ago(20) },
];

/** The last backup that status has, whatever its repository. */
function lastOf(w: World): Loose | undefined {
  const { repositories: _, ...last } = syncOf(w).status.backup ?? {};
  return last;
}

describe('database/crunchy/backups', () => {
  it('gives ids that hold purpose, Bestie, need, generation and attempt, and can be read back', () => {
    const id = backupId('final', '0123abcd', 3, observe(ready()).bestie);
    assert.equal(id, 'final.6f1c0de5.0123abcd.g1.a3');
    const { purpose, key, attempt } = backupRequest(observe(applied(id))) ?? {};
    assert.deepEqual([purpose, key, attempt], ['final', '0123abcd', 3]);
  });

  describe('the request', () => {
    each<World, BackupRequest | undefined>(
      {
        None: { reason: 'nothing was requested', given: ready(), want: undefined },
        Ours: { reason: 'as it was applied', given: applied(ID), want: armed },
        NoDatabase: { reason: 'nothing to back up', given: world(), want: undefined },
        Foreign: { reason: 'an id that is none of ours', given: applied('2026-01-01 12:00'), want: undefined },
        ForeignAlike: { reason: 'an id that is none of ours', given: applied('restore.6f1c0de5.0123abcd.g7.a2'), want: undefined },
        NoManual: { reason: 'the database operator takes none without it', given: applied(ID, null), want: undefined },
        NoRepository: { reason: 'nulls are normal input', given: applied(ID, { repoName: null }), want: undefined },
        NoTime: {
          reason: 'the clock begins now',
          given: applied(ID, { repoName: 'repo2' }, null as never),
          want: { ...armed, since: NOW },
        },
        ByHand: {
          reason: 'what a person writes is no request of ours',
          given: patched(ready(), 'PostgresCluster', {
            metadata: { annotations: notes(ID) },
            spec: { backups: { pgbackrest: { manual: { repoName: 'repo2' } } } },
          }),
          want: undefined,
        },
        RemovedByHand: {
          reason: 'what a user removes is still requested',
          given: patched(applied(ID), 'PostgresCluster', { metadata: { annotations: { [BACKUP_ANNOTATION]: undefined } } }),
          want: armed,
        },
      },
      (given, want) => {
        assert.deepEqual(backupRequest(observe(given)), want);
      },
    );
  });

  describe('how far it is', () => {
    const finished = { id: ID, finished: true, startTime: ago(60) };
    each<World, RequestState>(
      {
        NoStatus: { reason: 'a database without a status', given: reporting(ready(), 'PostgresCluster', null), want: { state: 'waiting' } },
        Nothing: { reason: 'nothing is reported', given: ready(), want: { state: 'waiting' } },
        Former: {
          reason: 'another one is reported',
          given: reports({ ...finished, id: 'x', succeeded: 1 }, successful('True')),
          want: { state: 'waiting' },
        },
        Accepted: { reason: 'read, not started', given: reports({ id: ID, finished: false }), want: { state: 'waiting' } },
        Running: {
          reason: 'started',
          given: reports({ id: ID, finished: false, startTime: ago(60), active: 1 }),
          want: { state: 'running' },
        },
        Retrying: {
          reason: 'a try that failed is no end',
          given: reports({ id: ID, finished: false, startTime: ago(60), failed: 6 }),
          want: { state: 'running' },
        },
        NullFinished: {
          reason: 'nulls are normal input',
          given: reports({ id: ID, finished: null, startTime: null }),
          want: { state: 'waiting' },
        },
        Succeeded: {
          reason: 'count and condition say so',
          given: reports({ ...finished, succeeded: 1, completionTime: ago(30) }, successful('True')),
          want: { state: 'succeeded', endedAt: ago(30) },
        },
        Failed: {
          reason: 'it ended with the condition',
          given: reports({ ...finished, failed: 7 }, successful('False')),
          want: { state: 'failed', endedAt: ago(20) },
        },
        NoCount: {
          reason: 'the condition may be that of a former one',
          given: reports(finished, successful('True')),
          want: { state: 'failed', endedAt: ago(20) },
        },
        NoCondition: { reason: 'no end is known', given: reports({ ...finished, succeeded: 1 }), want: { state: 'failed' } },
      },
      (given, want) => {
        assert.deepEqual(stateOf(armed, observe(given)), want);
      },
    );
  });

  describe('what is being taken now', () => {
    const scheduled = (...runs: unknown[]): World =>
      reporting(ready(), 'PostgresCluster', { ...pgoStatus.usable, pgbackrest: { scheduledBackups: runs } });
    each<World, { name: string; since: string | undefined } | undefined>(
      {
        Nothing: { reason: 'quiet', given: ready(), want: undefined },
        Accepted: { reason: 'no Job yet', given: reports({ id: 'mine', finished: false }), want: undefined },
        Manual: {
          reason: 'whichever client requested it',
          given: reports({ id: 'mine', finished: false, startTime: ago(60) }),
          want: { name: 'mine', since: ago(60) },
        },
        Finished: { reason: 'it ended', given: reports({ id: 'mine', finished: true, startTime: ago(60) }), want: undefined },
        Scheduled: {
          reason: 'a CronJob',
          given: scheduled({ cronJobName: 'c', active: 1, startTime: ago(60) }),
          want: { name: 'c', since: ago(60) },
        },
        ScheduledEnded: { reason: 'it ended', given: scheduled({ cronJobName: 'c', succeeded: 1, startTime: ago(60) }), want: undefined },
        Second: {
          reason: 'each is looked at',
          given: scheduled(null, { cronJobName: 'a', active: 0 }, { cronJobName: 'b', active: 1, startTime: ago(5) }),
          want: { name: 'b', since: ago(5) },
        },
        Nulls: {
          reason: 'nulls are normal input',
          given: scheduled({ cronJobName: null, active: 1, startTime: null }),
          want: { name: 'unknown', since: undefined },
        },
      },
      (given, want) => {
        assert.deepEqual(backupAtWork(observe(given)), want);
      },
    );
  });

  describe('whether a backup could be taken at once, and whether its repository is prepared', () => {
    const conditions = (type: string, status?: string): Loose => ({
      ...pgoStatus.usable,
      conditions: pgoStatus.usable.conditions.flatMap((each): Loose[] => {
        if (each.type !== type) return [each];
        return status === undefined ? [] : [{ ...each, status }];
      }),
    });
    const stanza = (stanzaCreated: boolean | null, name = 'repo1'): Loose => ({
      ...pgoStatus.usable,
      pgbackrest: { repos: [null, { name, stanzaCreated }] },
    });
    each<unknown, [could: boolean, prepared: boolean]>(
      {
        Usable: { reason: 'everything is there', given: pgoStatus.usable, want: [true, true] },
        None: { reason: 'no status', given: undefined, want: [false, false] },
        Null: { reason: 'nulls are normal input', given: { pgbackrest: null, conditions: null }, want: [false, false] },
        Seen: { reason: 'it is coming up', given: pgoStatus.seen, want: [false, false] },
        Initialised: { reason: 'role and database are missing', given: pgoStatus.initialised, want: [false, false] },
        NoReplicaCreate: { reason: 'the first backup has not run', given: conditions('PGBackRestReplicaCreate'), want: [false, true] },
        ReplicaCreateFalse: { reason: 'the same', given: conditions('PGBackRestReplicaCreate', 'False'), want: [false, true] },
        HostDown: { reason: 'a volume needs its host', given: conditions('PGBackRestRepoHostReady', 'False'), want: [false, true] },
        HostUnknown: { reason: 'the same', given: conditions('PGBackRestRepoHostReady', 'Unknown'), want: [false, true] },
        NoHost: { reason: 'a bucket has none', given: conditions('PGBackRestRepoHostReady'), want: [true, true] },
        NoStanza: { reason: 'not prepared', given: stanza(false), want: [false, false] },
        NullStanza: { reason: 'nulls are normal input', given: stanza(null), want: [false, false] },
        OtherStanza: { reason: 'another repository is', given: stanza(true, 'repo2'), want: [false, false] },
        InstanceDown: { reason: 'no instance is ready', given: { ...pgoStatus.usable, instances: [{ name: 'pg' }] }, want: [false, true] },
      },
      (given, want) => {
        const o = observe(reporting(ready(), 'PostgresCluster', given));
        assert.deepEqual([canBackUp('repo1', o), isPrepared('repo1', o)], want);
      },
    );

    it('not while there is no database, or it goes', () => {
      assert.equal(canBackUp('repo1', observe(world())), false);
      assert.equal(canBackUp('repo1', observe(patched(ready(), 'PostgresCluster', { metadata: { deletionTimestamp: NOW } }))), false);
    });
  });

  describe('backups that are known to have succeeded', () => {
    const scheduled = { cronJobName: 'c', repo: 'repo2', succeeded: 1, completionTime: ago(50) };
    each<World, Loose[]>(
      {
        None: { reason: 'nothing is reported', given: created(), want: [] },
        Manual: {
          reason: 'of one that a user requested the repository is not known',
          given: reports({ id: 'mine', finished: true, succeeded: 1, completionTime: ago(9) }),
          want: [{ id: 'mine', completedAt: ago(9) }],
        },
        Ours: {
          reason: 'one of ours that is no longer requested went into the first repository',
          given: reports({ id: ID, finished: true, succeeded: 1, completionTime: ago(9) }),
          want: [{ id: ID, repo: 'repo1', type: 'full', completedAt: ago(9) }],
        },
        Final: {
          reason: 'a final one went elsewhere',
          given: reports({ id: ID.replace('on-demand', 'final'), finished: true, succeeded: 1, completionTime: ago(9) }),
          want: [{ id: ID.replace('on-demand', 'final'), type: 'full', completedAt: ago(9) }],
        },
        Running: { reason: 'it has not ended', given: reports({ id: 'mine', finished: false, startTime: ago(9) }), want: [] },
        Failed: { reason: 'it failed', given: reports({ id: 'mine', finished: true, failed: 7 }), want: [] },
        NoTime: {
          reason: 'nulls are normal input',
          given: reports({ id: 'mine', finished: true, succeeded: 1, completionTime: null }),
          want: [],
        },
        Scheduled: {
          reason: 'by the name of the CronJob',
          given: reporting(ready(), 'PostgresCluster', {
            pgbackrest: { scheduledBackups: [null, scheduled, { ...scheduled, succeeded: null, failed: 1 }] },
          }),
          want: [{ id: 'c', repo: 'repo2', completedAt: ago(50) }],
        },
      },
      (given, want) => {
        assert.deepEqual(knownBackups(observe(given)), want);
      },
    );

    it('are reported in status: the latest one, kept when it is forgotten, and not replaced by an earlier one', () => {
      const taken = backup(backingUp(), 'succeeded', ago(30));
      const want = { id: backupRequest(observe(taken))?.id ?? '', repo: 'repo1', completedAt: ago(30) };
      assert.deepEqual(lastOf(taken), want);
      const reported = {
        ...reporting(taken, 'PostgresCluster', pgoStatus.usable),
        parent: { ...taken.parent, status: syncOf(taken).status },
      };
      assert.deepEqual(lastOf(reported), want);
      const scheduledBackups = (at: string): World =>
        reporting(reported, 'PostgresCluster', {
          ...pgoStatus.usable,
          pgbackrest: { ...pgoStatus.usable.pgbackrest, scheduledBackups: [{ ...scheduled, completionTime: at }] },
        });
      assert.deepEqual(lastOf(scheduledBackups(ago(50))), want);
      assert.equal(syncOf(scheduledBackups(ago(10))).status.backup?.id, 'c');
      assert.deepEqual(lastOf(reporting(ready(), 'PostgresCluster', manualBackup(pgoStatus.usable, 'x', 'failed'))), {});
    });
  });
});
