/**
 * From one version to the next, as a state machine over observed facts: nothing is remembered in the process, so that it goes on from
 * wherever it was cut short. The order: backup finished → migrations complete → Deployment gets the image → rolled out and available.
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

/** `Installing` and `Settled` are no upgrade; the others stand in status. */
export type Phase =
  'Installing' | 'Settled' | 'Refused' | 'BackingUp' | 'Migrating' | 'RollingOut' | 'RollingBack' | 'RolledBack' | 'Failed';

/** Everything that the phases are told from. Image references throughout. */
interface Facts {
  target: string;
  /** What the Deployment is told to run; undefined before the first install. */
  running: string | undefined;
  /** What ran well before `running`, which is still on trial; undefined where it is not. */
  former: string | undefined;
  /** `running` is rolled out and available. */
  isUp: boolean;
  /** The database lacks the migrations of the target. */
  needsMigration: boolean;
  /** Its data was replaced: to migrate it again for what runs is no upgrade. */
  isReplaced: boolean;
  refused: Readiness | undefined;
  /** Why the target is given up: remembered, or seen now. */
  failure: Failure | undefined;
  /** There is a `former`, and the operator may go back to it by itself. */
  mayReturn: boolean;
  /** What the migrations of the target wait for. */
  gate: Readiness | undefined;
}

interface Row {
  phase: Phase;
  when: (f: Facts) => boolean;
  image: (f: Facts) => string;
}

/** One row per phase, the first that fits. `image` is what the Deployment is told to run. */
const phases: readonly Row[] = [
  // The database must not be taken to the wanted version.
  { phase: 'Refused', when: (f) => f.refused !== undefined, image: currentImage },
  // The wanted image runs, or is the one to return to; an upgrade that was under way is called off.
  { phase: 'Settled', when: (f) => (!f.needsMigration || f.isReplaced) && isWanted(f), image: (f) => f.target },
  // The target failed, and what ran before is on its way back, or back.
  { phase: 'RollingBack', when: (f) => isUndone(f) && (f.running === f.target || !f.isUp), image: (f) => f.former ?? currentImage(f) },
  { phase: 'RolledBack', when: isUndone, image: currentImage },
  // The target failed before it was rolled out, or is left as it is.
  { phase: 'Failed', when: (f) => f.failure !== undefined, image: currentImage },
  // The database is as it was before the target, and is backed up as such.
  { phase: 'BackingUp', when: (f) => f.needsMigration && f.gate !== undefined, image: currentImage },
  // Nothing runs yet: there is nothing to return to.
  { phase: 'Installing', when: (f) => f.running === undefined, image: (f) => f.target },
  // The migrations of the target run; the application stays on what it has.
  { phase: 'Migrating', when: (f) => f.needsMigration, image: currentImage },
];

/** Otherwise the database is ready for the target. */
const rollingOut: Row = { phase: 'RollingOut', when: () => true, image: (f) => f.target };

/** What the Deployment stays on meanwhile. What was on trial and is wanted no more goes, unless it runs well. */
function currentImage(f: Facts): string {
  const isLeft = f.mayReturn && f.running !== f.target && !f.isUp;
  return (isLeft ? f.former : undefined) ?? f.running ?? f.target;
}

/** The wanted image runs well, or is what ran well before. */
function isWanted(f: Facts): boolean {
  return f.target === f.former || (f.target === f.running && (f.isUp || f.former === undefined));
}

/** A rollout that failed is taken back, or was. */
function isUndone(f: Facts): boolean {
  return f.failure?.during === 'RollingOut' && (f.running !== f.target || f.mayReturn);
}

/** What was decided about the version, and what the Deployment shall remember of it. */
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

/** Whether the operator may go back by itself to what ran before, on the schema that the database has. */
function mayReturn(o: Observed, former: string | undefined): boolean {
  return o.bestie.spec.upgrade.onFailure === 'Rollback' && former !== undefined && isReversible(o, former) && mayRun(former, o);
}

/** The image reference that ran well last: what `running` replaced, while `running` is on trial. */
function goodImage(o: Observed, running: string | undefined, isUp: boolean, image: string): string | undefined {
  const before = lastGood(o);
  if (running === undefined) return undefined;
  // Before the first upgrade nothing is noted: the first install has nothing to return to, and a write less.
  const ranWell = isUp || o.bestie.status.appversion != null;
  if (before === undefined) return image !== running && ranWell ? running : undefined;
  return isUp ? running : before;
}

/** What ails the target, by how far it has come. */
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
  // What runs instead of an image that is given up needs its schema, too, where the data was replaced.
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
  // A migration that has started is waited for, whatever the spec says by now; the way back is not barred.
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
