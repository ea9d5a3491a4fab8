/** A Bestie that a user pauses, at any step of its life: no child is written until it is resumed. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, SAMPLE, standing } from '../support/sandbox.ts';

const phase = (cluster: Cluster): unknown => (bestieOf(cluster)?.status?.upgrade as { phase?: string } | undefined)?.phase;
const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const resume = (cluster: Cluster): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', ({ metadata: { annotations, ...metadata }, ...bestie }) => ({
    ...bestie,
    metadata: {
      ...metadata,
      annotations: Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !key.endsWith('/paused'))),
    },
  }));
};

async function running(): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(SAMPLE);
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  return cluster;
}

/** Accepted writes of Metacontroller to anything but the Bestie and Events in an hour of pause. */
async function anHour(cluster: Cluster): Promise<unknown[]> {
  const begin = cluster.server.writes.length;
  await cluster.resync(60);
  return cluster.writesSince(begin).filter(({ kind }) => kind !== BESTIE && !kind.startsWith('Event.'));
}

describe('a Bestie that is paused in the sandbox', () => {
  for (const [step, version] of [
    ['BackingUp', '1.4'],
    ['Migrating', '1.4'],
    ['RollingOut', '1.4'],
    ['RollingBack', '1.4-lost'],
  ] as const) {
    it(`writes no child in an hour of ${step}, and continues where it was`, async () => {
      const cluster = await running();
      changeSpec(cluster, { version });
      await cluster.until(step, () => phase(cluster) === step, 600);
      annotate(cluster, 'paused', 'true');
      await cluster.until('paused', () => conditionOf(cluster, 'Paused') === 'True/Paused', 10);
      assert.deepEqual(await anHour(cluster), []);
      // Nothing waits where the Deployment is at it by itself; what had failed before is said as ever.
      const said = step === 'RollingBack' ? ['False/UpgradeFailed', 'False/Settled'] : ['False/Paused', 'False/Paused'];
      assert.deepEqual([phase(cluster), conditionOf(cluster, 'Ready'), conditionOf(cluster, 'Reconciling')], [step, ...said]);
      resume(cluster);
      await cluster.until('the end', () => phase(cluster) === (step === 'RollingBack' ? 'RolledBack' : 'Succeeded'), 600);
      assert.equal(conditionOf(cluster, 'Paused'), 'False/Resumed');
    });
  }

  it('carries out what was requested meanwhile once it is resumed', async () => {
    const cluster = await running();
    annotate(cluster, 'paused', 'true');
    changeSpec(cluster, { size: 5, exposure: { enabled: false } });
    await cluster.until('paused', () => conditionOf(cluster, 'Ready') === 'False/Paused', 10);
    assert.deepEqual(await anHour(cluster), []);
    resume(cluster);
    await cluster.until('Ready', () => isReady(cluster)() && bestieOf(cluster)?.status?.readyReplicas === 5, 120);
    assert.equal(standing(cluster).filter(({ kind }) => kind === 'Ingress').length, 0);
  });

  it('makes nothing where nothing was, and is deleted', async () => {
    const cluster = operated();
    cluster.apply({ ...SAMPLE, metadata: { ...SAMPLE.metadata, annotations: { 'pets.bestie.com/paused': 'true' } } });
    await cluster.until('paused', () => conditionOf(cluster, 'Paused') === 'True/Paused', 10);
    assert.deepEqual(await anHour(cluster), []);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => bestieOf(cluster) === undefined, 60);
  });

  it('is deleted with all its children', async () => {
    const cluster = await running();
    annotate(cluster, 'paused', 'true');
    await cluster.until('paused', () => conditionOf(cluster, 'Paused') === 'True/Paused', 10);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => bestieOf(cluster) === undefined, 300);
    await cluster.settle();
    assert.deepEqual(
      standing(cluster).filter(({ metadata }) => metadata.name.startsWith('bestie-')),
      [],
    );
  });
});
