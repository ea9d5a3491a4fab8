/**
 * A status that release 0.1.0 has written: since when something is so, and whether it was reported, stood in its sentences alone, which are not
 * read. What it asked for counts as requested now, and one write later everything is at rest.
 */
import { strict as assert } from 'node:assert';
import type { SyncResponse } from '../../src/api/hook.ts';
import { backingUp, backup, besideSidecar, jobPod, migrating, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, later } from '../support/upgrades.ts';
import { ago, carriedOut, childOf, finalizeOf, patched, said, syncOf, withPods, without, world, type World } from '../support/world.ts';

/** The same status as that release wrote it. */
function former({ creations: _, reported: __, conditions, ...status }: SyncResponse['status']): object {
  const reworded = conditions.map((condition) => ({
    ...condition,
    message: condition.message.replace(', requested at ', ', asked for at '),
  }));
  return { ...status, conditions: reworded };
}
/** The world in which status was written by that release. */
const formerly = (w: World, answer = syncOf(w)): World => ({ ...w, parent: { ...w.parent, status: former(answer.status) } });
const written = (w: World, { status }: SyncResponse): World => ({ ...w, parent: { ...w.parent, status } });

const unseen = without(carriedOut(without(ready(), 'Service')), 'Service');
const jobLess = without(carriedOut(without(migrating(), 'Job')), 'Job');
const missing = patched(ready(world({ database: { replicas: 3 } })), 'PostgresCluster', {
  status: { ...pgoStatus.usable, instances: [{ name: 'pg', replicas: 3, readyReplicas: 2, updatedReplicas: 3 }] },
});
const kept = deleted(patched(ready(), 'Service', { metadata: { deletionTimestamp: ago(300), finalizers: ['example.com/dns'] } }), ago(300));

describe('a status of release 0.1.0', () => {
  each<World, [type: string, said: string, hook?: 'finalize']>(
    {
      Rest: { reason: 'nothing is under way', given: ready(), want: ['Ready', 'True AllReady'] },
      Missing: { reason: 'a child was requested', given: unseen, want: ['ServiceCreated', 'False Creating'] },
      MissingJob: { reason: 'a child that takes a while', given: jobLess, want: ['DatabaseSeeded', 'False Migrating'] },
      Young: {
        reason: 'a child that is seen',
        given: patched(migrating(), 'Job', { metadata: { creationTimestamp: ago(61) } }),
        want: ['DatabaseSeeded', 'False Migrating'],
      },
      NotApplied: {
        reason: 'a name is taken: the time starts again',
        given: written(later(unseen, 180), syncOf(later(unseen, 180))),
        want: ['ServiceCreated', 'False Creating'],
      },
      InstanceMissing: { reason: 'the time starts again', given: missing, want: ['DatabaseReady', 'False InstancesMissing'] },
      InstancesStuck: {
        reason: 'the same',
        given: later(written(missing, syncOf(missing)), 600),
        want: ['DatabaseReady', 'False InstancesMissing'],
      },
      Sidecar: {
        reason: 'an object says since when',
        given: withPods(migrating(), jobPod(childOf(migrating(), 'Job').metadata.name, besideSidecar(90))),
        want: ['DatabaseSeeded', 'False SidecarRunning'],
      },
      BackupTimeout: {
        reason: 'the same',
        given: later(backup(backingUp(), 'running'), 3600),
        want: ['UpgradeFailed', 'True BackupTimeout'],
      },
      Deletion: { reason: 'finalize, too', given: kept, want: ['DeletionBlocked', 'True HeldByFinalizer', 'finalize'] },
    },
    (given, [type, wanted, hook]) => {
      const answerOf = hook === 'finalize' ? finalizeOf : syncOf;
      const w = formerly(given, answerOf(given));
      const first = answerOf(w);
      assert.equal(said(first, type), wanted);
      const next = written(w, first);
      for (const seconds of [0, 1, 30]) assert.deepEqual(answerOf(later(next, seconds)).status, first.status);
    },
  );

  it('has a child that is missing reported NotApplied after its time, in one step or in two', () => {
    const service = written(formerly(unseen), syncOf(formerly(unseen)));
    assert.equal(said(syncOf(later(service, 179)), 'ServiceCreated'), 'False Creating');
    assert.equal(said(syncOf(later(service, 180)), 'ServiceCreated'), 'False NotApplied');
    const job = written(formerly(jobLess), syncOf(formerly(jobLess)));
    const again = later(job, 120);
    assert.equal(said(syncOf(again), 'DatabaseSeeded'), 'False Creating');
    assert.equal(said(syncOf(later(written(again, syncOf(again)), 60)), 'DatabaseSeeded'), 'False NotApplied');
  });

  it('has an instance that is missing reported as a fault after its time', () => {
    const w = written(formerly(missing), syncOf(formerly(missing)));
    assert.equal(said(syncOf(later(w, 599)), 'DatabaseReady'), 'False InstancesMissing');
    assert.equal(said(syncOf(later(w, 600)), 'DatabaseReady'), 'False InstancesStuck');
  });
});
