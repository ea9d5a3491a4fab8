/** How a request for a restore is put on record once it has ended. */
import type { Observed } from '../api/observed.ts';
import { outcomeOf, withEnding, type CurrentRestore, type Ending, type Outcome, type RestoreRecord } from '../observed/restorerecord.ts';
import { reachedBy, targetWords } from './restoretarget.ts';

/** Whether the record says nothing of that request. */
export const isNew = (id: string, record: RestoreRecord): boolean => record.current?.id !== id && outcomeOf(id, record) === undefined;

/** The record with the end of a request; when it ended, as far as status has it already. */
export function end(record: RestoreRecord, ending: Omit<Ending, 'at'>, o: Observed): RestoreRecord {
  const { history } = o.bestie.status.restore ?? {};
  const before = history?.find((entry) => entry?.id === ending.id && entry.result === ending.outcome)?.at;
  return withEnding(record, { ...ending, at: before ?? o.now });
}

/** The record without the restore that is carried out, which ends so. */
export function endCurrent(
  { current: _, ...record }: RestoreRecord,
  current: CurrentRestore,
  outcome: Outcome,
  o: Observed,
  why?: string,
): RestoreRecord {
  const { id, target, repo, since } = current;
  const reached = reachedBy(current);
  const known = { ...(reached !== undefined && { reached }), ...(why !== undefined && { why }) };
  return end(record, { id, outcome, target: targetWords(target), repo, since, ...known }, o);
}
