/** Which phase a restore is in. */
import type { Readiness } from '../api/kubernetes.ts';
import type { RestoreState } from '../api/restore.ts';
import type { Stage } from '../observed/restorerecord.ts';

export type RestorePhase = 'Waiting' | 'BackingUp' | 'Stopping' | 'Restoring' | 'Failed' | 'Migrating' | 'Starting' | 'Finishing';

/** Everything that the phases are chosen by. */
export interface RestoreFacts {
  stage: Stage;
  /** What the database operator makes of the request. */
  state: RestoreState['state'];
  /** The request is gone from the object of the database. */
  isTakenBack: boolean;
  /** An image has its migrations on the data. */
  isMigrated: boolean;
  /** The application serves at its size. */
  isServing: boolean;
  /** What else is at work on the database. */
  goesFirst: Readiness | undefined;
  /** Why there is no backup yet of what is there now; undefined once there is one, or none is to be taken. */
  backup: Readiness | undefined;
  /** What of the application may still write. */
  writers: Readiness | undefined;
}

interface Row {
  phase: RestorePhase;
  when: (f: RestoreFacts) => boolean;
  /** The application is at zero. */
  isQuiet?: true;
  /** No migration is started, and no backup but its own. */
  isExclusive?: true;
}

/** States that do not end by themselves. */
export const hasFailed: ReadonlySet<RestoreState['state']> = new Set(['failed', 'brokenOff']);

/** One row per phase, the first that fits. */
const rows: readonly Row[] = [
  // What is there is neither the former data nor that of the target. Where it has failed the database is down.
  { phase: 'Failed', when: (f) => f.stage === 'Armed' && hasFailed.has(f.state), isQuiet: true, isExclusive: true },
  // The database operator replaces the data, or is to be seen to have no request any more.
  { phase: 'Restoring', when: (f) => f.stage === 'Armed' || (f.stage === 'Restored' && !f.isTakenBack), isQuiet: true, isExclusive: true },
  // The data is of another time: the migrations of the wanted image run on it. Without them the application stays stopped.
  { phase: 'Migrating', when: (f) => f.stage === 'Restored' && !f.isMigrated },
  { phase: 'Starting', when: (f) => f.stage === 'Restored' && !f.isServing },
  // The first backup of the new history.
  { phase: 'Finishing', when: (f) => f.stage === 'Restored' },
  // A migration is not interrupted, and a backup that runs ends first.
  { phase: 'Waiting', when: (f) => f.goesFirst !== undefined, isExclusive: true },
  // What is there now, for a restore to the wrong moment.
  { phase: 'BackingUp', when: (f) => f.backup !== undefined, isExclusive: true },
  // Nothing is written any more that the restore would lose without a trace.
  { phase: 'Stopping', when: (f) => f.writers !== undefined, isQuiet: true, isExclusive: true },
];

/** Otherwise nothing is left to wait for: the restore is requested from the database operator now. */
const arming: Row = { phase: 'Restoring', when: () => true, isQuiet: true, isExclusive: true };

export const restorePhase = (f: RestoreFacts): Row => rows.find(({ when }) => when(f)) ?? arming;
