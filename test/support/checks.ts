/** What holds for every answer, whatever the world. */
import { strict as assert } from 'node:assert';
import { wantedThen } from '../../src/observed/contestedfields.ts';
import { conditionTypes } from '../../src/api/condition.ts';
import { kinds } from '../../src/api/kinds.ts';
import { crunchy } from '../../src/database/crunchy/index.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { names } from '../../src/api/names.ts';
import { storedResource } from '../../src/sandbox/apiserver/quantity.ts';
import type { Loose, World } from './world.ts';

const isMap = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Maps of strings: the API server drops an empty one, but keeps an empty value in one. */
const stringMaps = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'requests', 'limits', 'volumeAttributes']);

/** Lists that Metacontroller merges by a key, by the first of these that all their elements have (apply.go). */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'];

/** Nothing that the API server would drop: it would be written again at every sync. */
function checkValue(value: unknown, key: string, place: string): void {
  assert.ok(value !== null && value !== undefined, `${place} is ${String(value)}`);
  if (Array.isArray(value)) {
    assert.ok(value.length > 0, `${place} is an empty list`);
    value.forEach((item, index) => {
      if (item !== '') checkValue(item, '', `${place}/${index}`);
    });
    return;
  }
  if (!isMap(value)) {
    // The core group of a target is its default, and a custom resource stores it.
    const isCoreGroup = key === 'group' && place.startsWith('HTTPRoute');
    assert.ok(value !== '' || isCoreGroup, `${place} is an empty string`);
    return;
  }
  // A custom resource keeps an empty map, which takes the place of the last key of ours beside those of others.
  const isShared = place.startsWith('PostgresCluster') && place.includes('/spec/instances/');
  if (stringMaps.has(key) && !isShared) assert.ok(Object.keys(value).length > 0, `${place} is an empty map`);
  for (const [name, child] of Object.entries(value)) {
    if (!(stringMaps.has(key) && child === '')) checkValue(child, name, `${place}/${name}`);
    // Custom resources are stored as they were typed.
    if ((key === 'requests' || key === 'limits') && !place.startsWith('PostgresCluster'))
      assert.equal(child, storedResource(child as string), `${place}/${name}`);
  }
}

/** Nothing that Metacontroller would merge into one: two elements of a list with one key. What lies in a list without a key is replaced whole. */
function checkMergeKeys(value: unknown, place: string): void {
  if (isMap(value)) {
    for (const [name, child] of Object.entries(value)) checkMergeKeys(child, `${place}/${name}`);
  }
  if (!Array.isArray(value) || !value.every(isMap)) return;
  const key = mergeKeys.find((candidate) => value.every((item) => item[candidate] !== undefined));
  if (key === undefined) return;
  const values = value.map((item) => item[key]);
  assert.equal(new Set(values).size, values.length, `${place}: ${key} is not unique`);
  value.forEach((item, index) => {
    checkMergeKeys(item, `${place}/${index}`);
  });
}

const identity = (instance: string): Loose => ({
  app: 'bestie',
  'app.kubernetes.io/name': 'bestie',
  'app.kubernetes.io/instance': instance,
  'app.kubernetes.io/part-of': 'bestie',
  'app.kubernetes.io/managed-by': 'bestie-operator',
});

interface Parts {
  template?: { metadata: { labels: Loose } };
  selector?: Loose & { matchLabels?: Loose };
  podSelector?: { matchLabels: Loose };
}

/** What selects the pods of this Bestie and of no other: those of its database or of the copy of a drill, or those of the application. */
function selected({ kind, metadata }: Manifest, bestie: string): Loose {
  if (kind === kinds.podMonitor.kind) return crunchy.podLabels(crunchy.nameOf(bestie));
  if (metadata.name === names.drillPolicy(bestie)) return crunchy.podLabels(crunchy.copies.drillName(bestie));
  return { app: 'bestie', 'app.kubernetes.io/instance': bestie };
}

/** A manifest that says more than which object stays. */
export const isWhole = ({ spec }: Manifest): boolean => spec !== undefined;

export function checkChild(child: Manifest, { parent }: World): void {
  const place = `${child.kind} ${child.metadata.name}`;
  const allowed = ['name', 'labels', 'annotations', 'ownerReferences', 'namespace'];
  assert.deepEqual(
    Object.keys(child.metadata).filter((key) => !allowed.includes(key)),
    [],
    `${place}: metadata`,
  );
  assert.ok(!('status' in child), `${place} has a status`);
  assert.equal(child.metadata.namespace ?? parent.metadata.namespace, parent.metadata.namespace, `${place}: namespace`);
  assert.equal(child.metadata.labels?.['controller-uid'], undefined, `${place}: controller-uid`);
  if (!isWhole(child)) return;
  checkValue(child, '', place);
  checkMergeKeys(child, place);
  const wanted = identity(parent.metadata.name);
  const { template } = child.spec as Parts;
  // A field that is left to others is sent as they have it.
  const { selector, podSelector } = wantedThen(child).spec as Parts;
  for (const labels of [child.metadata.labels, ...(template ? [template.metadata.labels] : [])]) {
    assert.deepEqual({ ...labels, ...wanted }, labels, `${place}: labels`);
  }
  for (const matching of [selector?.matchLabels ?? selector, podSelector?.matchLabels]) {
    if (matching === undefined) continue;
    assert.deepEqual({ ...matching, ...selected(child, parent.metadata.name) }, matching, `${place}: selector`);
  }
}

/** Conditions: one per type, in the order of the table, whole. Ready, Reconciling and Stalled are always there. */
export function checkStatus({ status, resyncAfterSeconds }: SyncResponse): void {
  const order = Object.keys(conditionTypes);
  const types = status.conditions.map(({ type }) => type);
  assert.deepEqual(
    types,
    order.filter((type) => types.includes(type as (typeof types)[number])),
    'order of the conditions',
  );
  for (const type of ['Ready', 'Reconciling', 'Stalled'] as const) assert.ok(types.includes(type), `${type} is missing`);
  for (const condition of status.conditions) {
    assert.deepEqual(Object.keys(condition).sort(), ['lastTransitionTime', 'message', 'reason', 'status', 'type']);
    for (const [field, value] of Object.entries(condition))
      assert.ok(value !== '' || field === 'message', `${condition.type}: an empty field`);
  }
  const isTrue = (type: string): boolean => status.conditions.find((condition) => condition.type === type)?.status === 'True';
  assert.ok(!(isTrue('Reconciling') && isTrue('Stalled')), 'Reconciling and Stalled are both True');
  assert.ok(!(isTrue('Ready') && isTrue('Reconciling')), 'Ready and Reconciling are both True');
  if (resyncAfterSeconds !== undefined) assert.ok(resyncAfterSeconds > 0 && Number.isFinite(resyncAfterSeconds), 'resyncAfterSeconds');
}

export function checkAnswer(response: SyncResponse, w: World): void {
  for (const child of response.children) checkChild(child, w);
  checkStatus(response);
}
