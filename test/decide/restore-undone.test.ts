import { strict as assert } from 'node:assert';
import { blockOf, recordOf, requestedId, requestOf, restore, stopped, wanting } from '../support/restores.ts';
import { backup, created, jobStatus, pgoStatus, pod, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { A, armedBy, B, desiredImage, jobReports, jobsOf, migrates, reporting, settled, statusLost } from '../support/upgrades.ts';
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
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const UNDO = { version: '1.4', upgrade: { onFailure: 'Restore' } };
const replicas = (w: World): unknown => (manifestOf(syncOf(w), 'Deployment')?.spec as { replicas: number } | undefined)?.replicas;

/** The steps of an upgrade that can be undone, each a world in which everything before it has happened. */
const wanted = edited(ready(), UNDO);
const stopping = carriedOut(wanted);
const quiet = stopped(stopping);
const backingUp = carriedOut(quiet);
const migrating = carriedOut(backup(backingUp, 'succeeded', ago(60)));
const ID = armedBy(quiet) ?? '';
const request = requestOf(ID);
const withJob = (status: unknown, w = migrating): World => jobReports(w, B, status);
const broken = withJob(jobStatus.failed);
const undoing = carriedOut(broken);
const undone = carriedOut(restore(undoing, 'up', request));
/** Another backup ended, or began, so many seconds ago. */
const scheduled = (w: World, patch: Loose): World => {
  const run = { cronJobName: 'c', repo: 'repo1', type: 'incr', startTime: ago(40), ...patch };
  return patched(w, 'PostgresCluster', { status: { pgbackrest: { scheduledBackups: [run] } } });
};
const over = { completionTime: ago(20), succeeded: 1 };

interface Step {
  upgrade: string | undefined;
  restore?: string;
  pods: number;
  backup?: string;
  requested?: true;
}
const step = (w: World): Step => {
  const answer = syncOf(w);
  const phase = answer.status.restore?.phase;
  const [purpose] = armedBy(w)?.split('.') ?? [];
  return {
    upgrade: answer.status.upgrade?.phase,
    ...(phase !== undefined && { restore: phase }),
    pods: replicas(w) as number,
    ...(purpose !== undefined && { backup: purpose }),
    ...(requestedId(answer) !== undefined && { requested: true as const }),
  };
};

/** A pod of the application is back, and gone again. */
const running = (w: World): World => ({ ...w, related: [...w.related, pod('bestie-app-5d9c7b8f6-9', 'web')] });
const SECOND = ID.replace(/a1$/, 'a2');

describe('decide/restore: upgrade.onFailure Restore', () => {
  describe('takes a backup back beside which the application has run', () => {
    const none: Step = { upgrade: 'Stopping', pods: 0 };
    const seen: Record<string, World> = {
      waiting: backingUp,
      running: backup(backingUp, 'running'),
      succeeded: backup(backingUp, 'succeeded', ago(60)),
    };
    for (const [state, w] of Object.entries(seen))
      it(`that is ${state}`, () => {
        assert.deepEqual(step(running(w)), none);
        assert.deepEqual(jobsOf(running(w)), jobsOf(backingUp), 'nothing is migrated');
      });

    it('and takes another one once it has ended, and the application is gone', () => {
      const during = carriedOut(running(backup(backingUp, 'running')));
      assert.equal(armedBy(stopped(during)), undefined);
      assert.match(conditionOf(syncOf(stopped(during)), 'DatabaseSeeded')?.message ?? '', new RegExp(`: waiting for backup ${ID} to end$`));
      const after = stopped(carriedOut(running(backup(backingUp, 'succeeded', ago(60)))));
      assert.equal(armedBy(after), SECOND);
      const message = conditionOf(syncOf(carriedOut(after)), 'DatabaseSeeded')?.message ?? '';
      assert.match(
        message,
        new RegExp(`: the previous attempt failed, or the application ran beside it; backup ${SECOND} has not ended yet$`),
      );
    });

    it('and one more where that is taken back, too: PGO starts every id but the last', () => {
      const second = carriedOut(stopped(carriedOut(running(backup(backingUp, 'succeeded', ago(60))))));
      const after = stopped(carriedOut(running(backup(second, 'succeeded', ago(30)))));
      assert.equal(armedBy(after), ID);
    });
  });

  describe('goes step by step', () => {
    each<World, Step>(
      {
        Wanted: { reason: 'the application is stopped before anything else', given: wanted, want: { upgrade: 'Stopping', pods: 0 } },
        Stopping: { reason: 'a pod may still write', given: stopping, want: { upgrade: 'Stopping', pods: 0 } },
        Stopped: {
          reason: 'nothing is written that the backup would lack',
          given: quiet,
          want: { upgrade: 'BackingUp', pods: 0, backup: 'quiet-upgrade' },
        },
        BackupRuns: {
          reason: 'it is waited for',
          given: backup(backingUp, 'running'),
          want: { upgrade: 'BackingUp', pods: 0, backup: 'quiet-upgrade' },
        },
        BackupFails: {
          reason: 'the application serves until the next attempt',
          given: backup(backingUp, 'failed'),
          want: { upgrade: 'BackingUp', pods: 1, backup: 'quiet-upgrade' },
        },
        Migrating: { reason: 'the application stays stopped', given: withJob(jobStatus.active), want: { upgrade: 'Migrating', pods: 0 } },
        Failed: {
          reason: 'the backup is restored at once: nothing was written since, and none is taken of what is there',
          given: broken,
          want: { upgrade: 'Failed', restore: 'Restoring', pods: 0, requested: true },
        },
        Restoring: {
          reason: 'it goes on',
          given: restore(undoing, 'running', request),
          want: { upgrade: 'Failed', restore: 'Restoring', pods: 0, requested: true },
        },
        RestoreFails: {
          reason: 'as any restore',
          given: restore(undoing, 'failed', request),
          want: { upgrade: 'Failed', restore: 'Failed', pods: 0, requested: true },
        },
        Back: {
          reason: 'the request is taken back',
          given: restore(undoing, 'up', request),
          want: { upgrade: 'Failed', restore: 'Restoring', pods: 0 },
        },
        Undone: {
          reason: 'the data has the migrations that it had before',
          given: undone,
          want: { upgrade: 'Failed', restore: 'Starting', pods: 1 },
        },
        Succeeded: {
          reason: 'it is rolled out as ever',
          given: carriedOut(withJob(jobStatus.complete)),
          want: { upgrade: 'RollingOut', pods: 1 },
        },
      },
      (given, want) => {
        assert.deepEqual(step(given), want);
      },
    );

    it('with the backup that was taken then, and the newest one as the target', () => {
      assert.match(ID, /^quiet-upgrade\.6f1c0de5\.[0-9a-f]{8}\.g2\.a1$/);
      const { current } = recordOf(syncOf(broken)) ?? {};
      assert.deepEqual([current?.id, current?.target, current?.stage], [ID, { type: 'newest' }, 'Armed']);
      assert.deepEqual(blockOf(syncOf(broken)), { enabled: true, repoName: 'repo1', options: ['--type=immediate'] });
    });

    it('to the version that ran before, whose migrations the data has, as it had them', () => {
      const served = settled(undone, 2);
      assert.deepEqual([desiredImage(served), replicas(served)], [A, 1]);
      assert.deepEqual(syncOf(served).status.database?.migrated, [A]);
      assert.equal(said(syncOf(served), 'UpgradeFailed'), 'True MigrationFailed');
    });

    it('and is said in UpgradeFailed, with what becomes of the data', () => {
      const message = (w: World): string => conditionOf(syncOf(w), 'UpgradeFailed')?.message ?? '';
      assert.match(message(undoing), /; the backup before it is being restored, see Restored/);
      assert.match(conditionOf(syncOf(undoing), 'Restored')?.message ?? '', /^restore quiet-upgrade\.\S+ to the newest backup: /);
    });

    it('and is never carried out again', () => {
      for (const w of [undone, settled(undone), statusLost(settled(undone))]) {
        assert.equal(requestedId(syncOf(w)), undefined);
        assert.equal(requestedId(syncOf(withJob(jobStatus.failed, w))), undefined);
      }
    });
  });

  describe('restores the backup only where it is the newest one', () => {
    each<World, boolean>(
      {
        Newest: { reason: 'nothing came after it', given: broken, want: true },
        Older: {
          reason: 'that one is before it',
          given: scheduled(broken, { startTime: ago(200), completionTime: ago(100), succeeded: 1 }),
          want: true,
        },
        Later: { reason: 'that one has what the migrations did', given: scheduled(broken, over), want: false },
        Running: { reason: 'that one will be the newest', given: scheduled(broken, { active: 1 }), want: false },
        Failed: { reason: 'that one is none', given: scheduled(broken, { failed: 7 }), want: true },
        OtherRepository: { reason: 'that one is elsewhere', given: scheduled(broken, { ...over, repo: 'repo2' }), want: true },
        NotShown: {
          reason: 'PGO no longer shows that it has succeeded',
          given: reporting(broken, 'PostgresCluster', pgoStatus.usable),
          want: false,
        },
      },
      (given, want) => {
        const answer = syncOf(given);
        assert.equal(requestedId(answer) !== undefined, want);
        assert.equal(said(answer, 'UpgradeFailed'), 'True MigrationFailed');
        if (want) return;
        assert.equal(
          replicas(carriedOut(given)),
          1,
          'what ran before returns, as with Halt, once it is on record that nothing is restored',
        );
        assert.match(
          conditionOf(answer, 'UpgradeFailed')?.message ?? '',
          /; nothing is restored, as with onFailure Halt: no backup was taken for it with the application stopped, or another one is newer/,
        );
        assert.equal(
          requestedId(syncOf(reporting(carriedOut(given), 'PostgresCluster', childOf(broken, 'PostgresCluster').status))),
          undefined,
          'nor later',
        );
      },
    );
  });

  describe('is given up where a user wants something else meanwhile', () => {
    const edit = (w: World, spec: Loose): World => edited(w, spec);
    const halt = { upgrade: { onFailure: 'Halt' } };
    each<World, Step>(
      {
        HaltBefore: {
          reason: 'one that runs is let end',
          given: edit(backup(backingUp, 'running'), halt),
          want: { upgrade: 'BackingUp', pods: 0, backup: 'quiet-upgrade' },
        },
        HaltWhileMigrating: {
          reason: 'the application returns',
          given: carriedOut(edit(withJob(jobStatus.active), halt)),
          want: { upgrade: 'Migrating', pods: 1 },
        },
        HaltAsItFails: { reason: 'nothing is restored', given: carriedOut(edit(broken, halt)), want: { upgrade: 'Failed', pods: 1 } },
        HaltOnceRequested: {
          reason: 'it goes on',
          given: edit(undoing, halt),
          want: { upgrade: 'Failed', restore: 'Restoring', pods: 0, requested: true },
        },
        FormerVersion: {
          reason: 'one that runs is let end',
          given: edit(backup(backingUp, 'running'), { version: '1.3' }),
          want: { upgrade: 'Aborted', pods: 0, backup: 'quiet-upgrade' },
        },
        JobGone: {
          reason: 'the next try has a backup of its own',
          given: without(carriedOut(withJob(jobStatus.active)), 'Job'),
          want: { upgrade: 'BackingUp', pods: 0, backup: 'quiet-upgrade' },
        },
        FormerVersionBackedUp: {
          reason: 'nothing is migrated, and the application returns',
          given: carriedOut(edit(backup(backingUp, 'succeeded'), { version: '1.3' })),
          want: { upgrade: 'Aborted', pods: 1 },
        },
        HaltBackedUp: {
          reason: 'a backup of its own, while the application serves',
          given: carriedOut(edit(backup(backingUp, 'succeeded'), halt)),
          want: { upgrade: 'BackingUp', pods: 1, backup: 'pre-upgrade' },
        },
        OtherRestore: {
          reason: 'a user restores to another moment',
          given: wanting(undoing, { id: 'tuesday', target: { time: ago(600) } }),
          want: { upgrade: 'Failed', restore: 'Restoring', pods: 0, requested: true },
        },
      },
      (given, want) => {
        assert.deepEqual(step(given), want);
      },
    );

    it('and is not begun later', () => {
      const off = carriedOut(edited(broken, halt));
      assert.equal(requestedId(syncOf(edited(off, { upgrade: { onFailure: 'Restore' } }))), undefined);
    });
  });

  it('takes nothing from the first install, which has nothing to return to', () => {
    const w = created(world({ upgrade: { onFailure: 'Restore' } }));
    const installing = carriedOut(patched(w, 'PostgresCluster', { status: pgoStatus.usable }));
    assert.equal(armedBy(installing), undefined);
    assert.equal(jobsOf(installing).length, 1);
  });

  it('without a backup is as Halt', () => {
    const skipping = edited(ready(), { ...UNDO, upgrade: { onFailure: 'Restore', backup: 'Skip' } });
    assert.equal(migrates(skipping, B), true);
    const failedSo = jobReports(carriedOut(skipping), B, jobStatus.failed);
    assert.deepEqual(step(failedSo), { upgrade: 'Failed', pods: 1 });
    assert.match(conditionOf(syncOf(failedSo), 'UpgradeFailed')?.message ?? '', /nothing is restored, as with onFailure Halt/);
  });
});
