/** What is reported, and what is left alone, when something is wrong. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlStdin, list, syncErrors } from './support/kubectl.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-trouble';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);

describe('trouble', () => {
  before(() => namespace(NS));

  it('an image that cannot be pulled is reported, written once, and fixed by the spec', async function () {
    this.timeout((REST + 180) * 1000);
    await apply(NS, bestie('unpullable', { size: 1, version: 'nosuch' }));
    const live = await becomes(NS, 'unpullable', 'ImagePulled', 'False', 'ImagePullFailed');
    assert.equal(condition(live, 'Ready')?.status, 'False');
    await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
    await apply(NS, bestie('unpullable', { size: 1, version: '1.3' }));
    await becomes(NS, 'unpullable', 'Ready', 'True');
    assert.equal((await list(NS, 'jobs')).length, 1, 'the Job that never started is gone');
  });

  it('a name that another owner has is reported with the command that fixes it', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'taken-service' },
      spec: { ports: [{ name: 'other', port: 9 }] },
    };
    await kubectlStdin(service, '-n', NS, 'apply');
    await apply(NS, bestie('taken', { size: 1 }));
    const live = await becomes(NS, 'taken', 'ServiceCreated', 'False', 'NotApplied', 260);
    assert.equal(condition(live, 'Stalled')?.status, 'True');
    assert.equal((await get(NS, 'services', 'taken-service'))?.metadata.ownerReferences, undefined, 'the operator did not touch it');
    const command = /hand it over: kubectl (.*)$/.exec(condition(live, 'ServiceCreated')?.message ?? '')?.[1] ?? '';
    await kubectl(...command.split(' '));
    await becomes(NS, 'taken', 'Ready', 'True');
  });

  it('an external database is migrated and never made', async () => {
    await kubectlStdin(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'database' },
        stringData: { uri: 'postgresql://u:p@h/d', host: 'h', port: '5432', dbname: 'd', user: 'u', password: 'p', session: 's' },
      },
      '-n',
      NS,
      'apply',
    );
    const spec = {
      size: 1,
      database: { provider: 'External', secretName: 'database' },
      sessionSecret: { name: 'database', key: 'session' },
    };
    await apply(NS, bestie('external', spec));
    const live = await becomes(NS, 'external', 'Ready', 'True');
    assert.deepEqual((live.status?.database as { migrated: string[] }).migrated, ['quay.io/opdev/bestie:1.3']);
    assert.equal(await get(NS, 'postgresclusters.v1beta1.postgres-operator.crunchydata.com', 'external-pgo'), undefined);
    const jobs = (await list(NS, 'jobs')).filter(({ metadata }) => metadata.name.startsWith('external-job-'));
    assert.equal(jobs.length, 1);
    assert.ok(!JSON.stringify(jobs).includes('seed all'), 'no sample data was requested');
  });

  it('a Bestie that is deleted between two syncs causes no error', async () => {
    for (const name of ['gone-a', 'gone-b', 'gone-c']) {
      await apply(NS, bestie(name, { size: 1 }));
      await kubectl('-n', NS, 'delete', 'bestie', name, '--timeout=60s');
    }
    await eventually(
      'nothing of them is left',
      60,
      async () => !JSON.stringify(await list(NS, 'deployments', 'jobs', 'services')).includes('gone-'),
    );
    assert.deepEqual(await syncErrors(NS), []);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
