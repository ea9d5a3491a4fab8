/** What the demo shows: scenarios as tables of steps. */
import { kinds } from '../../api/kinds.ts';
import { names } from '../../api/names.ts';
import type { overlays } from '../metacontroller/controllerconfig.ts';
import { DEPLOYMENT } from '../apiserver/discovery.ts';
import type { Fields } from '../apiserver/object.ts';
import {
  deployment,
  editSpec,
  exists,
  healChanged,
  healDeleted,
  install,
  isReady,
  nothing,
  reasonOf,
  remove,
  rest,
  resting,
  runs,
  says,
  versionOf,
  scale,
  type Step,
} from './steps.ts';
import { drills, drillsByNight, drillsInTheWay, drillFails, removeWhileDrilling } from './drills.ts';
import { copies, copiesBucket, copiesWhatIsNotThere, removesCopies, removesFirst, switchesOver } from './clones.ts';
import { loses, restores, restoresAll, restoresInstead, restoresNothing, restoresTooLate } from './restores.ts';
import { attaching, appearsAgain, deletes, fails, succeeds } from './stories.ts';

export interface Scenario {
  summary: string;
  overlay: keyof typeof overlays;
  /** What is changed in the Bestie before it is applied. */
  spec?: (spec: Fields) => Fields;
  steps: readonly Step[];
}

export const scenarios = {
  lifecycle: {
    summary: 'from nothing to Ready, at rest, scaled, healed and deleted',
    overlay: 'default',
    steps: [install, rest, scale, healDeleted, healChanged, remove],
  },
  'bad-image': {
    summary: 'an image that cannot be pulled is reported, and corrected',
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
        title: 'The version is corrected',
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
    summary: 'a new version: backup, migrations, rollout without a gap',
    overlay: 'default',
    steps: [install, succeeds, rest, remove],
  },
  'bad-upgrade': {
    summary: 'versions that fail: the previous one keeps serving, and is restored within minutes',
    overlay: 'default',
    steps: [
      install,
      fails('The next version has an image that does not exist', 'nosuch', 'ImagePullFailed', 'Failed'),
      resting(10),
      fails('It has one whose migration fails', 'badmigration', 'MigrationFailed', 'Failed'),
      resting(10),
      fails('It has one that crashes', 'crash', 'CrashLoop', 'RolledBack'),
      resting(10),
      {
        title: 'The version is set back',
        act: (stage) => {
          editSpec(stage, (spec) => ({ ...spec, version: versionOf(stage) }));
        },
        wants: 'the Bestie is Ready, and no failure is reported',
        holds: (stage) => isReady(stage) && says(stage, 'UpgradeFailed', 'False'),
      },
      remove,
    ],
  },
  restore: {
    summary: 'data that a user has lost is brought back; a restore that does not end, one that fails, and the way on',
    overlay: 'default',
    steps: [
      install,
      loses,
      restores,
      resting(10),
      restoresTooLate,
      resting(10),
      restoresInstead,
      resting(10),
      restoresNothing,
      resting(10),
      restoresAll,
      resting(10),
      remove,
    ],
  },
  drill: {
    summary: 'backups are proven to be restorable, by a copy that is checked; one that cannot be, and what a drill gives way to',
    overlay: 'default',
    steps: [install, drills, resting(10), drillFails, resting(10), drillsInTheWay, resting(10), drillsByNight, removeWhileDrilling],
  },
  clone: {
    summary: 'a copy of a Bestie tries the next version and takes its place; one from a bucket, and one whose source does not exist',
    overlay: 'default',
    steps: [
      install,
      copies,
      resting(10),
      switchesOver,
      removesFirst,
      resting(10),
      copiesWhatIsNotThere,
      resting(10),
      copiesBucket,
      resting(10),
      removesCopies,
    ],
  },
  delete: {
    summary: 'Retain keeps the database, however the Bestie is deleted, and one command attaches it again',
    overlay: 'default',
    spec: (spec) => ({ ...spec, deletionPolicy: 'Retain' }),
    steps: [
      install,
      deletes('The Bestie is deleted', 'Background'),
      appearsAgain,
      resting(10),
      attaching,
      deletes('The Bestie is deleted in the foreground, which calls no hook first', 'Foreground'),
      appearsAgain,
      attaching,
      {
        title: 'The policy becomes Delete',
        act: (stage) => {
          editSpec(stage, (spec) => ({ ...spec, deletionPolicy: 'Delete' }));
        },
        wants: 'the database is no longer guarded',
        holds: (stage) => isReady(stage) && reasonOf(stage, 'DatabaseGuarded') === undefined,
      },
      remove,
    ],
  },
  'external-database': {
    summary: 'a database that another team runs',
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
        title: 'The objects of the platform',
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
        title: 'A user deletes the Deployment',
        act: ({ cluster, namespace, name }) => {
          cluster.remove(DEPLOYMENT, namespace, names.deployment(name));
        },
        wants: 'the Deployment exists again, and the Bestie is Ready',
        holds: (stage) => deployment(stage) !== undefined && isReady(stage),
      },
      remove,
    ],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export const isScenario = (name: string): name is ScenarioName => Object.hasOwn(scenarios, name);
