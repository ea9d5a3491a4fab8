/** The pod of the application, shared by the Deployment and the migration Jobs so that both reach the database in the same way. */
import { DEFAULT_SESSION_KEY, SESSION_VARIABLE } from '../api/environment.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey } from '../api/kubernetes.ts';
import { annotations, type Component } from '../api/names.ts';
import { storedResources } from '../lib/resources.ts';
import { initContainers, sidecars } from './podcontainers.ts';
import { placement } from './placement.ts';
import { containerFields, podFields } from './podfields.ts';
import { podMetadata } from './podmetadata.ts';
import { servesTls } from './exposure.ts';
import { DEFAULT_GRACE_SECONDS, podShapes, type PodShape } from './podshapes.ts';
import { mountsOf, volumesOf, type VolumeMount } from './volumes.ts';
import { WAITING_CONTAINER } from '../api/containers.ts';

/** The image names no user and would run as root; OpenShift assigns a user itself and refuses a fixed one. */
const FALLBACK_USER = 10001;

interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: object;
}

const onOpenShift = (o: Observed): boolean => o.manages(kindKey(kinds.route));

/** The Secret of the database that the spec names. */
export const databaseSecret = (o: Observed): string => o.bestie.spec.database.secretName ?? o.provider.loginSecret(o.bestie.metadata.name);

const fromSecret = (variable: string, name: string, key: string): EnvironmentVariable => ({
  name: variable,
  valueFrom: { secretKeyRef: { name, key } },
});

/** What the containers of a pod run: the image reference, and the Secret of the database that they work on. */
export interface Release {
  image: string;
  secret: string;
  /** The release that the pods have the shape of; this one by default. */
  shape?: PodShape;
  /** Seconds that a pod has to end, where the spec says so. */
  graceSeconds?: number;
  /** Annotations of the pods: another value replaces them. */
  notes?: Record<string, string>;
}

const shapeOf = ({ shape = podShapes[0] }: Release): PodShape => shape;

const credentials = (release: Release): EnvironmentVariable[] =>
  Object.entries(shapeOf(release).databaseEnvironment).map(([variable, key]) => fromSecret(variable, release.secret, key));

/** The environment of the application and its migrations. A variable of the user takes the place of ours. */
function environment(o: Observed, release: Release): EnvironmentVariable[] {
  const { secret, graceSeconds = DEFAULT_GRACE_SECONDS } = release;
  const { env = [], sessionSecret = { name: secret, key: DEFAULT_SESSION_KEY } } = o.bestie.spec;
  const ours = [
    ...credentials(release),
    fromSecret(SESSION_VARIABLE, sessionSecret.name, sessionSecret.key),
    { name: 'FLASK_APP', value: 'app' },
    // In production the application redirects to https and marks its cookies secure, which plain http cannot serve.
    { name: 'FLASK_ENV', value: servesTls(o) ? 'production' : 'development' },
    { name: 'GUNICORN_CMD_ARGS', value: shapeOf(release).gunicornArguments(graceSeconds) },
  ];
  const theirs = env.map(({ name, value, valueFrom }) => ({ name, ...(value ? { value } : {}), ...(valueFrom && { valueFrom }) }));
  return [...ours.filter(({ name }) => !theirs.some((variable) => variable.name === name)), ...theirs];
}

/** What all containers of the operator have in common. */
const common = (o: Observed, { image }: Release, env: readonly EnvironmentVariable[], mounts?: readonly VolumeMount[]): object => ({
  image,
  ...containerFields(o),
  env,
  resources: storedResources(o.bestie.spec.resources),
  securityContext: o.bestie.spec.containerSecurityContext,
  volumeMounts: mountsOf(mounts),
});

/** A container that runs the application or its migrations. */
export function container(o: Observed, release: Release): object {
  const { envFrom, volumeMounts } = o.bestie.spec;
  return { ...common(o, release, environment(o, release), volumeMounts), ...(envFrom && { envFrom }) };
}

export interface PodTemplate {
  metadata: ReturnType<typeof podMetadata>;
  spec: { initContainers: readonly object[]; [field: string]: unknown };
}

/** The security context of a pod. */
const securityContext = (o: Observed): object => ({
  ...(onOpenShift(o) ? {} : { runAsUser: FALLBACK_USER }),
  ...o.bestie.spec.podSecurityContext,
});

/** The container that ends once the database can be logged in to. */
const waiting = (o: Observed, release: Release): object => ({
  ...common(o, release, credentials(release)),
  name: WAITING_CONTAINER,
  command: ['python', '-c', shapeOf(release).waitForDatabase],
});

/**
 * A pod that looks at a copy of the database: with the login of the copy and nothing else of the application's, neither its environment and volumes
 * nor its other containers, for those may reach what the copy is not to reach.
 */
export function inspectingPod(
  o: Observed,
  release: Release,
  name: string,
  command: readonly string[],
): Omit<PodTemplate, 'spec'> & { spec: object } {
  return {
    metadata: podMetadata(o, 'drill'),
    spec: {
      ...placement(o, 'drill'),
      ...podFields(o, 'drill'),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: securityContext(o),
      containers: [{ ...common(o, release, credentials(release)), name, command }],
      volumes: volumesOf({ ...o.bestie.spec, volumes: [] }),
    },
  };
}

/** The pod template around the given containers. Those of `before` run after the other init containers, each until its end. */
export function podTemplate(
  o: Observed,
  component: Component,
  release: Release,
  containers: readonly object[],
  before: readonly object[] = [],
): PodTemplate {
  return {
    metadata: podMetadata(o, component, {
      ...(component === 'web' && shapeOf(release).recordsImage && { [annotations.image]: release.image }),
      ...release.notes,
    }),
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: securityContext(o),
      ...placement(o, component),
      ...podFields(o, component),
      initContainers: [
        ...sidecars(o.bestie.spec, release.image),
        waiting(o, release),
        ...initContainers(o.bestie.spec, release.image),
        ...before,
      ],
      containers,
      volumes: volumesOf(o.bestie.spec),
    },
  };
}
