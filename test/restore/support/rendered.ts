/** What the operator renders for backups, read from the PostgresCluster of its answers. */
import type { SyncResponse } from '../../../src/api/hook.ts';
import { BACKUP_ANNOTATION } from '../../../src/database/crunchy/names.ts';
import type { DataSource, PostgresClusterSpec } from '../../../src/database/crunchy/types.ts';
import type { Purpose } from '../../../src/api/decisions.ts';
import { sentSource, wanting } from '../../support/copies.ts';
import { copying } from '../../support/drillworlds.ts';
import { ready } from '../../support/stages.ts';
import { deleted, namespace, onlyDatabase, withRelated } from '../../support/upgrades.ts';
import {
  ago,
  bestie as bestieOf,
  carriedOut,
  edited,
  finalizeOf,
  manifestOf,
  patched,
  syncOf,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';
import type { Backups, Manual } from './pgo.ts';

const LATER_UID = '11111111-9d1c-4a6f-9a4e-0000000000b2';

export const volume = (name: string): Loose => ({ name, volume: { size: '10Gi' } });
export const bucket = (name: string): Loose => ({ name, s3: { bucket: 'backups', endpoint: 's3.example', region: 'eu' } });

interface Rendered {
  backups: Backups;
  /** What the annotation says that names the backup. */
  id: string | undefined;
  users: PostgresClusterSpec['users'];
}

function databaseOf(answer: SyncResponse): Rendered {
  const manifest = manifestOf(answer, 'PostgresCluster');
  if (manifest === undefined) throw new Error('the answer has no PostgresCluster');
  const { backups, users } = manifest.spec as PostgresClusterSpec;
  return { backups: backups.pgbackrest, id: manifest.metadata.annotations?.[BACKUP_ANNOTATION], users };
}

/** What is rendered for a new Bestie with those repositories. */
export const backupsWith = (...repos: readonly Loose[]): Backups => databaseOf(syncOf(world({ database: { backups: { repos } } }))).backups;

/** What a new Bestie is made from that is to be a copy: of the database `live-pgo`, whose repositories these are, or of what is named instead. */
export function sourceOf(dataSource: Loose, repositories: Backups): DataSource {
  const source = dataSource.repository === undefined ? { spec: { backups: { pgbackrest: repositories } } } : null;
  // A moment that is still to come is waited for.
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const sent = sentSource(syncOf({ ...wanting(dataSource, {}, source), now }));
  if (sent === undefined) throw new Error('no copy is made');
  return sent as DataSource;
}

/** What is rendered for the copy of a drill: what it is made from, and its own repositories, with the path that PGO gives one without. */
export function drilled(): { source: DataSource; backups: Backups } {
  const { children } = syncOf(copying());
  const manifest = children.find(({ kind, metadata }) => kind === 'PostgresCluster' && metadata.name === 'bestie-drill');
  const { dataSource, backups } = manifest?.spec as unknown as PostgresClusterSpec;
  if (dataSource === undefined) throw new Error('the copy of a drill has no source');
  return {
    source: dataSource,
    backups: { ...backups.pgbackrest, global: { 'repo1-path': '/pgbackrest/repo1', ...backups.pgbackrest.global } },
  };
}

/** What is rendered for a Bestie of the same name that is created later. */
export const backupsOfCopy = (...repos: readonly Loose[]): Backups =>
  databaseOf(syncOf(world({}, { parent: bestieOf({ database: { backups: { repos } } }, { uid: LATER_UID }) }))).backups;

/** A volume and a bucket: a final backup goes where it outlives the volume. */
const repos = [volume('repo1'), bucket('repo2')];
const stanzas = repos.map(({ name }) => ({ name, stanzaCreated: true }));

/** A Bestie at work whose database can be backed up. */
const bestie = (): World => {
  const spec = { deletionPolicy: 'BackupThenDelete', database: { backups: { repos } } };
  return patched(ready(withRelated(world(spec), namespace())), 'PostgresCluster', { status: { pgbackrest: { repos: stanzas } } });
};

const withoutApplication = (w: World): World => ({ ...onlyDatabase(w), related: w.related.filter(({ kind }) => kind !== 'Pod') });

export type Asked = Exclude<Purpose, 'quiet-upgrade' | 'post-restore'>;

const asking: Record<Asked, (w: World) => SyncResponse> = {
  'pre-upgrade': (w) => syncOf(edited(w, { version: '1.4' })),
  'pre-restore': (w) => syncOf(edited(w, { restore: { id: 'tuesday', target: { latest: true } } })),
  'on-demand': (w) => syncOf(edited(w, { database: { backups: { onDemand: 'monday' } } })),
  final: (w) => finalizeOf(deleted(withoutApplication(w))),
};

/** What is rendered when a backup is requested, with the id that it gets. */
export function backupFor(purpose: Asked): { backups: Backups; manual: Manual; id: string } {
  const { backups, id } = databaseOf(asking[purpose](bestie()));
  if (backups.manual === undefined || id === undefined) throw new Error(`no backup is requested ${purpose}`);
  return { backups, manual: backups.manual, id };
}

/** The same database after a person had it restored, the operator has seen it, and PGO has written the role again. */
const afterRestore = (w: World, id: string): World => {
  const restore = { id, finished: true, succeeded: 1, completionTime: ago(10) };
  const seen = carriedOut(patched(w, 'PostgresCluster', { status: { pgbackrest: { restore } } }));
  return patched(seen, 'PostgresCluster', { status: { usersRevision: `after ${id}` } });
};

/** The options of the database's user after so many restores. */
export function roleOptionsAfter(restores: number): string {
  const w = Array.from({ length: restores }).reduce<World>((so, _, index) => afterRestore(so, `restore-${index}`), carriedOut(ready()));
  return databaseOf(syncOf(w)).users[0]?.options ?? '';
}
