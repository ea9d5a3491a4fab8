/** What an earlier drill, or a user, has left under the names of a drill, and times about which there may be two opinions. */
import assert from 'node:assert/strict';
import { CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import { NETWORK_POLICY } from '../support/whose.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { database } from '../support/copyworld.ts';
import { begun, copyFate, copyOf, drillMessage, edit, installed, policyOf, remains, verifiedOf, verify } from '../support/drills.ts';
import { annotate, bestieOf, conditionOf, configured, isReady, operated, sample } from '../support/sandbox.ts';

const isVerified = (cluster: Cluster) => (): boolean => conditionOf(cluster, 'BackupVerified') === 'True/Verified';

/** Another controller holds the Job of the check, or no longer does. */
const hold = (cluster: Cluster, finalizers: string[]): void => {
  cluster.edit(JOB, 'shop', 'bestie-drill-check', (live) => ({ ...live, metadata: { ...live.metadata, finalizers } }));
};

describe('what is left of an earlier drill', function () {
  this.timeout(120_000);

  it('a Job that another controller holds: the next drill waits until it is gone', async () => {
    const cluster = await installed();
    await begun(cluster, 'checked');
    hold(cluster, ['example.com/archive']);
    await cluster.until('verified', isVerified(cluster), 300);
    await cluster.settle();
    assert.deepEqual(
      remains(cluster).filter((each) => !each.startsWith('Pod ')),
      ['Job bestie-drill-check'],
    );
    verify(cluster, { onDemand: 'second' });
    await cluster.settle();
    assert.match(drillMessage(cluster), /a drill is due and waits for Job bestie-drill-check of the last drill to be gone$/);
    assert.equal(copyOf(cluster), undefined);
    hold(cluster, []);
    const first = verifiedOf(cluster).at;
    await cluster.until('verified again', () => verifiedOf(cluster).at !== first, 300);
    await cluster.settle();
    assert.deepEqual(remains(cluster), []);
  });
});

describe('a database that a user has given the name of the copy of a drill', () => {
  it('is kept when the Bestie stops matching the controller', async () => {
    const cluster = operated({ config: configured(['sync', 'finalize', 'customize'], { parentLabels: { team: 'a' } }) });
    cluster.apply(sample({}, { labels: { team: 'a' } }));
    await cluster.until('Ready', isReady(cluster), 120);
    cluster.apply(database('bestie-drill'));
    const uid = bestieOf(cluster)?.metadata.uid ?? '';
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-drill', (live) => ({
      ...live,
      metadata: { ...live.metadata, labels: { [CONTROLLER_UID_LABEL]: uid } },
    }));
    await cluster.settle();
    verify(cluster, { onDemand: 'first' });
    await cluster.settle();
    const adopted = copyOf(cluster)?.metadata.uid;
    cluster.edit(BESTIE, 'shop', 'bestie', (live) => ({ ...live, metadata: { ...live.metadata, labels: { team: 'b' } } }));
    await cluster.settle();
    assert.equal(bestieOf(cluster)?.metadata.finalizers, undefined);
    assert.equal(copyOf(cluster)?.metadata.uid, adopted);
    assert.equal(copyOf(cluster)?.metadata.deletionTimestamp, undefined);
  });
});

describe('a database of others that has the name of the copy of a drill', () => {
  it('is not cut off by the policy of a drill, and the drill begins once it is gone', async () => {
    const cluster = await installed();
    cluster.apply(database('bestie-drill'));
    await cluster.settle();
    verify(cluster, { onDemand: 'first' });
    await cluster.settle();
    assert.equal(policyOf(cluster), undefined);
    assert.match(
      drillMessage(cluster),
      /waits for PostgresCluster bestie-drill to be gone or renamed, which is no copy of a drill of this Bestie$/,
    );
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'bestie-drill');
    await cluster.until('verified', isVerified(cluster), 300);
    await cluster.settle();
    assert.deepEqual(remains(cluster), []);
  });
});

describe('a success that is too old', function () {
  this.timeout(120_000);

  it('may be in time by another schedule', async () => {
    const cluster = await installed();
    verify(cluster, { onDemand: 'first', schedule: '0 3 * * *' });
    await cluster.until('verified', isVerified(cluster), 300);
    await cluster.settle();
    annotate(cluster, 'paused', 'true');
    await cluster.resync(50, 3600);
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'False/DrillOverdue');
    verify(cluster, { onDemand: 'first', schedule: '0 3 1 * *' });
    annotate(cluster, 'paused', 'false');
    await cluster.settle();
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'True/Verified');
  });
});

describe('a drill by schedule', function () {
  this.timeout(120_000);

  it('is one, in few writes, also by two replicas whose clocks are ten minutes apart', async () => {
    const cluster = await installed({}, { skewSeconds: 600 });
    verify(cluster, { schedule: '0 3 * * *' });
    await cluster.settle();
    const { length } = cluster.server.writes;
    await cluster.until('verified', isVerified(cluster), 7200);
    await cluster.settle();
    await cluster.tick(700);
    assert.deepEqual(remains(cluster), []);
    assert.ok(cluster.writesSince(length).length <= 30);
  });
});

describe('under an unacceptable spec', () => {
  it('a copy is not sent its source any more once it is made', async () => {
    const cluster = await installed();
    await begun(cluster, 'copied');
    edit(cluster, { size: 20 });
    await cluster.settle();
    assert.equal(conditionOf(cluster, 'Stalled'), 'True/InvalidSpec');
    assert.ok(copyOf(cluster));
    assert.equal(copyOf(cluster)?.spec?.dataSource, undefined);
  });
});

describe('a policy that is removed, and may not be made again', () => {
  it('is missed', async () => {
    const cluster = await installed();
    await begun(cluster, 'restoring');
    copyFate(cluster, 'hang');
    cluster.server.fault = ({ verb, name, kind }) =>
      verb === 'create' && kind === NETWORK_POLICY && name === 'bestie-drill' ? 'Forbidden' : undefined;
    cluster.remove(NETWORK_POLICY, 'shop', 'bestie-drill');
    await cluster.tick(30);
    assert.match(
      drillMessage(cluster),
      /the copy is being made; nothing shields the copy: its NetworkPolicy is missing; if that lasts, see why it is refused: kubectl /,
    );
    cluster.server.fault = () => undefined;
    await cluster.until('it is back', () => policyOf(cluster) !== undefined, 600);
    await cluster.settle();
    assert.match(drillMessage(cluster), /the copy is being made$/);
  });
});
