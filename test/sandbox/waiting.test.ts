/** Whole lives whose pods do not reach their database: what is said stays said, nothing is written again and again, and no version is given up. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE, JOB, POD } from '../../src/sandbox/apiserver/discovery.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const external = { database: { provider: 'External', secretName: 'db' }, sessionSecret: { name: 's', key: 'k' } };
async function atRest(cluster: Cluster, seconds: number): Promise<unknown[]> {
  const { length } = cluster.server.writes;
  await cluster.tick(seconds);
  return cluster.writesSince(length);
}

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

describe('a Bestie in the sandbox whose database', () => {
  it('is not reached says so within two minutes, once, and continues when the image is another', async () => {
    const cluster = operated({ config: controllerConfig(overlays.minimal) });
    cluster.apply(sample({ ...external, version: '1.3-unreachable' }));
    await cluster.until('it is said', () => conditionOf(cluster, 'DatabaseReady') === 'False/DatabaseUnreachable', 120);
    assert.equal(conditionOf(cluster, 'DatabaseSeeded'), 'False/DatabaseUnreachable');
    assert.deepEqual(await atRest(cluster, 1200), []);
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('Ready', isReady(cluster), 300);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'True/ExternallyManaged');
  });

  it('refuses the login of a migration says so in the words of the container; every attempt of half an hour is none of the version', async () => {
    const cluster = operated({ config: controllerConfig(overlays.minimal) });
    cluster.apply(sample(external));
    await cluster.until('Ready', isReady(cluster), 120);
    changeSpec(cluster, { version: '1.4-refused' });
    await cluster.until('it is said', () => conditionOf(cluster, 'DatabaseSeeded') === 'False/DatabaseRefused', 120);
    await cluster.settle();
    const { length } = cluster.server.writes;
    await cluster.tick(1800);
    assert.deepEqual(cluster.writesSince(length), []);
    const attempts = cluster.user.list(POD).filter(({ status }) => status?.phase === 'Failed');
    assert.ok(attempts.length > 5, `${attempts.length} attempts are more than the Job would take of its own`);
    const upgrade = bestieOf(cluster)?.status?.upgrade as { phase: string; failed: number };
    assert.deepEqual([upgrade.phase, upgrade.failed, conditionOf(cluster, 'Available')], ['Migrating', 0, 'True/EnoughReplicas']);
    assert.equal(
      cluster.user.list(JOB).some(({ status }) => JSON.stringify(status ?? {}).includes('"Failed"')),
      false,
    );
  });
});
