/** A Bestie whose database is made from that of another one, step by step. */
import type { SyncResponse } from '../../src/api/hook.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { annotations } from '../../src/api/names.ts';
import { copyRecordOf, type CopyRecord } from '../../src/observed/copyrecord.ts';
import { pgoStatus } from './stages.ts';
import { ago, carriedOut, manifestOf, NAMESPACE, overlaid, patched, world, type Loose, type World } from './world.ts';

const OWNER = '5afe0000-0000-4000-8000-000000000001';

/** The database of the Bestie `live`, which has been there for a month. */
export const sourceCluster = (patch: Loose = {}): KubeObject =>
  overlaid(
    {
      apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
      kind: 'PostgresCluster',
      metadata: {
        name: 'live-pgo',
        namespace: NAMESPACE,
        uid: '0a1b2c3d-0000-4000-8000-000000005afe',
        creationTimestamp: '2025-12-01T08:30:00Z',
        annotations: { [annotations.incarnation]: '5afe0000', [annotations.lineage]: '{"system":"7400000000000000007"}' },
        ownerReferences: [{ apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'live', uid: OWNER, controller: true }],
      },
      spec: {
        postgresVersion: 17,
        instances: [{ name: 'pg', replicas: 1 }],
        backups: { pgbackrest: { repos: [{ name: 'repo1', volume: { volumeClaimSpec: {} } }] } },
      },
      status: { ...pgoStatus.usable, patroni: { systemIdentifier: '7400000000000000007' } },
    } as unknown as KubeObject,
    patch,
  );

/** A new Bestie that wants a copy. */
export const wanting = (dataSource: Loose = {}, spec: Loose = {}, source: Loose | null = {}): World =>
  world(
    overlaid({ version: '1.3', database: { dataSource: { bestie: { name: 'live' }, ...dataSource } } }, spec),
    source === null ? {} : { related: [sourceCluster(source)] },
  );

/** The same once the copy is requested. */
export const requested = (w: World = wanting()): World => carriedOut(w);

export const BOOTSTRAP = '~pgo-bootstrap-bestie-pgo';
const progressing = (status: string): Loose => ({
  type: 'PGBackRestoreProgressing',
  status,
  reason: 'ReadyForRestore',
  observedGeneration: 1,
  lastTransitionTime: ago(50),
});
const initialised = (status: string, reason: string): Loose => ({
  type: 'PostgresDataInitialized',
  status,
  reason,
  observedGeneration: 1,
  lastTransitionTime: ago(20),
});
const restore = (fields: Loose): { pgbackrest: Loose } => ({ pgbackrest: { restore: { id: BOOTSTRAP, ...fields } } });
const job = { active: 1, startTime: ago(45) };

/** What PGO shows of a copy. */
export const copyStatus = {
  preparing: { instances: [{ name: 'pg' }], conditions: [progressing('True')], ...restore({ finished: false }) },
  running: { instances: [{ name: 'pg' }], conditions: [progressing('True')], ...restore({ finished: false, ...job }) },
  retried: { instances: [{ name: 'pg' }], conditions: [progressing('True')], ...restore({ finished: false, ...job, failed: 1 }) },
  failed: {
    instances: [{ name: 'pg' }],
    conditions: [progressing('True'), initialised('False', 'PGBackRestRestoreFailed')],
    ...restore({ finished: true, startTime: ago(45), failed: 7 }),
  },
  starting: {
    instances: [{ name: 'pg', replicas: 1 }],
    conditions: [initialised('True', 'PGBackRestRestoreComplete')],
    ...restore({ finished: true, startTime: ago(45), succeeded: 1, completionTime: ago(20) }),
  },
  brokenOff: {
    ...pgoStatus.initialised,
    conditions: [initialised('True', 'PGBackRestRestoreComplete')],
    ...restore({ finished: false, ...job }),
  },
  there: {
    ...pgoStatus.usable,
    patroni: { systemIdentifier: '7400000000000000007' },
    conditions: [...pgoStatus.usable.conditions, initialised('True', 'PGBackRestRestoreComplete')],
    pgbackrest: {
      ...pgoStatus.usable.pgbackrest,
      ...restore({ finished: true, startTime: ago(45), succeeded: 1, completionTime: ago(20) }).pgbackrest,
    },
  },
} satisfies Record<string, Loose>;

/** The world in which the copy is at that step. */
export const at = (step: keyof typeof copyStatus, w: World = requested()): World =>
  patched(w, 'PostgresCluster', { status: { ...copyStatus[step] } });

/** The same once the copy is there, and its source is no longer sent. */
export const made = (w?: World): World => carriedOut(at('there', w));

/** The source that an answer sends. */
export const sentSource = (answer: SyncResponse): unknown =>
  (manifestOf(answer, 'PostgresCluster')?.spec as { dataSource?: unknown } | undefined)?.dataSource;

/** The record of the copy in an answer. */
export function copyRecordIn(answer: SyncResponse): CopyRecord | undefined {
  const text = manifestOf(answer, 'PostgresCluster')?.metadata.annotations?.[annotations.copiedFrom];
  return text === undefined ? undefined : copyRecordOf(text);
}
