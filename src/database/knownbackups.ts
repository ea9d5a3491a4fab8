import type { Observed } from '../api/observed.ts';

/** A backup that is known to have succeeded. */
export interface Backup {
  id: string;
  repo?: string;
  type?: string;
  completedAt: string;
}

/** The successful backups that the database operator shows. */
export const knownBackups = (o: Observed): Backup[] =>
  o.provider.backups
    .runs(o)
    .flatMap(({ id, repo, type, state, completedAt }) =>
      state === 'succeeded' && completedAt !== undefined
        ? [{ id, ...(repo !== undefined && { repo }), ...(type !== undefined && { type }), completedAt }]
        : [],
    );

/** The most backups of one repository that status has on record. */
export const BACKUPS_ON_RECORD = 10;

/** Successes that the Bestie keeps on record: the database operator forgets them. */
export const onRecord = (repo: string, { bestie }: Observed) =>
  (bestie.status.backup?.repositories ?? []).flatMap((each) => (each?.name === repo ? (each.backups ?? []) : []));

/** RFC 3339 times at which backups into that repository ended, on record or shown. */
export const endsOfBackups = (repo: string, o: Observed): string[] => [
  ...onRecord(repo, o).flatMap((backup) => backup?.completedAt ?? []),
  ...knownBackups(o).flatMap((backup) => (backup.repo === repo ? [backup.completedAt] : [])),
];
