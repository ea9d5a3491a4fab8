/** What the spec adds to the pods, on a real API server and by Metacontroller's own merge. */
import assert from 'node:assert/strict';
import { acceptedContainerRows } from '../support/containerfields.ts';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { eventually, get, kubectl, list, syncErrors, type ClusterObject } from './support/kubectl.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-pods';
const REST_SECONDS = Number(process.env.E2E_REST_SECONDS ?? 130);

interface Named {
  name: string;
}
interface Pod {
  initContainers?: Named[];
}
const namesOf = (pod: unknown): string[] => ((pod as Pod | undefined)?.initContainers ?? []).map(({ name }) => name);
const templateOf = (deployment: ClusterObject | undefined): unknown =>
  (deployment?.spec as { template: { spec: unknown } } | undefined)?.template.spec;

/** Applies the Bestie, and returns its Deployment once it is rolled out. */
async function running(name: string, spec: object): Promise<ClusterObject | undefined> {
  await apply(NS, bestie(name, { size: 1, ...spec }));
  const { metadata } = (await get(NS, 'besties', name)) ?? {};
  await eventually(`${name} is Ready`, 120, async () => {
    const found = await becomes(NS, name, 'Ready', 'True');
    return found.status?.observedGeneration === metadata?.generation;
  });
  return get(NS, 'deployments', `${name}-app`);
}

describe('pods with containers, volumes and environments of the user', () => {
  before(() => namespace(NS));

  it('start their init containers in the order of the spec, whatever was there before', async () => {
    const proxy = { name: 'proxy', image: 'proxy:1' };
    const [warm, check] = [{ name: 'warm' }, { name: 'check' }];
    const order = async (spec: object): Promise<string[]> => {
      const deployment = await running('order', spec);
      assert.equal(deployment?.spec?.paused, undefined);
      return namesOf(templateOf(deployment));
    };
    assert.deepEqual(await order({}), ['wait-for-database']);
    assert.deepEqual(await order({ initContainers: [check] }), ['wait-for-database', 'check']);
    assert.deepEqual(await order({ sidecars: [proxy], initContainers: [warm, check] }), ['proxy', 'wait-for-database', 'warm', 'check']);
    assert.deepEqual(await order({ initContainers: [check, warm] }), ['wait-for-database', 'check', 'warm']);
    const sets = await list(NS, 'replicasets');
    for (const { spec } of sets) {
      const names = namesOf((spec as { template: { spec: unknown } }).template.spec);
      assert.ok(names.includes('wait-for-database'), names.join());
    }
    assert.equal(sets.length, 4);
  });

  it('are not written again at rest, with everything that may be added', async () => {
    const spec = Object.values(acceptedContainerRows).reduce<object>((sum, [, fields]) => ({ ...sum, ...fields }), {});
    // Of the rows with volumes the one with all kinds has what the containers of the other mount, too.
    const volumes = Object.values(acceptedContainerRows).flatMap(([, fields]) => (fields.volumes ?? []) as Named[]);
    await running('added', {});
    await apply(NS, bestie('added', { size: 1, ...spec, volumes }));
    await eventually('the new pods', 30, async () => namesOf(templateOf(await get(NS, 'deployments', 'added-app'))).length === 5);
    // Its claim does not exist, so the new pod is not scheduled; the one that runs stays.
    await becomes(NS, 'added', 'DeploymentReady', 'False', 'Unschedulable');
    await becomes(NS, 'added', 'Available', 'True');
    assert.deepEqual(
      (await writesAtRest(NS, REST_SECONDS)).filter((write) => write.includes('added')),
      [],
    );
    assert.deepEqual(await syncErrors(NS), []);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
