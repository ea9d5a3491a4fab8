/** The steps of taking a Bestie down, each for what is observed: migration, application, final backup, database. */
import type { Reason } from '../api/reason.ts';
import type { KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { isDatabase } from '../database/index.ts';
import { finalBackup, policyOf, wantsFinalBackup } from './deletion.ts';
import { keptDatabase, released } from './keptdatabase.ts';
import { hasSucceeded, requestOf, waitOf } from './operation.ts';
import { isNamespaceGoing } from './protection.ts';
import { annotate } from '../observed/commands.ts';
import { restoring } from './restore.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { observedChildren } from '../observed/children.ts';
import { besidesDrill, drillObjects } from '../observed/drill.ts';
import { describeObject } from '../observed/finalizers.ts';
import { lineageChange } from '../observed/lineage.ts';
import { startedJob, type MigrationJob } from '../observed/migrationjobs.ts';
import { patience, writers } from '../observed/writers.ts';

/** The answer of a step: what stays, why, and what blocks the deletion, if a user may have to act. */
export interface Answer {
  children: readonly Manifest[];
  message: string;
  blocked?: Readiness;
  finalized?: true;
  recheckAfterSeconds?: number;
}

const application = (o: Observed): KubeObject[] => observedChildren(o).filter((live) => !isDatabase(live, o));
const databases = (o: Observed): KubeObject[] => [o.provider.live(o)].flatMap((live) => live ?? []);
/** Those that are not being deleted: a terminating object can no longer be changed. */
const standing = (o: Observed): KubeObject[] => databases(o).filter(({ metadata }) => metadata.deletionTimestamp == null);

export const waitingFor = (objects: readonly KubeObject[]): string =>
  `waiting for ${objects.map(describeObject).sort().join(', ')} to be deleted`;

const skip = ({ bestie: { metadata } }: Observed): string =>
  `to delete the database without it: kubectl -n ${metadata.namespace} annotate --overwrite bestie ${metadata.name} ${requests.skipFinalBackup}=true`;

/** Reasons for which the deletion waits for an action. */
export const stuck: ReadonlySet<Reason> = new Set<Reason>([
  'BackupFailed',
  'BackupTimeout',
  'NoRemoteRepository',
  'HeldByFinalizer',
  'NotApplied',
]);

/** Why no backup can be taken: nothing new is restored for a Bestie that goes. One that runs may still end, until the backup is late. */
function downAfterRestore(isLate: boolean, o: Observed): string {
  const { active } = o.invalid.length > 0 ? {} : restoring(o);
  const hasFailed = active?.phase === 'Failed';
  if (active?.current.stage !== 'Armed' || (!hasFailed && !isLate)) return '';
  const { id } = active.current;
  const why = `the database is down, because restore ${id} ${hasFailed ? 'has failed' : 'does not end'}`;
  return `; ${why}: to back up what that has left: ${annotate(o, requests.abandonRestore, id)}`;
}

function backUp(o: Observed): Answer {
  const final = finalBackup(o);
  const children = standing(o).map((live) => keptDatabase(live, o, final && requestOf(final)));
  if (final === undefined) {
    const message = `the spec has no S3, GCS or Azure repository for the final backup of the database; add one; ${skip(o)}`;
    return { children, message, blocked: { status: 'True', reason: 'NoRemoteRepository', message } };
  }
  const { reason = 'BackingUp', message: why = 'it has not ended yet', ...rest } = waitOf(final) ?? {};
  const isStuck = stuck.has(reason);
  const message = `the database is deleted once its final backup has succeeded: ${why}${downAfterRestore(isStuck, o)}${isStuck ? `; ${skip(o)}` : ''}`;
  return { children, message, blocked: { ...rest, status: 'True', reason: isStuck ? reason : 'FinalBackupPending', message } };
}

const isBackedUp = (o: Observed): boolean => {
  const final = finalBackup(o);
  return final !== undefined && hasSucceeded(final);
};

const whyKept = ({ bestie: { spec } }: Observed): string =>
  (spec as { deletionPolicy?: unknown } | null)?.deletionPolicy === 'Retain' ? 'deletionPolicy is Retain' : 'deletionPolicy cannot be read';

/**
 * The migration that must not be interrupted. One of data that is being replaced, or was, may be: it would reach other data, and the
 * application must not serve from that meanwhile.
 */
function migration(o: Observed): MigrationJob | undefined {
  const isReplaced = o.provider.isRestoring(o) || lineageChange(o) !== undefined;
  return isReplaced ? undefined : startedJob(o);
}

interface Step {
  when: (o: Observed) => boolean;
  answer: (o: Observed) => Answer;
}

/** One row per step, the first that fits. */
const steps: readonly Step[] = [
  // A drill goes first, shielded until its copy is gone. Nothing else is changed meanwhile.
  {
    when: (o) => drillObjects(o).length > 0,
    answer: (o) => ({
      children: besidesDrill(o),
      message: `${waitingFor(drillObjects(o))}, which a drill of the backups has left`,
    }),
  },
  // A migration is not interrupted.
  {
    when: (o) => migration(o) !== undefined,
    answer: (o) => ({
      children: observedChildren(o).map((live) => asLastApplied(live, o)),
      message: `waiting for migration Job ${migration(o)?.name ?? ''} to end; nothing is deleted before that`,
    }),
  },
  // No pod writes to the database any more before it is backed up, released or deleted.
  {
    when: (o) => application(o).length > 0,
    answer: (o) => ({ children: standing(o).map((live) => keptDatabase(live, o, undefined)), message: waitingFor(application(o)) }),
  },
  {
    // A requested backup continues, also for a replica by whose clock a pod may still write.
    when: (o) => wantsFinalBackup(o) && writers(o).length > 0 && o.provider.backups.request(o)?.purpose !== 'final',
    answer: (o) => ({
      children: standing(o).map((live) => keptDatabase(live, o, undefined)),
      message: 'waiting for the pods of the application to end',
      ...patience(o),
    }),
  },
  // Released, deleted, external or never created.
  { when: (o) => databases(o).length === 0, answer: () => ({ children: [], message: 'every child is gone', finalized: true }) },
  // Kept.
  {
    when: (o) => policyOf(o) === 'Retain' && !isNamespaceGoing(o) && standing(o).length > 0,
    answer: (o) => ({ children: standing(o).map((live) => released(live, o)), message: `the database is kept: ${whyKept(o)}` }),
  },
  // Backed up into a repository that outlives it.
  { when: (o) => wantsFinalBackup(o) && standing(o).length > 0 && !isBackedUp(o), answer: backUp },
];

/** Otherwise the database is deleted, or is being deleted. */
const deletion: Step = { when: () => true, answer: (o) => ({ children: [], message: waitingFor(databases(o)) }) };

/** The current step of the deletion of a Bestie. */
export const deletionStep = (o: Observed): Answer => (steps.find(({ when }) => when(o)) ?? deletion).answer(o);
