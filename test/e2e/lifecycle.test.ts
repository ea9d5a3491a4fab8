/** The life of one Bestie on a real API server with a real Metacontroller. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { apply, becomes, bestie, declaredResources, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, list, syncErrors } from './support/kubectl.ts';
import { auditedWrites, writesAtRest } from './support/writes.ts';

const NS = 'e2e-lifecycle';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);

describe('the sample Bestie', () => {
  let started: string;
  before(async () => {
    await namespace(NS);
    started = new Date().toISOString();
    await apply(NS, parse(await readFile('manifests/samples/bestie.yaml', 'utf8')) as object);
  });

  it('becomes Ready', async () => {
    const live = await becomes(NS, 'bestie', 'Ready', 'True');
    assert.equal(live.status?.appversion, '1.3');
    assert.equal(live.status.readyReplicas, 3);
    assert.equal((live.status.podstatus as string[]).length, 3);
  });

  it('took no more writes than its goal', async function () {
    if (process.env.E2E_AUDIT_LOG === undefined) this.skip();
    await eventually('it is quiet', 30, async () => (await writesAtRest(NS, 5)).length === 0);
    const writes = await auditedWrites(started, NS);
    assert.ok(writes.length <= 22, `${writes.length} writes:\n${writes.join('\n')}`);
  });

  it('owns every child as its controller', async () => {
    const live = await get(NS, 'besties', 'bestie');
    const children = await list(NS, ...(await declaredResources()));
    const owned = children.filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid, controller }) => uid === live?.metadata.uid && controller === true),
    );
    const names = owned.map(({ metadata }) => metadata.name).map((name) => name.replace(/job-[0-9a-f]{8}$/, 'job'));
    assert.deepEqual(
      ['bestie-app', 'bestie-hpa', 'bestie-job', 'bestie-pdb', 'bestie-pgo', 'bestie-service'].filter((name) => !names.includes(name)),
      [],
    );
  });

  it('causes no write at rest, two resync periods long', async function () {
    this.timeout((REST + 240) * 1000);
    await eventually('it is known whether the autoscaler sees anything', 180, async () => {
      const scaling = condition(await get(NS, 'horizontalpodautoscalers', 'bestie-hpa'), 'ScalingActive');
      const created = condition(await get(NS, 'besties', 'bestie'), 'HPACreated');
      return scaling?.status === 'True' || created?.reason === 'ScalingInactive';
    });
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('creates a deleted Service again and repairs a changed one', async () => {
    const before = await get(NS, 'services', 'bestie-service');
    await kubectl('-n', NS, 'delete', 'service', 'bestie-service');
    await eventually('another Service', 10, async () => {
      const live = await get(NS, 'services', 'bestie-service');
      return live !== undefined && live.metadata.uid !== before?.metadata.uid;
    });
    await kubectl(
      '-n',
      NS,
      'patch',
      'service',
      'bestie-service',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/ports/0/targetPort","value":9}]',
    );
    await eventually('the port is back', 10, async () =>
      JSON.stringify((await get(NS, 'services', 'bestie-service'))?.spec).includes('"targetPort":"http"'),
    );
  });

  it('repairs a hand-set image and does not take it for its own', async () => {
    await kubectl('-n', NS, 'set', 'image', 'deployment/bestie-app', 'bestie=quay.io/opdev/bestie:other');
    await eventually(
      'the image is back',
      10,
      async () => !JSON.stringify((await get(NS, 'deployments', 'bestie-app'))?.spec).includes(':other'),
    );
    await becomes(NS, 'bestie', 'Ready', 'True');
  });

  it('never migrates the same image again, though the Job is deleted', async () => {
    await kubectl('-n', NS, 'delete', 'jobs', '--all');
    assert.deepEqual(
      (await writesAtRest(NS, 5)).filter((write) => write.includes('job')),
      [],
    );
    assert.deepEqual(await list(NS, 'jobs'), []);
  });

  it('is scaled by kubectl scale, within its bounds', async () => {
    await assert.rejects(kubectl('-n', NS, 'scale', 'bestie/bestie', '--replicas=11'), /maxReplicas must be greater than or equal to size/);
    await kubectl('-n', NS, 'scale', 'bestie/bestie', '--replicas=5');
    await eventually('five pods are ready', 60, async () => (await get(NS, 'besties', 'bestie'))?.status?.readyReplicas === 5);
  });

  it('keeps its replicas when autoscaling goes and comes', async () => {
    await kubectl('-n', NS, 'patch', 'bestie', 'bestie', '--type=json', '-p', '[{"op":"remove","path":"/spec/maxReplicas"}]');
    await eventually('the autoscaler is gone', 20, async () => (await get(NS, 'horizontalpodautoscalers', 'bestie-hpa')) === undefined);
    assert.equal(condition(await becomes(NS, 'bestie', 'Ready', 'True'), 'HPACreated'), undefined);
    await kubectl('-n', NS, 'patch', 'bestie', 'bestie', '--type=merge', '-p', '{"spec":{"maxReplicas":8}}');
    await eventually('the autoscaler is back', 20, () => get(NS, 'horizontalpodautoscalers', 'bestie-hpa'));
    assert.equal((await get(NS, 'deployments', 'bestie-app'))?.spec?.replicas, 5);
  });

  it('migrates a new version before it rolls out', async () => {
    await kubectl('-n', NS, 'patch', 'bestie', 'bestie', '--type=merge', '-p', '{"spec":{"version":"1.4"}}');
    await becomes(NS, 'bestie', 'DatabaseSeeded', 'True', 'MigrationCompleted');
    await eventually('1.4 is rolled out', 90, async () => (await get(NS, 'besties', 'bestie'))?.status?.appversion === '1.4');
    const database = await get(NS, 'postgresclusters.v1beta1.postgres-operator.crunchydata.com', 'bestie-pgo');
    assert.deepEqual(JSON.parse(database?.metadata.annotations?.['pets.bestie.com/migrated-images'] ?? ''), [
      'quay.io/opdev/bestie:1.3',
      'quay.io/opdev/bestie:1.4',
    ]);
    const job = (await list(NS, 'jobs'))[0];
    assert.ok(!JSON.stringify(job?.spec).includes('seed all'), 'a later migration seeds nothing');
  });

  it('goes with everything that it made, and without an error', async () => {
    await kubectl('-n', NS, 'delete', 'bestie', 'bestie', '--timeout=60s');
    await eventually('no child is left', 60, async () => (await list(NS, ...(await declaredResources()))).length === 0);
    assert.deepEqual(await syncErrors(NS), []);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});

describe('two Besties whose names share their first 50 characters', () => {
  const ns = 'e2e-long-names';
  const names = ['one', 'two'].map((end) => 'b'.repeat(50) + end);
  before(() => namespace(ns));

  it('live in one Namespace without touching each other', async () => {
    await Promise.all(names.map((name) => apply(ns, bestie(name, { size: 1, maxReplicas: 2, networkPolicy: { enabled: true } }))));
    const lives = await Promise.all(names.map((name) => becomes(ns, name, 'Ready', 'True')));
    const children = await list(ns, ...(await declaredResources()));
    const owners = lives.map(({ metadata }) =>
      children.filter((child) => child.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid)),
    );
    assert.equal(owners[0]?.length, owners[1]?.length);
    assert.ok((owners[0]?.length ?? 0) >= 8);
    assert.deepEqual(new Set(children.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size, children.length);
    await eventually('it is quiet', 30, async () => (await writesAtRest(ns, 5)).length === 0);
  });

  after(() => kubectl('delete', 'namespace', ns, '--ignore-not-found', '--timeout=120s'));
});
