import { strict as assert } from 'node:assert';
import { keyOf, patched } from './patch.ts';
import { each, type Cases } from './table.ts';

const base = {
  spec: { size: 1, env: ['a', 'b'], image: { repository: 'x', tag: '1' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'False', reason: 'Creating' },
      { type: 'Stalled', status: 'False' },
    ],
  },
  objects: [
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { type: 'ClusterIP' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'web', image: 'x' }, { name: 'side' }] } },
  ],
};
const [service, pod] = base.objects;
const [ready, stalled] = base.status.conditions;

const merges: Cases<unknown, unknown> = {
  Nothing: { reason: 'a case may be its base', given: {}, want: base },
  Field: {
    reason: 'a field takes the place of the one in the base, the others stay',
    given: { spec: { image: { tag: '2' } } },
    want: { ...base, spec: { ...base.spec, image: { repository: 'x', tag: '2' } } },
  },
  NewField: {
    reason: 'what the base lacks is taken as it is, with the nulls in it',
    given: { metadata: { name: 'x', labels: null } },
    want: { ...base, metadata: { name: 'x', labels: null } },
  },
  FieldTakenAway: {
    reason: 'null takes a field away',
    given: { spec: { image: null } },
    want: { ...base, spec: { size: 1, env: ['a', 'b'] } },
  },
  List: { reason: 'a list takes the place of the whole list', given: { objects: [service] }, want: { ...base, objects: [service] } },
  PlainList: {
    reason: 'so does one of plain values',
    given: { spec: { env: ['c'] } },
    want: { ...base, spec: { ...base.spec, env: ['c'] } },
  },
  Condition: {
    reason: 'a condition is chosen by its type, and keeps its place',
    given: { status: { conditions: { Ready: { status: 'True' } } } },
    want: { ...base, status: { conditions: [{ ...ready, status: 'True' }, stalled] } },
  },
  ConditionTakenAway: {
    reason: 'null takes an entry away',
    given: { status: { conditions: { Ready: null } } },
    want: { ...base, status: { conditions: [stalled] } },
  },
  NewCondition: {
    reason: 'an entry with its own key is added at the end',
    given: { status: { conditions: { Paused: { type: 'Paused', status: 'True' } } } },
    want: { ...base, status: { conditions: [ready, stalled, { type: 'Paused', status: 'True' }] } },
  },
  WholeEntry: {
    reason: 'an entry with its own key takes the place of the one in the base, with none of its fields',
    given: { status: { conditions: { Ready: { type: 'Ready', status: 'True' } } } },
    want: { ...base, status: { conditions: [{ type: 'Ready', status: 'True' }, stalled] } },
  },
  Object: {
    reason: 'an object is chosen by kind and name, of two with one name, and a container in it by its name',
    given: { objects: { 'Pod/a': { spec: { containers: { web: { image: 'y' } } } } } },
    want: { ...base, objects: [service, { ...pod, spec: { containers: [{ name: 'web', image: 'y' }, { name: 'side' }] } }] },
  },
  ObjectTakenAway: { reason: 'null takes an object away', given: { objects: { 'Service/a': null } }, want: { ...base, objects: [pod] } },
  NewObject: {
    reason: 'an object that says kind and name is added',
    given: { objects: { 'Pod/b': { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, status: null } } },
    want: { ...base, objects: [service, pod, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, status: null }] },
  },
};

const failures: Cases<unknown, string> = {
  AbsentField: {
    reason: 'nothing is taken away that the base has lost',
    given: { spec: { exposure: null } },
    want: 'spec.exposure is taken away, but is not there',
  },
  AbsentCondition: {
    reason: 'so it is with an entry',
    given: { status: { conditions: { Paused: null } } },
    want: 'status.conditions[Paused] is taken away, but is not there',
  },
  AbsentObject: {
    reason: 'and with an object',
    given: { objects: { 'Pod/b': null } },
    want: 'objects[Pod/b] is taken away, but is not there',
  },
  PatchOfNothing: {
    reason: 'a part of an object is no object',
    given: { objects: { 'Pod/b': { status: { phase: 'Running' } } } },
    want: 'objects[Pod/b] is patched, but is not there; a new entry is whole, with its own type, name, or kind and name',
  },
  PatchOfNoCondition: {
    reason: 'a part of a condition is no condition',
    given: { status: { conditions: { Paused: { status: 'True' } } } },
    want: 'status.conditions[Paused] is patched, but is not there; a new entry is whole, with its own type, name, or kind and name',
  },
  OtherKey: {
    reason: 'an entry stands under its own key',
    given: { objects: { 'Pod/a': { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } } } },
    want: 'objects[Pod/a] holds Pod/b',
  },
  NoKeys: {
    reason: 'plain values are not chosen',
    given: { spec: { env: { a: 'c' } } },
    want: 'spec.env chooses entries of a list in which not each has a key of its own',
  },
  NoList: {
    reason: 'a map where the API has a list is no list',
    given: { spec: { conditions: { Ready: { type: 'Ready' } } } },
    want: 'spec.conditions chooses entries of a list that is not there',
  },
};

describe('support/patch', () => {
  describe('lays a patch over a base', () => {
    each(merges, (given, want) => {
      const before = structuredClone(base);
      assert.deepEqual(patched(base, given), want);
      assert.deepEqual(base, before);
    });
  });

  it('keeps the order of the base, in which new fields and entries come last', () => {
    const patch = { b: 3, c: 4, a: 5, list: { z: { name: 'z' }, y: { v: 1 } } };
    assert.equal(
      JSON.stringify(patched({ a: 1, list: [{ name: 'x' }, { name: 'y' }], b: 2 }, patch)),
      '{"a":5,"list":[{"name":"x"},{"name":"y","v":1},{"name":"z"}],"b":3,"c":4}',
    );
  });

  describe('says what a patch does not find', () => {
    each(failures, (given, want) => {
      assert.throws(() => patched(base, given), { message: want });
    });
  });

  it('two entries of one key cannot be distinguished', () => {
    const twice = { conditions: [{ type: 'Ready' }, { type: 'Ready' }] };
    assert.throws(() => patched(twice, { conditions: { Ready: null } }), /^Error: conditions chooses entries of a list in which not each/);
  });

  it('an entry is chosen by kind and name, by type, or by name', () => {
    const entries = [
      { kind: 'Pod', metadata: { name: 'a' } },
      { kind: 'Pod', name: 'a' },
      { type: 'Ready' },
      { name: 'a' },
      { kind: 'Pod' },
      'a',
      null,
    ];
    assert.deepEqual(entries.map(keyOf), ['Pod/a', 'Pod/a', 'Ready', 'a', undefined, undefined, undefined]);
  });
});
