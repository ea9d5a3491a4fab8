/** What status said of restores last. */
import type { BestieStatus } from '../api/bestie.ts';
import type { Live } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';

export type RestoreStatus = NonNullable<BestieStatus['restore']>;
export type RestoreEntry = NonNullable<RestoreStatus['history']>[number];

const isWhole = (entry: Live<RestoreEntry> | null): entry is RestoreEntry =>
  entry?.id != null && entry.target != null && entry.result != null && entry.at != null;

const whole = ({ id, target, result, reason, backupID, at }: Live<RestoreEntry> & RestoreEntry): RestoreEntry => ({
  id,
  target,
  result,
  ...(reason != null && { reason }),
  ...(backupID != null && { backupID }),
  at,
});

/** What was written last, less what is null. */
export function lastRestore({ bestie }: Observed): RestoreStatus | undefined {
  const last = bestie.status.restore;
  if (last == null) return undefined;
  const { history, ...rest } = last;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as RestoreStatus;
  return { ...known, ...(history != null && { history: history.filter(isWhole).map(whole) }) };
}
