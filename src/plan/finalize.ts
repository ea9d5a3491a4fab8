/** Taking a Bestie down, one observed step after the other: migration, application, final backup, database. */
import type { ConditionType, Reason } from '../api/condition.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { heldByFinalizer, keepers, shown } from '../observed/finalizers.ts';
import { startedJob, type MigrationJob } from '../observed/migrationjobs.ts';
import { lineageChange } from '../observed/lineage.ts';
import { GRACE, mayWrite, podsOf, type Pod } from '../observed/pods.ts';
import { dated, notStalled, waitsForAction } from '../status/conditions.ts';
import { adoptedDatabases, isDatabase } from '../database/index.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { carried, held } from './hold.ts';
import { podFindings, podStatus } from '../status/status.ts';
import { lasting, pendingDeletions, pendingUpdate, refused as denied, secondsLeft } from '../observed/pendingchanges.ts';
import { sync } from './sync.ts';
import { finalBackup, isProtected, kept, policyOf, released, wantsFinalBackup, isNamespaceGoing } from '../decide/deletion.ts';

/** What a step answers: what stays, why, and, where a person may have to act, what blocks. */
interface Answer {
  children: readonly Manifest[];
  message: string;
  blocked?: Readiness;
  finalized?: true;
  recheckAfterSeconds?: number;
}

const application = (o: Observed): KubeObject[] => observedChildren(o).filter((live) => !isDatabase(live));
const databases = (o: Observed): KubeObject[] => [o.provider.live(o)].flatMap((live) => live ?? []);
/** Those that are not being deleted: a terminating object can no longer be changed. */
const standing = (o: Observed): KubeObject[] => databases(o).filter(({ metadata }) => metadata.deletionTimestamp == null);

const waitingFor = (objects: readonly KubeObject[]): string => `waiting for ${objects.map(shown).sort().join(', ')} to go`;

const skip = ({ bestie: { metadata } }: Observed): string =>
  `to delete the database without it: kubectl -n ${metadata.namespace} annotate --overwrite bestie ${metadata.name} ${requests.skipFinalBackup}=true`;

/** Reasons for which the deletion waits for an action. */
const stuck: ReadonlySet<Reason> = new Set<Reason>([
  'BackupFailed',
  'BackupTimeout',
  'NoRemoteRepository',
  'HeldByFinalizer',
  'NotApplied',
]);

/** Pods of the application that may still write. */
const writers = (o: Observed): Pod[] => [...podsOf(o, 'web'), ...podsOf(o, 'migration')].filter((pod) => mayWrite(pod, o.now));

/** When to look again for a pod whose end nobody will tell. */
function patience(o: Observed): Pick<Answer, 'recheckAfterSeconds'> {
  const left = writers(o).flatMap(({ metadata: { deletionTimestamp } }) =>
    deletionTimestamp == null ? [] : GRACE - secondsSince(deletionTimestamp, o.now),
  );
  return left.length === 0 ? {} : { recheckAfterSeconds: Math.min(...left) };
}

function backUp(o: Observed): Answer {
  const final = finalBackup(o);
  const children = standing(o).map((live) => kept(live, o, final ?? {}));
  if (final === undefined) {
    const message = `no S3, GCS or Azure repository could keep a final backup of the database; name one in the spec; ${skip(o)}`;
    return { children, message, blocked: { status: 'True', reason: 'NoRemoteRepository', message } };
  }
  const { reason = 'BackingUp', message: why = 'it has not ended yet', ...rest } = final.waits ?? {};
  const isStuck = stuck.has(reason);
  const message = `the database is deleted once its final backup has succeeded: ${why}${isStuck ? `; ${skip(o)}` : ''}`;
  return { children, message, blocked: { ...rest, status: 'True', reason: isStuck ? reason : 'FinalBackupPending', message } };
}

const whyKept = ({ bestie: { spec } }: Observed): string =>
  (spec as { deletionPolicy?: unknown } | null)?.deletionPolicy === 'Retain' ? 'deletionPolicy is Retain' : 'deletionPolicy cannot be read';

/**
 * The migration that must not be cut short. One of data that is being replaced, or was, is none: what it would do, it would do to other data, and the
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
  // A migration is not cut short.
  {
    when: (o) => migration(o) !== undefined,
    answer: (o) => ({
      children: observedChildren(o).map((live) => asLastApplied(live, o)),
      message: `waiting for migration Job ${migration(o)?.name ?? ''} to end; nothing is deleted before`,
    }),
  },
  // Nobody writes to the database any more before it is backed up, released or deleted.
  {
    when: (o) => application(o).length > 0,
    answer: (o) => ({ children: standing(o).map((live) => kept(live, o, {})), message: waitingFor(application(o)) }),
  },
  {
    // Once it is asked for it goes on, also for a replica whose clock says that a pod may still write.
    when: (o) => wantsFinalBackup(o) && writers(o).length > 0 && o.provider.backups.request(o)?.purpose !== 'final',
    answer: (o) => ({
      children: standing(o).map((live) => kept(live, o, {})),
      message: 'waiting for the pods of the application to end',
      ...patience(o),
    }),
  },
  // Released, deleted, external or never made.
  { when: (o) => databases(o).length === 0, answer: () => ({ children: [], message: 'every child is gone', finalized: true }) },
  // Kept.
  {
    when: (o) => policyOf(o) === 'Retain' && !isNamespaceGoing(o) && standing(o).length > 0,
    answer: (o) => ({ children: standing(o).map((live) => released(live, o)), message: `the database is kept: ${whyKept(o)}` }),
  },
  // Backed up into a repository that outlives it.
  { when: (o) => wantsFinalBackup(o) && standing(o).length > 0 && finalBackup(o)?.run?.state !== 'succeeded', answer: backUp },
];

/** Otherwise the database goes, or is going. */
const deletion: Step = { when: () => true, answer: (o) => ({ children: [], message: waitingFor(databases(o)) }) };

/** A protected Bestie lives on, although it cannot be seen to: its deletion goes on once the protection is switched off. */
function refused(o: Observed): Plan {
  // The plan of one that is not being deleted is compared with the status that it last gave.
  const isOther = (condition: { type?: string | null } | null): boolean => condition?.type !== 'DeletionBlocked';
  const status = { ...o.bestie.status, conditions: (o.bestie.status.conditions ?? []).filter(isOther) };
  const alive: Observed = { ...o, bestie: { ...o.bestie, status }, facts: new Map() };
  const plan = o.invalid.length > 0 ? held(alive) : sync(alive);
  const { namespace, name } = o.bestie.metadata;
  const message =
    'deletionProtection is on, so everything is kept; to let it go: ' +
    `kubectl -n ${namespace} patch bestie ${name} --type merge -p '{"spec":{"deletionProtection":false}}'`;
  const blocked = dated(new Map([['DeletionBlocked', { status: 'True', reason: 'DeletionProtected', message }]]), o.bestie, o.now);
  const others = plan.status.conditions.filter(isOther);
  return { ...plan, status: { ...plan.status, conditions: [...others, ...blocked] } };
}

/** What is still going, the Bestie itself once nothing else is: a finalizer of another may hold it. */
function lingering(o: Observed, isLast: boolean): readonly KubeObject[] {
  return isLast ? [o.bestie] : observedChildren(o);
}

/** In words, what the deletion waits for beyond what the operator does. */
function awaited(going: readonly KubeObject[]): string {
  const kept = going.filter((object) => keepers(object).length > 0);
  return kept.length === 0 ? 'the deletion goes on by itself' : waitingFor(kept);
}

export function finalize(o: Observed): Plan {
  // The Bestie merely stopped matching the controller: it keeps everything, and the controller lets go.
  if (o.bestie.metadata.deletionTimestamp == null) return { ...sync(o), finalized: true };
  if (isProtected(o)) return refused(o);
  const { answer } = steps.find(({ when }) => when(o)) ?? deletion;
  const { children: own, message: step, blocked, finalized, recheckAfterSeconds } = answer(o);
  // A database of another name was given to this Bestie by a person, and is given back under any policy.
  const strangers = adoptedDatabases(o).filter(
    (live) => !own.some(({ kind, metadata }) => kind === live.kind && metadata.name === live.metadata.name),
  );
  const children = [...own, ...strangers.map((live) => released(live, o))];
  const isLast = finalized === true && strangers.length === 0;
  const going = lingering(o, isLast);
  const { held: kept, ...recheck } = heldByFinalizer(going, o);
  const updates = children.flatMap((manifest) => pendingUpdate(manifest, o.child(kindKey(manifest), manifest.metadata.name), o) ?? []);
  const pending = [...updates, ...pendingDeletions(children, o)];
  const refusal = pending.find((change) => change.refused);
  const other = refusal === undefined ? kept : denied(refusal, o);
  const blocking: Readiness | undefined = (refusal === undefined ? blocked : undefined) ?? (other && { ...other, status: 'True' });
  const isStuck = blocking !== undefined && stuck.has(blocking.reason);
  const message = isLast && keepers(o.bestie).length > 0 ? `${step}; ${waitingFor(going)}` : step;
  const deleting: Readiness = { status: 'False', reason: 'Deleting', message };
  const found = new Map<ConditionType, Readiness>([
    ['Ready', deleting],
    ['Reconciling', isStuck ? waitsForAction : { ...deleting, status: 'True' }],
    ['Stalled', isStuck ? blocking : notStalled],
    ...podFindings(o),
    ['DeletionBlocked', blocking ?? { status: 'False', reason: 'NothingBlocks', message: awaited(going) }],
  ]);
  const { pendingChanges: _, ...before } = carried(o);
  const status: Status = { ...before, ...podStatus(o), conditions: dated(found, o.bestie, o.now) };
  const pendingChanges = lasting(pending, status, o);
  const left = pendingChanges.map((change) => secondsLeft(change, o.now)).find((seconds) => seconds !== undefined);
  const resyncAfterSeconds = blocked?.recheckAfterSeconds ?? recheckAfterSeconds ?? recheck.recheckAfterSeconds ?? left;
  return {
    children,
    status: { ...status, ...(pendingChanges.length > 0 && { pendingChanges }) },
    ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds: Math.max(1, resyncAfterSeconds) }),
    ...(isLast && { finalized }),
  };
}
