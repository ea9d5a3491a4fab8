/** Clusters as they are: admission that rewrites and refuses, quotas, Pod Security, and objects that are switched off. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { closer } from '../support/closing.ts';
import { perTest } from '../support/pertest.ts';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, list, syncErrors, type ClusterObject } from './support/kubectl.ts';
import { mutate, refuse } from './support/policies.ts';
import { acceptedWrites } from './support/writes.ts';

const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
/** Seconds in which everything here has to be in status. */
const REPORTED = 180;
const NAMESPACES = ['e2e-rewritten', 'e2e-refused', 'e2e-quota', 'e2e-switched'] as const;

const { close, ...scope } = closer();

const imageOf = (object: ClusterObject | undefined): string | undefined =>
  (object?.spec as { template?: { spec: { containers: { image: string }[] } } } | undefined)?.template?.spec.containers[0]?.image;
const upgradeOf = (live: ClusterObject | undefined): { phase?: string; reason?: string } => live?.status?.upgrade ?? {};
const jobsOf = async (ns: string, name: string): Promise<string[]> =>
  (await list(ns, 'jobs')).map(({ metadata }) => metadata.name).filter((job) => job.startsWith(`${name}-job-`));
const reaches = (ns: string, name: string, phase: string, seconds: number): Promise<ClusterObject> =>
  eventually(`${phase} of ${name}`, seconds, async () => {
    const live = await get(ns, 'besties', name);
    return upgradeOf(live).phase === phase ? live : undefined;
  });
const patch = (ns: string, name: string, spec: object): Promise<string> =>
  kubectl('-n', ns, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec }));
const label = (ns: string, key: string): Promise<string> =>
  kubectl('label', 'namespace', ns, '--overwrite', `policies.example/${key}=true`);

/** Nothing is accepted once it is quiet. */
async function assertRest(ns: string): Promise<void> {
  await eventually('it is quiet', 120, async () => (await acceptedWrites(ns, 8)).length === 0);
  assert.deepEqual(await acceptedWrites(ns, REST), []);
}

describe('policies', function () {
  this.timeout(900_000);

  before(async () => {
    for (const ns of NAMESPACES) await namespace(ns);
    await mutate(scope);
  });

  it('images that are rewritten from the start: one migration for each version, and rest', async () => {
    const [ns] = NAMESPACES;
    await label(ns, 'mirror-images');
    await sleep(3000);
    await apply(ns, bestie('start', { size: 1 }));
    await becomes(ns, 'start', 'Ready', 'True', undefined, 120);
    await patch(ns, 'start', { version: '1.4' });
    await reaches(ns, 'start', 'Succeeded', 240);
    const live = await becomes(ns, 'start', 'Ready', 'True', undefined, 60);
    assert.equal((await jobsOf(ns, 'start')).length, 2);
    assert.match(imageOf(await get(ns, 'deployments', 'start-app')) ?? '', /^mirror\.example\/.*:1\.4$/);
    assert.deepEqual((live.status?.database as { migrated: string[] }).migrated, ['quay.io/opdev/bestie:1.3', 'quay.io/opdev/bestie:1.4']);
    await assertRest(ns);
    const fields = ((await get(ns, 'besties', 'start'))?.status?.contestedFields ?? []) as { field: string }[];
    assert.deepEqual(
      fields.map(({ field }) => field),
      ['/spec/template/spec/containers/bestie/image', '/spec/template/spec/initContainers/wait-for-database/image'],
    );
    await patch(ns, 'start', { version: '1.5-lost' });
    await reaches(ns, 'start', 'RolledBack', 300);
    assert.equal(condition(await get(ns, 'besties', 'start'), 'UpgradeFailed')?.reason, 'ImagePullFailed');
  });

  it('images that are rewritten later: nothing is migrated again', async () => {
    const ns = NAMESPACES[3];
    await apply(ns, bestie('later', { size: 1 }));
    await becomes(ns, 'later', 'Ready', 'True', undefined, 120);
    await label(ns, 'mirror-images');
    await sleep(3000);
    await patch(ns, 'later', { version: '1.4' });
    await reaches(ns, 'later', 'Succeeded', 240);
    await becomes(ns, 'later', 'Ready', 'True', undefined, 60);
    assert.equal((await jobsOf(ns, 'later')).length, 2);
    await kubectl('label', 'namespace', ns, 'policies.example/mirror-images-');
  });

  it('an image that a user sets is set back', async () => {
    const ns = NAMESPACES[3];
    await apply(ns, bestie('person', { size: 1 }));
    await becomes(ns, 'person', 'Ready', 'True', undefined, 120);
    await kubectl('-n', ns, 'set', 'image', 'deployment/person-app', 'bestie=quay.io/opdev/bestie:9.9');
    await eventually('it is put back', 90, async () => imageOf(await get(ns, 'deployments', 'person-app')) === 'quay.io/opdev/bestie:1.3');
    assert.equal((await get(ns, 'besties', 'person'))?.status?.contestedFields, undefined);
  });

  it('a refused update of each kind of child is reported, and is applied once it may', async () => {
    const ns = NAMESPACES[1];
    const database = { storage: { size: '5Gi' } };
    await apply(ns, bestie('updates', { size: 1, maxReplicas: 3, networkPolicy: { enabled: true }, database }));
    await becomes(ns, 'updates', 'Ready', 'True', undefined, 120);
    const { lift } = await refuse(perTest, ns, 'e2e-updates', {
      operations: ['UPDATE'],
      resources: [
        ...['/services', 'apps/deployments', 'autoscaling/horizontalpodautoscalers', 'policy/poddisruptionbudgets'],
        ...['networking.k8s.io/ingresses', 'networking.k8s.io/networkpolicies', 'postgres-operator.crunchydata.com/postgresclusters'],
      ],
    });
    await sleep(5000);
    // What no field of the spec reaches is changed by hand: it is put back, and that is refused.
    const byHand = (resource: string, name: string, spec: object): Promise<string> =>
      kubectl('-n', ns, 'patch', resource, name, '--type=merge', '-p', JSON.stringify({ spec }));
    await byHand('poddisruptionbudget', 'updates-pdb', { maxUnavailable: 0 });
    await byHand('networkpolicy', 'updates-netpol', { policyTypes: ['Ingress'] });
    await patch(ns, 'updates', {
      maxReplicas: 4,
      serviceType: 'NodePort',
      exposure: { host: 'updates.example' },
      env: [{ name: 'A', value: 'b' }],
      database: { storage: { size: '6Gi' } },
    });
    const types = [
      'DatabaseReady',
      'DeploymentReady',
      'ServiceCreated',
      'HPACreated',
      'PDBCreated',
      'IngressCreated',
      'NetworkPolicyCreated',
    ];
    const live = await eventually('all are reported', REPORTED, async () => {
      const seen = await get(ns, 'besties', 'updates');
      return types.every((type) => condition(seen, type)?.reason === 'NotApplied') ? seen : undefined;
    });
    assert.equal(condition(live, 'Ready')?.status, 'False');
    assert.equal(condition(live, 'Stalled')?.reason, 'NotApplied');
    const command = /see its error: kubectl (.*)$/.exec(condition(live, 'IngressCreated')?.message ?? '')?.[1] ?? '';
    assert.match(await kubectl(...command.split(' ')), /refused by e2e-updates/);
    await assertRest(ns);
    await lift();
    await becomes(ns, 'updates', 'Ready', 'True', undefined, 180);
    assert.equal((await get(ns, 'besties', 'updates'))?.status?.pendingChanges, undefined);
  });

  it('a refused deletion of a child is reported, of a Bestie that stays and of one that goes', async () => {
    const ns = NAMESPACES[1];
    await apply(ns, bestie('deletions', { size: 1 }));
    await becomes(ns, 'deletions', 'Ready', 'True', undefined, 120);
    const { lift } = await refuse(perTest, ns, 'e2e-deletions', { operations: ['DELETE'], resources: ['networking.k8s.io/ingresses'] });
    await sleep(5000);
    await patch(ns, 'deletions', { exposure: { enabled: false } });
    const live = await becomes(ns, 'deletions', 'IngressCreated', 'False', 'NotApplied', REPORTED);
    assert.match(condition(live, 'IngressCreated')?.message ?? '', /^the deletion of Ingress deletions-ingress /);
    assert.equal(condition(live, 'Stalled')?.reason, 'NotApplied');
    await assertRest(ns);
    await kubectl('-n', ns, 'delete', 'bestie', 'deletions', '--wait=false');
    await becomes(ns, 'deletions', 'DeletionBlocked', 'True', 'NotApplied', REPORTED);
    await lift();
    await eventually('it is gone', 180, async () => (await get(ns, 'besties', 'deletions')) === undefined);
  });

  it('a selector that is made narrower is reported, and the command of the message fixes it', async () => {
    const ns = NAMESPACES[3];
    await apply(ns, bestie('selected', { size: 1 }));
    await becomes(ns, 'selected', 'Ready', 'True', undefined, 120);
    await kubectl('-n', ns, 'patch', 'service', 'selected-service', '--type=merge', '-p', '{"spec":{"selector":{"by":"hand"}}}');
    const live = await becomes(ns, 'selected', 'Ready', 'False', 'SelectorChanged');
    const [, command = '', removals = ''] = /to fix it: kubectl (.*) '(.*)'$/.exec(condition(live, 'ServiceCreated')?.message ?? '') ?? [];
    await kubectl(...command.split(' '), removals);
    await becomes(ns, 'selected', 'Ready', 'True');
  });

  it('an upgrade whose Deployment is refused ends at its deadline as failed', async () => {
    const ns = NAMESPACES[1];
    await apply(ns, bestie('rollout', { size: 1, upgrade: { progressDeadlineSeconds: 60 } }));
    await becomes(ns, 'rollout', 'Ready', 'True', undefined, 120);
    await refuse(perTest, ns, 'e2e-rollout', {
      operations: ['UPDATE'],
      resources: ['apps/deployments'],
      expression: "!object.metadata.annotations['pets.bestie.com/running'].endsWith(':1.4')",
    });
    await sleep(5000);
    await patch(ns, 'rollout', { version: '1.4' });
    const live = await eventually('it is given up', 300, async () => {
      const seen = await get(ns, 'besties', 'rollout');
      return condition(seen, 'UpgradeFailed')?.status === 'True' ? seen : undefined;
    });
    assert.equal(condition(live, 'UpgradeFailed')?.reason, 'NotApplied');
    await reaches(ns, 'rollout', 'Failed', 60);
    assert.equal(imageOf(await get(ns, 'deployments', 'rollout-app')), 'quay.io/opdev/bestie:1.3');
    await assertRest(ns);
  });

  it('a creation that is refused is reported, with the words of the API server', async () => {
    const ns = NAMESPACES[1];
    const { lift } = await refuse(perTest, ns, 'e2e-creations', { operations: ['CREATE'], resources: ['apps/deployments'] });
    await sleep(5000);
    await apply(ns, bestie('created', { size: 1 }));
    await becomes(ns, 'created', 'DeploymentReady', 'False', 'NotApplied', 240);
    assert.ok((await syncErrors(ns)).some((message) => message.includes('refused by e2e-creations')));
    await lift();
    await becomes(ns, 'created', 'Ready', 'True', undefined, 180);
  });

  it('a quota that admits no pod is reported of the migration, and what waits for it continues when there is room', async () => {
    const ns = NAMESPACES[2];
    // An external database has no pods in this Namespace that the quota would refuse, too.
    await kubectl('-n', ns, 'create', 'secret', 'generic', 'database', '--from-literal=host=db.example', '--from-literal=session=s');
    await kubectl('-n', ns, 'create', 'quota', 'none', '--hard=pods=0');
    const database = { provider: 'External', secretName: 'database' };
    await apply(ns, bestie('quota', { size: 1, database, sessionSecret: { name: 'database', key: 'session' } }));
    const live = await becomes(ns, 'quota', 'DatabaseSeeded', 'False', 'PodsNotCreated', REPORTED);
    assert.equal(condition(live, 'Ready')?.reason, 'PodsNotCreated');
    await assertRest(ns);
    await kubectl('-n', ns, 'delete', 'quota', 'none');
    await becomes(ns, 'quota', 'Ready', 'True', undefined, 420);
  });

  it('Pod Security that admits no pod of a new template is reported of the rollout', async () => {
    const ns = NAMESPACES[2];
    await apply(ns, bestie('security', { size: 1 }));
    await becomes(ns, 'security', 'Ready', 'True', undefined, 120);
    await kubectl('label', 'namespace', ns, '--overwrite', 'pod-security.kubernetes.io/enforce=restricted');
    await patch(ns, 'security', { podSecurityContext: { runAsNonRoot: false } });
    await becomes(ns, 'security', 'DeploymentReady', 'False', 'PodsNotCreated', REPORTED);
    await assertRest(ns);
    await patch(ns, 'security', { podSecurityContext: null });
    await becomes(ns, 'security', 'Ready', 'True', undefined, 180);
  });

  it('a migration Job that is suspended is reported by name with the command, and continues by it', async () => {
    const ns = NAMESPACES[3];
    await label(ns, 'suspend-jobs');
    await sleep(3000);
    await apply(ns, bestie('queued', { size: 1 }));
    const live = await becomes(ns, 'queued', 'DatabaseSeeded', 'False', 'Suspended', REPORTED);
    await assertRest(ns);
    const [job = ''] = await jobsOf(ns, 'queued');
    const command = `kubectl -n ${ns} patch job ${job} --type merge -p '{"spec":{"suspend":false}}'`;
    assert.ok(condition(live, 'DatabaseSeeded')?.message.endsWith(command), condition(live, 'DatabaseSeeded')?.message);
    await kubectl('-n', ns, 'patch', 'job', job, '--type', 'merge', '-p', '{"spec":{"suspend":false}}');
    await becomes(ns, 'queued', 'Ready', 'True', undefined, 120);
  });

  after(async () => {
    await close();
    for (const ns of NAMESPACES) await kubectl('delete', 'namespace', ns, '--ignore-not-found', '--timeout=120s');
  });
});
