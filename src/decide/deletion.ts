/** Whether, and how, the database of a Bestie that is being deleted is deleted with it. */
import { requests } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { hash8 } from '../lib/hash.ts';
import { isCopying } from '../observed/copyrecord.ts';
import { memo } from '../observed/memo.ts';
import { historyIsMissing, historyIsUnknown, migrated } from '../observed/migrations.ts';
import { operation } from './backup.ts';
import { keptDatabase } from './keptdatabase.ts';
import type { DatabaseOperation } from './operation.ts';
import { isNamespaceGoing } from './protection.ts';

type Policy = 'Delete' | 'BackupThenDelete' | 'Retain';

const readable: readonly Policy[] = ['Delete', 'BackupThenDelete', 'Retain'];

/** What the spec says, acceptable or not. A policy that cannot be read must not cost the data. */
export function policyOf({ bestie }: Observed): Policy {
  const said: unknown = (bestie.spec as { deletionPolicy?: unknown } | null)?.deletionPolicy;
  return readable.find((policy) => policy === said) ?? 'Retain';
}

/** A database that never ran has no data, and one that is being copied none of its own. While it is restored it is down, and has the restored data. */
function hasData(o: Observed): boolean {
  if (isCopying(o) && migrated(o).length === 0) return false;
  const isUp = o.provider.isRestoring(o) || o.provider.system(o) !== undefined;
  return isUp || migrated(o).length > 0 || historyIsMissing(o) || historyIsUnknown(o);
}

/** Whether the database must not be deleted before a final backup. */
export function wantsFinalBackup(o: Observed): boolean {
  const isSkipped = o.bestie.metadata.annotations?.[requests.skipFinalBackup] === 'true';
  return policyOf(o) === 'BackupThenDelete' && !isSkipped && !isNamespaceGoing(o) && hasData(o);
}

/** The final backup, computed once for each request; undefined if no repository can take it. */
export const finalBackup = memo((o): DatabaseOperation | undefined => {
  const live = o.provider.live(o);
  const repo = live && o.provider.backups.remoteRepository(keptDatabase(live, o, undefined));
  const { deletionTimestamp } = o.bestie.metadata;
  return repo === undefined
    ? undefined
    : operation({ purpose: 'final', key: hash8(deletionTimestamp), repo, since: deletionTimestamp ?? o.now }, o);
});
