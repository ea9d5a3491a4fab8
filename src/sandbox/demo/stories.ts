/** Steps in which something may be lost, and is not. */
import { CONTROLLER_UID_LABEL, selector } from '../../api/names.ts';
import { parseVersion } from '../../lib/version.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../apiserver/discovery.ts';
import type { Draft, Resource } from '../apiserver/object.ts';
import { fieldsOf } from '../controllers/objectstatus.ts';
import { bestieOf, deployment, editSpec, isReady, reasonOf, runs, says, versionOf, type Stage, type Step } from './steps.ts';

/** The version that follows the one that runs. */
export function nextVersion(stage: Stage): string {
  const { numbers: [major, minor] = [0, 0] } = parseVersion(versionOf(stage)) ?? {};
  return `${major}.${minor + 1}`;
}

const phaseOf = (stage: Stage): unknown => fieldsOf(bestieOf(stage)?.status?.upgrade).phase;

/** Wants another version, and watches that never fewer pods are ready than `size` meanwhile. */
const wanting =
  (version: (stage: Stage) => string) =>
  (stage: Stage): void => {
    const size = Number(bestieOf(stage)?.spec?.size);
    stage.cluster.server.watch(({ object }) => {
      if (object.kind !== 'Deployment' || bestieOf(stage)?.metadata.deletionTimestamp !== undefined) return;
      const ready = Number(fieldsOf(deployment(stage)?.status).readyReplicas ?? 0);
      if (ready < size) throw new Error(`only ${ready} of ${size} pods are ready`);
    });
    editSpec(stage, (spec) => ({ ...spec, version: version(stage) }));
  };

export const succeeds: Step = {
  title: 'The next version is requested',
  act: wanting(nextVersion),
  wants: 'the database was backed up and migrated, and the next version runs; at no time were fewer pods ready',
  holds: (stage) => runs(stage, String(bestieOf(stage)?.spec?.version)) && phaseOf(stage) === 'Succeeded',
};

/** The fate of an image is in its tag. */
export const fails = (title: string, fate: string, reason: string, phase: string): Step => ({
  title,
  act: wanting((stage) => `${nextVersion(stage)}-${fate}`),
  wants: `it has failed (${reason}), and all pods of the previous version serve: at no time were fewer ready`,
  holds: (stage) =>
    reasonOf(stage, 'UpgradeFailed') === reason &&
    phaseOf(stage) === phase &&
    says(stage, 'Available', 'True') &&
    versionOf(stage) !== bestieOf(stage)?.spec?.version,
});

const database = ({ cluster, namespace, name }: Stage): Resource | undefined =>
  cluster.user
    .list(POSTGRES_CLUSTER, namespace)
    .find(({ metadata }) => Object.entries(selector(name)).every(([key, value]) => metadata.labels?.[key] === value));

export const deletes = (title: string, propagation: 'Background' | 'Foreground'): Step => ({
  title,
  act: ({ cluster, namespace, name }) => {
    cluster.remove(BESTIE, namespace, name, { propagation });
  },
  wants: 'the Bestie and its application are deleted, and the database still exists',
  holds: (stage) =>
    bestieOf(stage) === undefined &&
    deployment(stage) === undefined &&
    database(stage) !== undefined &&
    database(stage)?.metadata.deletionTimestamp === undefined,
});

export const appearsAgain: Step = {
  title: 'A Bestie of the same name is applied',
  act: ({ cluster, bestie }) => {
    cluster.apply(bestie);
  },
  wants: 'it reports how to attach the database, and creates no other',
  holds: (stage) => reasonOf(stage, 'DatabaseReady') === 'DatabaseNotAttached',
};

export const attaching: Step = {
  title: 'A user runs that command',
  act: (stage) => {
    const { cluster, namespace } = stage;
    const uid = bestieOf(stage)?.metadata.uid ?? '';
    cluster.edit(POSTGRES_CLUSTER, namespace, database(stage)?.metadata.name ?? '', (object): Draft => {
      const labels = { ...object.metadata.labels, [CONTROLLER_UID_LABEL]: uid };
      return { ...object, metadata: { ...object.metadata, labels } };
    });
  },
  wants: 'the Bestie is Ready with the old data, and no migration ran again',
  holds: (stage) => isReady(stage) && stage.cluster.user.list('Job.batch/v1').length === 0,
};
