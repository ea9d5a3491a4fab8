/** What is said of an application that does not reach its database, or is given another environment than its spec means. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlStdin, list, type ClusterObject } from './support/kubectl.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-application';
const SENTENCE = 'the login is refused: the user or the password in the Secret is wrong';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const podsOf = async (kind: string, name: string): Promise<ClusterObject[]> =>
  (await list(NS, 'pods')).filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.kind === kind && owner.name.startsWith(name)),
  );

/** What a kubelet reports of the container that waits for the database. */
async function reports(pod: string, image: string, state: object): Promise<void> {
  const initContainerStatuses = [{ name: 'wait-for-database', image, imageID: '', ready: false, restartCount: 0, state }];
  await kubectl(
    '-n',
    NS,
    'patch',
    'pod',
    pod,
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status: { initContainerStatuses } }),
  );
}

describe('the application as it is', () => {
  before(async () => {
    await namespace(NS);
    const stringData = { uri: 'postgresql://u:p@h/d', host: 'h', port: '5432', dbname: 'd', user: 'u', password: 'p', session: 's' };
    await kubectlStdin({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, stringData }, '-n', NS, 'apply');
  });

  // No pod of an image that cannot be pulled continues by itself, so that the test may play its kubelet.
  it('says within two minutes that a migration waits for its database, and at once that its login is refused; nothing is written at rest', async () => {
    const spec = {
      size: 1,
      version: 'nosuch',
      database: { provider: 'External', secretName: 'database' },
      sessionSecret: { name: 'database', key: 'session' },
    };
    await apply(NS, bestie('waiting', spec));
    const [pod] = await eventually('a pod of the migration', 60, async () => {
      const pods = await podsOf('Job', 'waiting-job-');
      return pods.length > 0 ? pods : undefined;
    });
    assert.ok(pod);
    await reports(pod.metadata.name, 'quay.io/opdev/bestie:nosuch', { running: { startedAt: ago(0) } });
    const waiting = await becomes(NS, 'waiting', 'DatabaseReady', 'False', 'DatabaseUnreachable', 120);
    assert.equal(condition(waiting, 'DatabaseSeeded')?.reason, 'DatabaseUnreachable');
    assert.match(
      condition(waiting, 'DatabaseReady')?.message ?? '',
      /has waited for the database since .*; see why: kubectl -n e2e-application logs job\//,
    );
    await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, 70), []);
    const end = { exitCode: 77, reason: 'Error', message: SENTENCE, startedAt: ago(30), finishedAt: ago(20) };
    await reports(pod.metadata.name, 'quay.io/opdev/bestie:nosuch', { terminated: end });
    const refused = await becomes(NS, 'waiting', 'DatabaseReady', 'False', 'DatabaseRefused', 30);
    assert.ok(condition(refused, 'DatabaseReady')?.message.endsWith(`ended: ${SENTENCE}`));
    assert.equal(condition(refused, 'Stalled')?.status, 'True');
  });

  it('a variable that stands in another order in the Deployment is reported, and the command in the message fixes it without ending a pod', async () => {
    const A = { name: 'A', value: 'x' };
    await apply(NS, bestie('ordered', { size: 1, env: [A] }));
    await becomes(NS, 'ordered', 'Ready', 'True');
    await apply(
      NS,
      bestie('ordered', {
        size: 1,
        env: [
          { name: 'B', value: 'y' },
          { name: 'A', value: 'x-$(B)' },
        ],
      }),
    );
    const live = await becomes(NS, 'ordered', 'DeploymentReady', 'False', 'EnvironmentOutOfOrder');
    assert.equal(condition(live, 'Available')?.status, 'True');
    const [pod] = await podsOf('ReplicaSet', 'ordered-app-');
    const command = /: kubectl (.*)$/.exec(condition(live, 'DeploymentReady')?.message ?? '')?.[1] ?? '';
    await kubectl(...command.split(' '));
    await becomes(NS, 'ordered', 'Ready', 'True');
    const deployment = await get(NS, 'deployments', 'ordered-app');
    const { template } = deployment?.spec as { template: { spec: { containers: { env: { name: string }[] }[] } } };
    const names = template.spec.containers[0]?.env.map(({ name }) => name) ?? [];
    assert.ok(names.indexOf('B') < names.indexOf('A'), names.join(' '));
    assert.ok(pod && live);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
