/** How a PostgresCluster requests a backup. */
import type { BackupRequest } from '../../api/decisions.ts';
import type { Live, Manifest } from '../../api/kubernetes.ts';
import type { FieldPath } from '../../lib/fieldpath.ts';
import { manualBackup } from './backups.ts';
import { BACKUP_ANNOTATION } from './names.ts';
import type { PostgresClusterSpec } from './types.ts';

type Backups = Live<PostgresClusterSpec['backups']['pgbackrest']>;

export const backupsOf = (manifest: Manifest): Backups | null | undefined =>
  (manifest.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest;

/** The first repository that outlives the database. */
export const remoteRepository = (manifest: Manifest): string | undefined =>
  backupsOf(manifest)?.repos?.find((repository) => repository?.volume == null)?.name ?? undefined;

export const requestAnnotations = ({ id }: BackupRequest): Record<string, string> => ({ [BACKUP_ANNOTATION]: id });

/** The fields that request a backup. */
export const requestPaths: readonly FieldPath[] = [
  ['metadata', 'annotations', BACKUP_ANNOTATION],
  ['spec', 'backups', 'pgbackrest', 'manual'],
];

const withBackups = ({ spec }: Manifest, pgbackrest: object): object => ({
  ...spec,
  backups: { ...(spec as Live<PostgresClusterSpec>).backups, pgbackrest },
});

function withoutRequest(manifest: Manifest): Manifest {
  const { annotations: all, ...metadata } = manifest.metadata;
  const { [BACKUP_ANNOTATION]: _, ...notes } = all ?? {};
  const { manual: __, ...rest } = backupsOf(manifest) ?? {};
  return {
    ...manifest,
    metadata: { ...metadata, ...(all && { annotations: notes }) },
    ...(backupsOf(manifest) != null && { spec: withBackups(manifest, rest) }),
  };
}

/** The same manifest with that request and no other, or without any. A manifest of a name alone stays as it is. */
export function withRequest(manifest: Manifest, request: BackupRequest | undefined): Manifest {
  const plain = withoutRequest(manifest);
  if (request === undefined || plain.spec === undefined) return plain;
  return {
    ...plain,
    metadata: { ...plain.metadata, annotations: { ...plain.metadata.annotations, ...requestAnnotations(request) } },
    spec: withBackups(plain, { ...backupsOf(plain), manual: manualBackup(request) }),
  };
}
