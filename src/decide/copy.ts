/**
 * A database that is made from the backups of another one. Its source is sent from the creation of the object until the copy is there, and never
 * again: what was last applied decides that, never the spec. On a database that lives a source is a request to make it anew.
 */
import type { DatabaseDecisions } from '../api/decisions.ts';
import type { KubeObject, Manifest } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { withValue } from '../lib/fieldpath.ts';
import { copyRecord, copyRecordText, isCopying, recordedCopy, type CopyRecord } from '../observed/copyrecord.ts';
import { copiedFromWords } from '../observed/copyfinding.ts';
import { drillCopy } from '../observed/drill.ts';
import { memo } from '../observed/memo.ts';
import { hasRun } from '../observed/migrations.ts';
import { plannedCopy, whyNotCopied } from './copyplan.ts';
import { targetWords } from './restoretarget.ts';

type Copying = Pick<DatabaseDecisions, 'copy' | 'copiedFrom' | 'notCopied'>;

/**
 * With the object of the database, once in the life of a Bestie. Where one that has run has lost its object, the volumes of that may be there, with what
 * users have written: they are taken up as they are, and a source would be restored over them.
 */
function begun(o: Observed): Copying {
  if (hasRun(o)) return {};
  const [copy, notCopied] = [plannedCopy(o), whyNotCopied(o)];
  if (copy === undefined) return notCopied === undefined ? {} : { notCopied };
  const record: CopyRecord = {
    source: o.provider.copies.words(copy.source),
    target: targetWords(copy.target),
    since: o.now,
  };
  return { copy, copiedFrom: copyRecordText(record) };
}

/** What is on record, word for word; where that is lost, what is known. */
const kept = (live: KubeObject, record: CopyRecord, o: Observed): string =>
  recordedCopy(live, o) ?? copyRecordText({ source: copiedFromWords(o), ...record });

/** With when it ended, in the write that removes the source. Without a source the record is as it was. */
function ended(live: KubeObject, record: CopyRecord, o: Observed): string {
  const { copies } = o.provider;
  if (record.at !== undefined || !copies.isSent(live, o)) return kept(live, record, o);
  return copyRecordText({ ...record, at: copies.stateOf(live).endedAt ?? o.now });
}

/** What is decided about the copy that the database is, or is to be; nothing for one that is none. */
export const copying = memo((o): Copying => {
  const live = o.provider.live(o);
  if (live === undefined) return begun(o);
  const record = copyRecord(o);
  if (record === undefined) return {};
  return isCopying(o) ? { copy: 'asSent', copiedFrom: kept(live, record, o) } : { copiedFrom: ended(live, record, o) };
});

/** Without the fields that name a source. */
const stripped = (manifest: Manifest, { provider: { copies } }: Observed): Manifest =>
  copies.sourcePaths.reduce((rest, path) => withValue(rest, path, undefined), manifest);

/** What was last applied to an object; to a database, and to the copy of a drill, without the source of a copy that is there. */
export function withoutSource(live: KubeObject, manifest: Manifest, o: Observed): Manifest {
  const { copies } = o.provider;
  const isDrill = live === drillCopy(o);
  if (manifest.spec === undefined || (live !== o.provider.live(o) && !isDrill) || !copies.isSent(live, o)) return manifest;
  if (isDrill) return copies.stateOf(live).state === 'succeeded' ? stripped(manifest, o) : manifest;
  const { copy, copiedFrom } = copying(o);
  if (copiedFrom === undefined || copy !== undefined) return manifest;
  const notes = { ...manifest.metadata.annotations, [annotations.copiedFrom]: copiedFrom };
  return stripped(withValue(manifest, ['metadata', 'annotations'], notes), o);
}
