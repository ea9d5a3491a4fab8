/**
 * One hour of everything that kubelets report of containers that they cannot start, at their real back-off and with two replicas of the operator
 * whose clocks differ: it is said once, in the same words, and given up once. There is a Bestie for each, all in one cluster.
 */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE, EVENT } from '../../src/sandbox/apiserver/discovery.ts';
import { faults, type FaultName } from '../../src/sandbox/controllers/kubeletfaults.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const HOUR = 3600;
/** Seconds that pass one by one, and afterwards between two resyncs, which are a minute apart. */
const CLOSELY = 700;
const LOOKED_AT = 5;
const RESYNC = 60;
const IMAGE = 'ImagePullFailed';
const CONFIGURATION = 'ContainerConfigError';

/** Our reason for each of them. */
const said: Record<FaultName, string> = {
  nosuch: IMAGE,
  registrydown: IMAGE,
  badsignature: IMAGE,
  futurepull: IMAGE,
  neverpull: IMAGE,
  badname: IMAGE,
  inspectfails: IMAGE,
  noconfig: CONFIGURATION,
  nocreate: CONFIGURATION,
  noprecreate: CONFIGURATION,
  noprestart: CONFIGURATION,
  novolumeimage: CONFIGURATION,
  futurecreate: CONFIGURATION,
  norun: CONFIGURATION,
  nopoststart: 'CrashLoop',
  futurestart: 'CrashLoop',
  nosandbox: 'ContainersNotCreated',
  novolume: 'ContainersNotCreated',
};
const names = Object.keys(faults) as FaultName[];

const spec = {
  size: 1,
  maxReplicas: undefined,
  database: { provider: 'External', secretName: 'db' },
  sessionSecret: { name: 's', key: 'k' },
  upgrade: { onFailure: 'Halt', migrationDeadlineSeconds: 3 * HOUR },
};

const troubles: ReadonlySet<string> = new Set(Object.values(said).map((reason) => `False/${reason}`));
/** Whether a trouble of its pods is said. */
const hasFault = (cluster: Cluster, name: FaultName): boolean =>
  ['DatabaseSeeded', 'DeploymentReady'].some((type) => troubles.has(conditionOf(cluster, type, name) ?? ''));

/** Lets the trouble of each be said, and an hour pass after that; where the log of writes stood before each was. */
async function hourOf(cluster: Cluster): Promise<ReadonlyMap<FaultName, number>> {
  const began = new Map<FaultName, number>();
  let before = 0;
  const note = (): boolean => {
    names.filter((name) => !began.has(name) && hasFault(cluster, name)).forEach((name) => began.set(name, before));
    before = cluster.server.writes.length;
    return began.size === names.length;
  };
  await cluster.until('every trouble is said', note, 300);
  await cluster.tick(CLOSELY);
  // The first delays are short. Later ones are met at ever other seconds of theirs.
  for (let passed = CLOSELY; passed < HOUR; passed += RESYNC + LOOKED_AT) {
    await cluster.resync(1);
    await cluster.tick(LOOKED_AT);
  }
  return began;
}

/** How many writes of that kind about that Bestie were accepted since. */
const written = (cluster: Cluster, since: number, kind: string, name: FaultName): number =>
  cluster.writesSince(since).filter((write) => write.kind === kind && write.outcome === 'ok' && write.name.split('.')[0] === name).length;

const world = (): Cluster => operated({ config: controllerConfig(overlays.minimal), skewSeconds: 20 });

describe('an hour in the sandbox of a kubelet that reports', () => {
  for (const [stage, type, status] of [
    ['a first install', undefined, 'False'],
    ['an upgrade', 'UpgradeFailed', 'True'],
  ] as const) {
    describe(`of ${stage}`, function () {
      this.timeout(300_000);
      let cluster: Cluster;
      let began: ReadonlyMap<FaultName, number>;

      before(async () => {
        cluster = world();
        // A Job has another pod made where a container ended; pods of the Deployment stay.
        const versionOf = (name: FaultName): string => `1.4-${faults[name].of === 'work' || stage === 'an upgrade' ? 'web-' : ''}${name}`;
        for (const name of names) cluster.apply(sample({ ...spec, version: stage === 'an upgrade' ? '1.3' : versionOf(name) }, { name }));
        if (stage === 'an upgrade') {
          await cluster.until('Ready', () => names.every((name) => isReady(cluster, name)()), 120);
          for (const name of names)
            cluster.edit(BESTIE, 'shop', name, (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: versionOf(name) } }));
        }
        began = await hourOf(cluster);
      });

      for (const name of names) {
        it(`${name}: says ${said[name]}, in at most two status writes and two Events`, () => {
          const part = faults[name].of === 'work' ? 'DeploymentReady' : 'DatabaseSeeded';
          assert.equal(conditionOf(cluster, type ?? part, name), `${status}/${said[name]}`);
          assert.equal(conditionOf(cluster, 'ImagePulled', name), said[name] === IMAGE ? 'False/ImagePullFailed' : 'True/ImagePulled');
          const [statuses, events] = [BESTIE, EVENT].map((kind) => written(cluster, began.get(name) ?? 0, kind, name));
          assert.ok(statuses === 1 || statuses === 2, `${statuses} status writes`);
          assert.ok(events === 1 || events === 2, `${events} Events`);
          if (stage === 'an upgrade') assert.equal((bestieOf(cluster, name)?.status?.upgrade as { phase: string }).phase, 'Failed');
        });
      }
    });
  }
});
