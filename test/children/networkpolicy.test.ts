import { strict as assert } from 'node:assert';
import { networkPolicyChild } from '../../src/children/networkpolicy.ts';
import { decided, manifestOf, said, syncOf, type Loose, world } from '../support/world.ts';

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

  it('adds what the spec lets in and out behind that, with the protocol spelled out', () => {
    const extraIngress = [{ ports: [{ port: 9102 }], from: [{ namespaceSelector: {} }] }, {}];
    const extraEgress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }];
    const spec = manifestOf(syncOf(world({ networkPolicy: { enabled: true, extraIngress, extraEgress } })), 'NetworkPolicy')?.spec as {
      ingress: unknown[];
      egress: unknown[];
    };
    assert.deepEqual(spec.ingress, [
      { ports: [{ port: 8000, protocol: 'TCP' }] },
      { ports: [{ port: 9102, protocol: 'TCP' }], from: [{ namespaceSelector: {} }] },
      {},
    ]);
    assert.deepEqual(spec.egress.slice(3), extraEgress);
  });

  it('does nothing with them while it is switched off', () => {
    assert.equal(manifestOf(syncOf(world({ networkPolicy: { extraEgress: [{}] } })), 'NetworkPolicy'), undefined);
  });

  it('names the one thing that the API cannot see, if it is refused', () => {
    const because = (networkPolicy: Loose): string | undefined =>
      networkPolicyChild.refusedBecause?.(decided(world({ networkPolicy: { enabled: true, ...networkPolicy } })));
    const peer = { ipBlock: { cidr: 'fd00::/8', except: ['fe00::/16'] } };
    const cause = ' (each except of an ipBlock in spec.networkPolicy must be a smaller block within its cidr)';
    assert.equal(because({ extraIngress: [{ from: [peer] }] }), cause);
    assert.equal(because({ extraEgress: [{}, { to: [peer] }] }), cause);
    assert.equal(because({ extraEgress: [{ to: [{ ipBlock: { cidr: 'fd00::/8' } }] }] }), '');
    assert.equal(because({}), '');
  });
});
