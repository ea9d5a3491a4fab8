/** The simple fields of pods on a Bestie that runs: set, changed, and left out again, at rest each time. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT } from '../../src/sandbox/apiserver/discovery.ts';
import { isReady, operated, sample } from '../support/sandbox.ts';

type Pod = Record<string, unknown>;

const FIELDS = {
  imagePullSecrets: [{ name: 'registry' }, { name: 'mirror' }],
  imagePullPolicy: 'Always',
  priorityClassName: 'shop',
  serviceAccountName: 'shop',
  automountServiceAccountToken: true,
  runtimeClassName: 'gvisor',
  schedulerName: 'packing',
  dnsConfig: { nameservers: ['10.0.0.10'], options: [{ name: 'ndots', value: '2' }] },
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }],
  terminationGracePeriodSeconds: 60,
  strategy: { maxSurge: '50%', maxUnavailable: 1 },
  probes: { startup: { failureThreshold: 60 }, readiness: { timeoutSeconds: 9 } },
};
const NONE = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, null]));

const spec = (cluster: Cluster): Pod => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec ?? {};
const pod = (cluster: Cluster): Pod => (spec(cluster).template as { spec: Pod }).spec;

/** The pods that the Deployment makes once the Bestie is Ready with that spec and at rest. */
async function after(cluster: Cluster, fields: object): Promise<Pod> {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...fields } }));
  await cluster.until('Ready', isReady(cluster), 400);
  await cluster.settle();
  const from = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(from), []);
  return pod(cluster);
}

describe('a Bestie whose pods get the simple fields', () => {
  it('has them, changes them, and has the pods of before once they are left out', async () => {
    const cluster = operated();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 200);
    await cluster.settle();
    const before = structuredClone(spec(cluster));

    const all = await after(cluster, FIELDS);
    assert.deepEqual(all.imagePullSecrets, FIELDS.imagePullSecrets);
    assert.equal(all.serviceAccountName, 'shop');
    assert.deepEqual(all.hostAliases, FIELDS.hostAliases);
    assert.deepEqual((spec(cluster).strategy as Pod).rollingUpdate, FIELDS.strategy);

    const changed = await after(cluster, {
      imagePullSecrets: [{ name: 'mirror' }],
      serviceAccountName: 'till',
      hostAliases: [{ ip: '10.0.0.2', hostnames: ['a'] }],
      dnsConfig: { nameservers: ['10.0.0.10'] },
    });
    assert.deepEqual(changed.imagePullSecrets, [{ name: 'mirror' }]);
    assert.deepEqual([changed.serviceAccountName, changed.serviceAccount], ['till', 'till']);
    assert.deepEqual(changed.hostAliases, [{ ip: '10.0.0.2', hostnames: ['a'] }]);
    assert.deepEqual(changed.dnsConfig, { nameservers: ['10.0.0.10'] });

    await after(cluster, NONE);
    assert.deepEqual(spec(cluster), before);
  });
});
