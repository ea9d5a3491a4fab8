/** The migration Job that the current spec asks for. */
import { hash8 } from '../lib/hash.ts';
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { Manifest } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { head } from '../api/manifest.ts';
import { failures } from '../observed/releaserecord.ts';
import { migrationJobs, unrecordedJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { container, databaseSecret, podTemplate, type Release } from './podtemplate.ts';
import { memo } from '../observed/memo.ts';
import { databaseId, historyIsMissing, isUntouched, seeds } from '../observed/migrations.ts';
import { MIGRATING_CONTAINER, SEEDING_CONTAINER } from '../api/containers.ts';
import { podFailurePolicy, seedCommand } from './seeding.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';
import { migrationTarget, needsMigration } from '../observed/migrationtarget.ts';

const RETRIES = 4;

/** The steps of a migration, in order: each is a container, which begins when the one before has succeeded. */
function steps(o: Observed, release: Release): object[] {
  const step = (name: string, command: readonly string[]): object => ({ ...container(o, release), name, command });
  const migrate = step(MIGRATING_CONTAINER, ['flask', 'db', 'upgrade']);
  return seeds(o) ? [migrate, step(SEEDING_CONTAINER, seedCommand(o))] : [migrate];
}

/** The Job that the current spec asks for; its name carries a hash of everything that it would run, and of how often a target was given up. */
export const wantedJob = memo((o): Manifest => {
  const database = databaseId(o) ?? '';
  const release = { image: migrationTarget(o), secret: databaseSecret(o) };
  const all = steps(o, release);
  const { metadata, spec } = podTemplate(o, 'migration', release, all.slice(-1), all.slice(0, -1));
  const template = {
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.database]: database } },
    spec: { ...spec, restartPolicy: 'Never' },
  };
  const tries = failures(o);
  const name = names.job(o.bestie.metadata.name, hash8(tries === 0 ? template : [template, tries]));
  const activeDeadlineSeconds = o.bestie.spec.upgrade.migrationDeadlineSeconds;
  // A pod that is being evicted migrates on until it ends: its successor must not start before.
  return {
    ...head(kinds.job, name, o, { [annotations.image]: migrationTarget(o) }),
    spec: {
      backoffLimit: RETRIES,
      activeDeadlineSeconds,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: podFailurePolicy(seeds(o) && !isUntouched(o)),
      template,
    },
  };
});

/** The Job of the current spec, if it is there. */
export const jobOfTarget = (o: Observed): MigrationJob | undefined =>
  migrationJobs(o).find(({ name }) => name === wantedJob(o).metadata.name);

/** The same world with the Job of the target recognised by its name, which is a hash of all that it runs, where every record on it is gone. */
export function recognised(o: Observed): Observed {
  if (unrecordedJobs(o).length === 0) return o;
  const job = unrecordedJobs(o).find(({ name }) => name === wantedJob(o).metadata.name);
  if (job === undefined) return o;
  return { ...o, facts: new Map(), recognised: { job: job.name, image: migrationTarget(o), database: databaseId(o) ?? '' } };
}

/** Whether a migration is wanted, and may run on what is there. */
export const isWanted = (o: Observed): boolean => needsMigration(o) && !historyIsMissing(o) && !isBeingReplaced(o);
