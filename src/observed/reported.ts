/** What status reports already. */
import type { BestieStatus } from '../api/bestie.ts';
import type { Live, Report } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';

type Entry = Live<NonNullable<BestieStatus['reported']>[number]>;

const isAbout = (entry: Entry | null, { reason, kind, name, detail }: Report): boolean =>
  entry?.reason === reason && entry.kind === kind && entry.name === name && (entry.detail ?? undefined) === detail;

/** The entry about the same thing. */
export const reportedBefore = (report: Report, { bestie }: Observed): Entry | undefined =>
  bestie.status.reported?.find((entry) => isAbout(entry, report)) ?? undefined;

/**
 * Whether status reports it already. What is reported because a time has passed is then reported by every replica, whatever its clock: two
 * that disagree would otherwise write in turn.
 */
export const isReported = (report: Report, o: Observed): boolean => reportedBefore(report, o) !== undefined;

/** A report about the object of the database. */
export const aboutDatabase = ({ provider, bestie }: Observed, report: Omit<Report, 'kind' | 'name'>): Report => ({
  ...report,
  kind: provider.kind?.kind ?? '',
  name: provider.nameOf(bestie.metadata.name),
});
