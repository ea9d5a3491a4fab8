/** When the application connects through a pooler, and how long it needs one: answers to worlds, one step each. */
import { strict as assert } from 'node:assert';
import { bouncer, inUse, off, on, pooledPod, requested, rolled, started, WITHOUT } from '../support/pooled.ts';
import { jobStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  ago,
  carriedOut,
  childOf,
  edited,
  manifestOf,
  observe,
  patched,
  rerecorded,
  syncOf,
  without,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';
import { connectsThroughPooler } from '../../src/observed/pooler.ts';

/** Whether the answer lets the pods connect through the pooler, and whether it requests one. */
function answered(w: World): string {
  const answer = syncOf(w);
  const template = JSON.stringify(manifestOf(answer, 'Deployment')?.spec ?? '');
  const database = manifestOf(answer, 'PostgresCluster')?.spec as Loose | undefined;
  return `${template.includes('pgbouncer-host') ? 'pooled' : 'direct'}, ${database?.proxy === undefined ? 'no pooler' : 'pooler'}`;
}

const paused = (w: World): World => patched(w, 'PostgresCluster', { spec: { paused: true } });
const restoring = (w: World): World =>
  patched(w, 'PostgresCluster', {
    status: {
      proxy: undefined,
      patroni: undefined,
      pgbackrest: { restore: { id: 'tuesday', finished: false, startTime: ago(30) } },
      conditions: [{ type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore', lastTransitionTime: ago(30) }],
    },
  });
/** An upgrade whose pods are not ready. */
const onTrial = (w: World): World => {
  const upgrading = carriedOut(edited(w, { version: '1.4', upgrade: { backup: 'Skip' } }));
  const migrated = {
    ...upgrading,
    children: upgrading.children.map((child) => (child.kind === 'Job' ? { ...child, status: jobStatus.complete } : child)),
  };
  return carriedOut(migrated);
};
const withoutPods = (w: World): World =>
  patched(bouncer(w, { ready: 0 }), 'PostgresCluster', { spec: { proxy: { pgBouncer: { replicas: 0 } } } });
const withoutProxy = (w: World): World => patched(w, 'PostgresCluster', { spec: { proxy: undefined } });

describe('observed/pooler', () => {
  each<World, string>(
    {
      None: { reason: 'the spec wants none', given: ready(), want: 'direct, no pooler' },
      SwitchedOff: { reason: 'the same in words', given: edited(ready(), off), want: 'direct, no pooler' },
      Requested: { reason: 'its keys do not exist yet', given: edited(ready(), on()), want: 'direct, pooler' },
      NotSeen: { reason: 'PGO has not acted on it', given: requested(), want: 'direct, pooler' },
      Starting: { reason: 'a pod is missing', given: bouncer(requested(), { ready: 1 }), want: 'direct, pooler' },
      SeenBefore: { reason: 'what is available is of another spec', given: bouncer(requested(), { seen: 1 }), want: 'direct, pooler' },
      NoLogin: { reason: 'what PGO wrote is from before', given: bouncer(requested(), { revision: WITHOUT }), want: 'direct, pooler' },
      NoRevision: { reason: 'PGO has written nothing', given: bouncer(requested(), { revision: '' }), want: 'direct, pooler' },
      Started: { reason: 'keys and pods are there', given: started(), want: 'pooled, pooler' },
      InUse: { reason: 'it stays so', given: inUse(), want: 'pooled, pooler' },
      NewDeployment: { reason: 'created with its address', given: without(started(), 'Deployment'), want: 'pooled, pooler' },
      PodLost: { reason: 'one of two serves', given: bouncer(inUse(), { ready: 1 }), want: 'pooled, pooler' },
      AllLost: { reason: 'to restart the pods helps no user', given: bouncer(inUse(), { ready: 0 }), want: 'pooled, pooler' },
      OperatorPaused: { reason: 'its status is old', given: paused(inUse()), want: 'pooled, pooler' },
      Unavailable: {
        reason: 'pods that find no connection wait for it',
        given: patched(started({ size: 20 }), 'Deployment', { status: { replicas: 20, updatedReplicas: 1, availableReplicas: 10 } }),
        want: 'pooled, pooler',
      },
      OnTrial: { reason: 'an image must not answer for it', given: bouncer(onTrial(requested())), want: 'direct, pooler' },
      TakenAway: { reason: 'another owner removed it', given: withoutProxy(inUse()), want: 'direct, pooler' },
      ScaledToZero: { reason: 'another owner lets nothing answer there', given: withoutPods(inUse()), want: 'direct, pooler' },
      DatabaseGone: { reason: 'it is created with one', given: without(inUse(), 'PostgresCluster'), want: 'pooled, pooler' },
      Restore: { reason: 'stopped pods keep their template', given: restoring(inUse()), want: 'pooled, pooler' },
      RestoreSwitchedOff: { reason: 'until they start again', given: edited(restoring(inUse()), off), want: 'pooled, pooler' },
      RestoreSwitchedOn: { reason: 'the same the other way', given: edited(restoring(ready()), on()), want: 'direct, pooler' },
    },
    (given, want) => {
      assert.equal(answered(given), want);
    },
  );

  const switched = edited(inUse(), off);
  const next = carriedOut(switched);
  each<World, string>(
    {
      First: { reason: 'the pods first', given: switched, want: 'direct, pooler' },
      Rollout: { reason: 'the former template may still make pods', given: next, want: 'direct, pooler' },
      OldPods: {
        reason: 'not all are replaced',
        given: patched(rolled(next), 'Deployment', { status: { replicas: 2 } }),
        want: 'direct, pooler',
      },
      Draining: {
        reason: 'a pod still answers',
        given: withPods(rolled(next), { ...pooledPod('old'), metadata: { ...pooledPod('old').metadata, deletionTimestamp: ago(-20) } }),
        want: 'direct, pooler',
      },
      LostNode: {
        reason: 'no kubelet ends it',
        given: withPods(rolled(next), { ...pooledPod('old'), metadata: { ...pooledPod('old').metadata, deletionTimestamp: ago(400) } }),
        want: 'direct, no pooler',
      },
      Done: { reason: 'no pod uses it', given: rolled(next), want: 'direct, no pooler' },
      Orphans: {
        reason: 'pods without a Deployment',
        given: withPods(without(next, 'Deployment'), pooledPod('old')),
        want: 'direct, pooler',
      },
      Removed: { reason: 'and stays away', given: carriedOut(rolled(next)), want: 'direct, no pooler' },
      OnAgain: { reason: 'it was never removed', given: edited(next, on()), want: 'pooled, pooler' },
    },
    (given, want) => {
      assert.equal(answered(given), want);
    },
  );

  it('is kept by the live template where the record is about another one', () => {
    const given = rolled(next);
    const live = childOf(inUse(), 'Deployment').spec as { template: Loose };
    assert.equal(answered(patched(given, 'Deployment', { spec: { template: live.template } })), 'direct, pooler');
  });

  it('is recognised without a record of what was applied', () => {
    const given = inUse();
    const children = given.children.map((child) =>
      child.kind === 'Deployment' ? rerecorded(child, { metadata: { name: 'other' } }) : child,
    );
    assert.equal(connectsThroughPooler(observe({ ...given, children })), true);
    assert.equal(connectsThroughPooler(observe(ready())), false);
  });

  it('is recognised while the template is without its init containers', () => {
    const without = { spec: { template: { spec: { initContainers: undefined } } } };
    const given = patched(inUse(), 'Deployment', without);
    const children = given.children.map((child) => (child.kind === 'Deployment' ? rerecorded(child, without) : child));
    assert.equal(connectsThroughPooler(observe({ ...given, children })), true);
  });

  it('changes no byte of the pods of a Bestie that wants none', () => {
    const [plain, switchedOff] = [syncOf(ready()), syncOf(ready(world(off)))];
    assert.deepEqual(switchedOff.children, plain.children);
  });
});
