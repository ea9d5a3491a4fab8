/** Whether the pods of a migration and of the application reach their database. */
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

/** Why pods do not reach the database: those of the migration first, those that reached it before last. */
function unreached(o: Observed): DatabaseTrouble {
  const job = migrationJobs(o).find(({ phase }) => phase === 'pending' || phase === 'started');
  const ofJob = job && jobDatabaseTrouble(job, o);
  if (ofJob?.trouble !== undefined) return ofJob;
  const ofWeb = webDatabaseTrouble(o);
  return ofWeb.trouble === undefined ? lostDatabase(o) : ofWeb;
}

/** An external database has no status: it is ready once a migration has reached it, while no pod fails to. */
function external(found: Found, o: Observed): Readiness {
  const { trouble } = unreached(o);
  if (trouble !== undefined) return trouble;
  const reached = found.get('DatabaseSeeded')?.status === 'True';
  const message = reached ? 'the migrations reached the external database' : 'the database is managed outside of this operator';
  return { status: reached ? 'True' : 'Unknown', reason: 'ExternallyManaged', message };
}

/** Whether a pod of the application is ready: its probe opens a connection, so the database answers. */
const answers = (o: Observed): boolean => podsOf(o, 'web').some((pod) => isReady(pod) && !isTerminating(pod));

/**
 * The status of the object of the database does not show that no primary answers: all instances are ready then. Pods that wait
 * for one, or have lost it, show it. What depends on the database continues, because those pods are what waits. A switch of a
 * user is the better explanation.
 */
function managed(found: Found, o: Observed): Readiness | undefined {
  const own = found.get('DatabaseReady');
  const isSaidToServe = own?.status === 'True' || (own?.serves === true && own.reason !== 'Suspended');
  const { trouble, isWaiting } = unreached(o);
  return isSaidToServe && isWaiting && !answers(o) ? trouble : undefined;
}

/** The readiness with what of the spec the cluster lacks, whatever else there is to say. A database that is ready stays so. */
function withLack(readiness: Readiness | undefined, o: Observed): Readiness | undefined {
  const lack = o.provider.lacking(o);
  if (readiness === undefined || lack === undefined) return readiness;
  return { ...readiness, ...(readiness.status === 'True' && { reason: lack.reason }), message: `${readiness.message}; ${lack.message}` };
}

/** The readiness of DatabaseReady, where `found` has that of the database itself; undefined if there is none. */
export const reachedDatabase = (found: Found, o: Observed): Readiness | undefined =>
  isExternal(o) ? external(found, o) : withLack(managed(found, o) ?? found.get('DatabaseReady'), o);
