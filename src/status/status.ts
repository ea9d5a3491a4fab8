/** The status of a Bestie: facts that were observed, in one canonical form. */
import type { ConditionType } from '../api/condition.ts';
import { drilling } from '../decide/drill.ts';
import { shortVersion, versionOf } from '../lib/image.ts';
import { type Observed, type Status } from '../api/observed.ts';
import { type Condition, type KubeObject, type Readiness } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations, names, selector } from '../api/names.ts';
import { deployedImage } from '../observed/releaserecord.ts';
import { isOver, isReady, isTerminating, isWorker, podsOf, present, type Pod } from '../observed/pods.ts';
import { isExternal, record } from '../observed/migrations.ts';
import { deployment, isRolledOut, neededPods, rollout } from '../observed/deployment.ts';
import { connectsThroughPooler } from '../observed/pooler.ts';
import { problems } from '../observed/podtroubles.ts';
import { backupStatus } from './backupstatus.ts';
import { urlOf } from './url.ts';

/** The image is that of the application, also with injected containers; if no container has its name, that of the first. */
function line({ metadata, spec, status }: Pod): string {
  const containers = present(spec?.containers);
  const { image } = containers.find(isWorker) ?? containers[0] ?? {};
  return `${metadata.name} : ${status?.phase ?? 'Unknown'} : ${image ?? 'unknown'}`;
}

/** The version that is rolled out and available: set at the end of each rollout, kept until the next one ends. */
function appVersion(o: Observed, live: KubeObject | undefined): string | undefined {
  const image = live && durable(o, live, annotations.running);
  const version = image === undefined ? undefined : versionOf(image);
  const isNew = version !== undefined && isRolledOut(live, neededPods(o));
  return isNew ? shortVersion(version) : (o.bestie.status.appversion ?? undefined);
}

function imagePulled(o: Observed): Readiness {
  const pods = [...podsOf(o, 'web'), ...podsOf(o, 'migration')];
  const failure = problems(pods, o).find(({ reason }) => reason === 'ImagePullFailed');
  if (failure !== undefined) return { status: 'False', ...failure };
  return pods.length === 0
    ? { status: 'Unknown', reason: 'NoPods', message: 'there is no pod that would need an image' }
    : { status: 'True', reason: 'ImagePulled', message: 'no container waits for an image that cannot be pulled' };
}

function available(o: Observed): Readiness {
  const live = deployment(o);
  const name = names.deployment(o.bestie.metadata.name);
  if (live === undefined) return { status: 'False', reason: 'NoDeployment', message: `there is no Deployment ${name}` };
  const { asked, available: serving, condition } = rollout(live);
  // Kubernetes reports a Deployment without requested pods as available.
  if (asked === 0) return { status: 'False', reason: 'TooFewReplicas', message: `Deployment ${name} is scaled to 0 pods` };
  const isEnough = condition('Available')?.status === 'True';
  // It also does so while the strategy lets every pod be missing.
  if (isEnough && serving === 0 && o.bestie.spec.strategy?.maxUnavailable !== undefined)
    return { status: 'False', reason: 'TooFewReplicas', message: `no pod of Deployment ${name} is ready, which its strategy allows` };
  return isEnough
    ? { status: 'True', reason: 'EnoughReplicas', message: `Deployment ${name} is available` }
    : { status: 'False', reason: 'TooFewReplicas', message: `Deployment ${name} has not enough ready pods` };
}

/** Available and ImagePulled: facts about the pods that hold whatever the spec says. */
export const podFindings = (o: Observed): [ConditionType, Readiness][] => [
  ['Available', available(o)],
  ['ImagePulled', imagePulled(o)],
];

/** The part of status that does not depend on an acceptable spec. */
export function podStatus(o: Observed): Pick<Status, 'podstatus' | 'replicas' | 'readyReplicas' | 'selector'> {
  // Counted from the pods themselves: the Deployment's own counts arrive later, and each would be a write of its own.
  const pods = podsOf(o, 'web').filter((pod) => !isTerminating(pod));
  const matching = Object.entries(selector(o.bestie.metadata.name, 'web'));
  return {
    podstatus: pods.map(line),
    replicas: pods.filter((pod) => !isOver(pod)).length,
    readyReplicas: pods.filter(isReady).length,
    selector: matching.map(([key, value]) => `${key}=${value}`).join(','),
  };
}

/** That the application connects through a pooler; nothing where it does not. */
export const throughPooler = (o: Observed): { pooler?: true } => (connectsThroughPooler(o) ? { pooler: true } : {});

/** The whole status; `conditions` have their transition times already. */
export function statusOf(o: Observed, conditions: Condition[], upgrade: Status['upgrade']): Status {
  const backup = backupStatus(o, drilling(o).record);
  const live = deployment(o);
  const image = deployedImage(o);
  const appversion = appVersion(o, live);
  const address = urlOf(o);
  return {
    ...(appversion !== undefined && { appversion }),
    ...(image !== undefined && { image }),
    ...podStatus(o),
    ...(address !== undefined && { url: address }),
    database: { ...record(o), ...throughPooler(o), ...(!isExternal(o) && { usable: o.provider.isUsable(o) }) },
    ...(upgrade && { upgrade }),
    ...(backup && { backup }),
    conditions,
  };
}
