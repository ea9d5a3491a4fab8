import { strict as assert } from 'node:assert';
import { answers } from '../../src/controllers.ts';
import { kinds } from '../../src/api/kinds.ts';
import { deepFreeze } from '../support/freeze.ts';
import { bestie, NOW } from '../support/world.ts';

const ask = (resources: { apiVersion: string; resource: string }[], name = 'bestie'): unknown =>
  answers.customize(deepFreeze({ controller: { spec: { childResources: resources } }, parent: bestie({}, { name }) }), NOW).response;

const pods = {
  apiVersion: 'v1',
  resource: 'pods',
  namespace: 'pets',
  labelSelector: { matchLabels: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie' } },
};
const namespace = { apiVersion: 'v1', resource: 'namespaces', namespace: 'pets', names: ['pets'] };

describe('plan/related', () => {
  it('asks for the pods, the Namespace and the database of the wanted name', () => {
    const { apiVersion, resource } = kinds.postgresCluster;
    assert.deepEqual(ask([{ apiVersion, resource }]), {
      relatedResources: [pods, namespace, { apiVersion, resource, namespace: 'pets', names: ['bestie-pgo'] }],
    });
  });

  it('does not ask for a database whose kind is not declared: the answer would fail', () => {
    assert.deepEqual(ask([]), { relatedResources: [pods, namespace] });
    assert.deepEqual(ask([{ apiVersion: 'postgres-operator.crunchydata.com/v1', resource: 'postgresclusters' }]), {
      relatedResources: [pods, namespace],
    });
  });

  it('depends on identity alone, names the Namespace in every rule, and never asks for Secrets', () => {
    const all = ask(Object.values(kinds), 'a'.repeat(63)) as { relatedResources: { namespace: string; resource: string }[] };
    assert.ok(all.relatedResources.every((rule) => rule.namespace === 'pets' && rule.resource !== 'secrets'));
    assert.deepEqual(all, ask(Object.values(kinds), 'a'.repeat(63)));
  });
});
