import { strict as assert } from 'node:assert';
import { answers } from '../../src/controllers.ts';
import { kinds } from '../../src/api/kinds.ts';
import { deepFreeze } from '../support/freeze.ts';
import { each } from '../support/table.ts';
import { bestie, NOW, type Loose } from '../support/world.ts';

const ask = (resources: { apiVersion: string; resource: string }[], name = 'bestie', spec: Loose = {}): unknown =>
  answers.customize(deepFreeze({ controller: { spec: { childResources: resources } }, parent: bestie(spec, { name }) }), NOW).response;

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

  it('depends on identity and spec alone, names the Namespace in every rule, and never asks for Secrets', () => {
    const all = ask(Object.values(kinds), 'a'.repeat(63)) as { relatedResources: { namespace: string; resource: string }[] };
    assert.ok(all.relatedResources.every((rule) => rule.namespace === 'pets' && rule.resource !== 'secrets'));
    assert.deepEqual(all, ask(Object.values(kinds), 'a'.repeat(63)));
  });

  describe('asks for the database that is to be copied, by the rule of its own', () => {
    const { apiVersion, resource } = kinds.postgresCluster;
    const rule = (...names: string[]): object => ({ apiVersion, resource, namespace: 'pets', names });
    const of = (bestie: unknown): Loose => ({ dataSource: { bestie } });
    each<unknown, object>(
      {
        Named: { reason: 'its state is needed', given: of({ name: 'live' }), want: rule('bestie-pgo', 'live-pgo') },
        NamedLong: {
          reason: 'as that Bestie names it',
          given: of({ name: 'a'.repeat(63) }),
          want: rule('bestie-pgo', `${'a'.repeat(28)}-e7d55ca1-pgo`),
        },
        Verified: {
          reason: 'the copy of a drill, which others may have made',
          given: { backups: { verify: { onDemand: 'a' } } },
          want: rule('bestie-pgo', 'bestie-drill'),
        },
        VerifiedElsewhere: {
          reason: 'there are no drills',
          given: { provider: 'External', backups: { verify: { onDemand: 'a' } } },
          want: rule('bestie-pgo'),
        },
        NotVerified: { reason: 'a spec that broke a rule', given: { backups: null }, want: rule('bestie-pgo') },
        Itself: { reason: 'it is there already', given: of({ name: 'bestie' }), want: rule('bestie-pgo') },
        Bucket: { reason: 'nothing of it is shown', given: { dataSource: { repository: { path: '/a' } } }, want: rule('bestie-pgo') },
        External: { reason: 'it is never copied', given: { provider: 'External', ...of({ name: 'live' }) }, want: rule('bestie-pgo') },
        NoText: { reason: 'a spec that broke a rule', given: of({ name: { a: 'live' } }), want: rule('bestie-pgo') },
        Empty: { reason: 'no name', given: of({ name: '' }), want: rule('bestie-pgo') },
        Null: { reason: 'the same', given: of(null), want: rule('bestie-pgo') },
        NoMap: { reason: 'the same', given: { dataSource: 'live' }, want: rule('bestie-pgo') },
      },
      (given, want) => {
        assert.deepEqual(ask([{ apiVersion, resource }], 'bestie', { database: given }), { relatedResources: [pods, namespace, want] });
      },
    );
  });

  describe('asks for the priority class', () => {
    const { apiVersion, resource } = kinds.postgresCluster;
    const database = { apiVersion, resource, namespace: 'pets', names: ['bestie-pgo'] };
    const high = { apiVersion: 'scheduling.k8s.io/v1', resource: 'priorityclasses', namespace: 'pets', names: ['high'] };
    each<unknown, object[]>(
      {
        Named: { reason: 'a managed database', given: { priorityClassName: 'high' }, want: [database, high] },
        NamedByProvider: { reason: 'the same', given: { provider: 'Crunchy', priorityClassName: 'high' }, want: [database, high] },
        OfAnother: { reason: 'no pods of ours', given: { provider: 'External', priorityClassName: 'high' }, want: [database] },
        NotNamed: { reason: 'no rule, no informer', given: { replicas: 2 }, want: [database] },
        Empty: { reason: 'no name', given: { priorityClassName: '' }, want: [database] },
        NoText: { reason: 'a spec that broke a rule', given: { priorityClassName: { name: 'high' } }, want: [database] },
        NoMap: { reason: 'the same', given: 'high', want: [database] },
        Null: { reason: 'the same', given: null, want: [database] },
      },
      (given, want) => {
        assert.deepEqual(ask([{ apiVersion, resource }], 'bestie', { database: given }), { relatedResources: [pods, namespace, ...want] });
      },
    );

    it('not where no database is declared', () => {
      assert.deepEqual(ask([], 'bestie', { database: { priorityClassName: 'high' } }), { relatedResources: [pods, namespace] });
    });
  });
});
