/** What status keeps of findings beside their sentences. */
import type { ConditionType } from '../api/condition.ts';
import { observedChildren } from '../observed/children.ts';
import { isEqual } from '../lib/equal.ts';
import { isReason } from '../api/reason.ts';
import { isPast } from '../lib/time.ts';
import type { Creation, Readiness, Report } from '../api/kubernetes.ts';
import type { Observed, Status } from '../api/observed.ts';

/** Entries of one list that status keeps at most. */
const LIMIT = 64;

/** Sorted and without duplicates: several conditions may report the same. */
function listed<T extends object>(entries: readonly T[]): T[] {
  const texts = entries.map((entry) => JSON.stringify(entry));
  return [...new Set(texts)]
    .sort()
    .slice(0, LIMIT)
    .map((text) => JSON.parse(text) as T);
}

/** In a fixed order of fields. */
const creation = ({ kind, name, since, refused }: Creation): Creation => ({ kind, name, since, ...(refused && { refused }) });
const report = ({ reason, kind, name, detail, since }: Report): Report => ({
  reason,
  kind,
  name,
  ...(detail !== undefined && { detail }),
  ...(since !== undefined && { since }),
});

type Kept = Pick<Status, 'creations' | 'reported'>;

const kept = (creations: readonly Creation[], reported: readonly Report[]): Kept => ({
  ...(creations.length > 0 && { creations: listed(creations.map(creation)) }),
  ...(reported.length > 0 && { reported: listed(reported.map(report)) }),
});

const creationsOf = (findings: readonly Readiness[]): Creation[] => findings.flatMap((finding) => finding.creation ?? []);
const reportsOf = (findings: readonly Readiness[]): Report[] => findings.flatMap((finding) => finding.reports ?? []);

/** `status.creations` and `status.reported`; each left out where it would be empty. */
export function keptOf(findings: Iterable<Readiness>): Kept {
  const all = [...findings];
  return kept(creationsOf(all), reportsOf(all));
}

/** Entries as they were last written, without nulls and unreadable times. */
const creationsBefore = ({ bestie: { status }, now }: Observed): Creation[] =>
  (status.creations ?? []).flatMap((entry) =>
    entry?.kind != null && entry.name != null && isPast(entry.since, now)
      ? [{ kind: entry.kind, name: entry.name, since: entry.since, ...(entry.refused === true && { refused: true }) }]
      : [],
  );

const reportsBefore = ({ bestie: { status }, now }: Observed): Report[] =>
  (status.reported ?? []).flatMap((entry) =>
    entry?.kind != null && entry.name != null && isReason(entry.reason)
      ? [
          {
            reason: entry.reason,
            kind: entry.kind,
            name: entry.name,
            ...(entry.detail != null && { detail: entry.detail }),
            ...(isPast(entry.since, now) && { since: entry.since }),
          },
        ]
      : [],
  );

/** The same where conditions are carried over: what status keeps of those stays, too. */
export function keptWhileHeld(
  found: ReadonlyMap<ConditionType, Readiness>,
  before: ReadonlyMap<ConditionType, Readiness>,
  o: Observed,
): Kept {
  const isCarried = ([type, readiness]: [ConditionType, Readiness]): boolean => isEqual(before.get(type), readiness);
  const fresh = [...found].filter((entry) => !isCarried(entry)).map(([, readiness]) => readiness);
  const carried = new Set([...found].filter(isCarried).map(([, { reason }]) => reason));
  const reports = reportsBefore(o).filter(({ reason }) => carried.has(reason));
  return kept([...creationsOf(fresh), ...creationsBefore(o)], [...reportsOf(fresh), ...reports]);
}

const exists = ({ kind, name }: Creation, o: Observed): boolean =>
  observedChildren(o).some((live) => live.kind === kind && live.metadata.name === name);

/** The creations that were refused, and still are: while a Bestie is paused nothing else is requested. */
export const refusedCreations = (o: Observed): Kept =>
  kept(
    creationsBefore(o).filter((entry) => entry.refused && !exists(entry, o)),
    [],
  );
