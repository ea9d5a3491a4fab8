/** The simple fields of pods: what the API server makes of them, and a cluster that lacks what they name. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlStdin, type ClusterObject } from './support/kubectl.ts';
import { acceptedWrites } from './support/writes.ts';

const NS = 'e2e-pods';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
/** Seconds in which everything here has to be in status. */
const REPORTED = 180;
/** Names of objects of the cluster. */
const CLASS = 'e2e-pods';
const PRIORITY = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: CLASS }, value: 10 };
const RUNTIME = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: CLASS }, handler: 'runc' };

const FIELDS = {
  imagePullSecrets: [{ name: 'registry' }],
  imagePullPolicy: 'Always',
  priorityClassName: CLASS,
  serviceAccountName: 'till',
  automountServiceAccountToken: true,
  runtimeClassName: CLASS,
  schedulerName: 'default-scheduler',
  dnsConfig: { nameservers: ['10.0.0.10'], searches: ['a.example.'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
  hostAliases: [{ ip: 'fd00::a', hostnames: ['a', 'b.c'] }],
  terminationGracePeriodSeconds: 20,
  strategy: { maxSurge: '100%', maxUnavailable: 0 },
  probes: { startup: { initialDelaySeconds: 1 }, liveness: { periodSeconds: 20 }, readiness: { timeoutSeconds: 6 } },
};
const NONE = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, null]));

const patch = (name: string, spec: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec }));
const deployment = async (name: string): Promise<ClusterObject['spec']> => (await get(NS, 'deployments', `${name}-app`))?.spec;
const podOf = (spec: ClusterObject['spec']): Record<string, unknown> =>
  (spec as unknown as { template: { spec: Record<string, unknown> } }).template.spec;
const messageOf = (live: ClusterObject | undefined, type: string): string => condition(live, type)?.message ?? '';

async function assertRest(): Promise<void> {
  await eventually('it is quiet', 120, async () => (await acceptedWrites(NS, 8)).length === 0);
  assert.deepEqual(await acceptedWrites(NS, REST), []);
}

describe('fields of pods', function () {
  this.timeout(900_000);

  before(async () => {
    await namespace(NS);
    for (const object of [PRIORITY, RUNTIME]) await kubectl('delete', object.kind, CLASS, '--ignore-not-found');
  });

  it('are reported by name where the cluster lacks them, while the pods that run stay, and are there once they can be', async () => {
    await apply(NS, bestie('shop', { size: 1 }));
    await becomes(NS, 'shop', 'Ready', 'True', undefined, 120);
    const before = await deployment('shop');

    await patch('shop', FIELDS);
    const live = await becomes(NS, 'shop', 'DeploymentReady', 'False', 'PodsNotCreated', REPORTED);
    const message = messageOf(live, 'DeploymentReady');
    assert.ok(
      ['service account "till"', `priority class "${CLASS}"`, `runtime class "${CLASS}"`].some((each) =>
        message.includes(`${each} did not exist`),
      ),
      message,
    );
    assert.equal(condition(live, 'Available')?.status, 'True');
    assert.equal(condition(live, 'UpgradeFailed')?.status ?? 'False', 'False');

    for (const object of [PRIORITY, RUNTIME]) await kubectlStdin(object, 'apply');
    await kubectl('-n', NS, 'create', 'serviceaccount', 'till');
    await becomes(NS, 'shop', 'Ready', 'True', undefined, 300);
    const pod = podOf(await deployment('shop'));
    for (const field of [
      'imagePullSecrets',
      'priorityClassName',
      'serviceAccountName',
      'runtimeClassName',
      'dnsConfig',
      'hostAliases',
    ] as const)
      assert.deepEqual(pod[field], FIELDS[field], field);
    await assertRest();

    await patch('shop', NONE);
    await sleep(3000);
    await becomes(NS, 'shop', 'Ready', 'True', undefined, 120);
    assert.deepEqual(await deployment('shop'), before);
    await assertRest();
  });

  it('keep a migration from its pods, which is reported with what the spec names', async () => {
    await kubectl('delete', 'priorityclass', CLASS, '--ignore-not-found');
    await apply(NS, bestie('first', { size: 1, priorityClassName: CLASS }));
    const live = await becomes(NS, 'first', 'DatabaseSeeded', 'False', 'PodsNotCreated', 240);
    assert.ok(
      messageOf(live, 'DatabaseSeeded').includes(`priority class "${CLASS}", which the spec names`),
      messageOf(live, 'DatabaseSeeded'),
    );
    await kubectlStdin(PRIORITY, 'apply');
    await becomes(NS, 'first', 'Ready', 'True', undefined, 420);
  });

  it('are no failure of a version: its rollout waits beyond its deadline, and continues', async () => {
    await apply(NS, bestie('newer', { size: 1, upgrade: { progressDeadlineSeconds: 30, backup: 'Skip' } }));
    await becomes(NS, 'newer', 'Ready', 'True', undefined, 120);
    await patch('newer', { version: '1.4' });
    await eventually('1.4 is migrated', 240, async () => {
      const status = (await get(NS, 'besties', 'newer'))?.status as { upgrade?: { phase: string } } | undefined;
      return status?.upgrade?.phase === 'RollingOut' || status?.upgrade?.phase === 'Succeeded';
    });
    await becomes(NS, 'newer', 'Ready', 'True', undefined, 120);
    await patch('newer', { serviceAccountName: 'missing' });
    const live = await becomes(NS, 'newer', 'DeploymentReady', 'False', 'PodsNotCreated', REPORTED);
    assert.ok(messageOf(live, 'DeploymentReady').includes('service account "missing" did not exist'));
    await sleep(45_000);
    const later = await get(NS, 'besties', 'newer');
    assert.equal(condition(later, 'UpgradeFailed')?.status, 'False', messageOf(later, 'UpgradeFailed'));
    await kubectl('-n', NS, 'create', 'serviceaccount', 'missing');
    await becomes(NS, 'newer', 'Ready', 'True', undefined, 240);
  });

  after(async () => {
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
    for (const object of [PRIORITY, RUNTIME]) await kubectl('delete', object.kind, CLASS, '--ignore-not-found');
  });
});
