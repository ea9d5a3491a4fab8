/** How far the Deployment is. */
import { contestsOf } from './contestedfields.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Live, type Readiness } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { creationRecheck } from './podcreation.ts';
import { imageOf, isOver, podsOf, type Pod } from './pods.ts';
import { WAITING_CONTAINER } from '../api/containers.ts';
import { pausedRollout, podsForbidden } from './stopped.ts';
import { problems } from './podtroubles.ts';
import { kubectl } from './commands.ts';
import { databaseTrouble, isHeldByDatabase } from './databasewait.ts';

interface DeploymentParts {
  spec: { replicas: number };
  status: {
    observedGeneration: number;
    replicas: number;
    updatedReplicas: number;
    availableReplicas: number;
    conditions: { type: string; status: string; reason: string; message: string }[];
  };
}

/** Counts of an observed Deployment; a count that the API server leaves out is 0. `asked` is its spec.replicas. */
export interface Rollout {
  asked: number | undefined;
  replicas: number;
  updated: number;
  available: number;
  /** The Deployment controller has seen the latest spec. */
  current: boolean;
  /** Status of a condition of the Deployment, with its reason and message. */
  condition: (type: string) => { status: string; reason: string; message: string } | undefined;
}

export const deployment = (o: Observed): KubeObject | undefined =>
  o.child(kindKey(kinds.deployment), names.deployment(o.bestie.metadata.name));

export function rollout(live: KubeObject | undefined): Rollout {
  const { spec, status } = (live ?? {}) as Live<DeploymentParts>;
  const found = (type: string) => status?.conditions?.find((condition) => condition?.type === type);
  return {
    asked: spec?.replicas ?? undefined,
    replicas: status?.replicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    current: (status?.observedGeneration ?? 0) >= (live?.metadata.generation ?? 0),
    condition: (type) => {
      const condition = found(type);
      return condition
        ? { status: condition.status ?? 'Unknown', reason: condition.reason ?? '', message: condition.message ?? '' }
        : undefined;
    },
  };
}

/** The words with which the API server refuses pods of the latest template; undefined if it refuses none. */
export function refusalOf(live: KubeObject | undefined): string | undefined {
  const failure = rollout(live).condition('ReplicaFailure');
  return failure?.status === 'True' ? failure.message : undefined;
}

/** Pods that must be available: `size`, or a lower number that another owner of the field has set. */
export function neededPods(o: Observed): number {
  const { size } = o.bestie.spec;
  const live = deployment(o);
  const contest = live && contestsOf(o.record(live)?.metadata.annotations).get('/spec/replicas');
  const { asked = size } = rollout(live);
  return contest?.isLeft ? Math.min(size, asked) : size;
}

/** Every pod runs the latest template, and at least `size` of them are available. That stays true while an autoscaler adds pods. */
export function isRolledOut(live: KubeObject | undefined, size: number): boolean {
  const { current, replicas, updated, available } = rollout(live);
  return current && replicas === updated && available >= size;
}

/** Pods of the current template are being started, or will be. */
export const rollingOut = (name: string): Readiness => ({
  status: 'False',
  reason: 'RollingOut',
  message: `Deployment ${name} is rolling out`,
});

const rolledOut = (name: string, paused: string | undefined): Readiness => ({
  status: 'True',
  reason: 'RolledOut',
  message: `Deployment ${name} is rolled out${paused === undefined ? '' : `; ${paused}`}`,
});

interface Template {
  metadata?: { annotations?: Record<string, string> };
}

/** The template that the Deployment was last given. */
export const appliedTemplate = (live: KubeObject, o: Observed): Template | undefined =>
  (o.applied(live)?.spec as { template?: Template } | undefined)?.template;

/** The pods of the application with that requested image reference. Templates of former releases do not record it, nor do their pods. */
export function podsOfImage(image: string, o: Observed): Pod[] {
  const live = deployment(o);
  const template = live && appliedTemplate(live, o);
  const recorded = template === undefined || template.metadata?.annotations?.[annotations.image] !== undefined;
  return podsOf(o, 'web').filter((pod) => imageOf(pod) === (recorded ? image : undefined));
}

const running = (o: Observed): Pod[] => podsOf(o, 'web').filter((pod) => !isOver(pod));

/** Why pods of the application do not reach the database. */
export const webDatabaseTrouble = (o: Observed): ReturnType<typeof databaseTrouble> =>
  databaseTrouble(
    running(o),
    ({ metadata: { name } }) => ({ words: `pod "${name}"`, logs: kubectl(o, `logs ${name} -c ${WAITING_CONTAINER}`) }),
    o,
  );

/** DeploymentReady with that many pods: the problem of a pod first, then the status of the Deployment itself. */
export function deploymentReadiness(live: KubeObject | undefined, o: Observed, size = neededPods(o)): Readiness {
  const { replicas, available, current, condition } = rollout(live);
  const name = live?.metadata.name ?? '';
  const complete = isRolledOut(live, size);
  const paused = pausedRollout(live, o);
  if (complete && available >= replicas) return rolledOut(name, paused);
  const { trouble, ...recheck } = webDatabaseTrouble(o);
  if (trouble !== undefined) return trouble;
  const problem = problems(running(o), o)[0];
  const late = current && condition('Progressing')?.reason === 'ProgressDeadlineExceeded' && !isHeldByDatabase(running(o));
  if (problem !== undefined) return { status: 'False', ...problem };
  if (complete) return rolledOut(name, paused);
  if (paused !== undefined) return { status: 'False', reason: 'Suspended', message: paused };
  const refused = refusalOf(live);
  if (refused !== undefined) return podsForbidden(name, refused, o);
  if (late)
    return { status: 'False', reason: 'ProgressDeadlineExceeded', message: `Deployment ${name} made no progress within its deadline` };
  return { ...rollingOut(name), ...creationRecheck(running(o), o, recheck) };
}
