/** The application's pods. */
import { kinds } from '../api/kinds.ts';
import { isEqual } from '../api/equal.ts';
import type { KubeObject, Manifest, Observed } from '../api/kubernetes.ts';
import { names, selector } from '../api/names.ts';
import { head, type Child, type World } from './child.ts';
import { onceMigrated, record as release, toldToRun } from './deployed.ts';
import { once } from './once.ts';
import { container, databaseSecret, podTemplate, PORT, type Release } from './podtemplate.ts';
import { isExternal, record } from './release.ts';
import { deployment, deploymentReadiness, rollingOut, rollout } from './rollout.ts';

/** Seconds for which a pod that is going away still answers, until every proxy has heard of it. */
const LINGER = 5;

/** The application serves this path from its files: a pod stays alive while the database is away. */
const ALIVE = '/foster';
/** A cheap read that does reach the database: without it a pod has nothing to answer with. */
const READY = '/api/listings/';

const probe = (path: string, rest: object): object => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5, ...rest });

/** Replicas to ask for: `size`, and while autoscaling is on what it chose, kept within its bounds; left out it would fall to 1. */
function replicas(o: Observed): number {
  const { size, maxReplicas } = o.bestie.spec;
  const { asked } = rollout(deployment(o));
  return maxReplicas === undefined || asked === undefined ? size : Math.min(Math.max(asked, size), maxReplicas);
}

function web(o: Observed, release: Release): object {
  return {
    ...container(o, release),
    name: 'bestie',
    ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
    startupProbe: probe(ALIVE, { periodSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe(ALIVE, { periodSeconds: 15, failureThreshold: 3 }),
    readinessProbe: probe(READY, { periodSeconds: 10, failureThreshold: 3 }),
    lifecycle: { preStop: { sleep: { seconds: LINGER } } },
  };
}

/** Until an external database whose Secret was exchanged is migrated, the application stays on the one that is. */
const webSecret = (o: Observed): string => (isExternal(o) ? record(o).name : databaseSecret(o));

/** The pods of the application, running that image reference. */
export function webTemplate(image: string, o: Observed): object {
  const runs = { image, secret: webSecret(o) };
  return podTemplate(o, 'web', runs, [web(o, runs)]);
}

const wantedTemplate = once((o: World) => webTemplate(o.decided.image, o));

function desired(o: World): Manifest {
  const { name } = o.bestie.metadata;
  const { image } = o.decided;
  return {
    ...head(kinds.deployment, names.deployment(name), o, release(image, o.decided)),
    spec: {
      replicas: replicas(o),
      progressDeadlineSeconds: o.bestie.spec.upgrade.progressDeadlineSeconds,
      selector: { matchLabels: selector(name, 'web') },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: wantedTemplate(o),
    },
  };
}

/** Whether this very answer changes what the pods run: then what the Deployment says of itself is about something else. */
function isChanging(live: KubeObject, o: World): boolean {
  const applied = o.applied(live)?.spec as { template?: object } | undefined;
  return applied?.template !== undefined && !isEqual(applied.template, wantedTemplate(o));
}

export const deploymentChild: Child = {
  api: kinds.deployment,
  condition: 'DeploymentReady',
  dependsOn: onceMigrated,
  includeWhen: () => true,
  withheld: (o) => (o.decided.refused && toldToRun(o) === undefined ? { ...o.decided.refused, reason: 'UpgradeFailed' } : undefined),
  desired: (o) => [desired(o)],
  underway: rollingOut,
  readyWhen: (live, o) => (live !== undefined && isChanging(live, o) ? rollingOut(live.metadata.name) : deploymentReadiness(live, o)),
};
