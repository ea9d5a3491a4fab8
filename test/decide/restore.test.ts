import { strict as assert } from 'node:assert';
import {
  armed,
  asked,
  backedUp,
  backingUp,
  blockOf,
  MOMENT,
  phaseOf,
  recordOf,
  migratedAgain,
  requestedId,
  requestOf,
  restore,
  serving,
  stopped,
  succeeded,
  takenBack,
} from '../support/restores.ts';
import {
  backedUp as backedUpForUpgrade,
  backup,
  jobPod,
  jobStatus,
  manualBackup,
  pgoStatus,
  pod,
  podPhase,
  ready,
} from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  armedBy,
  B,
  desiredImage,
  imageOf,
  jobReports,
  jobsOf,
  later,
  migrates,
  recorded,
  reporting,
  settled,
  withRelated,
  statusLost,
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
import { annotations } from '../../src/api/names.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';

const replicas = (w: World): unknown => (manifestOf(syncOf(w), 'Deployment')?.spec as { replicas: number } | undefined)?.replicas;

interface Step {
  phase: string | undefined;
  /** The restore is requested, and the backup before or after it. */
  requested: boolean;
  backup?: string;
  /** Pods of the application. */
  pods: number;
  /** Jobs that are new. */
  migrates?: boolean;
  restored: string | undefined;
}

const before = new Set(jobsOf(ready()));
const step = (w: World): Step => {
  const answer = syncOf(w);
  const [purpose] = armedBy(w)?.split('.') ?? [];
  return {
    phase: answer.status.restore?.phase,
    requested: requestedId(answer) !== undefined,
    ...(purpose !== undefined && { backup: purpose }),
    pods: replicas(w) as number,
    ...(jobsOf(w).some((name) => !before.has(name)) && { migrates: true }),
    restored: said(answer, 'Restored'),
  };
};
const pending = 'False RestorePending';
const quiet = { requested: false, pods: 0, restored: 'False Restoring' };
const busy = { requested: true, pods: 0, restored: 'False Restoring' };

describe('decide/restore', () => {
  describe('goes step by step', () => {
    each<World, Step>(
      {
        Never: { reason: 'none is wanted', given: ready(), want: { phase: undefined, requested: false, pods: 1, restored: undefined } },
        Asked: {
          reason: 'what is there now is backed up first, while the application serves',
          given: asked(),
          want: { phase: 'BackingUp', requested: false, backup: 'pre-restore', pods: 1, restored: pending },
        },
        BackupRuns: {
          reason: 'it is waited for',
          given: backup(backingUp(), 'running'),
          want: { phase: 'BackingUp', requested: false, backup: 'pre-restore', pods: 1, restored: pending },
        },
        BackupFails: {
          reason: 'it is tried again, and nothing is restored without it',
          given: backup(backingUp(), 'failed'),
          want: { phase: 'BackingUp', requested: false, backup: 'pre-restore', pods: 1, restored: 'False BackupFailed' },
        },
        BackedUp: {
          reason: 'the application goes first',
          given: backup(backingUp(), 'succeeded'),
          want: { phase: 'Stopping', backup: 'pre-restore', ...quiet },
        },
        PodsLeft: {
          reason: 'one may still write',
          given: backedUp(),
          want: { phase: 'Stopping', backup: 'pre-restore', ...quiet },
        },
        PodGoing: {
          reason: 'one that terminates may still write',
          given: withRelated(stopped(backedUp()), pod('bestie-app-x', 'web', { metadata: { deletionTimestamp: ago(10) } })),
          want: { phase: 'Stopping', backup: 'pre-restore', ...quiet },
        },
        PodLost: {
          reason: 'a node that is lost is not waited for without end',
          given: withRelated(stopped(backedUp()), pod('bestie-app-x', 'web', { metadata: { deletionTimestamp: ago(300) } })),
          want: { phase: 'Restoring', ...busy },
        },
        DeploymentBehind: {
          reason: 'its controller may still make pods',
          given: reporting(stopped(backedUp()), 'Deployment', { observedGeneration: 1, replicas: 1 }),
          want: { phase: 'Stopping', backup: 'pre-restore', ...quiet },
        },
        Stopped: { reason: 'nothing writes any more', given: stopped(backedUp()), want: { phase: 'Restoring', ...busy } },
        Requested: { reason: 'PGO has not seen it', given: armed(), want: { phase: 'Restoring', ...busy } },
        Accepted: { reason: 'the instances are stopped', given: restore(armed(), 'accepted'), want: { phase: 'Restoring', ...busy } },
        TornDown: { reason: 'they are gone', given: restore(armed(), 'tornDown'), want: { phase: 'Restoring', ...busy } },
        Running: { reason: 'the data is replaced', given: restore(armed(), 'running'), want: { phase: 'Restoring', ...busy } },
        Retrying: { reason: 'an attempt has failed', given: restore(armed(), 'retrying'), want: { phase: 'Restoring', ...busy } },
        Finished: { reason: 'no instance is up yet', given: restore(armed(), 'finished'), want: { phase: 'Restoring', ...busy } },
        Failed: {
          reason: 'it stays requested, or PGO would start Postgres on half of it',
          given: restore(armed(), 'failed'),
          want: { phase: 'Failed', requested: true, pods: 0, restored: 'False RestoreFailed' },
        },
        BrokenOff: {
          reason: 'what Postgres runs on is neither the former data nor that of the target',
          given: restore(armed(), 'brokenOff'),
          want: { phase: 'Failed', requested: true, pods: 0, restored: 'False RestoreFailed' },
        },
        Back: {
          reason: 'the request is taken back before anything else',
          given: restore(armed(), 'up'),
          want: { phase: 'Restoring', ...quiet },
        },
        Migrating: {
          reason: 'the data may be of an older schema',
          given: takenBack(),
          want: { phase: 'Migrating', migrates: true, ...quiet },
        },
        Migrated: {
          reason: 'the application returns',
          given: migratedAgain(),
          want: { phase: 'Starting', requested: false, pods: 1, migrates: true, restored: 'False Restoring' },
        },
        Serving: {
          reason: 'a backup of the new history is taken, without which a later restore could not begin',
          given: serving(),
          want: { phase: 'Finishing', requested: false, backup: 'post-restore', pods: 1, migrates: true, restored: 'True Restored' },
        },
        LastBackupFails: {
          reason: 'it is tried again; the application serves',
          given: backup(carriedOut(serving()), 'failed'),
          want: { phase: 'Finishing', requested: false, backup: 'post-restore', pods: 1, migrates: true, restored: 'True Restored' },
        },
        Succeeded: {
          reason: 'that is over',
          given: succeeded(),
          want: { phase: 'Succeeded', requested: false, pods: 1, migrates: true, restored: 'True Restored' },
        },
      },
      (given, want) => {
        assert.deepEqual(step(given), want);
      },
    );
  });

  it('is requested with block, id and record in one write', () => {
    const answer = syncOf(stopped(backedUp()));
    assert.equal(requestedId(answer), requestOf('tuesday'));
    assert.deepEqual(blockOf(answer), {
      enabled: true,
      repoName: 'repo1',
      options: ['--type=time', "--target='2026-01-01 11:50:00+00'"],
    });
    assert.deepEqual(recordOf(answer)?.current, {
      id: 'tuesday',
      request: requestOf('tuesday'),
      target: { type: 'time', time: MOMENT },
      repo: 'repo1',
      since: '2026-01-01T12:00:00Z',
      stage: 'Armed',
    });
  });

  it('stays requested byte for byte until its end, whatever a new release would render', () => {
    const block = { enabled: true, repoName: 'repo1', options: ['--type=time', '--target=as-a-former-release-had-it'] };
    const change = { spec: { backups: { pgbackrest: { restore: block } } } };
    const other = patched(recorded(armed(), 'PostgresCluster', change), 'PostgresCluster', change);
    for (const at of ['accepted', 'tornDown', 'running', 'retrying', 'failed', 'finished'] as const)
      assert.deepEqual(blockOf(syncOf(restore(other, at))), block, at);
  });

  describe('is put back where another writer has changed it', () => {
    const theirs = (change: Loose): World => patched(restore(armed(), 'running'), 'PostgresCluster', change);
    each<World, undefined>(
      {
        Options: {
          reason: 'another target',
          given: theirs({ spec: { backups: { pgbackrest: { restore: { options: [] } } } } }),
          want: undefined,
        },
        Disabled: { reason: 'off', given: theirs({ spec: { backups: { pgbackrest: { restore: { enabled: false } } } } }), want: undefined },
        Removed: { reason: 'away', given: theirs({ spec: { backups: { pgbackrest: { restore: undefined } } } }), want: undefined },
        Renamed: { reason: 'another id', given: theirs({ metadata: { annotations: { [RESTORE_ANNOTATION]: 'mine' } } }), want: undefined },
      },
      (given) => {
        const [was, is] = [syncOf(restore(armed(), 'running')), syncOf(given)];
        assert.deepEqual([requestedId(is), blockOf(is), recordOf(is)], [requestedId(was), blockOf(was), recordOf(was)]);
      },
    );
  });

  it('migrates what is wanted by then, without another backup, and seeds nothing', () => {
    const upgraded = edited(restore(armed(), 'running'), { version: '1.4' });
    const back = settled(restore(upgraded, 'up'), 2);
    assert.deepEqual([phaseOf(back), migrates(back, B), armedBy(back)], ['Migrating', true, undefined]);
    const job = manifestOf({ ...syncOf(back), children: syncOf(back).children.filter((child) => imageOf(child) === B) }, 'Job');
    assert.equal(JSON.stringify(job?.spec).includes('"name":"seed"'), false);
    assert.equal(replicas(back), 0);
  });

  it('comes before an upgrade that is wanted in the same edit', () => {
    const both = edited(asked(), { version: '1.4' });
    assert.match(armedBy(both) ?? '', /^pre-restore\./);
    assert.deepEqual([phaseOf(both), migrates(both, B), desiredImage(both)], ['BackingUp', false, A]);
    const arming = stopped(carriedOut(backup(carriedOut(both), 'succeeded', ago(120))));
    assert.notEqual(requestedId(syncOf(arming)), undefined);
    assert.equal(migrates(arming, B), false);
  });

  it('leaves the autoscaler alone, which does nothing at zero, and returns to the least size', () => {
    const scaled = patched(ready(world({ size: 2, maxReplicas: 5 })), 'Deployment', { spec: { replicas: 4 } });
    const arming = stopped(carriedOut(backup(carriedOut(asked(scaled)), 'succeeded', ago(120))));
    assert.ok(manifestOf(syncOf(arming), 'HorizontalPodAutoscaler'));
    assert.equal(replicas(arming), 0);
    assert.equal(replicas(patched(migratedAgain(), 'Deployment', {})), 1);
  });

  describe('waits for what else is at work', () => {
    const scheduled = { scheduledBackups: [{ cronJobName: 'c', repo: 'repo1', startTime: ago(60), active: 1 }] };
    const busyDatabase = (w: World): World =>
      reporting(w, 'PostgresCluster', { ...pgoStatus.usable, pgbackrest: { ...pgoStatus.usable.pgbackrest, ...scheduled } });
    const switched = (change: Loose): World => patched(ready(), 'PostgresCluster', { spec: change });
    const theirs = patched(ready(), 'PostgresCluster', {
      metadata: { annotations: { [RESTORE_ANNOTATION]: 'by-hand' } },
      spec: { backups: { pgbackrest: { restore: { enabled: true, repoName: 'repo1' } } } },
    });
    const job = childOf(backedUpForUpgrade(), 'Job').metadata.name;
    each<World, RegExp>(
      {
        PodOfMigration: {
          reason: 'its Job is gone, and it may still write',
          given: withPods(ready(), jobPod('bestie-job-gone', podPhase.running)),
          want: /waiting for the pods of a migration to end$/,
        },
        ScheduledBackup: { reason: 'one operation at a time', given: busyDatabase(ready()), want: /waiting for backup c to end$/ },
        ForeignBackup: {
          reason: 'the same',
          given: reporting(ready(), 'PostgresCluster', manualBackup(pgoStatus.usable, 'mine', 'running')),
          want: /waiting for backup mine to end$/,
        },
        Paused: { reason: 'PGO does nothing', given: switched({ paused: true }), want: /waits: PostgresCluster bestie-pgo is paused/ },
        Shutdown: {
          reason: 'the same',
          given: switched({ shutdown: true }),
          want: /waits: PostgresCluster bestie-pgo is shut down; to resume: /,
        },
        ByHand: {
          reason: 'a restore of a person is not cut off',
          given: restore(theirs, 'running', 'by-hand'),
          want: /waiting for the restore by-hand, which was requested on the object of the database itself, to end$/,
        },
        Upgrade: {
          reason: 'its migrations are not interrupted',
          given: withPods(jobReports(backedUpForUpgrade(), B, jobStatus.active), jobPod(job, podPhase.running)),
          want: /waiting for migration Job /,
        },
      },
      (given, want) => {
        const answer = syncOf(asked(given));
        assert.equal(answer.status.restore?.phase, 'Waiting');
        assert.equal(said(answer, 'Restored'), 'False RestorePending');
        assert.match(conditionOf(answer, 'Restored')?.message ?? '', want);
        assert.equal(requestedId(answer), requestedByOthers(given));
        assert.equal(recordOf(answer)?.current?.stage, 'Requested');
      },
    );
    const requestedByOthers = (w: World): string | undefined => requestedId(syncOf(w));

    each<World, string>(
      {
        HungBackup: { reason: 'a backup that hangs', given: later(busyDatabase(asked()), 3600), want: 'BackingUp' },
        NotBegunByHand: {
          reason: 'a restore of a person that has not begun',
          given: asked(restore(theirs, 'up', 'another')),
          want: 'BackingUp',
        },
      },
      (given, want) => {
        assert.equal(phaseOf(carriedOut(given)), want);
      },
    );
  });
});

describe('decide/restore: the image that ran well is on record', () => {
  const recorded = (w: World): string | undefined => manifestOf(syncOf(w), 'Deployment')?.metadata.annotations?.[annotations.lastGood];
  const crashing = statusLost(reporting(ready(), 'Deployment', {}));
  each<World, string | undefined>(
    {
      Runs: { reason: 'as before the first upgrade', given: backingUp(), want: undefined },
      Stopping: { reason: 'the whole status may be lost before it runs again', given: backedUp(), want: A },
      Stopped: { reason: 'it is not forgotten', given: armed(), want: A },
      Undoable: {
        reason: 'before the migrations as well',
        given: edited(ready(), { version: '1.4', upgrade: { onFailure: 'Restore' } }),
        want: A,
      },
      ByHand: { reason: 'that stops it, too', given: restore(ready(), 'running', 'by-hand'), want: A },
      NeverSeen: { reason: 'nothing shows that it ever ran well', given: restore(crashing, 'running', 'by-hand'), want: undefined },
    },
    (given, want) => {
      assert.equal(recorded(given), want);
    },
  );
});
