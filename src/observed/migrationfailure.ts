/** The message about a failed migration Job, and the way out. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { MigrationJob } from './migrationjobs.ts';
import { kubectl, setTo } from './commands.ts';
import { endOf } from './pods.ts';
import { historyIsUnknown, isUntouched, migrated } from './migrations.ts';
import { correction } from './replaceddata.ts';
import { MIGRATING_CONTAINER, SEEDING_CONTAINER } from '../api/containers.ts';
import { mayHaveLacked } from './podneeds.ts';
import { problems } from './podtroubles.ts';
import { sentenceOf } from './databasewait.ts';

/** Whether it is the sample data, and not the migrations, that failed. */
const failedToSeed = ({ pods }: MigrationJob): boolean => endOf(pods, SEEDING_CONTAINER) !== undefined;

/** Alembic ends without an error if it does not know the revision that the database has. */
const BARE_EXIT =
  '; if its log has no error, the image does not know the schema that the database has: it is older than the version that migrated it last';

/** Whether it ended at its deadline and no pod of it was ever created. */
export const hadNoPod = ({ reason, pods, hasFailed }: MigrationJob): boolean =>
  reason === 'DeadlineExceeded' && pods.length === 0 && !hasFailed;

/** Why a Job failed: the problem of its pods, while they exist. */
export function failureOf(job: MigrationJob, o: Observed): string {
  const { name, pods, reason } = job;
  if (hadNoPod(job))
    return `migration Job ${name} failed: no pod of it was created before its deadline${mayHaveLacked(o)}; its events say why: ${kubectl(o, `describe job ${name}`)}`;
  const bare = endOf(pods, MIGRATING_CONTAINER)?.exitCode === 1 ? BARE_EXIT : '';
  return `migration Job ${name} failed: ${problems(pods, o)[0]?.message ?? `the Job reports ${reason}`}${bare}`;
}

/** The way out if the sample data failed: another try starts from the beginning only if no other data can be lost. */
function seedFailed({ name, pods }: MigrationJob, o: Observed): Readiness {
  const { message, exitCode } = endOf(pods, SEEDING_CONTAINER) ?? {};
  const cause =
    sentenceOf(message) ||
    `it ended with exit code ${exitCode ?? 'unknown'}; see its log: ${kubectl(o, `logs job/${name} -c ${SEEDING_CONTAINER}`)}`;
  const again = kubectl(o, `delete job ${name}`);
  const way = isUntouched(o)
    ? `to try again from the beginning: ${again}; to continue without: set spec.database.seed to false`
    : `nothing is undone on a database that this Bestie did not create; to continue with what it holds: set spec.database.seed to false; ` +
      `to try again, empty the tables of the application first (flask seed undo deletes all of their rows), then: ${again}`;
  return { status: 'False', reason: 'SeedFailed', message: `the sample data was not loaded: ${cause}; ${way}` };
}

/** DatabaseSeeded while the Job of the current spec has failed. */
export function failed(job: MigrationJob, o: Observed): Readiness {
  if (failedToSeed(job)) return seedFailed(job, o);
  if (historyIsUnknown(o)) {
    const message =
      `${failureOf(job, o)}; the data of the database was replaced, and the application stays stopped: if the image can run on its schema as it is: ` +
      `${correction(o)}; or delete the Job to run it again: ${kubectl(o, `delete job ${job.name}`)}`;
    return { status: 'False', reason: 'MigrationFailed', message };
  }
  const known = migrated(o).at(-1);
  const back = known === undefined ? undefined : setTo(known, o);
  const way = back === undefined ? 'change the spec,' : `set the version back to what the database has: ${back};`;
  const message = `${failureOf(job, o)}; ${way} or delete the Job to run it again: ${kubectl(o, `delete job ${job.name}`)}`;
  return { status: 'False', reason: 'MigrationFailed', message };
}
