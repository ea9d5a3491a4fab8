/** Besties in clusters whose policies rewrite, refuse and stop what the operator asks for. */
import assert from 'node:assert/strict';
import { kinds } from '../../src/api/kinds.ts';
import { kindKey } from '../../src/api/kubernetes.ts';
import { mirroring, podQuota, refusing } from '../../src/sandbox/apiserver/admission.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, HPA, JOB, POD, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import type { Draft } from '../../src/sandbox/apiserver/object.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const INGRESS = kindKey(kinds.ingress);
const MIRROR = 'mirror.example';

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const upgradeOf = (cluster: Cluster): Record<string, unknown> => fieldsOf(bestieOf(cluster)?.status?.upgrade);
const messageOf = (cluster: Cluster, type: string): string =>
  ((bestieOf(cluster)?.status?.conditions ?? []) as { type: string; message: string }[]).find((each) => each.type === type)?.message ?? '';

/** No write of Metacontroller is accepted in ten resyncs, and no refused one is requested more than once in each. */
async function assertQuiet(cluster: Cluster): Promise<void> {
  const from = cluster.server.writes.length;
  await cluster.resync(10);
  const writes = cluster.writesSince(from);
  assert.deepEqual(
    writes.filter(({ outcome }) => outcome === 'ok' || outcome === 'unchanged'),
    [],
  );
  assert.ok(writes.length <= 10, `${writes.length} refused attempts`);
}

/** The names of the Jobs that were ever created. */
const jobsMade = (cluster: Cluster): string[] =>
  cluster.server.writes.filter(({ kind, verb, outcome }) => kind === JOB && verb === 'create' && outcome === 'ok').map(({ name }) => name);

async function installed(cluster: Cluster): Promise<void> {
  cluster.apply(sample());
  await cluster.until('Ready', isReady(cluster), 200);
  await cluster.settle();
}

describe('a Bestie whose images are rewritten', () => {
  for (const [what, kinds] of Object.entries({ PodsAlone: [POD], Everything: [POD, JOB, DEPLOYMENT] }))
    it(`${what}: is installed and upgraded with one migration each, and rests`, async () => {
      const cluster = operated();
      cluster.server.policies = [mirroring(MIRROR, kinds)];
      await installed(cluster);
      await assertQuiet(cluster);
      assert.equal(jobsMade(cluster).length, 1);
      assert.deepEqual(fieldsOf(bestieOf(cluster)?.status?.database).migrated, ['quay.io/opdev/bestie:1.3']);
      changeSpec(cluster, { version: '1.4' });
      await cluster.until('upgraded', () => upgradeOf(cluster).phase === 'Succeeded', 400);
      await cluster.until('Ready', isReady(cluster), 60);
      await cluster.settle();
      await assertQuiet(cluster);
      assert.equal(jobsMade(cluster).length, 2);
      assert.equal(bestieOf(cluster)?.status?.appversion, '1.4');
    });

  it('LaterPolicy: continues as before when the policy comes later', async () => {
    const cluster = operated();
    await installed(cluster);
    cluster.server.policies = [mirroring(MIRROR, [POD, JOB, DEPLOYMENT])];
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('upgraded', () => upgradeOf(cluster).phase === 'Succeeded', 400);
    await cluster.settle();
    await assertQuiet(cluster);
    assert.equal(jobsMade(cluster).length, 2);
  });

  it('BadImage: an image that cannot be pulled is found and rolled back as fast as without the policy', async () => {
    const seconds: number[] = [];
    for (const policies of [[], [mirroring(MIRROR, [POD, JOB, DEPLOYMENT])]]) {
      const cluster = operated();
      cluster.server.policies = policies;
      await installed(cluster);
      const begun = Date.parse(cluster.now());
      changeSpec(cluster, { version: '1.4-lost' });
      await cluster.until('rolled back', () => upgradeOf(cluster).phase === 'RolledBack', 600);
      seconds.push((Date.parse(cluster.now()) - begun) / 1000);
      await cluster.settle();
      await assertQuiet(cluster);
      assert.equal(conditionOf(cluster, 'UpgradeFailed'), 'True/ImagePullFailed');
    }
    const [without = 0, withPolicy = 0] = seconds;
    assert.ok(Math.abs(withPolicy - without) <= 5, `${without} s without, ${withPolicy} s with it`);
  });
});

describe('a Bestie whose pods may not be created', () => {
  it('Install: the migration Job says so within three minutes, once, and continues when there is room', async () => {
    const cluster = operated();
    cluster.server.policies = [podQuota(0)];
    cluster.apply(sample());
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseSeeded') === 'False/PodsNotCreated', 200);
    assert.match(
      messageOf(cluster, 'DatabaseSeeded'),
      /^Job bestie-job-\w{8} cannot create its pods: a quota.*kubectl -n shop describe job /,
    );
    assert.equal(conditionOf(cluster, 'Ready'), 'False/PodsNotCreated');
    await assertQuiet(cluster);
    cluster.server.policies = [];
    await cluster.until('Ready', isReady(cluster), 900);
  });

  it('Upgrade: the rollout says so, fails at its deadline as such, and what ran before runs on', async () => {
    const cluster = operated();
    await installed(cluster);
    // Room for the pod of the migration, and none for one more of the application.
    const hard = cluster.user.list(POD).length + 1;
    cluster.server.policies = [podQuota(hard)];
    changeSpec(cluster, { version: '1.4', upgrade: { progressDeadlineSeconds: 600 } });
    await cluster.until('rolling out', () => upgradeOf(cluster).phase === 'RollingOut', 400);
    await cluster.until('reported', () => conditionOf(cluster, 'DeploymentReady') === 'False/PodsNotCreated', 180);
    await cluster.until('rolled back', () => upgradeOf(cluster).phase === 'RolledBack', 900);
    assert.equal(conditionOf(cluster, 'UpgradeFailed'), 'True/PodsNotCreated');
    assert.equal(bestieOf(cluster)?.status?.readyReplicas, 3);
    await cluster.settle();
    await assertQuiet(cluster);
  });
});

describe('a Bestie with an object that is switched off', () => {
  it('Job: a suspended migration is reported by name with the command, and continues when it is resumed', async () => {
    const cluster = operated();
    const suspending = (suspend: boolean) => ({
      name: 'queue',
      kinds: [JOB],
      verbs: ['create' as const],
      mutate: (job: Parameters<typeof cluster.user.create>[0]) => ({ ...job, spec: { ...job.spec, suspend } }),
    });
    cluster.server.policies = [suspending(true)];
    cluster.apply(sample());
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseSeeded') === 'False/Suspended', 100);
    const name = jobsMade(cluster)[0] ?? '';
    assert.ok(
      messageOf(cluster, 'DatabaseSeeded').includes(`kubectl -n shop patch job ${name} --type merge -p '{"spec":{"suspend":false}}'`),
    );
    await assertQuiet(cluster);
    cluster.edit(JOB, 'shop', name, (job) => ({ ...job, spec: { ...job.spec, suspend: false } }));
    await cluster.until('Ready', isReady(cluster), 200);
  });

  it('Deployment: a paused one says so while it runs and while a rollout waits', async () => {
    const cluster = operated();
    await installed(cluster);
    cluster.edit(DEPLOYMENT, 'shop', 'bestie-app', (live) => ({ ...live, spec: { ...live.spec, paused: true } }));
    await cluster.until('said', () => messageOf(cluster, 'DeploymentReady').includes('rollout resume deployment bestie-app'), 60);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'True/RolledOut');
    changeSpec(cluster, { env: [{ name: 'A', value: 'b' }] });
    await cluster.until('reported', () => conditionOf(cluster, 'DeploymentReady') === 'False/Suspended', 60);
    assert.equal(conditionOf(cluster, 'Ready'), 'False/Suspended');
    await cluster.settle();
    await assertQuiet(cluster);
  });
});

describe('a Bestie of which updates are refused', () => {
  const changes: Record<string, { kind: string; type: string; act: (cluster: Cluster) => void }> = {
    Database: {
      kind: POSTGRES_CLUSTER,
      type: 'DatabaseReady',
      act: (c) => {
        changeSpec(c, { database: { storage: { size: '6Gi' } } });
      },
    },
    Deployment: {
      kind: DEPLOYMENT,
      type: 'DeploymentReady',
      act: (c) => {
        changeSpec(c, { env: [{ name: 'A', value: 'b' }] });
      },
    },
    Service: {
      kind: SERVICE,
      type: 'ServiceCreated',
      act: (c) => {
        changeSpec(c, { serviceType: 'NodePort' });
      },
    },
    Autoscaler: {
      kind: HPA,
      type: 'HPACreated',
      act: (c) => {
        changeSpec(c, { maxReplicas: 4 });
      },
    },
    Ingress: {
      kind: INGRESS,
      type: 'IngressCreated',
      act: (c) => {
        changeSpec(c, { exposure: { host: 'a.example' } });
      },
    },
    Budget: {
      kind: 'PodDisruptionBudget.policy/v1',
      type: 'PDBCreated',
      // No field of the spec reaches it: what is changed by hand is put back.
      act: (c) =>
        c.edit('PodDisruptionBudget.policy/v1', 'shop', 'bestie-pdb', (live) => ({ ...live, spec: { ...live.spec, maxUnavailable: 0 } })),
    },
  };
  for (const [name, { kind, type, act }] of Object.entries(changes))
    it(`${name}: says so within three minutes, rests, and continues once the change is admitted`, async () => {
      const cluster = operated({ skewSeconds: 20 });
      await installed(cluster);
      act(cluster);
      cluster.server.policies = [refusing([kind], ['update'])];
      await cluster.until('reported', () => conditionOf(cluster, type) === 'False/NotApplied', 180);
      assert.equal(conditionOf(cluster, 'Stalled'), 'True/NotApplied');
      assert.match(messageOf(cluster, 'Ready'), new RegExp(type));
      await cluster.tick(30);
      await assertQuiet(cluster);
      cluster.server.policies = [];
      await cluster.until('Ready', () => messageOf(cluster, 'Ready') === 'the current spec is running', 180);
      assert.equal(bestieOf(cluster)?.status?.pendingChanges, undefined);
    });

  it('Upgrade: the rollout ends at its deadline as failed, and a new value of retry-upgrade tries again', async () => {
    const cluster = operated();
    await installed(cluster);
    const running = (object: Draft): string => object.metadata.annotations?.['pets.bestie.com/running'] ?? '';
    cluster.server.policies = [
      { name: 'images', kinds: [DEPLOYMENT], verbs: ['update'], refuse: (object) => (running(object).endsWith(':1.4') ? 'no' : undefined) },
    ];
    changeSpec(cluster, { version: '1.4', upgrade: { progressDeadlineSeconds: 300 } });
    await cluster.until('given up', () => conditionOf(cluster, 'UpgradeFailed') === 'True/NotApplied', 700);
    await cluster.until('failed', () => upgradeOf(cluster).phase === 'Failed', 60);
    assert.equal(bestieOf(cluster)?.status?.readyReplicas, 3);
    await cluster.settle();
    await assertQuiet(cluster);
    assert.equal(upgradeOf(cluster).failed, 1);
    cluster.server.policies = [];
    annotate(cluster, 'retry-upgrade', 'again');
    await cluster.until('upgraded', () => upgradeOf(cluster).phase === 'Succeeded', 700);
  });
});

describe('a Bestie whose pods another controller counts', () => {
  it('is scaled back once, and then left to it', async () => {
    const cluster = operated();
    cluster.apply({ ...sample(), spec: { ...sample().spec, maxReplicas: undefined } });
    await cluster.until('Ready', isReady(cluster), 200);
    const scale = (replicas: number): void => {
      cluster.edit(DEPLOYMENT, 'shop', 'bestie-app', (live) => ({ ...live, spec: { ...live.spec, replicas } }));
    };
    const asked = (): unknown => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec?.replicas;
    scale(5);
    await cluster.until('scaled back', () => asked() === 3, 90);
    for (const replicas of [5, 4, 7]) {
      scale(replicas);
      await cluster.tick(200);
      assert.equal(asked(), replicas);
    }
    assert.deepEqual(bestieOf(cluster)?.status?.contestedFields, [{ kind: 'Deployment', name: 'bestie-app', field: '/spec/replicas' }]);
    await assertQuiet(cluster);
    changeSpec(cluster, { size: 2 });
    await cluster.until('the new wish of the spec is sent', () => asked() === 2, 90);
  });
});

describe('a Bestie whose Jobs lose every annotation', () => {
  const stripping = {
    name: 'allow-list',
    kinds: [JOB],
    mutate: (job: Draft): Draft => {
      const template = fieldsOf(job.spec?.template);
      const { annotations: _, ...metadata } = fieldsOf(template.metadata);
      return {
        ...job,
        metadata: { ...job.metadata, annotations: undefined },
        spec: { ...job.spec, template: { ...template, metadata } },
      };
    },
  };

  it('is migrated once for each version: the name of a Job is a hash of what it runs', async () => {
    const cluster = operated();
    cluster.server.policies = [stripping];
    await installed(cluster);
    await assertQuiet(cluster);
    assert.deepEqual(fieldsOf(bestieOf(cluster)?.status?.database).migrated, ['quay.io/opdev/bestie:1.3']);
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('upgraded', () => upgradeOf(cluster).phase === 'Succeeded', 400);
    assert.equal(jobsMade(cluster).length, 2);
    assert.ok(upgradeOf(cluster).backupID, 'backed up before');
  });

  it('is migrated by no other Job where the spec changed before the first one was seen complete', async () => {
    const cluster = operated();
    cluster.server.policies = [stripping];
    cluster.apply(sample());
    await cluster.until('a Job is at work', () => cluster.user.list(JOB).some(({ status }) => status?.active === 1), 100);
    changeSpec(cluster, { version: '1.4' });
    await cluster.tick(120);
    assert.equal(jobsMade(cluster).length, 1);
    assert.equal(conditionOf(cluster, 'DatabaseSeeded'), 'False/MigrationHistoryMissing');
  });
});

describe('a field that admission rewrites whatever it is', () => {
  it('is taken over a few times, and then no child changes any more', async () => {
    const cluster = operated();
    await installed(cluster);
    const imageOf = (deployment: Draft | undefined): string => {
      const [container] = fieldsOf(fieldsOf(deployment?.spec?.template).spec).containers as [{ image: string }];
      return container.image;
    };
    // A mirror's name is put before every image, also before one that has it.
    const prefixed = (deployment: Draft): Draft => {
      const template = fieldsOf(deployment.spec?.template);
      const spec = fieldsOf(template.spec);
      const [container] = spec.containers as [object];
      const containers = [{ ...container, image: `m/${imageOf(deployment)}` }];
      return { ...deployment, spec: { ...deployment.spec, template: { ...template, spec: { ...spec, containers } } } };
    };
    cluster.server.policies = [{ name: 'prefix', kinds: [DEPLOYMENT], verbs: ['update'], mutate: prefixed }];
    cluster.down.add('deployment-controller');
    changeSpec(cluster, { env: [{ name: 'A', value: 'b' }] });
    await cluster.tick(60);
    const length = imageOf(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')).length;
    await cluster.resync(10);
    assert.equal(imageOf(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')).length, length);
    assert.ok(length < 60, `${length} characters`);
  });
});
