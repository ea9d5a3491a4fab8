/** The steps of which scenarios are made. */
import { kindKey } from '../../api/kubernetes.ts';
import { names } from '../../api/names.ts';
import type { Cluster } from '../cluster.ts';
import { BESTIE, DEPLOYMENT, SERVICE } from '../apiserver/discovery.ts';
import type { Draft, Fields, Resource } from '../apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../controllers/objectstatus.ts';

/** A cluster with one Bestie in it. */
export interface Stage {
  cluster: Cluster;
  name: string;
  namespace: string;
  /** What was applied in the beginning. */
  bestie: Draft;
}

export interface Step {
  title: string;
  act: (stage: Stage) => void | Promise<void>;
  /** What must hold at the end, as a sentence. */
  wants: string;
  holds: (stage: Stage) => boolean;
  /** Where given, Metacontroller must not have written anything in this step. */
  writes?: 'none';
  /** What a reader may want to know once it holds, a line each. */
  notes?: (stage: Stage) => readonly string[];
}

export const bestieOf = ({ cluster, namespace, name }: Stage): Resource | undefined => cluster.user.get(BESTIE, namespace, name);

export const says = (stage: Stage, type: string, status: string): boolean => {
  const bestie = bestieOf(stage);
  return bestie !== undefined && conditionsOf(bestie).some((condition) => condition.type === type && condition.status === status);
};

/** The version that is rolled out and available. */
export const versionOf = (stage: Stage): string => String(bestieOf(stage)?.status?.appversion);

export const reasonOf = (stage: Stage, type: string): string | undefined =>
  [bestieOf(stage)].flatMap((bestie) => (bestie ? conditionsOf(bestie) : [])).find((condition) => condition.type === type)?.reason;

export const isReady = (stage: Stage): boolean => {
  const bestie = bestieOf(stage);
  return bestie?.status?.observedGeneration === bestie?.metadata.generation && says(stage, 'Ready', 'True');
};

export const editSpec = ({ cluster, namespace, name }: Stage, change: (spec: Fields) => Fields): void => {
  cluster.edit(BESTIE, namespace, name, (bestie): Draft => ({ ...bestie, spec: change(bestie.spec ?? {}) }));
};

const service = ({ cluster, namespace, name }: Stage): Resource | undefined => cluster.user.get(SERVICE, namespace, names.service(name));
export const deployment = ({ cluster, namespace, name }: Stage): Resource | undefined =>
  cluster.user.get(DEPLOYMENT, namespace, names.deployment(name));
export const exists = ({ cluster, namespace }: Stage, kind: { apiVersion: string; kind: string }, name: string): boolean =>
  cluster.user.get(kindKey(kind), namespace, name) !== undefined;

export const nothing = (): void => undefined;

export const install: Step = {
  title: 'The Bestie is applied to an empty Namespace',
  act: nothing,
  wants: 'the Bestie is Ready',
  holds: isReady,
};

export const resting = (times: number): Step => ({
  title: `Nothing changes, and Metacontroller syncs ${times} times more`,
  act: ({ cluster }) => cluster.resync(times),
  wants: 'no write at all',
  holds: () => true,
  writes: 'none',
});
export const rest = resting(100);

export const scale: Step = {
  title: 'Two more pods are requested',
  act: (stage) => {
    editSpec(stage, (spec) => {
      const size = Number(spec.size) + 2;
      return { ...spec, size, ...(spec.maxReplicas !== undefined && { maxReplicas: Math.max(size, Number(spec.maxReplicas)) }) };
    });
  },
  wants: 'that many pods are ready',
  holds: (stage) => isReady(stage) && Number(bestieOf(stage)?.status?.readyReplicas) >= Number(bestieOf(stage)?.spec?.size),
};

export const healDeleted: Step = {
  title: 'A user deletes the Service',
  act: ({ cluster, namespace, name }) => {
    cluster.remove(SERVICE, namespace, names.service(name));
  },
  wants: 'the Service exists again, and the Bestie is Ready',
  holds: (stage) => service(stage) !== undefined && isReady(stage),
};

const BROKEN = { app: 'another' };
export const healChanged: Step = {
  title: 'A user changes the selector of the Service to another application',
  act: ({ cluster, namespace, name }) => {
    cluster.edit(SERVICE, namespace, names.service(name), (object): Draft => ({ ...object, spec: { ...object.spec, selector: BROKEN } }));
  },
  wants: 'the Service selects the pods again',
  holds: (stage) => fieldsOf(service(stage)?.spec?.selector).app !== BROKEN.app,
};

export const isEmpty = ({ cluster }: Stage): boolean =>
  cluster.user.everything().every(({ kind }) => kind === 'Namespace' || kind === 'Event');

/** Removes what would keep the Bestie or its database: the demo ends with an empty Namespace, whatever the file asks for. */
const unprotect = (stage: Stage): void => {
  const { deletionPolicy, deletionProtection } = bestieOf(stage)?.spec ?? {};
  if ((deletionPolicy ?? 'Delete') === 'Delete' && deletionProtection !== true) return;
  editSpec(stage, (spec) => ({ ...spec, deletionPolicy: 'Delete', deletionProtection: false }));
};

export const remove: Step = {
  title: 'The Bestie is deleted',
  act: (stage) => {
    unprotect(stage);
    stage.cluster.remove(BESTIE, stage.namespace, stage.name);
  },
  wants: 'nothing is left but the Namespace',
  holds: isEmpty,
};

export const runs = (stage: Stage, version: string): boolean => isReady(stage) && versionOf(stage) === version;
