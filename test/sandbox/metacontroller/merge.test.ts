import assert from 'node:assert/strict';
import { applyUpdate, mergeValues, toCreate } from '../../../src/sandbox/metacontroller/merge.ts';
import type { Draft, Resource } from '../../../src/sandbox/apiserver/object.ts';

interface Case {
  name: string;
  reason: string;
  observed: unknown;
  last?: unknown;
  desired: unknown;
  want: unknown;
}

const twoPaths = [
  { port: 'http', path: '/metrics' },
  { port: 'http', path: '/probe' },
];

const cases: readonly Case[] = [
  {
    name: 'EndpointsOnOnePortCollapse',
    reason: 'the first guess of a merge key is port, and both endpoints have the same',
    observed: twoPaths,
    last: twoPaths,
    desired: twoPaths,
    want: [twoPaths[1], twoPaths[1]],
  },
  {
    name: 'CollapsedEndpointsStay',
    reason: 'after the collapse nothing differs any more',
    observed: [twoPaths[1], twoPaths[1]],
    last: twoPaths,
    desired: twoPaths,
    want: [twoPaths[1], twoPaths[1]],
  },
  {
    name: 'OnePortTwoProtocolsCollapses',
    reason: 'a Service with UDP and TCP on one port',
    observed: [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ],
    desired: [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ],
    want: [
      { port: 53, protocol: 'TCP' },
      { port: 53, protocol: 'TCP' },
    ],
  },
  {
    name: 'DuplicateEnvironmentNameBecomesTheLast',
    reason: 'name is the merge key',
    observed: [{ name: 'A', value: '1' }],
    last: [{ name: 'A', value: '1' }],
    desired: [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ],
    want: [{ name: 'A', value: '2' }],
  },
  {
    name: 'NewOrderIsNeverApplied',
    reason: 'the observed order is kept',
    observed: [{ name: 'a' }, { name: 'b' }],
    last: [{ name: 'a' }, { name: 'b' }],
    desired: [{ name: 'b' }, { name: 'a' }],
    want: [{ name: 'a' }, { name: 'b' }],
  },
  {
    name: 'ForeignElementStays',
    reason: 'it was never ours: a sidecar that a mutating webhook injected',
    observed: [{ name: 'app', image: 'a:1' }, { name: 'sidecar' }],
    last: [{ name: 'app', image: 'a:1' }],
    desired: [{ name: 'app', image: 'a:2' }, { name: 'extra' }],
    want: [{ name: 'app', image: 'a:2' }, { name: 'sidecar' }, { name: 'extra' }],
  },
  {
    name: 'ElementThatVanishedIsRemoved',
    reason: 'it was ours',
    observed: [{ name: 'a' }, { name: 'b' }],
    last: [{ name: 'a' }, { name: 'b' }],
    desired: [{ name: 'a' }],
    want: [{ name: 'a' }],
  },
  {
    name: 'DefaultsInsideKeyedElementsStay',
    reason: 'elements are merged, not replaced',
    observed: [{ containerPort: 80, protocol: 'TCP' }],
    last: [{ containerPort: 80 }],
    desired: [{ containerPort: 80 }],
    want: [{ containerPort: 80, protocol: 'TCP' }],
  },
  {
    name: 'ListWithoutMergeKeyIsReplaced',
    reason: 'defaults in its elements differ for ever',
    observed: [{ action: 'replace', regex: 'x' }],
    last: [{ regex: 'x' }],
    desired: [{ regex: 'x' }],
    want: [{ regex: 'x' }],
  },
  {
    name: 'OneElementWithoutTheKeyReplacesTheList',
    reason: 'every element of all three lists must have it',
    observed: [{ name: 'a' }],
    last: [{ other: 1 }],
    desired: [{ name: 'b' }],
    want: [{ name: 'b' }],
  },
  {
    name: 'ContainerPortBeatsName',
    reason: 'the keys are tried in a fixed order',
    observed: [{ name: 'http', containerPort: 80 }],
    last: [{ name: 'http', containerPort: 80 }],
    desired: [{ name: 'http', containerPort: 81 }],
    want: [{ name: 'http', containerPort: 81 }],
  },
  {
    name: 'ScalarsAreReplaced',
    reason: 'lists of strings have no keys',
    observed: ['a', 'b'],
    last: ['a', 'b'],
    desired: ['b'],
    want: ['b'],
  },
  { name: 'EmptyListsAreReplaced', reason: 'no element, no key', observed: [], desired: [], want: [] },
  {
    name: 'NullIsTakenAsItIs',
    reason: 'the API server drops it, so it is written at every sync',
    observed: {},
    desired: { x: null },
    want: { x: null },
  },
  {
    name: 'EmptyValuesAreTakenAsTheyAre',
    reason: 'as with null',
    observed: {},
    desired: { a: {}, b: [], c: '' },
    want: { a: {}, b: [], c: '' },
  },
  {
    name: 'WholeMapThatWasSentBeforeIsRemoved',
    reason: 'annotations of others go with it',
    observed: { annotations: { ours: '1', 'deployment.kubernetes.io/revision': '4' } },
    last: { annotations: { ours: '1' } },
    desired: {},
    want: {},
  },
  {
    name: 'EmptyMapRemovesOwnKeysOnly',
    reason: 'the map itself is still wanted',
    observed: { annotations: { ours: '1', theirs: '4' } },
    last: { annotations: { ours: '1' } },
    desired: { annotations: {} },
    want: { annotations: { theirs: '4' } },
  },
  {
    name: 'ReplicasOmittedLaterAreRemoved',
    reason: 'and the API server then defaults them to 1',
    observed: { replicas: 3 },
    last: { replicas: 3 },
    desired: {},
    want: {},
  },
  {
    name: 'ReplicasNeverSentAreLeftAlone',
    reason: 'they belong to the autoscaler',
    observed: { replicas: 7 },
    last: {},
    desired: {},
    want: { replicas: 7 },
  },
  {
    name: 'TypeClashCountsAsEmpty',
    reason: 'an object that is desired as a scalar',
    observed: { a: { b: 1, c: 2 } },
    last: { a: { b: 1 } },
    desired: { a: 'x' },
    want: { a: { c: 2 } },
  },
  {
    name: 'KeysOfThePrototypeAreNoKeys',
    reason: 'a container may be called constructor',
    observed: [{ name: 'a' }],
    last: [],
    desired: [{ name: 'constructor' }],
    want: [{ name: 'a' }, { name: 'constructor' }],
  },
];

describe('sandbox/metacontroller/merge', () => {
  for (const { name, reason, observed, last, desired, want } of cases) {
    it(`${name}: ${reason}`, () => {
      assert.deepEqual(mergeValues(observed, last, desired), want);
    });
  }

  const keys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'];
  for (const [index, key] of keys.entries()) {
    const later = keys[index + 1] ?? 'other';
    it(`${key} is a merge key, tried before ${later}`, () => {
      const observed = [{ [key]: 'same', [later]: 'old', byServer: true }];
      const last = [{ [key]: 'same', [later]: 'old' }];
      const wanted = [{ [key]: 'same', [later]: 'new' }];
      assert.deepEqual(mergeValues(observed, last, wanted), [{ [key]: 'same', [later]: 'new', byServer: true }]);
    });
  }

  const desired: Draft = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', labels: { a: 'b' } },
    spec: { ports: [{ port: 80 }] },
  };
  const observed: Resource = {
    ...toCreate(desired),
    metadata: { ...toCreate(desired).metadata, name: 's', uid: 'u', resourceVersion: '7', creationTimestamp: 'c', ownerReferences: [] },
    status: { loadBalancer: {} },
  };

  it('NothingToDo: what was created and came back is equal', () => {
    assert.deepEqual(applyUpdate(observed, desired), observed);
  });

  it('SystemFieldsAndStatusAreRestored: a child cannot change them', () => {
    const next = applyUpdate(observed, {
      ...desired,
      metadata: { ...desired.metadata, uid: 'other', resourceVersion: '1' },
      status: { wrong: true },
    });
    assert.deepEqual([next.metadata.uid, next.metadata.resourceVersion, next.status], ['u', '7', { loadBalancer: {} }]);
  });

  it('RecordIsRewritten: any change of the answer changes the last-applied annotation', () => {
    const next = applyUpdate(observed, { ...desired, spec: { ports: [{ port: 81 }] } });
    assert.notEqual(JSON.stringify(next.metadata.annotations), JSON.stringify(observed.metadata.annotations));
    assert.deepEqual(next.spec, { ports: [{ port: 81 }] });
  });

  it('KeyOrderIsNoChange: the record is written with sorted keys', () => {
    const turned: Draft = {
      spec: { ports: [{ port: 80 }] },
      metadata: { labels: { a: 'b' }, name: 's' },
      kind: 'Service',
      apiVersion: 'v1',
    };
    assert.deepEqual(applyUpdate(observed, turned), observed);
  });

  it('RecordInTheAnswerIsDropped: an echoed child does not nest its record', () => {
    const next = applyUpdate(observed, { ...desired, metadata: { ...desired.metadata, annotations: observed.metadata.annotations } });
    const record = Object.values(next.metadata.annotations ?? {})[0] ?? '';
    assert.equal(record.includes('last-applied'), false);
  });

  it('UnreadableRecordFails: the child is not touched', () => {
    const annotations = { 'metacontroller.k8s.io/last-applied-configuration': '{' };
    assert.throws(() => applyUpdate({ ...observed, metadata: { ...observed.metadata, annotations } }, desired), SyntaxError);
  });
});
