import { strict as assert } from 'node:assert';
import { answers } from '../../src/answer.ts';
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

describe('plan/related', () => {
  it('asks for the pods, whatever the CompositeController declares', () => {
    assert.deepEqual(ask([]), { relatedResources: [pods] });
    assert.deepEqual(ask(Object.values(kinds)), { relatedResources: [pods] });
  });

  it('depends on identity alone, names the Namespace in every rule, and never asks for Secrets', () => {
    const all = ask(Object.values(kinds), 'a'.repeat(63)) as { relatedResources: { namespace: string; resource: string }[] };
    assert.ok(all.relatedResources.every((rule) => rule.namespace === 'pets' && rule.resource !== 'secrets'));
    assert.deepEqual(all, ask(Object.values(kinds), 'a'.repeat(63)));
  });
});
