import { strict as assert } from 'node:assert';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { withRecord, type Shown } from './applied.ts';
import { each, type Cases } from './table.ts';

const live = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'pets', uid: 'u', generation: 2, labels: { app: 'a' }, annotations: { note: 'x' }, finalizers: ['f'] },
  spec: { replicas: 4 },
  status: { replicas: 4 },
};
const metadata = { name: 'a', labels: { app: 'a' }, annotations: { note: 'x' } };
const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 4 } };

const recordOf = ({ metadata: { annotations } }: KubeObject): string | undefined => annotations?.[LAST_APPLIED_ANNOTATION];

const cases: Cases<Shown, object | undefined> = {
  Untouched: { reason: 'what was applied is what stands there, less what the API server adds', given: live, want: manifest },
  Different: {
    reason: 'an autoscaler has changed what was applied',
    given: { ...live, applied: { spec: { replicas: 2 } } },
    want: { ...manifest, spec: { replicas: 2 } },
  },
  TakenAway: {
    reason: 'null takes away what was not applied',
    given: { ...live, applied: { spec: null } },
    want: { apiVersion: 'apps/v1', kind: 'Deployment', metadata },
  },
  Bare: {
    reason: 'nothing is made up for an object that has only a name',
    given: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
    want: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
  },
  NotApplied: { reason: 'others have made the object', given: { ...live, applied: null }, want: undefined },
  Pod: { reason: 'pods are made by their controllers', given: { ...live, apiVersion: 'v1', kind: 'Pod' }, want: undefined },
};

describe('support/applied', () => {
  each(cases, (given, want) => {
    const { applied, ...object } = given;
    const made = withRecord(given);
    assert.equal(recordOf(made), want && JSON.stringify(want));
    // Nothing else of the object is changed, and `applied` is no part of it.
    const annotations = { ...object.metadata.annotations, ...(want && { [LAST_APPLIED_ANNOTATION]: JSON.stringify(want) }) };
    assert.deepEqual(made, want === undefined ? object : { ...object, metadata: { ...object.metadata, annotations } });
  });

  it('a record that is written out stays as it is', () => {
    const written = { ...live, metadata: { ...live.metadata, annotations: { [LAST_APPLIED_ANNOTATION]: '{"kind":"Deployment"}' } } };
    assert.deepEqual(withRecord(written), written);
  });

  it('says what it does not find', () => {
    assert.throws(() => withRecord({ ...live, applied: { spec: { paused: null } } }), {
      message: 'objects[Deployment/a].applied.spec.paused is taken away, but is not there',
    });
  });
});
