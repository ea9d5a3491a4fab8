/** Why a restore is known to be impossible. What is not known is tried. */
import type { Observed } from '../api/observed.ts';
import type { RestoreTarget } from '../api/restore.ts';
import { incarnation } from '../database/incarnation.ts';
import { BACKUPS_ON_RECORD, endsOfBackups } from '../database/knownbackups.ts';
import { copyRecord, isCopying } from '../observed/copyrecord.ts';
import { historyIsUnknown, migrated } from '../observed/migrations.ts';
import { isPaused } from '../observed/pause.ts';
import type { CurrentRestore, RestoreRecord } from '../observed/restorerecord.ts';
import { backupPolicy, firstRepository } from './backup.ts';
import { formerHistories } from './formerhistory.ts';
import { momentOf, targetOf, type WantedRestore } from './restoretarget.ts';

interface Asked {
  /** A backup of what is there will be there to begin from. */
  isBackedUp: boolean;
  repo: string;
  target: RestoreTarget;
  /** The latest RFC 3339 time at which the data was replaced. */
  restoredAt: string | undefined;
  /** RFC 3339 time at which the database was created; undefined where its object may be younger than its data. */
  created: string | undefined;
  o: Observed;
}

/** Whether what came after the last restore is wanted, and no backup of that history is there to begin from. */
function lacksBackupSince({ target, restoredAt, repo, isBackedUp, o }: Asked): boolean {
  if (restoredAt === undefined || (target.type !== 'latest' && target.type !== 'time')) return false;
  const until = target.type === 'time' ? Date.parse(target.time) : Infinity;
  if (until <= Date.parse(restoredAt)) return false;
  const isFit = (at: string): boolean => Date.parse(at) > Date.parse(restoredAt) && Date.parse(at) <= until;
  return !endsOfBackups(repo, o).some(isFit) && !(target.type === 'latest' && isBackedUp);
}

/** The first repository has a backup from the creation of the database that no record shows. */
const isFirst = ({ repo, o }: Asked): boolean => repo === firstRepository(o);

/** Whether it is before every backup of a repository, where the record has them all. */
function isBeforeRecord(asked: Asked): boolean {
  const { target, repo, o } = asked;
  const ends = [...new Set(endsOfBackups(repo, o))].map((at) => Date.parse(at));
  const isWhole = ends.length > 0 && ends.length < BACKUPS_ON_RECORD && !isFirst(asked);
  return isWhole && target.type === 'time' && Date.parse(target.time) < Math.min(...ends);
}

/** One that is named by its label may exist, whatever is on record. */
const hasNoBackup = (asked: Asked): boolean => {
  const { target, repo, o } = asked;
  if (target.type === 'backup') return false;
  const hasData = migrated(o).length > 0 || historyIsUnknown(o);
  return endsOfBackups(repo, o).length === 0 && !(isFirst(asked) && hasData);
};

interface Row {
  when: (asked: Asked) => boolean;
  why: (asked: Asked) => string;
}

const byLabel = (o: Observed): string =>
  `if there is an earlier one, restore it by its label, as target.backup; this shows them: ${o.provider.restores.catalogue(o)}`;

/** What is in the way of any restore from that repository; undefined where nothing is. */
function obstacleTo(repo: string, o: Observed): string | undefined {
  const isNamed = o.bestie.spec.database.backups.repos.some(({ name }) => name === repo);
  return o.provider.restores.obstacle(o) ?? (isNamed ? undefined : `database.backups.repos has no ${repo}`);
}

const noBackupSince: Row = {
  when: lacksBackupSince,
  why: ({ repo, restoredAt }) =>
    `the data was replaced at ${restoredAt ?? ''}, and no backup into ${repo} has succeeded since, from which a restore of what came after could begin; ` +
    'choose a moment before that restore, or another backup',
};

/** One row per cause, the first that fits. */
const rows: readonly Row[] = [
  { when: ({ repo, o }) => obstacleTo(repo, o) !== undefined, why: ({ repo, o }) => obstacleTo(repo, o) ?? '' },
  {
    // What is refused during a pause is not on record: two replicas whose clocks differ would disagree in turn until the moment comes.
    when: ({ target, o }) => target.type === 'time' && Date.parse(target.time) > Date.parse(o.now) && !isPaused(o.bestie),
    why: ({ o }) => `that moment has not come yet; it is ${o.now} by the clock of the operator`,
  },
  {
    when: ({ target, created }) => (momentOf(target) ?? Infinity) < Date.parse(created ?? ''),
    why: ({ created }) => `that is before the database was created, at ${created ?? ''}`,
  },
  { when: hasNoBackup, why: ({ repo, o }) => `no backup into ${repo} is known to have succeeded; ${byLabel(o)}` },
  {
    when: isBeforeRecord,
    why: ({ repo, o }) => `that is before the oldest backup into ${repo} that status.backup shows; ${byLabel(o)}`,
  },
  noBackupSince,
];

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  [a, b]
    .filter((each) => each !== undefined)
    .sort()
    .at(-1);

/** A copy has no history from before it was made. An object that another Bestie has made, or that others have copied data into, may have been made anew around data that is older. */
function createdAt(o: Observed): string | undefined {
  const copy = copyRecord(o);
  if (copy !== undefined) return isCopying(o) ? o.now : copy.at;
  const isOwn = incarnation(o) === o.bestie.metadata.uid.slice(0, 8) && !o.provider.restores.mayBeOlder(o);
  return (isOwn ? o.provider.live(o)?.metadata.creationTimestamp : undefined) ?? undefined;
}

/** When the last restore ended that others have requested. That with which a copy begins is followed by a first backup, as that of any new database. */
function endedAt(o: Observed): string | undefined {
  const ended = o.provider.endedRestore(o);
  const begins = copyRecord(o) && o.provider.copies.requestId(o.provider.live(o)?.metadata.name ?? '');
  return ended?.id === begins ? undefined : ended?.at;
}

const restoredAt = (record: RestoreRecord, o: Observed): string | undefined => later(record.restoredAt, endedAt(o));

/** Why that request cannot be carried out; undefined where it may be possible. */
export function refusalOf(wanted: WantedRestore, record: RestoreRecord, o: Observed): string | undefined {
  const target = targetOf(wanted, formerHistories(record, o));
  if (target === undefined) return `${wanted.target.time ?? ''} is a day that no calendar has`;
  const repo = wanted.repository ?? firstRepository(o);
  const isBackedUp = wanted.backup !== 'Skip' && repo === firstRepository(o) && o.provider.isUsable(o);
  const asked: Asked = { isBackedUp, repo, target, restoredAt: restoredAt(record, o), created: createdAt(o), o };
  return rows.find(({ when }) => when(asked))?.why(asked);
}

/** What has come in the way of one since it was requested; undefined where nothing has. With it the database would be down before that shows. */
export function obstacleSince({ target, repo, id, isUnbacked }: CurrentRestore, record: RestoreRecord, o: Observed): string | undefined {
  const isBackedUp = backupPolicy(id, o) !== 'Skip' && isUnbacked !== true && repo === firstRepository(o);
  const asked: Asked = { isBackedUp, repo, target, restoredAt: restoredAt(record, o), created: undefined, o };
  return obstacleTo(repo, o) ?? (noBackupSince.when(asked) ? noBackupSince.why(asked) : undefined);
}
