/** What a new database is made from, or why it is not made yet. Of a bucket nothing is known: it is tried. */
import type { Copy } from '../api/copy.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import type { GivenUp, RestoreTarget } from '../api/restore.ts';
import { secondsSince } from '../lib/time.ts';
import { copyRecordOf, recordedCopy } from '../observed/copyrecord.ts';
import { databaseOf, repositoryOf, wantedSource } from '../observed/copysource.ts';
import { durable } from '../observed/lastapplied.ts';
import { lineageOf } from '../observed/lineage.ts';
import { memo } from '../observed/memo.ts';
import { restoreRecordOf, type RestoreRecord } from '../observed/restorerecord.ts';
import { momentOf, targetOf, targetWords } from './restoretarget.ts';

interface Facts {
  /** Undefined where the time that is wanted is none. */
  target: RestoreTarget | undefined;
  /** What the object of the source records about its own restores. */
  restores: RestoreRecord | undefined;
  /** The object of the database of the source, and its Bestie; undefined for a bucket, and where it is not shown. */
  source: KubeObject | undefined;
  bestie: string | undefined;
  repository: string | undefined;
  o: Observed;
}

const note = (source: KubeObject, annotation: string, o: Observed): string | undefined => durable(o, source, annotation);

function restoresOf(source: KubeObject | undefined, o: Observed): RestoreRecord | undefined {
  const text = source && note(source, annotations.restores, o);
  return text === undefined ? undefined : restoreRecordOf(text);
}

/** The histories that restores of the source have given up. */
const givenUpIn = (source: KubeObject | undefined, restores: RestoreRecord | undefined, o: Observed): GivenUp[] => [
  ...(restores?.givenUp ?? []),
  ...((source && lineageOf(note(source, annotations.lineage, o))?.givenUp) ?? []),
];

const facts = memo((o): Facts => {
  const { bestie, target = {} } = o.bestie.spec.database.dataSource ?? {};
  const source = bestie && databaseOf(bestie.name, o);
  const restores = restoresOf(source, o);
  return {
    target: targetOf({ target }, givenUpIn(source, restores, o)),
    restores,
    source,
    bestie: bestie?.name,
    repository: bestie && repositoryOf(bestie, o),
    o,
  };
});

/**
 * The RFC 3339 time at which the data of the source began; undefined where its object may be younger than that. A copy has no history from before it
 * was made.
 */
function beganAt({ source, o }: Facts): string | undefined {
  if (source === undefined) return undefined;
  const copied = recordedCopy(source, o);
  if (copied !== undefined) return copyRecordOf(copied).at;
  const owner = source.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid?.slice(0, 8);
  const isOwn = owner !== undefined && note(source, annotations.incarnation, o) === owner && !o.provider.copies.mayBeOlder(source);
  return (isOwn ? source.metadata.creationTimestamp : undefined) ?? undefined;
}

const nameOf = (bestie: string | undefined, { provider }: Observed): string =>
  `${provider.kind?.kind ?? ''} ${provider.nameOf(bestie ?? '')} of Bestie ${bestie ?? ''}`;

/** Whether what the source holds since a restore is wanted, and no backup of that history has succeeded yet. */
function isUnsecured({ restores, target }: Facts): boolean {
  const { stage, restoredAt = '' } = restores?.current ?? {};
  if (stage !== 'Restored') return false;
  return target?.type === 'latest' || (target?.type === 'time' && Date.parse(target.time) > Date.parse(restoredAt));
}

const isFuture = ({ target, o }: Facts): boolean => target?.type === 'time' && Date.parse(target.time) > Date.parse(o.now);
const inWords = ({ target }: Facts): string => (target === undefined ? '' : targetWords(target));

interface Row {
  when: (f: Facts) => boolean;
  why: (f: Facts) => Pick<Readiness, 'reason' | 'message'> & Partial<Readiness>;
}

const unfit = ({ source, repository, o }: Facts): ReturnType<Row['why']> | undefined =>
  source === undefined || repository === undefined ? undefined : o.provider.copies.unfitBecause(source, repository, o);

const missing = (message: string): ReturnType<Row['why']> => ({ reason: 'SourceMissing', message });
const waiting = (message: string): ReturnType<Row['why']> => ({ reason: 'SourceNotReady', message });
const OTHER = 'delete this Bestie, and create it with another target';

/** One row per cause, the first that fits. */
const rows: readonly Row[] = [
  {
    when: ({ target }) => target === undefined,
    why: ({ o }) =>
      missing(
        `database.dataSource.target.time is ${o.bestie.spec.database.dataSource?.target?.time ?? ''}, a day that no calendar has; ${OTHER}`,
      ),
  },
  {
    when: ({ bestie, source }) => bestie !== undefined && source === undefined,
    why: ({ bestie, o }) =>
      missing(
        `${nameOf(bestie, o)} does not exist in Namespace ${o.bestie.metadata.namespace}, or is not shown yet; it is copied once it is there. What is in a ` +
          'bucket can be copied without it: delete this Bestie, and create it with database.dataSource.repository',
      ),
  },
  {
    when: ({ bestie, repository }) => bestie !== undefined && repository === undefined,
    why: ({ bestie, o }) => missing(`${nameOf(bestie, o)} has no repository of backups`),
  },
  {
    when: (f) => unfit(f) !== undefined,
    why: (f) => unfit(f) ?? missing(''),
  },
  {
    when: (f) => (momentOf(f.target ?? { type: 'latest' }) ?? Infinity) < Date.parse(beganAt(f) ?? ''),
    why: (f) => missing(`${nameOf(f.bestie, f.o)} has no data as of ${inWords(f)}: it began at ${beganAt(f) ?? ''}; ${OTHER}`),
  },
  {
    when: isUnsecured,
    why: ({ bestie, o }) =>
      waiting(`${nameOf(bestie, o)} was restored, and no backup of its new history has succeeded yet; it is copied after that`),
  }, // Last: two replicas whose clocks differ then agree as soon as one of them makes the copy, and would else report in turn what each of them sees.
  {
    when: isFuture,
    why: (f) => ({
      ...waiting(`the data is wanted as of ${inWords(f)}, which has not come yet; it is copied after that`),
      recheckAfterSeconds: f.target?.type === 'time' ? 1 + secondsSince(f.o.now, f.target.time) : 1,
    }),
  },
];

/** Why a new database is not made from its source now; undefined where nothing is known to be in the way, and without a source. */
export const whyNotCopied = memo((o): Readiness | undefined => {
  if (o.bestie.spec.database.dataSource === undefined) return undefined;
  const found = rows.find(({ when }) => when(facts(o)));
  return found && { status: 'False', ...found.why(facts(o)) };
});

/** What a new database is made from; undefined where it is not to be a copy, or cannot be made now. */
export function plannedCopy(o: Observed): Copy | undefined {
  const [source, { target }] = [wantedSource(o), facts(o)];
  return source === undefined || target === undefined || whyNotCopied(o) !== undefined ? undefined : { source, target };
}
