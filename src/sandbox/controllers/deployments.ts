/** The Deployment controller: one ReplicaSet per template, rolling updates within surge and unavailability, status and conditions. */
import { hash8 } from '../../lib/hash.ts';
import { ignoring } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { DEPLOYMENT, POD, REPLICA_SET } from '../apiserver/discovery.ts';
import { controllerOf, controllerReference, type Resource } from '../apiserver/object.ts';
import { podsOf, readyPods } from './replicasets.ts';
import { statusOf } from './deploymentstatus.ts';
import { rollout, type ReplicaCounts } from './rollout.ts';
import { conditionsOf, counts, fieldsOf, setObject, setStatus } from './objectstatus.ts';

const REVISION = 'deployment.kubernetes.io/revision';

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

/** A paused Deployment starts no rollout; it only reports how many of its pods are of the latest template. */
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

const revisionOf = ({ metadata }: Resource): string | undefined => metadata.annotations?.[REVISION];

function setRevision(client: Client, object: Resource, revision: number): void {
  if (revisionOf(object) === String(revision)) return;
  const { metadata } = object;
  setObject(client, { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: String(revision) } } });
}

/** One step of the rollout. */
function scale(client: Client, deployment: Resource, current: Resource, old: readonly Resource[]): void {
  const count = (set: Resource): ReplicaCounts => ({
    name: set.metadata.name,
    replicas: Number(set.spec?.replicas),
    available: readyPods(client, set),
  });
  const next = rollout(deployment.spec ?? {}, count(current), old.map(count));
  for (const set of setsOf(client, deployment)) {
    const replicas = next.get(set.metadata.name);
    if (replicas !== undefined && replicas !== set.spec?.replicas) setObject(client, { ...set, spec: { ...set.spec, replicas } });
  }
}

/** What its pods come to. */
function countsOf(client: Client, deployment: Resource, current: Resource, sets: readonly Resource[]) {
  const owners = new Map([...sets, current].map((set) => [set.metadata.uid, set]));
  const pods = client
    .list(POD, deployment.metadata.namespace)
    .filter((pod) => owners.has(controllerOf(pod)?.uid ?? '') && pod.metadata.deletionTimestamp === undefined);
  return {
    total: pods.length,
    updated: pods.filter((pod) => controllerOf(pod)?.uid === current.metadata.uid).length,
    ready: [...owners.values()].reduce((sum, set) => sum + readyPods(client, set), 0),
  };
}

const setsOf = (client: Client, deployment: Resource): Resource[] =>
  client.list(REPLICA_SET, deployment.metadata.namespace).filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);

function runDeployment(client: Client, deployment: Resource, now: string): void {
  const hash = hash8(deployment.spec?.template);
  const sets = setsOf(client, deployment);
  const existing = sets.find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash);
  if (deployment.spec?.paused === true) {
    runPaused(client, deployment, sets, existing);
    return;
  }
  const newest = Math.max(0, ...sets.map((set) => Number(revisionOf(set) ?? 0)));
  const revision = existing && Number(revisionOf(existing)) === newest ? newest : newest + 1;
  const current = existing ?? newSet(client, deployment, hash, revision);
  if (!current) return;
  if (existing) setRevision(client, existing, revision);
  setRevision(client, deployment, revision);
  scale(
    client,
    deployment,
    current,
    sets.filter((set) => set !== existing),
  );
  const latest = client.get(DEPLOYMENT, deployment.metadata.namespace ?? '', deployment.metadata.name);
  const refusal = conditionsOf(current).find(({ type }) => type === 'ReplicaFailure')?.message;
  const observed = { refusal, isNew: existing === undefined, ...countsOf(client, deployment, current, sets) };
  if (latest) setStatus(client, latest, statusOf({ deployment: latest, ...observed }, now));
}

/** One round over all Deployments. */
export function runDeployments(client: Client, now: string): void {
  const living = client.list(DEPLOYMENT).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((deployment) => {
    runDeployment(client, deployment, now);
  });
}
