/** Policies, quotas and switched-off objects in the sandbox itself, without the operator. */
import assert from 'node:assert/strict';
import { mirroring, podQuota, refusing } from '../../../src/sandbox/apiserver/admission.ts';
import { createCluster, type Cluster } from '../../../src/sandbox/cluster.ts';
import { DEPLOYMENT, JOB, POD, SERVICE } from '../../../src/sandbox/apiserver/discovery.ts';
import type { Draft, Resource } from '../../../src/sandbox/apiserver/object.ts';
import { conditionsOf } from '../../../src/sandbox/controllers/objectstatus.ts';
import { tiny } from '../../support/sandbox.ts';

const cluster = (): Cluster => createCluster({ hooks: tiny(() => ({ status: {}, children: [] })) });
const labels = { app: 'web' };
const template = (restartPolicy?: string): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'registry/web:1' }], ...(restartPolicy && { restartPolicy }) },
});
const deployment: Draft = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template: template() },
};
const job: Draft = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: 'shop' },
  spec: { template: template('Never') },
};
const get = (c: Cluster, kind: string, name: string): Resource => {
  const found = c.user.get(kind, 'shop', name);
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const condition = (object: Resource, type: string): string | undefined => {
  const found = conditionsOf(object).find((each) => each.type === type);
  return found && `${found.status}/${found.reason}`;
};
const imageOf = (object: Resource): unknown => (object.spec?.containers as { image: string }[] | undefined)?.[0]?.image;

describe('sandbox/apiserver/admission', () => {
  it('Mutate: what is stored is what the policy makes of the object, once', () => {
    const c = cluster();
    c.server.policies = [mirroring('mirror', [POD])];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { containers: [{ name: 'a', image: 'x:1' }] },
    };
    assert.equal(imageOf(c.user.create(pod)), 'mirror/x:1');
    assert.equal(imageOf(c.user.update({ ...get(c, POD, 'p') })), 'mirror/x:1');
  });

  it('Refuse: Forbidden, by kind and verb, and the object stays as it was', () => {
    const c = cluster();
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'shop' }, spec: { ports: [{ port: 80 }] } };
    c.user.create(service);
    c.server.policies = [refusing([SERVICE], ['update'])];
    assert.throws(() => c.user.update({ ...service, spec: { ports: [{ port: 81 }] } }), { code: 'Forbidden' });
    assert.deepEqual((get(c, SERVICE, 's').spec?.ports as { port: number }[])[0]?.port, 80);
    c.user.create({ ...service, metadata: { ...service.metadata, name: 'other' } });
  });

  it('Quota: a ReplicaSet and its Deployment report ReplicaFailure, try again ever more seldom, and continue when there is room', async () => {
    const c = cluster();
    c.server.policies = [podQuota(1)];
    c.apply(deployment);
    await c.tick(300);
    assert.equal(condition(get(c, DEPLOYMENT, 'web'), 'ReplicaFailure'), 'True/FailedCreate');
    assert.equal(c.user.list(POD).length, 1);
    const refused = c.server.writes.filter(({ outcome }) => outcome === 'Forbidden');
    assert.ok(refused.length > 3 && refused.length < 15, `${refused.length} attempts`);
    c.server.policies = [];
    await c.until('both pods', () => c.user.list(POD).length === 2);
    await c.tick(2);
    assert.equal(condition(get(c, DEPLOYMENT, 'web'), 'ReplicaFailure'), undefined);
  });

  it('JobWithoutPods: no condition, no active pod, no failure', async () => {
    const c = cluster();
    c.server.policies = [podQuota(0)];
    c.apply(job);
    await c.tick(60);
    const { status } = get(c, JOB, 'once');
    assert.deepEqual([status?.active, status?.failed, status?.conditions], [undefined, undefined, undefined]);
    assert.ok(status?.startTime);
  });

  it('SuspendedJob: loses its pod, and runs when it is resumed', async () => {
    const c = cluster();
    c.apply({ ...job, spec: { ...job.spec, suspend: true } });
    await c.tick(30);
    assert.equal(condition(get(c, JOB, 'once'), 'Suspended'), 'True/JobSuspended');
    assert.equal(c.user.list(POD).length, 0);
    c.edit(JOB, 'shop', 'once', (live) => ({ ...live, spec: { ...live.spec, suspend: false } }));
    await c.until('complete', () => condition(get(c, JOB, 'once'), 'Complete') !== undefined);
    assert.equal(condition(get(c, JOB, 'once'), 'Suspended'), 'False/JobResumed');
  });

  it('PausedDeployment: keeps its pods and starts no rollout', async () => {
    const c = cluster();
    c.apply(deployment);
    await c.tick(10);
    c.edit(DEPLOYMENT, 'shop', 'web', (live) => ({ ...live, spec: { ...live.spec, paused: true } }));
    const other = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry/web:2' }] } };
    c.edit(DEPLOYMENT, 'shop', 'web', (live) => ({ ...live, spec: { ...live.spec, template: other } }));
    await c.tick(30);
    assert.deepEqual([...new Set(c.user.list(POD).map(imageOf))], ['registry/web:1']);
    assert.equal(get(c, DEPLOYMENT, 'web').status?.updatedReplicas, undefined);
    assert.equal(condition(get(c, DEPLOYMENT, 'web'), 'Progressing'), 'Unknown/DeploymentPaused');
  });
});
