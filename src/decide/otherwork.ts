/** What else is at work on the database, for which an operation on it waits. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import { drillInTheWay } from '../observed/drill.ts';
import { isCopying } from '../observed/copyrecord.ts';
import { startedJob } from '../observed/migrationjobs.ts';
import { mayWrite, podsOf } from '../observed/pods.ts';

/** Seconds before which no backup counts as hung, whatever the spec says: more than two clocks differ. */
const SHORTEST_BACKUP_WAIT_SECONDS = 300;

/** How long a backup is waited for, in seconds. */
const patience = ({ bestie }: Observed): number => Math.max(SHORTEST_BACKUP_WAIT_SECONDS, bestie.spec.upgrade.backupTimeoutSeconds);

/** A backup that is running, and for how many seconds it is still waited for; undefined without one, and for one that hangs. */
export function otherBackup(o: Observed, limit = Infinity): { name: string; left: number } | undefined {
  const other = o.provider.backups.atWork(o);
  const left = Math.min(patience(o), limit) - secondsSince(other?.since, o.now);
  return other === undefined || left <= 0 ? undefined : { name: other.name, left };
}

const waiting = (what: string): Readiness => ({ status: 'False', reason: 'RestorePending', message: `waiting for ${what} to end` });

/** What a restore waits for; undefined if nothing else is at work. `own`: the id of a backup that is its own. */
export function whatGoesFirst(own: string | undefined, o: Observed): Readiness | undefined {
  const stopped = o.provider.stopped(o);
  if (stopped !== undefined) return stopped;
  if (isCopying(o)) return waiting('the copy that the database is made from');
  const job = startedJob(o);
  if (job !== undefined || podsOf(o, 'migration').some((pod) => mayWrite(pod, o.now)))
    return waiting(job === undefined ? 'the pods of a migration' : `migration Job ${job.name}`);
  const drill = drillInTheWay(o);
  if (drill !== undefined) return waiting(drill);
  const others = o.provider.restores.byOthers(o);
  if (others !== undefined) return waiting(`the restore ${others.slice(0, 63)}, which was requested on the object of the database itself,`);
  const backup = otherBackup(o);
  if (backup === undefined || backup.name === own) return undefined;
  return { ...waiting(`backup ${backup.name}`), recheckAfterSeconds: backup.left };
}
