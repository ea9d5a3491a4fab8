/** Which phase an upgrade is in, and what the Deployment runs meanwhile. */
import type { Failure } from '../api/decisions.ts';
import type { Readiness } from '../api/kubernetes.ts';

/** `Installing` and `Settled` are no upgrade; the others stand in status. */
export type Phase =
  'Installing' | 'Settled' | 'Refused' | 'Stopping' | 'BackingUp' | 'Migrating' | 'RollingOut' | 'RollingBack' | 'RolledBack' | 'Failed';

/** Everything that the phases are chosen by. Image references throughout. */
export interface Facts {
  target: string;
  /** What the Deployment is to run; undefined before the first install. */
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

export interface PhaseRow {
  phase: Phase;
  when: (f: Facts) => boolean;
  image: (f: Facts) => string;
}

/** One row per phase, the first that fits. `image` is what the Deployment is to run. */
const phases: readonly PhaseRow[] = [
  // The database must not be taken to the wanted version.
  { phase: 'Refused', when: (f) => f.refused !== undefined, image: currentImage },
  // The wanted image runs, or is the one to return to; an upgrade that was in progress is cancelled.
  { phase: 'Settled', when: (f) => (!f.needsMigration || f.isReplaced) && isWanted(f), image: (f) => f.target },
  // The target failed, and what ran before is rolled out again, or runs again.
  { phase: 'RollingBack', when: (f) => isUndone(f) && (f.running === f.target || !f.isUp), image: (f) => f.former ?? currentImage(f) },
  { phase: 'RolledBack', when: isUndone, image: currentImage },
  // The target failed before it was rolled out, or is left as it is.
  { phase: 'Failed', when: (f) => f.failure !== undefined, image: currentImage },
  // Nothing is written any more that the backup would lack.
  { phase: 'Stopping', when: (f) => f.needsMigration && f.gate?.reason === 'Stopping', image: currentImage },
  // The database is as it was before the target, and is backed up as such.
  { phase: 'BackingUp', when: (f) => f.needsMigration && f.gate !== undefined, image: currentImage },
  // Nothing runs yet: there is nothing to return to.
  { phase: 'Installing', when: (f) => f.running === undefined, image: (f) => f.target },
  // The migrations of the target run; the application stays on what it has.
  { phase: 'Migrating', when: (f) => f.needsMigration, image: currentImage },
];

/** Otherwise the database is ready for the target. */
const rollingOut: PhaseRow = { phase: 'RollingOut', when: () => true, image: (f) => f.target };

/** What the Deployment stays on meanwhile. What was on trial and is wanted no more goes, unless it runs well. */
export function currentImage(f: Facts): string {
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

/** The phase that fits. */
export const phaseRow = (f: Facts): PhaseRow => phases.find(({ when }) => when(f)) ?? rollingOut;
