/**
 * How the application connects to its database: directly, or through a pooler. The keys of the Secret that lead through one exist only while there is
 * one, and a pod whose key is gone does not start. So the pods are switched over once the pooler is ready, and the pooler stays until no pod
 * refers to it. Both are read from what was last applied and from what runs; nothing is remembered.
 */
import type { databaseEnvironment } from '../api/environment.ts';
import type { Live } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { appliedTemplate, deployment, rollout } from './deployment.ts';
import { isExternal } from './migrations.ts';
import { memo } from './memo.ts';
import { isOurs, mayWrite, podsOf, present } from './pods.ts';
import { deployedImage, lastGood } from './releaserecord.ts';
import { isStopped } from './replaceddata.ts';

interface ContainerParts {
  name: string;
  env: { name: string; valueFrom: { secretKeyRef: { key: string } } }[];
}
interface PodParts {
  spec: { initContainers: ContainerParts[]; containers: ContainerParts[] };
}

/** The variable with the address of the database, which no user may set. */
const ADDRESS = 'DB_ADDR' satisfies keyof typeof databaseEnvironment;

/** Whether a pod, or a template, refers to the pooler. A template may be without its init containers for a while. */
function refersToPooler(pod: object | null | undefined, { provider }: Observed): boolean {
  const keys: readonly string[] = Object.values(provider.pooler.keys);
  const { spec } = (pod ?? {}) as Live<PodParts>;
  return [...present(spec?.initContainers), ...present(spec?.containers)]
    .filter(isOurs)
    .flatMap(({ env }) => present(env))
    .some(({ name, valueFrom }) => name === ADDRESS && keys.includes(valueFrom?.secretKeyRef?.key ?? ''));
}

/** The template of the live Deployment. */
const liveTemplate = (o: Observed): object | null | undefined =>
  (deployment(o)?.spec as Live<{ template: object }> | null | undefined)?.template;

/** Whether the pods of the application were last to connect through a pooler. */
export const connectsThroughPooler = memo((o): boolean => {
  const live = deployment(o);
  return live !== undefined && refersToPooler(appliedTemplate(live, o) ?? liveTemplate(o), o);
});

/** The pooler that the spec wants, if any. */
export function wantedPooler(o: Observed): Observed['bestie']['spec']['database']['pooler'] {
  const { pooler } = o.bestie.spec.database;
  return pooler?.enabled === true && !isExternal(o) ? pooler : undefined;
}

/** Another owner has taken the pooler from the object of the database. Without that object it is created with a pooler. */
const isWithdrawn = (o: Observed): boolean => o.provider.live(o) !== undefined && !o.provider.pooler.isRequested(o);

/**
 * Whether that image has not proved itself: it must not answer for a pooler. Nothing else delays the restart: where the database has too few
 * connections, some pods are not ready before they share them.
 */
function isOnTrial(image: string, o: Observed): boolean {
  const good = lastGood(o);
  return deployment(o) !== undefined && (deployedImage(o) !== image || (good !== undefined && good !== image));
}

/** Whether the pods that run that image shall connect through the pooler. While the application is stopped its template stays as it is. */
export function usesPooler(image: string, o: Observed): boolean {
  const [connects, isWanted] = [connectsThroughPooler(o), wantedPooler(o) !== undefined];
  if (!connects && !isWanted) return false;
  if (isStopped(image, o)) return connects;
  if (!isWanted || isWithdrawn(o)) return false;
  return connects || (!isOnTrial(image, o) && o.provider.pooler.isReady(o));
}

/** Whether pods may still be started that refer to the pooler: by the template, or by the one before, whose pods are not all replaced. */
function mayStart(o: Observed): boolean {
  const live = deployment(o);
  if (live === undefined) return false;
  const { current, replicas, updated } = rollout(live);
  return connectsThroughPooler(o) || refersToPooler(liveTemplate(o), o) || !current || replicas !== updated;
}

/** Whether the application still depends on a pooler that the spec may not want any more. */
export const dependsOnPooler = (o: Observed): boolean =>
  mayStart(o) || podsOf(o, 'web').some((pod) => mayWrite(pod, o.now) && refersToPooler(pod, o));
