/** Conditions: one per type, in the order of the table, each with the time of its last transition. The only module that gives them their times. */
import { previousConditions } from '../observed/previousconditions.ts';
import { conditionTypes, requiredForReady, type ConditionType } from '../api/condition.ts';
import { stalls } from '../api/stalls.ts';
import type { Reason } from '../api/reason.ts';
import type { Bestie } from '../api/observed.ts';
import type { Condition, ConditionStatus, Readiness } from '../api/kubernetes.ts';

/** What is known of each condition in this answer; a type that is missing does not apply and leaves status. */
export type Findings = ReadonlyMap<ConditionType, Readiness>;

const order = Object.keys(conditionTypes) as ConditionType[];

/** Sorts findings and adds their transition times: the time is carried over unless the status flips. */
export function withTransitionTimes(found: Findings, bestie: Bestie, now: string): Condition[] {
  const previous = previousConditions(bestie.status);
  return order.flatMap((type) => {
    const finding = found.get(type);
    if (finding === undefined) return [];
    const { status, reason, message } = finding;
    const before = previous.get(type);
    return [{ type, status, reason, message, lastTransitionTime: before?.status === status ? before.lastTransitionTime : now }];
  });
}

/** The first condition, in the given order, that is False; if none is, the first that is Unknown, which has less information. */
function firstNotTrue(found: Findings, types: readonly ConditionType[]): [ConditionType, Readiness] | undefined {
  for (const status of ['False', 'Unknown'] satisfies ConditionStatus[]) {
    for (const type of types) {
      const finding = found.get(type);
      if (finding?.status === status) return [type, finding];
    }
  }
  return undefined;
}

/** Reasons for which an object is not as the spec says. */
const otherwise: ReadonlySet<Reason | undefined> = new Set<Reason>(['NotApplied', 'SelectorChanged']);
/** Reasons for which a part that is True waits for something that the cluster lacks. */
const incomplete: ReadonlySet<Reason | undefined> = new Set<Reason>(['PriorityClassMissing', 'PriorityClassUnknown']);
/** Reasons for which the application does not run on the data that is requested, or will not for long. */
const unrestored: ReadonlySet<Reason | undefined> = new Set<Reason>(['RestorePending', 'Restoring', 'RestoreStuck', 'RestoreFailed']);
/** A restore that has not ended, once nothing else is missing. */
function unfinished(found: Findings): Missing {
  const finding = found.get('Restored');
  return finding?.status === 'False' && unrestored.has(finding.reason) ? ['Restored', finding] : undefined;
}
/** The message of Ready if nothing is missing, but for what a condition names; `isContested`: fields of children are left to others. */
function running(found: Findings, isContested: boolean): string {
  const waiting = order.find((type) => incomplete.has(found.get(type)?.reason));
  const exceptions = [
    ...(waiting === undefined ? [] : [`what ${waiting} says is not applied`]),
    ...(isContested ? ['the fields in status.contestedFields'] : []),
  ];
  return `the current spec is running${exceptions.length === 0 ? '' : `, except for ${exceptions.join(', and for ')}`}`;
}
/** The message of Ready for a condition that it does not wait for, and that is not as the spec says. */
const almost = (type: ConditionType): string => `database, migrations, Deployment and Service are as the spec says; ${type} is not`;
export const notStalled: Readiness = { status: 'False', reason: 'NotStalled', message: 'no action is needed' };
/** Reconciling while only an action helps. */
export const waitsForAction: Readiness = { status: 'False', reason: 'Settled', message: 'an action is needed first; see Stalled' };

/**
 * What no condition of a child reports: an obstacle to everything, one beside which all else continues, and whether fields of children are left to
 * others.
 */
interface Besides {
  obstacle?: Readiness | undefined;
  leftover?: Readiness | undefined;
  isContested?: boolean;
}

type Missing = ReturnType<typeof firstNotTrue>;

function ready(missing: Missing, found: Findings, isContested: boolean): Readiness {
  if (missing) return { status: 'False', reason: missing[1].reason, message: `${missing[0]}: ${missing[1].message}` };
  const unapplied = order.find((type) => otherwise.has(found.get(type)?.reason));
  return { status: 'True', reason: 'AllReady', message: unapplied === undefined ? running(found, isContested) : almost(unapplied) };
}

function reconciling(missing: Missing): Readiness {
  if (missing) return { status: 'True', reason: 'Progressing', message: `waiting for ${missing[0]}` };
  return { status: 'False', reason: 'Settled', message: 'everything is in place' };
}

/**
 * Ready, Reconciling and Stalled from the conditions of the children and what is known besides. While the requested image is refused or has
 * failed, they report that, whatever the former one does.
 * Reconciling and Stalled are never both True.
 */
export function withSummary(found: Findings, { obstacle, leftover, isContested = false }: Besides = {}): Findings {
  const missing = firstNotTrue(found, requiredForReady) ?? unfinished(found);
  const stalled = order
    .map((type) => ({ type, finding: found.get(type) }))
    .find(({ type, finding }) => finding && finding.status !== 'True' && stalls(type, finding.reason));
  const upgrade = found.get('UpgradeFailed');
  const failed: Readiness | undefined = upgrade?.status === 'True' ? { ...upgrade, reason: 'UpgradeFailed' } : undefined;
  const stuck = obstacle ?? failed ?? stalled?.finding ?? leftover;
  const summary: Record<'Ready' | 'Reconciling' | 'Stalled', Readiness> = {
    Ready: failed ? { status: 'False', reason: failed.reason, message: failed.message } : ready(missing, found, isContested),
    Reconciling: stuck ? waitsForAction : reconciling(missing),
    Stalled: stuck ? { status: 'True', reason: stuck.reason, message: stuck.message } : notStalled,
  };
  return new Map([...(Object.entries(summary) as [ConditionType, Readiness][]), ...found]);
}
