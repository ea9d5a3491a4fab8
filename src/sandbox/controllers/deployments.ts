/** The Deployment controller: one ReplicaSet per template, rolling updates within surge and unavailability, status and conditions. */
import { hash8 } from '../../lib/hash.ts';
import { ignoring } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { DEPLOYMENT, POD, REPLICA_SET } from '../apiserver/discovery.ts';
import { controllerOf, controllerReference, type Fields, type Resource } from '../apiserver/object.ts';
import { podsOf, readyPods } from './replicasets.ts';
import {
  conditionsOf,
  counts,
  fieldsOf,
  secondsBetween,
  setObject,
  setStatus,
  withCondition,
  type StatusCondition,
} from '../metacontroller/status.ts';

const REVISION = 'deployment.kubernetes.io/revision';

export interface ReplicaCounts {
  name: string;
  replicas: number;
  available: number;
}

/** A number of pods, or a percentage of the wanted ones: multiplied first, as GetScaledValueFromIntOrPercent does, for 7 / 100 × 100 is more than 7. */
function share(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(String(value), 10) * of) / 100);
}

/** How many replicas each ReplicaSet should have next, by name: the new one grows within the surge, old ones shrink as pods become available. */
export function rollout(spec: Fields, current: ReplicaCounts, old: readonly ReplicaCounts[]): ReadonlyMap<string, number> {
  const wanted = Number(spec.replicas);
  const rolling = fieldsOf(fieldsOf(spec.strategy).rollingUpdate);
  const surge = share(rolling.maxSurge ?? 0, wanted, Math.ceil);
  const unavailable = share(rolling.maxUnavailable ?? 0, wanted, Math.floor);
  const oldTotal = old.reduce((sum, { replicas }) => sum + replicas, 0);
  const total = current.replicas + oldTotal;
  const room = Math.max(wanted + surge - total, 0);
  const grown = oldTotal === 0 ? wanted : Math.min(wanted, current.replicas + room);

  const floor = wanted - Math.min(wanted, Math.max(unavailable, surge === 0 ? 1 : 0));
  const mayGo = total - floor - (current.replicas - current.available);
  const available = current.available + old.reduce((sum, each) => sum + each.available, 0);
  let unhealthy = Math.max(0, mayGo);
  let healthy = mayGo > 0 ? Math.max(0, available - floor) : 0;
  const shrunk = old.map(({ name, replicas, available: serving }) => {
    const sick = Math.min(replicas - serving, unhealthy);
    const well = Math.min(serving, healthy);
    unhealthy -= sick;
    healthy -= well;
    return [name, replicas - sick - well] as const;
  });
  return new Map([[current.name, grown], ...shrunk]);
}

function newSet(client: Client, deployment: Resource, hash: string, revision: number): Resource | undefined {
  const spec = deployment.spec ?? {};
  const template = fieldsOf(spec.template);
  const labels = { ...fieldsOf(fieldsOf(template.metadata).labels), 'pod-template-hash': hash } as Record<string, string>;
  return ignoring(['AlreadyExists', 'NotFound', 'Forbidden'], () =>
    client.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace: deployment.metadata.namespace,
        labels,
        annotations: { [REVISION]: String(revision) },
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { ...template, metadata: { ...fieldsOf(template.metadata), labels } },
      },
    }),
  );
}

interface Observed {
  deployment: Resource;
  /** Why the pods of its latest ReplicaSet may not be created. */
  refusal: string | undefined;
  /** Its latest ReplicaSet was created just now: what was complete before is no more. */
  isNew: boolean;
  total: number;
  updated: number;
  ready: number;
}

/** ReplicaFailure is taken over from the latest ReplicaSet. */
function withFailure(deployment: Resource, refusal: string | undefined, now: string): readonly StatusCondition[] {
  if (refusal === undefined) return conditionsOf(deployment).filter(({ type }) => type !== 'ReplicaFailure');
  return withCondition(conditionsOf(deployment), { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal }, now);
}

function statusOf({ deployment, refusal, isNew, total, updated, ready }: Observed, now: string): Fields {
  const spec = deployment.spec ?? {};
  const wanted = Number(spec.replicas);
  const unavailable = share(fieldsOf(fieldsOf(spec.strategy).rollingUpdate).maxUnavailable ?? 0, wanted, Math.floor);
  const before = conditionsOf(deployment).find(({ type }) => type === 'Progressing');
  const old = fieldsOf(deployment.status);
  const same = old.observedGeneration === deployment.metadata.generation;
  const progressed = ['updatedReplicas', 'readyReplicas'].some((key, index) => ([updated, ready][index] ?? 0) > Number(old[key] ?? 0));
  const complete = updated === wanted && total === wanted && ready === wanted;
  const wasComplete = before?.reason === 'NewReplicaSetAvailable' && updated === total && !isNew;
  const idle = before?.lastUpdateTime === undefined ? 0 : secondsBetween(before.lastUpdateTime, now);
  const late = same && !progressed && (before?.reason === 'ProgressDeadlineExceeded' || idle > Number(spec.progressDeadlineSeconds));
  const set = deployment.metadata.name;
  const progressing =
    complete || wasComplete
      ? { status: 'True' as const, reason: 'NewReplicaSetAvailable', message: `ReplicaSet of "${set}" has successfully progressed.` }
      : late
        ? { status: 'False' as const, reason: 'ProgressDeadlineExceeded', message: `ReplicaSet of "${set}" has timed out progressing.` }
        : { status: 'True' as const, reason: 'ReplicaSetUpdated', message: `ReplicaSet of "${set}" is progressing.` };
  const unmoved = !progressed && same && before?.reason === progressing.reason;
  const lastUpdateTime = unmoved ? before.lastUpdateTime : now;
  const enough = ready >= wanted - unavailable;
  const available = enough
    ? { status: 'True' as const, reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { status: 'False' as const, reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  const dated = withCondition(withFailure(deployment, refusal, now), { type: 'Available', ...available }, now);
  return {
    observedGeneration: deployment.metadata.generation,
    ...counts({
      replicas: total,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, total - ready),
    }),
    conditions: withCondition(dated, { type: 'Progressing', ...(lastUpdateTime !== undefined && { lastUpdateTime }), ...progressing }, now),
  };
}

/** A paused Deployment starts no rollout; it only says how many of its pods are of the latest template. */
function runPaused(client: Client, deployment: Resource, sets: readonly Resource[], current: Resource | undefined): void {
  const count = (set: Resource): number => podsOf(client, set).length;
  const paused = { type: 'Progressing', status: 'Unknown' as const, reason: 'DeploymentPaused', message: 'Deployment is paused' };
  const { updatedReplicas: _, ...before } = fieldsOf(deployment.status);
  setStatus(client, deployment, {
    ...before,
    observedGeneration: deployment.metadata.generation,
    ...counts({ replicas: sets.reduce((sum, set) => sum + count(set), 0), updatedReplicas: current === undefined ? 0 : count(current) }),
    conditions: conditionsOf(deployment).map((each) => (each.type === paused.type ? { ...each, ...paused } : each)),
  });
}

function runDeployment(client: Client, deployment: Resource, now: string): void {
  const hash = hash8(deployment.spec?.template);
  const sets = client.list(REPLICA_SET, deployment.metadata.namespace).filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);
  const revisions = sets.map(({ metadata }) => Number(metadata.annotations?.[REVISION] ?? 0));
  const existing = sets.find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash);
  if (deployment.spec?.paused === true) {
    runPaused(client, deployment, sets, existing);
    return;
  }
  const newest = Math.max(0, ...revisions);
  const revision = existing && Number(existing.metadata.annotations?.[REVISION]) === newest ? newest : newest + 1;
  const current = existing ?? newSet(client, deployment, hash, revision);
  if (!current) return;
  if (existing && existing.metadata.annotations?.[REVISION] !== String(revision))
    setObject(client, {
      ...existing,
      metadata: { ...existing.metadata, annotations: { ...existing.metadata.annotations, [REVISION]: String(revision) } },
    });
  if (deployment.metadata.annotations?.[REVISION] !== String(revision))
    setObject(client, {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: String(revision) } },
    });

  const count = (set: Resource): ReplicaCounts => ({
    name: set.metadata.name,
    replicas: Number(set.spec?.replicas),
    available: readyPods(client, set),
  });
  const next = rollout(deployment.spec ?? {}, count(current), sets.filter((set) => set !== existing).map(count));
  for (const set of client.list(REPLICA_SET, deployment.metadata.namespace)) {
    const replicas = controllerOf(set)?.uid === deployment.metadata.uid ? next.get(set.metadata.name) : undefined;
    if (replicas !== undefined && replicas !== set.spec?.replicas) setObject(client, { ...set, spec: { ...set.spec, replicas } });
  }

  const owners = new Map([...sets, current].map((set) => [set.metadata.uid, set]));
  const pods = client
    .list(POD, deployment.metadata.namespace)
    .filter((pod) => owners.has(controllerOf(pod)?.uid ?? '') && pod.metadata.deletionTimestamp === undefined);
  const updated = pods.filter((pod) => controllerOf(pod)?.uid === current.metadata.uid).length;
  const ready = [...owners.values()].reduce((sum, set) => sum + readyPods(client, set), 0);
  const latest = client.get(DEPLOYMENT, deployment.metadata.namespace ?? '', deployment.metadata.name);
  const refusal = conditionsOf(current).find(({ type }) => type === 'ReplicaFailure')?.message;
  const isNew = existing === undefined;
  if (latest) setStatus(client, latest, statusOf({ deployment: latest, refusal, isNew, total: pods.length, updated, ready }, now));
}

/** One round over all Deployments. */
export function runDeployments(client: Client, now: string): void {
  const living = client.list(DEPLOYMENT).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((deployment) => {
    runDeployment(client, deployment, now);
  });
}
