/** Containers that the spec adds to the pods of a Bestie that runs: the order in which they start, and what becomes of the pods meanwhile. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, POD } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { isReady, operated, sample } from '../support/sandbox.ts';

const PROXY = { name: 'proxy', image: 'proxy:1' };
const WARM = { name: 'warm', command: ['true'] };
const CHECK = { name: 'check', command: ['true'] };

interface Containers {
  initContainers?: { name: string; restartPolicy?: string }[];
}

const namesOf = (pod: unknown): string[] => ((pod as Containers | undefined)?.initContainers ?? []).map(({ name }) => name);
const templateOf = ({ spec }: Resource): unknown => (spec as { template: { spec: unknown } }).template.spec;
const deployment = (cluster: Cluster): Resource | undefined => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app');

const change = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

/** The init containers of the live Deployment once the Bestie is Ready with that spec and at rest. */
async function after(cluster: Cluster, spec: object): Promise<string[]> {
  change(cluster, spec);
  await cluster.until('Ready', isReady(cluster), 400);
  await cluster.settle();
  const from = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(from), []);
  const live = deployment(cluster);
  assert.ok(live);
  assert.equal(live.spec?.paused, undefined);
  return namesOf(templateOf(live));
}

async function installed(): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(sample());
  await cluster.until('Ready', isReady(cluster), 200);
  await cluster.settle();
  return cluster;
}

describe('a Bestie that gets sidecars and init containers', () => {
  it('has them in the order of the spec, whatever the order of the edits, and no pod ever lacks one', async () => {
    const cluster = await installed();
    const made: string[][] = [];
    cluster.server.watch(({ object, type }) => {
      if (object.kind === 'Pod' && type === 'ADDED') made.push(namesOf(object.spec));
    });
    assert.deepEqual(await after(cluster, { initContainers: [CHECK] }), ['wait-for-database', 'check']);
    assert.deepEqual(await after(cluster, { initContainers: [WARM, CHECK] }), ['wait-for-database', 'warm', 'check']);
    assert.deepEqual(await after(cluster, { sidecars: [PROXY] }), ['proxy', 'wait-for-database', 'warm', 'check']);
    assert.deepEqual(await after(cluster, { initContainers: [CHECK, WARM] }), ['proxy', 'wait-for-database', 'check', 'warm']);
    assert.deepEqual(await after(cluster, { sidecars: [], initContainers: [] }), ['wait-for-database']);
    assert.ok(made.length > 10, String(made.length));
    assert.deepEqual(
      made.filter((names) => !names.includes('wait-for-database')),
      [],
    );
    assert.equal(new Set(made.map((names) => names.join())).size, 5);
  });

  it('keeps its pods while the order changes', async () => {
    const cluster = await installed();
    const available: number[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind === 'Deployment') available.push(Number(object.status?.availableReplicas ?? 0));
    });
    await after(cluster, { sidecars: [PROXY] });
    assert.ok(available.length > 2);
    assert.ok(Math.min(...available) >= 3, available.join());
    assert.equal(cluster.user.list(POD).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'web').length, 3);
  });

  it('changes neither the list nor the rollout where another owner orders it in its own way', async () => {
    const cluster = await installed();
    assert.deepEqual(await after(cluster, { sidecars: [PROXY] }), ['proxy', 'wait-for-database']);
    cluster.edit(DEPLOYMENT, 'shop', 'bestie-app', (live) => {
      const pod = templateOf(live) as Containers;
      const template = {
        ...(live.spec as { template: object }).template,
        spec: { ...pod, initContainers: pod.initContainers?.toReversed() },
      };
      return { ...live, spec: { ...live.spec, template } };
    });
    await cluster.settle();
    const from = cluster.server.writes.length;
    await cluster.resync(3);
    assert.deepEqual(
      cluster.writesSince(from).filter(({ kind }) => kind === DEPLOYMENT),
      [],
    );
    assert.equal(deployment(cluster)?.spec?.paused, undefined);
  });

  it('leaves a rollout paused that a user has paused', async () => {
    const cluster = await installed();
    cluster.edit(DEPLOYMENT, 'shop', 'bestie-app', (live) => ({ ...live, spec: { ...live.spec, paused: true } }));
    await cluster.settle();
    change(cluster, { sidecars: [PROXY] });
    await cluster.settle();
    const live = deployment(cluster);
    assert.ok(live);
    assert.equal(live.spec?.paused, true);
    assert.deepEqual(namesOf(templateOf(live)), ['proxy', 'wait-for-database']);
  });
});
