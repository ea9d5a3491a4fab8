/** What status said of upgrades last. */
import type { BestieStatus } from '../api/bestie.ts';
import type { Live } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';

export type UpgradeStatus = NonNullable<BestieStatus['upgrade']>;
export type Entry = NonNullable<UpgradeStatus['history']>[number];

const isWhole = (entry: Live<Entry> | null): entry is Entry =>
  entry?.from != null && entry.to != null && entry.result != null && entry.at != null;

const whole = ({ from, to, result, reason, at }: Live<Entry> & Entry): Entry => ({
  from,
  to,
  result,
  ...(reason != null && { reason }),
  at,
});

/** What was written last, less what is null. */
export function lastUpgrade(o: Observed): UpgradeStatus | undefined {
  const last = o.bestie.status.upgrade;
  if (last == null) return undefined;
  const { history, ...rest } = last;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as UpgradeStatus;
  return { ...known, ...(history != null && { history: history.filter(isWhole).map(whole) }) };
}
