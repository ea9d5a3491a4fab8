import { strict as assert } from 'node:assert';
import type { Draft, Resource } from '../../../src/sandbox/apiserver/object.ts';
import { applyUpdate } from '../../../src/sandbox/metacontroller/merge.ts';
import { usable } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { priorityClass } from '../../support/upgrades.ts';
import { childOf, manifestOf, observe, patched, syncOf, world, type Loose } from '../../support/world.ts';

/** What is asked for of the instances, but for what each database has. */
function instanceOf(database: Loose): Loose {
  const w = world({ database }, { related: [priorityClass('high')] });
  assert.deepEqual(observe(w).invalid, []);
  const [set, ...others] = (manifestOf(syncOf(w), 'PostgresCluster')?.spec as { instances: Loose[] }).instances;
  assert.deepEqual(others, []);
  const { name, replicas, dataVolumeClaimSpec, ...rest } = set ?? {};
  assert.deepEqual([name, replicas, dataVolumeClaimSpec !== undefined], ['pg', 1, true]);
  return rest;
}
const claim = (storage: string, rest: Loose = {}): Loose => ({
  accessModes: ['ReadWriteOnce'],
  ...rest,
  resources: { requests: { storage } },
});
const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: undefined }] } };
const tolerations = [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }];

describe('database/crunchy/instances', () => {
  each<Loose, Loose>(
    {
      Nothing: { reason: 'what is not asked for is not sent', given: {}, want: {} },
      Empty: {
        reason: 'nor is what is empty',
        given: { parameters: {}, resources: { requests: {}, limits: {} }, affinity: {}, tolerations: [], podAnnotations: {} },
        want: {},
      },
      EmptyResources: { reason: 'the same', given: { resources: {} }, want: {} },
      Resources: {
        reason: 'as a container has them',
        given: { resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { cpu: 2 } } },
        want: { resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2' } } },
      },
      Requests: {
        reason: 'the limits are left out',
        given: { resources: { requests: { cpu: 1 } } },
        want: { resources: { requests: { cpu: '1' } } },
      },
      Limits: {
        reason: 'the requests are left out',
        given: { resources: { limits: { cpu: 1 } } },
        want: { resources: { limits: { cpu: '1' } } },
      },
      LogVolume: {
        reason: 'of the class of the cluster, as it was typed',
        given: { walStorage: { size: '1024Mi' } },
        want: { walVolumeClaimSpec: claim('1024Mi') },
      },
      LogVolumeBesideOthers: {
        reason: 'of the class of the data',
        given: { storage: { className: 'slow' }, walStorage: { size: '1Gi' } },
        want: { walVolumeClaimSpec: claim('1Gi', { storageClassName: 'slow' }) },
      },
      LogVolumeOfItsOwn: {
        reason: 'of a class of its own',
        given: { storage: { className: 'slow' }, walStorage: { size: '1Gi', className: 'fast' } },
        want: { walVolumeClaimSpec: claim('1Gi', { storageClassName: 'fast' }) },
      },
      Affinity: {
        reason: 'as it is, but for what is empty',
        given: { affinity: { nodeAffinity, podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } },
        want: {
          affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } }, podAffinity: {} },
        },
      },
      Tolerations: { reason: 'as they are', given: { tolerations }, want: { tolerations } },
      Priority: { reason: 'as it is', given: { priorityClassName: 'high' }, want: { priorityClassName: 'high' } },
      Annotations: {
        reason: 'as they are',
        given: { podAnnotations: { 'a.example/b': 'false', 'a.example/c': '' } },
        want: { metadata: { annotations: { 'a.example/b': 'false', 'a.example/c': '' } } },
      },
    },
    (given, want) => {
      assert.deepEqual(instanceOf(given), want);
    },
  );

  each<[database: Loose, theirs: Loose], Loose>(
    {
      Annotations: {
        reason: 'what others have set stays where the last key of the spec goes',
        given: [
          { podAnnotations: { 'a.example/b': 'false' } },
          { metadata: { labels: { team: 'data' }, annotations: { 'a.example/b': 'false', 'b.example/c': 'x' } } },
        ],
        want: { metadata: { labels: { team: 'data' }, annotations: { 'b.example/c': 'x' } } },
      },
      Resources: {
        reason: 'so it does here',
        given: [
          { resources: { requests: { cpu: 1 }, limits: { memory: '2Gi' } } },
          { resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '4', memory: '2Gi' } } },
        ],
        want: { resources: { requests: { memory: '1Gi' }, limits: { cpu: '4' } } },
      },
      Limits: {
        reason: 'and of one of the two alone',
        given: [
          { resources: { limits: { memory: '2Gi' } } },
          { resources: { requests: { cpu: '1' }, limits: { cpu: '4', memory: '2Gi' } } },
        ],
        want: { resources: { requests: { cpu: '1' }, limits: { cpu: '4' } } },
      },
    },
    ([database, theirs], want) => {
      const before = usable(world({ database }));
      const [set] = (childOf(before, 'PostgresCluster').spec as { instances: Loose[] }).instances;
      const live = patched(before, 'PostgresCluster', { spec: { instances: [{ ...set, ...theirs }] } });
      const observed = childOf(live, 'PostgresCluster');
      const removed = { ...live, parent: { ...live.parent, spec: { size: 1 } } };
      const sent = manifestOf(syncOf(removed), 'PostgresCluster') ?? assert.fail('none');
      const { instances } = applyUpdate(observed as unknown as Resource, sent as Draft).spec as { instances: Loose[] };
      const { name: _, replicas: __, dataVolumeClaimSpec: ___, ...rest } = instances[0] ?? {};
      assert.deepEqual(rest, want);
    },
  );
});
