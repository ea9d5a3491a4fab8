/** The application's pods. */
import { kinds } from '../api/kinds.ts';
import { isEqual } from '../lib/equal.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations, names, requests, selector } from '../api/names.ts';
import { compareVersions, parseVersion } from '../lib/version.ts';
import { head } from '../api/manifest.ts';
import { type Child, type Context } from '../api/child.ts';
import { onceMigrated, record as release } from '../observed/releaserecord.ts';
import { environmentOrder } from '../observed/environmentorder.ts';
import { memo } from '../observed/memo.ts';
import { isOutOfOrder, withoutInitContainers } from './initorder.ts';
import { DRAIN_SECONDS, podShapes, throughPooler, type PodShape } from './podshapes.ts';
import { container, databaseSecret, podTemplate, type PodTemplate, type Release } from './podtemplate.ts';
import { webFields } from './probes.ts';
import { withoutImage } from './withoutimage.ts';
import { isExternal, record } from '../observed/migrations.ts';
import { usesPooler } from '../observed/pooler.ts';
import { isStopped, whyStopped } from '../observed/replaceddata.ts';
import { podRevision, recordedRevision } from '../observed/databaserevision.ts';
import { PORT, WEB_CONTAINER } from '../api/containers.ts';
import { appliedTemplate, deployment, deploymentReadiness, rollingOut, rollout } from '../observed/deployment.ts';

/** Replicas: `size`; while autoscaling is on, its choice within its bounds, because a field that is left out would fall to 1; 0 while the application is stopped. */
function replicas(o: Context): number {
  if (o.decisions.stopped !== undefined || isStopped(o.decisions.image, o)) return 0;
  const { size, maxReplicas } = o.bestie.spec;
  const { asked } = rollout(deployment(o));
  return maxReplicas === undefined || asked === undefined ? size : Math.min(Math.max(asked, size), maxReplicas);
}

function web(o: Observed, release: Release, shape: PodShape): object {
  return {
    ...container(o, release),
    name: WEB_CONTAINER,
    ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
    ...webFields(shape, o.bestie.spec.probes),
    lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
  };
}

/** The application stays on its migrated external database until the one of an exchanged Secret is migrated. */
const webSecret = (o: Observed): string => (isExternal(o) ? record(o).name : databaseSecret(o));

const templateOf = (shape: PodShape, image: string, o: Observed): PodTemplate => {
  const pods = podRevision(image, o);
  const graceSeconds = o.bestie.spec.terminationGracePeriodSeconds;
  const release: Release = {
    image,
    secret: webSecret(o),
    shape,
    ...(graceSeconds !== undefined && { graceSeconds }),
    ...(pods !== undefined && { notes: { [annotations.revision]: pods } }),
  };
  return podTemplate(o, 'web', release, [web(o, release, shape)]);
};

/** Index of the newest shape that the annotation adopt-release requests; the number of shapes if it names no known release. */
function adopted({ bestie }: Observed): number {
  const asked = parseVersion(bestie.metadata.annotations?.[requests.adoptRelease] ?? '');
  const isAsked = ({ release }: PodShape): boolean => {
    const known = parseVersion(release);
    return asked !== undefined && known !== undefined && compareVersions(known, asked) <= 0;
  };
  const index = podShapes.findIndex(isAsked);
  return index === -1 ? podShapes.length : index;
}

type Shapes = typeof podShapes;

/** The shapes of the releases, with the address by which the pods that run that image connect. */
function shapesOf(image: string, o: Observed): Shapes {
  if (!usesPooler(image, o)) return podShapes;
  const [current, ...former] = podShapes;
  const through = (shape: PodShape): PodShape => throughPooler(shape, o.provider.pooler.keys);
  return [through(current), ...former.map(through)];
}

/**
 * The pods of the application, running that image reference. Pods of a former release keep its shape while nothing else about them changes, so
 * an upgrade of the operator restarts none. The annotation adopt-release replaces them at once.
 */
export function webTemplate(image: string, o: Observed): PodTemplate {
  const live = deployment(o);
  const applied = live && appliedTemplate(live, o);
  const shapes = shapesOf(image, o);
  const current = templateOf(shapes[0], image, o);
  if (applied === undefined || isEqual(applied, current)) return current;
  const kept = shapes.findIndex((shape) => isEqual(applied, templateOf(shape, image, o)));
  const shape = kept === -1 ? undefined : shapes[Math.min(kept, adopted(o))];
  return shape === undefined ? current : templateOf(shape, image, o);
}

const wantedTemplate = memo((o: Context) => webTemplate(o.decisions.image, o));

function desired(o: Context): Manifest {
  const { name } = o.bestie.metadata;
  const { image } = o.decisions;
  const { maxSurge = 1, maxUnavailable = 0 } = o.bestie.spec.strategy ?? {};
  const live = deployment(o);
  const recorded = recordedRevision(image, live !== undefined && durable(o, live, annotations.running) !== image, o);
  const notes = { ...release(image, o.decisions), ...(recorded !== undefined && { [annotations.revision]: recorded }) };
  const spec = {
    replicas: replicas(o),
    progressDeadlineSeconds: o.bestie.spec.upgrade.progressDeadlineSeconds,
    selector: { matchLabels: selector(name, 'web') },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
    template: wantedTemplate(o),
  };
  return {
    ...head(kinds.deployment, names.deployment(name), o, notes),
    spec: live !== undefined && isOutOfOrder(live, o.record(live), spec) ? withoutInitContainers(live, spec) : spec,
  };
}

/** Whether this answer changes the template of the pods: then the status of the Deployment is about the template before. */
function isChanging(live: KubeObject, o: Context): boolean {
  const applied = appliedTemplate(live, o);
  return applied !== undefined && !isEqual(applied, wantedTemplate(o));
}

export const deploymentChild: Child = {
  api: kinds.deployment,
  condition: 'DeploymentReady',
  dependsOn: onceMigrated,
  includeWhen: () => true,
  precondition: withoutImage,
  desired: (o) => [desired(o)],
  pendingReadiness: rollingOut,
  readyWhen: (live, o) => {
    const stopped = o.decisions.stopped ?? whyStopped(o.decisions.image, o);
    if (stopped !== undefined) return stopped;
    if (live === undefined) return deploymentReadiness(live, o);
    if (isChanging(live, o)) return rollingOut(live.metadata.name);
    const readiness = deploymentReadiness(live, o);
    // A Deployment that is rolled out may still differ from what the spec means.
    return (readiness.status === 'True' ? environmentOrder(live, { spec: { template: wantedTemplate(o) } }, o) : undefined) ?? readiness;
  },
};
