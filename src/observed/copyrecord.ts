/**
 * What the object of a database that was made from backups of another one records about that: JSON in an annotation, written with the object. Without
 * it a database is no copy, whatever the spec says.
 */
import type { Observed } from '../api/observed.ts';
import type { BestieSpec } from '../api/bestie.ts';
import type { KubeObject, Live } from '../api/kubernetes.ts';
import { isTime } from '../lib/time.ts';
import { durable } from './lastapplied.ts';
import { annotations, isOurs } from '../api/names.ts';
import { memo } from './memo.ts';

/** Times are RFC 3339. Of a record that cannot be read no field is known, but that it is there. */
export interface CopyRecord {
  /** From what, and which state of it, in words. */
  source?: string;
  target?: string;
  /** When the copy was requested. */
  since?: string;
  /** When it had ended; left out until then. */
  at?: string;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The record in that text. */
export function copyRecordOf(text: string): CopyRecord {
  try {
    const { source, target, since, at } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    return {
      ...(isText(source) && { source }),
      ...(isText(target) && { target }),
      ...(isTime(since) && { since }),
      ...(isTime(at) && { at }),
    };
  } catch {
    return {}; // a copy all the same: a second one would be made else, or this one taken for a new database
  }
}

/** As it is written. */
export const copyRecordText = ({ source, target, since, at }: CopyRecord): string => JSON.stringify({ source, target, since, at });

/** The text of the record on the object of a database, as it was last applied. */
export const recordedCopy = (live: KubeObject, o: Pick<Observed, 'applied'>): string | undefined =>
  durable(o, live, annotations.copiedFrom);

type DataSource = NonNullable<BestieSpec['database']['dataSource']>;

/** What the spec wants copied, acceptable or not. */
export const wantedCopy = ({ bestie }: Observed): Live<DataSource> | undefined =>
  (bestie.spec as Live<BestieSpec> | null)?.database?.dataSource ?? undefined;

/** Whether every record on our own object was removed while it is being copied. */
const isLost = (live: KubeObject, o: Observed): boolean =>
  o.applied(live) === undefined && isOurs(live.metadata.labels) && wantedCopy(o) !== undefined && o.provider.copies.isSent(live, o);

/** The record of the database; undefined where it is no copy. */
export const copyRecord = memo((o): CopyRecord | undefined => {
  const live = o.provider.live(o);
  if (live === undefined) return undefined;
  const text = recordedCopy(live, o);
  if (text !== undefined) return copyRecordOf(text);
  return isLost(live, o) ? {} : undefined;
});

/** Whether the database is being made from its source: it has no data of its own yet. */
export const isCopying = memo((o): boolean => {
  const { copies } = o.provider;
  const [live, record] = [o.provider.live(o), copyRecord(o)];
  if (live === undefined || record === undefined || record.at !== undefined || !copies.isSent(live, o)) return false;
  return copies.stateOf(live).state !== 'succeeded';
});
