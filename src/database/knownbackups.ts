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
