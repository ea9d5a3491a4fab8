import type { Observed } from '../../api/observed.ts';

/** Successes that the Bestie keeps on record: PGO forgets them. */
export const onRecord = (repo: string, { bestie }: Observed) =>
  (bestie.status.backup?.repositories ?? []).flatMap((each) => (each?.name === repo ? (each.backups ?? []) : []));
