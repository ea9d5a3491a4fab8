/**
 * From one version to the next, as a state machine over observed facts: the process remembers nothing, so an upgrade continues from
 * where it was interrupted. The order: backup finished → migrations complete → Deployment gets the image → rolled out and available.
 */
import { memo } from '../observed/memo.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { type Failure } from '../api/decisions.ts';
import { attemptToken, failures, lastGood, remembered, deployedImage } from '../observed/releaserecord.ts';
import { historyIsUnknown, target } from '../observed/migrations.ts';
import { startedJob } from '../observed/migrationjobs.ts';
import { deployment, isRolledOut, neededPods } from '../observed/deployment.ts';
import { mayRun, needsMigration } from '../observed/migrationtarget.ts';
import type { DatabaseOperation } from './operation.ts';
import { migrationTrouble, refusedRollout, rolloutTrouble, type Trouble } from './giveup.ts';
import { migrationGate } from './migrationgate.ts';
import { isReversible, refusal } from './skew.ts';

/** `Installing` and `Settled` are no upgrade; the others are phases in status. */
export type Phase =
  'Installing' | 'Settled' | 'Refused' | 'BackingUp' | 'Migrating' | 'RollingOut' | 'RollingBack' | 'RolledBack' | 'Failed';

/** The facts that decide the phase. Images are references. */
interface Facts {
  target: string;
  /** The image of the Deployment; undefined before the first install. */
  running: string | undefined;
  /** What ran well before `running`, while that is on trial; undefined otherwise. */
  former: string | undefined;
  /** `running` is rolled out and available. */
  isUp: boolean;
  /** The database lacks the migrations of the target. */
  needsMigration: boolean;
  /** Its data was replaced: to migrate it again for what runs is no upgrade. */
  isReplaced: boolean;
  refused: Readiness | undefined;
  /** Why the target has failed: recorded, or observed now. */
  failure: Failure | undefined;
  /** There is a `former`, and the operator may roll back to it by itself. */
  mayReturn: boolean;
  /** What the migrations of the target wait for. */
  gate: Readiness | undefined;
}

interface Row {
  phase: Phase;
  when: (f: Facts) => boolean;
  image: (f: Facts) => string;
}

/** One row per phase, the first that fits. `image` is the image of the Deployment. */
const phases: readonly Row[] = [
  // The database must not be migrated to the requested version.
  { phase: 'Refused', when: (f) => f.refused !== undefined, image: currentImage },
  // The requested image runs, or is the one to return to; an upgrade in progress is aborted.
  { phase: 'Settled', when: (f) => (!f.needsMigration || f.isReplaced) && isWanted(f), image: (f) => f.target },
  // The target failed, and what ran before is being rolled out again, or runs again.
  { phase: 'RollingBack', when: (f) => isUndone(f) && (f.running === f.target || !f.isUp), image: (f) => f.former ?? currentImage(f) },
  { phase: 'RolledBack', when: isUndone, image: currentImage },
  // The target failed before it was rolled out, or is left as it is.
  { phase: 'Failed', when: (f) => f.failure !== undefined, image: currentImage },
  // The database has not been migrated to the target, and is backed up first.
  { phase: 'BackingUp', when: (f) => f.needsMigration && f.gate !== undefined, image: currentImage },
  // Nothing runs yet: there is nothing to return to.
  { phase: 'Installing', when: (f) => f.running === undefined, image: (f) => f.target },
  // The migrations of the target run; the application keeps its image.
  { phase: 'Migrating', when: (f) => f.needsMigration, image: currentImage },
];

/** Otherwise the database is ready for the target. */
const rollingOut: Row = { phase: 'RollingOut', when: () => true, image: (f) => f.target };

/** The image of the Deployment meanwhile. One on trial that the spec no longer requests is rolled back, unless it runs well. */
function currentImage(f: Facts): string {
  const isLeft = f.mayReturn && f.running !== f.target && !f.isUp;
  return (isLeft ? f.former : undefined) ?? f.running ?? f.target;
}

/** The requested image runs well, or ran well before. */
function isWanted(f: Facts): boolean {
  return f.target === f.former || (f.target === f.running && (f.isUp || f.former === undefined));
}

/** A failed rollout is being rolled back, or was. */
function isUndone(f: Facts): boolean {
  return f.failure?.during === 'RollingOut' && (f.running !== f.target || f.mayReturn);
}

/** What is decided about the version, and what the Deployment shall record of it. */
export interface Upgrade {
  phase: Phase;
  /** Image references; `from` is what ran well last. */
  from: string;
  to: string;
  image: string;
  lastGood?: string;
  failure?: Failure;
  failures: number;
  /** `running` is rolled out and available. */
  isUp: boolean;
  operation: DatabaseOperation;
  /** No migration is run for this target. */
  isBarred: boolean;
  /** What the migrations wait for. */
  gate?: Readiness;
  refused?: Readiness;
  trouble: Trouble;
}

/** Whether the operator may roll back by itself to what ran before, on the schema of the database. */
function mayReturn(o: Observed, former: string | undefined): boolean {
  return o.bestie.spec.upgrade.onFailure === 'Rollback' && former !== undefined && isReversible(o, former) && mayRun(former, o);
}

/** The image reference that ran well last: what `running` replaced, while `running` is on trial. */
function goodImage(o: Observed, running: string | undefined, isUp: boolean, image: string): string | undefined {
  const before = lastGood(o);
  if (running === undefined) return undefined;
  // Before the first upgrade nothing is recorded: a first install has nothing to return to, and saves a write.
  const ranWell = isUp || o.bestie.status.appversion != null;
  if (before === undefined) return image !== running && ranWell ? running : undefined;
  return isUp ? running : before;
}

/** The problem of the target, by how far it has come. */
function troubleOf(o: Observed, { isRunning, isUp }: { isRunning: boolean; isUp: boolean }): Trouble {
  if (isRunning) return isUp ? {} : rolloutTrouble(o);
  return needsMigration(o) ? migrationTrouble(o) : refusedRollout(o);
}

/** What is decided about the version, computed once for each request. */
export const upgrade = memo((o): Upgrade => {
  const [wanted, running, before] = [target(o), deployedImage(o), lastGood(o)];
  const isUp = deployment(o) !== undefined && isRolledOut(deployment(o), neededPods(o));
  const former = before === running ? undefined : before;
  const refused = wanted === running ? undefined : refusal(o, before);
  const isUpgrade = running !== undefined && (wanted !== running || former !== undefined);
  const trouble = isUpgrade && !refused ? troubleOf(o, { isRunning: wanted === running, isUp }) : {};
  const known = remembered(o);
  const failure = known ?? (trouble.failure && { ...trouble.failure, image: wanted, retry: attemptToken(o, wanted) });
  // What runs instead of a failed image needs its schema, too, if the data was replaced.
  const isBarred = refused !== undefined || (failure !== undefined && !historyIsUnknown(o));
  const { operation, gate } = migrationGate(o, needsMigration(o) && !isBarred);
  const facts: Facts = {
    target: wanted,
    running,
    former,
    isUp,
    needsMigration: needsMigration(o),
    isReplaced: historyIsUnknown(o),
    failure,
    refused: refused && { status: 'False', ...refused },
    mayReturn: mayReturn(o, former),
    gate,
  };
  const row = phases.find(({ when }) => when(facts)) ?? rollingOut;
  // A migration that has started is waited for, whatever the spec says by now; going back stays possible.
  const image = startedJob(o) !== undefined && row.phase !== 'RollingBack' ? currentImage(facts) : row.image(facts);
  const good = goodImage(o, running, isUp, image);
  const isKept = failure !== undefined && row.phase !== 'Settled';
  return {
    phase: row.phase,
    from: (former === wanted || isUp ? running : (former ?? running)) ?? wanted,
    to: wanted,
    image,
    ...(good !== undefined && { lastGood: good }),
    ...(isKept && { failure }),
    failures: failures(o) + (isKept && known === undefined ? 1 : 0),
    isUp,
    operation,
    isBarred,
    ...(gate && { gate }),
    ...(facts.refused && { refused: facts.refused }),
    trouble,
  };
});
