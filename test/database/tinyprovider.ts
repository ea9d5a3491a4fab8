/**
 * A second database operator, as small as one can be: an object of the kind Cluster of example.com for each database, which says that it is
 * up and which backups it has taken. Nothing of the operator knows it: what is decided about it comes from its answers alone.
 */
import type { ChildKind } from '../../src/api/kinds.ts';
import { kindKey, type KubeObject, type Live, type Manifest, type Readiness } from '../../src/api/kubernetes.ts';
import { annotations } from '../../src/api/names.ts';
import type { Observed, Provider } from '../../src/api/observed.ts';
import type { Run } from '../../src/api/backupprovider.ts';
import type { BackupRequest, PoolerSize } from '../../src/api/decisions.ts';
import { parseBackupId } from '../../src/database/backuprequest.ts';

export const cluster: ChildKind = {
  apiVersion: 'example.com/v1',
  kind: 'Cluster',
  resource: 'clusters',
  component: 'crunchy',
  overlays: [],
  isCustom: true,
  update: 'InPlace',
};
export const BACKUP = 'example.com/backup';

interface Spec {
  instances: number;
  stores: { name: string; local: boolean }[];
  backup?: { id: string; store: string };
  pooler?: PoolerSize;
}
export interface Status {
  phase: 'Starting' | 'Up';
  system?: string;
  pooler?: 'Up';
  backups?: { id: string; store: string; state: 'running' | 'succeeded' | 'failed'; at: string }[];
}

const nameOf = (bestie: string): string => `${bestie}-db`;
const live = (o: Observed): KubeObject | undefined => o.child(kindKey(cluster), nameOf(o.bestie.metadata.name));
const specOf = (object: { spec?: unknown } | undefined): Live<Spec> | undefined => object?.spec ?? undefined;
const statusOf = (object: KubeObject | undefined): Partial<Status> => object?.status ?? {};
const isUp = (object: KubeObject | undefined): boolean => statusOf(object).phase === 'Up' && object?.metadata.deletionTimestamp == null;
const backupsOf = (o: Observed): NonNullable<Status['backups']> => statusOf(live(o)).backups ?? [];

const pendingReadiness = (name: string): Readiness => ({ status: 'False', reason: 'Provisioning', message: `Cluster ${name} is starting` });

function request(o: Observed): BackupRequest | undefined {
  const object = live(o);
  const applied = object && o.applied(object);
  const { id, store } = specOf(applied)?.backup ?? {};
  const known = id == null ? undefined : parseBackupId(id, o.bestie);
  if (id == null || store == null || known === undefined) return undefined;
  return { id, ...known, repo: store, since: applied?.metadata.annotations?.[annotations.armedAt] ?? o.now };
}

function withRequest(manifest: Manifest, wanted: BackupRequest | undefined): Manifest {
  const { [BACKUP]: _, ...notes } = manifest.metadata.annotations ?? {};
  const { backup: __, ...spec } = (manifest.spec ?? {}) as Spec;
  const asked = wanted && { annotations: { ...notes, [BACKUP]: wanted.id }, backup: { id: wanted.id, store: wanted.repo } };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: asked?.annotations ?? notes },
    spec: { ...spec, ...(asked && { backup: asked.backup }) },
  };
}

export const tiny: Provider = {
  operator: 'Example Operator',
  kind: cluster,
  nameOf,
  live,
  isUsable: (o) => isUp(live(o)),
  isRestoring: () => false,
  system: (o) => statusOf(live(o)).system,
  endedRestore: () => undefined,
  isCopied: () => false,
  loginRevision: () => undefined,
  readiness: (object, o) => {
    const name = object?.metadata.name ?? nameOf(o.bestie.metadata.name);
    return isUp(object) ? { status: 'True', reason: 'Usable', message: `Cluster ${name} is up` } : pendingReadiness(name);
  },
  pendingReadiness,
  named: () => [],
  lacking: () => undefined,
  stopped: () => undefined,
  foreignConnectionLimit: () => undefined,
  leastConnections: 1,
  loginSecret: (bestie) => `${bestie}-login`,
  podLabels: (name) => ({ 'example.com/cluster': name }),
  primaryLabels: (name) => ({ 'example.com/cluster': name, 'example.com/primary': 'true' }),
  exporter: undefined,
  ownsFinalizer: (finalizer) => finalizer.startsWith('example.com/'),
  desired: ({ bestie, decisions: { backup, pooler } }) => ({
    annotations: { 'example.com/login': `${bestie.metadata.name}-login` },
    spec: {
      instances: bestie.spec.database.replicas,
      stores: bestie.spec.database.backups.repos.map(({ name, volume }) => ({ name, local: volume !== undefined })),
      ...(backup && { backup: { id: backup.id, store: backup.repo } }),
      ...(pooler && { pooler }),
    } satisfies Spec,
  }),
  requestAnnotations: ({ id }) => ({ [BACKUP]: id }),
  before: () => ({}),
  obstacles: () => [],
  features: (object) => `${String(specOf(object)?.instances ?? 0)} instances`,
  backups: {
    request,
    stateOf: ({ id }, o) => {
      const run = backupsOf(o).find((each) => each.id === id);
      return run === undefined ? { state: 'waiting' } : { state: run.state, ...(run.state !== 'running' && { endedAt: run.at }) };
    },
    isAsked: ({ id }, o) => specOf(live(o))?.backup?.id === id,
    atWork: (o) => {
      const run = backupsOf(o).find(({ state }) => state === 'running');
      return run && { name: run.id, since: run.at };
    },
    isPossible: (_store, o) => isUp(live(o)),
    runs: (o) =>
      backupsOf(o).map(({ id, store, state, at }): Run => {
        const isEnded = state !== 'running';
        return { id, repo: store, type: 'full', state, startedAt: at, completedAt: isEnded ? at : undefined, isScheduled: false };
      }),
    planned: () => [],
    unpreparedBecause: () => undefined,
    troubles: () => [],
    logs: (o) => `kubectl -n ${o.bestie.metadata.namespace} logs cluster/${nameOf(o.bestie.metadata.name)}`,
    applied: () => [],
    remoteRepository: (manifest) => specOf(manifest)?.stores?.find((store) => store?.local === false)?.name ?? undefined,
    withRequest,
    requestPaths: [
      ['metadata', 'annotations', 'example.com/backup'],
      ['spec', 'backup'],
    ],
  },
  restores: {
    armed: () => undefined,
    stateOf: () => ({ state: 'waiting' }),
    byOthers: () => undefined,
    givenUpByOthers: () => undefined,
    obstacle: () => undefined,
    mayBeOlder: () => false,
    requestPaths: [['metadata', 'annotations', 'example.com/restore']],
    isOverwritten: () => false,
    requestAnnotations: ({ id }) => ({ 'example.com/restore': id }),
    logs: () => '',
    events: () => '',
    catalogue: () => '',
  },
  copies: {
    requestId: () => '',
    stateOf: () => ({ state: 'waiting' }),
    isSent: () => false,
    sourcePaths: [],
    repositoryOf: () => undefined,
    unfitBecause: () => undefined,
    mayBeOlder: () => false,
    words: () => '',
    logs: () => '',
    events: () => '',
    drillName: (bestie) => `${bestie}-drill`,
    drill: () => ({ annotations: {}, spec: {} }),
    loginSecret: () => '',
  },
  pooler: {
    keys: { uri: 'shared-uri', host: 'shared-host', port: 'shared-port' },
    isRequested: (o) => specOf(live(o))?.pooler != null,
    isReady: (o) => statusOf(live(o)).pooler === 'Up',
    applied: (o) => {
      const object = live(o);
      const { replicas, clients, servers } = specOf(object && o.applied(object))?.pooler ?? {};
      return replicas == null || clients == null || servers == null ? undefined : { replicas, clients, servers };
    },
  },
};
