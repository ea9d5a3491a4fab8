/** An upgrade as it goes wrong, and what the garbage collector and a person see of it: worlds around test/support/stages.ts. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { annotations } from '../../src/api/names.ts';
import { backingUp, backup, containerStatus, jobStatus, pod, ready, rolledOut } from './stages.ts';
import { ago, carriedOut, childOf, manifestOf, NAMESPACE, NOW, overlaid, patched, syncOf, type Loose, type World } from './world.ts';

const REPOSITORY = 'quay.io/opdev/bestie';
export const image = (version: string): string => `${REPOSITORY}:${version}`;
/** What runs at first, what is wanted next, and what is wanted after that. */
export const [A, B, C] = [image('1.3'), image('1.4'), image('1.5')] as const;

/** So many seconds go by in which nothing is answered. */
export const later = (w: World, seconds: number): World => ({
  ...w,
  now: new Date(Date.parse(w.now) + seconds * 1000).toISOString().replace('.000Z', 'Z'),
});

/** The world after so many answers were carried out, one after the other. */
export const settled = (w: World, answers = 3): World => Array.from({ length: answers }).reduce<World>((so) => carriedOut(so), w);

/** The children of that kind have exactly this status. */
export const reporting = (w: World, kind: string, status: unknown): World => ({
  ...w,
  children: w.children.map((child) => (child.kind === kind ? { ...child, status } : child)),
});

const spec = ({ parent }: World): { size: number } => parent.spec as { size: number };
const generationOf = (w: World): number => childOf(w, 'Deployment').metadata.generation ?? 1;

/** The Deployment as it reports while the first pod of its latest template is not ready: the others serve on. */
export const surging = (w: World, progressing = 'ReplicaSetUpdated'): World =>
  reporting(w, 'Deployment', {
    observedGeneration: generationOf(w),
    replicas: spec(w).size + 1,
    updatedReplicas: 1,
    readyReplicas: spec(w).size,
    availableReplicas: spec(w).size,
    unavailableReplicas: 1,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', lastTransitionTime: ago(600) },
      {
        type: 'Progressing',
        status: progressing === 'ProgressDeadlineExceeded' ? 'False' : 'True',
        reason: progressing,
        lastTransitionTime: ago(60),
      },
    ],
  });

/** Every pod runs the latest template. */
export const up = (w: World): World => reporting(w, 'Deployment', rolledOut(spec(w).size, generationOf(w)));

/** The migrations of the new image are complete; nothing has been answered yet. */
export const newlyMigrated = (w?: World, edit?: Loose): World =>
  patched(carriedOut(backup(backingUp(w, edit), 'succeeded')), 'Job', { status: jobStatus.complete });

/** The Deployment has got the new image; its first pod is being started. */
export const onTrial = (w?: World, edit?: Loose): World => surging(carriedOut(newlyMigrated(w, edit)));

const HASH = '7c4d5e6f70';
/** A pod of the new image, so many seconds old, whose status is patched. */
export const newPod = (status: Loose, seconds = 300, patch: Loose = {}): KubeObject =>
  pod(
    `bestie-app-${HASH}-0`,
    'web',
    overlaid(
      {
        metadata: { creationTimestamp: ago(seconds), labels: { 'pod-template-hash': HASH } },
        spec: { containers: [{ name: 'bestie', image: B }] },
        status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }], ...status },
      },
      patch,
    ),
  );

/** The application container of the new image reports that. */
export const newAiling = (container: Loose, seconds?: number): KubeObject =>
  newPod({ containerStatuses: [containerStatus(container)] }, seconds);

export const withRelated = (w: World, ...objects: readonly KubeObject[]): World => ({ ...w, related: [...w.related, ...objects] });
export const withoutRelated = (w: World, name: string): World => ({
  ...w,
  related: w.related.filter(({ metadata }) => metadata.name !== name),
});

const pulling = newAiling({ ready: false, state: { waiting: { reason: 'ErrImagePull' } } });

/** The new version cannot be pulled, was given up, and its pod is gone; nothing has been rolled back yet. */
export const gaveUp = (w?: World): World => {
  const failed = carriedOut(withRelated(onTrial(w), pulling));
  return surging(withoutRelated(failed, pulling.metadata.name));
};

/** What ran before runs again. */
export const rolledBack = (w?: World): World => carriedOut(up(gaveUp(w)));

/** The names of the Jobs in an answer. */
export const jobsOf = (w: World): string[] =>
  syncOf(w)
    .children.filter(({ kind }) => kind === 'Job')
    .map(({ metadata }) => metadata.name);

/** The Job of that image reports this. */
export const jobReports = (w: World, ofImage: string, status: unknown): World => ({
  ...w,
  children: w.children.map((child) => (child.kind === 'Job' && imageOf(child) === ofImage ? { ...child, status } : child)),
});

/** The image of a pod template: of a Job, of a Deployment, or of a manifest of either. */
export const imageOf = (child: { spec?: unknown } | undefined): string | undefined =>
  (child?.spec as { template?: { spec: { containers: { image: string }[] } } } | undefined)?.template?.spec.containers[0]?.image;

/** The migration of the new version failed, and was given up. */
export const migrationFailed = (w: World = ready()): World => {
  const backedUp = carriedOut(backup(backingUp(w), 'succeeded'));
  return carriedOut(jobReports(backedUp, B, jobStatus.failed));
};

export const annotated = (w: World, annotations: Loose): World => ({ ...w, parent: overlaid(w.parent, { metadata: { annotations } }) });
export const deleted = (w: World, since = NOW): World => ({ ...w, parent: overlaid(w.parent, { metadata: { deletionTimestamp: since } }) });
export const statusLost = (w: World): World => ({ ...w, parent: { ...w.parent, status: undefined } });
export const onlyDatabase = (w: World): World => ({ ...w, children: w.children.filter(({ kind }) => kind === 'PostgresCluster') });

/** The Namespace, as customize asks for it. */
export const namespace = (patch: Loose = {}): KubeObject =>
  overlaid({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, uid: '11111111-2222-4333-8444-555555555555' } }, patch);

/** A priority class of that name, as customize asks for it. */
export const priorityClass = (name: string): KubeObject =>
  ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 1000 }) as KubeObject;

/** What status says of the last upgrade. */
export const upgradeOf = (w: World) => syncOf(w).status.upgrade;

/** What was last applied to the child of that kind, changed. */
export const recorded = (w: World, kind: string, patch: Loose): World => {
  const key = 'metacontroller.k8s.io/last-applied-configuration';
  const record = JSON.parse(childOf(w, kind).metadata.annotations?.[key] ?? '{}') as Loose;
  return patched(w, kind, { metadata: { annotations: { [key]: JSON.stringify(overlaid(record, patch)) } } });
};

/** The image that the Deployment is to run, in template and record. */
export function desiredImage(w: World): string | undefined {
  const manifest = manifestOf(syncOf(w), 'Deployment');
  const image = imageOf(manifest);
  if (manifest?.metadata.annotations?.[annotations.running] !== image) throw new Error('the record and the template name two images');
  return image;
}

/** Whether the answer asks for, or keeps, a migration Job of that image. */
export function migrates(w: World, ofImage: string): boolean {
  const names = w.children.filter((child) => child.kind === 'Job' && imageOf(child) === ofImage).map(({ metadata }) => metadata.name);
  return syncOf(w).children.some((child) => child.kind === 'Job' && (imageOf(child) === ofImage || names.includes(child.metadata.name)));
}

/** The id of the backup that an answer requests of the database. */
export const armedBy = (w: World): string | undefined =>
  manifestOf(syncOf(w), 'PostgresCluster')?.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'];
