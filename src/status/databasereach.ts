/** What the pods of a migration and of the application say about their database: whether they reach it. */
import type { ConditionType } from '../api/condition.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { jobDatabaseTrouble } from '../children/jobreadiness.ts';
import { migrationJobs } from '../observed/migrationjobs.ts';
import { lostDatabase } from '../observed/lostdatabase.ts';
import { isReady, isTerminating, podsOf } from '../observed/pods.ts';
import { isExternal } from '../observed/migrations.ts';
import { webDatabaseTrouble } from '../observed/deployment.ts';
import type { DatabaseTrouble } from '../observed/databasewait.ts';

type Found = ReadonlyMap<ConditionType, Readiness>;

/** Why pods do not reach the database, those of the migration first, and those that were let in by it one day last. */
function unreached(o: Observed): DatabaseTrouble {
  const job = migrationJobs(o).find(({ phase }) => phase === 'pending' || phase === 'started');
  const ofJob = job && jobDatabaseTrouble(job, o);
  if (ofJob?.trouble !== undefined) return ofJob;
  const ofWeb = webDatabaseTrouble(o);
  return ofWeb.trouble === undefined ? lostDatabase(o) : ofWeb;
}

/** An external database reports nothing of itself: it is ready once a migration has reached it, for as long as no pod fails to. */
function external(found: Found, o: Observed): Readiness {
  const { trouble } = unreached(o);
  if (trouble !== undefined) return trouble;
  const reached = found.get('DatabaseSeeded')?.status === 'True';
  const message = reached ? 'the migrations reached the external database' : 'the database is run by somebody else';
  return { status: reached ? 'True' : 'Unknown', reason: 'ExternallyManaged', message };
}

/** Whether a pod of the application is ready: its probe opens a connection, so the database answers. */
const answers = (o: Observed): boolean => podsOf(o, 'web').some((pod) => isReady(pod) && !isTerminating(pod));

/**
 * That no primary answers is nowhere in the status of the object of the database, whose instances are all ready then. Pods that
 * wait for one, or have lost it, are the sign; what depends on the database goes on, for those pods are what waits. What a person
 * has switched explains more.
 */
function managed(found: Found, o: Observed): Readiness | undefined {
  const own = found.get('DatabaseReady');
  const isSaidToServe = own?.status === 'True' || (own?.serves === true && own.reason !== 'Suspended');
  const { trouble, isWaiting } = unreached(o);
  return isSaidToServe && isWaiting && !answers(o) ? trouble : undefined;
}

/** What DatabaseReady says instead of what the database itself does, of which `found` knows; undefined where that stands. */
export const reachedDatabase = (found: Found, o: Observed): Readiness | undefined =>
  isExternal(o) ? external(found, o) : managed(found, o);
