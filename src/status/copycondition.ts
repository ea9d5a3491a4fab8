/** The condition Copied: from what the database was made that is a copy, or how far that is. */
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { guardReadiness, isUnguardable } from '../database/guard.ts';
import { copying } from '../decide/copy.ts';
import { wholeSeconds } from '../lib/time.ts';
import { copiedFromWords, copyBegins, copyFinding } from '../observed/copyfinding.ts';
import { copyRecord, copyRecordOf, wantedCopy, type CopyRecord } from '../observed/copyrecord.ts';
import { databaseShown } from '../observed/database.ts';
import { hasRun, isExternal } from '../observed/migrations.ts';

const ignored = (why: string): Readiness => ({
  status: 'False',
  reason: 'SourceIgnored',
  message: `${why}; database.dataSource is ignored`,
});

/** What the data was like when it was copied. */
function asOf({ target, at }: CopyRecord): string {
  const end = at === undefined ? '' : `, made at ${wholeSeconds(at)}`;
  if (target === undefined) return end;
  return target === 'latest' ? `${end}, with all that was archived by then` : `, as of ${target}${end}`;
}

function ended(o: Observed): Readiness {
  const record = copyRecordOf(copying(o).copiedFrom ?? '');
  const message = `${databaseShown(o)} is a copy of ${copiedFromWords(o)}${asOf(record)}`;
  return { status: 'True', reason: 'Copied', message };
}

/** Of a database that exists. */
export function copiedNow(live: KubeObject, o: Observed): Readiness {
  if (live.metadata.deletionTimestamp != null)
    return {
      status: 'False',
      reason: 'Deleting',
      message: `${databaseShown(o)} is being deleted${hasRun(o) ? '' : '; what it was copied from is copied again once it is gone'}`,
    };
  if (copyRecord(o) === undefined) return ignored(`${databaseShown(o)} has no record of having been copied, so its data stays as it is`);
  return copyFinding(o) ?? ended(o);
}

/** Of one that does not exist yet. */
function copiedLater(o: Observed): Readiness {
  if (o.unattached !== undefined) return ignored(`${databaseShown(o)} existed before this Bestie, so it is not made from a copy`);
  if (hasRun(o)) return ignored(`${databaseShown(o)} is made without its source, because this Bestie has run before: a copy is made once`);
  const guard = isUnguardable(o) ? guardReadiness(o) : undefined;
  return guard ?? copying(o).notCopied ?? copyBegins(o);
}

/** Undefined where the spec wants no copy. */
export function copied(o: Observed): Readiness | undefined {
  if (wantedCopy(o) === undefined || isExternal(o)) return undefined;
  const live = o.provider.live(o);
  return live === undefined ? copiedLater(o) : copiedNow(live, o);
}
