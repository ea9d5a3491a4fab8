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
import { currentImage, phaseRow, type Facts, type Phase } from './upgradephase.ts';

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
  /** Why the application is stopped, whatever the state of its data. */
  stopped?: Readiness;
  refused?: Readiness;
  trouble: Trouble;
}

/** Whether the operator may roll back by itself to what ran before, on the schema of the database. */
function mayReturn(o: Observed, former: string | undefined): boolean {
  return o.bestie.spec.upgrade.onFailure !== 'Halt' && former !== undefined && isReversible(o, former) && mayRun(former, o);
}

/** The problem of the target, by how far it has come. */
function troubleOf(o: Observed, { isRunning, isUp }: { isRunning: boolean; isUp: boolean }): Trouble {
  if (isRunning) return isUp ? {} : rolloutTrouble(o);
  return needsMigration(o) ? migrationTrouble(o) : refusedRollout(o);
}

/** The facts of the phase, and what else is decided from the same observations. */
interface Gathered extends Facts, Pick<Upgrade, 'operation' | 'isBarred' | 'trouble'> {
  stopped: Readiness | undefined;
  /** The failure that is remembered. */
  known: Failure | undefined;
}

function gather(o: Observed): Gathered {
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
  return {
    target: wanted,
    running,
    former,
    isUp,
    needsMigration: needsMigration(o),
    isReplaced: historyIsUnknown(o),
    failure,
    known,
    refused: refused && { status: 'False', ...refused },
    mayReturn: mayReturn(o, former),
    ...migrationGate(o, needsMigration(o) && !isBarred),
    isBarred,
    trouble,
  };
}

/**
 * Whether this answer ends what is observed of `running`: another image takes its place, or it is stopped. Before the first time nothing is recorded:
 * a first install has nothing to return to, and saves a write.
 */
const isItsEnd = (o: Observed, { running, stopped }: Gathered, image: string): boolean =>
  image !== running || stopped !== undefined || o.provider.isRestoring(o);

/** The image reference that ran well last: what `running` replaced, while `running` is on trial. */
function goodImage(o: Observed, facts: Gathered, image: string): string | undefined {
  const { running, isUp } = facts;
  const before = lastGood(o);
  if (running === undefined) return undefined;
  const ranWell = isUp || o.bestie.status.appversion != null;
  if (before === undefined) return ranWell && isItsEnd(o, facts, image) ? running : undefined;
  return isUp ? running : before;
}

/** The image that ran well last, as status reports it. */
function origin({ target: wanted, running, former, isUp }: Facts): string {
  return (former === wanted || isUp ? running : (former ?? running)) ?? wanted;
}

/** What is decided about the version, computed once for each request. */
export const upgrade = memo((o): Upgrade => {
  const facts = gather(o);
  const row = phaseRow(facts);
  // A migration that has started is waited for, whatever the spec says by now; the way back is not barred.
  const image = startedJob(o) !== undefined && row.phase !== 'RollingBack' ? currentImage(facts) : row.image(facts);
  const { target: wanted, isUp, known, failure, operation, isBarred, gate, stopped, refused, trouble } = facts;
  const good = goodImage(o, facts, image);
  const isKept = failure !== undefined && row.phase !== 'Settled';
  return {
    phase: row.phase,
    from: origin(facts),
    to: wanted,
    image,
    ...(good !== undefined && { lastGood: good }),
    ...(isKept && { failure }),
    failures: failures(o) + (isKept && known === undefined ? 1 : 0),
    isUp,
    operation,
    isBarred,
    ...(gate && { gate }),
    ...(stopped && { stopped }),
    ...(refused && { refused }),
    trouble,
  };
});
