/** What the demo shows: scenarios as tables of steps. */
import { kinds } from '../api/kinds.ts';
import { kindKey } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import type { Cluster } from './cluster.ts';
import type { overlays } from './controllerconfig.ts';
import { BESTIE, DEPLOYMENT, SERVICE } from './discovery.ts';
import type { Draft, Fields, Resource } from './object.ts';
import { conditionsOf, fieldsOf } from './status.ts';

/** A cluster with one Bestie in it. */
export interface Stage {
  cluster: Cluster;
  name: string;
  namespace: string;
}

export interface Step {
  title: string;
  act: (stage: Stage) => void | Promise<void>;
  /** What must hold in the end, in words. */
  wants: string;
  holds: (stage: Stage) => boolean;
  /** Where given, Metacontroller must not have written anything in this step. */
  writes?: 'none';
}

export interface Scenario {
  summary: string;
  overlay: keyof typeof overlays;
  /** What is changed in the Bestie before it is applied. */
  spec?: (spec: Fields) => Fields;
  steps: readonly Step[];
}

const bestieOf = ({ cluster, namespace, name }: Stage): Resource | undefined => cluster.user.get(BESTIE, namespace, name);

const says = (stage: Stage, type: string, status: string): boolean => {
  const bestie = bestieOf(stage);
  return bestie !== undefined && conditionsOf(bestie).some((condition) => condition.type === type && condition.status === status);
};

const isReady = (stage: Stage): boolean => {
  const bestie = bestieOf(stage);
  return bestie?.status?.observedGeneration === bestie?.metadata.generation && says(stage, 'Ready', 'True');
};

const editSpec = ({ cluster, namespace, name }: Stage, change: (spec: Fields) => Fields): void => {
  cluster.edit(BESTIE, namespace, name, (bestie): Draft => ({ ...bestie, spec: change(bestie.spec ?? {}) }));
};

const service = ({ cluster, namespace, name }: Stage): Resource | undefined => cluster.user.get(SERVICE, namespace, names.service(name));
const deployment = ({ cluster, namespace, name }: Stage): Resource | undefined =>
  cluster.user.get(DEPLOYMENT, namespace, names.deployment(name));
const exists = ({ cluster, namespace }: Stage, kind: { apiVersion: string; kind: string }, name: string): boolean =>
  cluster.user.get(kindKey(kind), namespace, name) !== undefined;

const nothing = (): void => undefined;

const install: Step = { title: 'The Bestie is applied to an empty Namespace', act: nothing, wants: 'the Bestie is Ready', holds: isReady };

const resting = (times: number): Step => ({
  title: `Nothing changes, and Metacontroller asks ${times} times more`,
  act: ({ cluster }) => cluster.resync(times),
  wants: 'no write at all',
  holds: () => true,
  writes: 'none',
});
const rest = resting(100);

const scale: Step = {
  title: 'Two more pods are wanted',
  act: (stage) => {
    editSpec(stage, (spec) => {
      const size = Number(spec.size) + 2;
      return { ...spec, size, ...(spec.maxReplicas !== undefined && { maxReplicas: Math.max(size, Number(spec.maxReplicas)) }) };
    });
  },
  wants: 'that many pods are ready',
  holds: (stage) => isReady(stage) && Number(bestieOf(stage)?.status?.readyReplicas) >= Number(bestieOf(stage)?.spec?.size),
};

const healDeleted: Step = {
  title: 'Somebody deletes the Service',
  act: ({ cluster, namespace, name }) => {
    cluster.remove(SERVICE, namespace, names.service(name));
  },
  wants: 'the Service is there again, and the Bestie Ready',
  holds: (stage) => service(stage) !== undefined && isReady(stage),
};

const BROKEN = { app: 'nobody' };
const healChanged: Step = {
  title: 'Somebody turns the Service away from the pods',
  act: ({ cluster, namespace, name }) => {
    cluster.edit(SERVICE, namespace, names.service(name), (object): Draft => ({ ...object, spec: { ...object.spec, selector: BROKEN } }));
  },
  wants: 'the Service selects the pods again',
  holds: (stage) => fieldsOf(service(stage)?.spec?.selector).app !== BROKEN.app,
};

const remove: Step = {
  title: 'The Bestie is deleted',
  act: ({ cluster, namespace, name }) => {
    cluster.remove(BESTIE, namespace, name);
  },
  wants: 'nothing is left but the Namespace',
  holds: ({ cluster }) => cluster.user.everything().every(({ kind }) => kind === 'Namespace'),
};

const runs = (stage: Stage, version: string): boolean => isReady(stage) && bestieOf(stage)?.status?.appversion === version;

export const scenarios = {
  lifecycle: {
    summary: 'from nothing to Ready, at rest, scaled, healed and deleted',
    overlay: 'default',
    steps: [install, rest, scale, healDeleted, healChanged, remove],
  },
  'bad-image': {
    summary: 'an image that cannot be pulled is told, and mended',
    overlay: 'default',
    spec: (spec) => ({ ...spec, version: 'nosuch' }),
    steps: [
      {
        title: 'The Bestie is applied with an image that does not exist',
        act: nothing,
        wants: 'ImagePulled and Ready are False',
        holds: (stage) => says(stage, 'ImagePulled', 'False') && says(stage, 'Ready', 'False'),
      },
      // A resync a minute, and after an hour the Job's own deadline ends it.
      resting(50),
      {
        title: 'The version is mended',
        act: (stage) => {
          editSpec(stage, (spec) => ({ ...spec, version: '1.3' }));
        },
        wants: 'the Bestie is Ready with it',
        holds: (stage) => runs(stage, '1.3') && says(stage, 'ImagePulled', 'True'),
      },
      remove,
    ],
  },
  upgrade: {
    summary: 'a new version migrates the database first and then rolls out',
    overlay: 'default',
    steps: [
      install,
      {
        title: 'Another version is wanted',
        act: (stage) => {
          editSpec(stage, (spec) => ({ ...spec, version: '1.4' }));
        },
        wants: 'it is migrated to and rolled out',
        holds: (stage) => runs(stage, '1.4'),
      },
      rest,
      remove,
    ],
  },
  'external-database': {
    summary: 'a database that somebody else runs',
    overlay: 'minimal',
    spec: (spec) => ({
      ...spec,
      database: { provider: 'External', secretName: 'bestie-database' },
      sessionSecret: { name: 'bestie-session', key: 'key' },
    }),
    steps: [install, rest, scale, healDeleted, remove],
  },
  openshift: {
    summary: 'a Route instead of an Ingress, and monitoring',
    overlay: 'openshift',
    steps: [
      install,
      {
        title: 'What came with the platform',
        act: nothing,
        wants: 'Route, ServiceMonitor and PrometheusRule exist, and no Ingress',
        holds: (stage) =>
          exists(stage, kinds.route, names.route(stage.name)) &&
          exists(stage, kinds.serviceMonitor, names.serviceMonitor(stage.name)) &&
          exists(stage, kinds.prometheusRule, names.prometheusRule(stage.name)) &&
          !exists(stage, kinds.ingress, names.ingress(stage.name)),
      },
      rest,
      {
        title: 'Somebody deletes the Deployment',
        act: ({ cluster, namespace, name }) => {
          cluster.remove(DEPLOYMENT, namespace, names.deployment(name));
        },
        wants: 'it runs again',
        holds: (stage) => deployment(stage) !== undefined && isReady(stage),
      },
      remove,
    ],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export const isScenario = (name: string): name is ScenarioName => Object.hasOwn(scenarios, name);
