import { strict as assert } from 'node:assert';
import { manifestOf, said, syncOf, world } from '../support/world.ts';

const networkPolicy = { enabled: true };
const both = [53, 5353].flatMap((port) => [
  { port, protocol: 'UDP' },
  { port, protocol: 'TCP' },
]);

describe('children/networkpolicy', () => {
  it('is only made for those who ask', () => {
    assert.equal(manifestOf(syncOf(world()), 'NetworkPolicy'), undefined);
    assert.equal(said(syncOf(world()), 'NetworkPolicyCreated'), undefined);
  });

  it('lets in what the application serves, and out what it needs', () => {
    assert.deepEqual(manifestOf(syncOf(world({ networkPolicy })), 'NetworkPolicy')?.spec, {
      podSelector: { matchLabels: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 8000, protocol: 'TCP' }] }],
      egress: [
        { ports: both },
        {
          ports: [{ port: 5432, protocol: 'TCP' }],
          to: [{ podSelector: { matchLabels: { 'postgres-operator.crunchydata.com/cluster': 'bestie-pgo' } } }],
        },
        { ports: [{ port: 443, protocol: 'TCP' }] },
      ],
    });
  });

  it('lets everything out where the operator does not know where the database is', () => {
    const external = { sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'd' } };
    const spec = manifestOf(syncOf(world({ networkPolicy, ...external })), 'NetworkPolicy')?.spec as Record<string, unknown>;
    assert.deepEqual([spec.policyTypes, spec.egress], [['Ingress'], undefined]);
  });
});
