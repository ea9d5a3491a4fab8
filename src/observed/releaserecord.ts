/** What the Deployment keeps about its release: read from what was last applied to it, and from status where there is no Deployment. */
import { isReason } from '../api/reason.ts';
import type { Failure } from '../api/decisions.ts';
import { type ConditionType } from '../api/condition.ts';
import type { Observed } from '../api/observed.ts';
import { durable } from './lastapplied.ts';
import { annotations, requests } from '../api/names.ts';
import { migrated, target } from './migrations.ts';
import { deployment } from './deployment.ts';

const kept = (o: Observed, annotation: string): string | undefined => {
  const live = deployment(o);
  return live && durable(o, live, annotation);
};

/**
 * The image reference that the Deployment shall run, never derived from its live template. Without a record, or without a Deployment, the image
 * in status, if the database has its migrations. Undefined if nothing of this Bestie has run on the database: it is not known which image ran
 * well there before, under another Bestie.
 */
export function deployedImage(o: Observed): string | undefined {
  const recorded = kept(o, annotations.running);
  if (recorded !== undefined) return recorded;
  const { image } = o.bestie.status;
  if (image != null && migrated(o).includes(image)) return image;
  return deployment(o) === undefined ? undefined : migrated(o).at(-1);
}

/** For the application: it waits for the migrations if nothing of this Bestie has run on the database, as on a first install. */
export const onceMigrated = (o: Observed): readonly ConditionType[] =>
  deployedImage(o) === undefined || migrated(o).length === 0 ? ['DatabaseReady', 'DatabaseSeeded'] : [];

/**
 * For what serves the application: it is created with the Deployment, because each round through Metacontroller costs a first install more than
 * the objects do, and it is recreated whatever the state of the database.
 */
export const besideDeployment = (o: Observed): readonly ConditionType[] => (deployment(o) === undefined ? onceMigrated(o) : []);

/** The image reference that was good before the one that runs; undefined while there was no upgrade. */
export function lastGood(o: Observed): string | undefined {
  if (deployment(o) !== undefined) return kept(o, annotations.lastGood);
  const { phase, from, to } = o.bestie.status.upgrade ?? {};
  return (phase === 'Succeeded' ? to : from) ?? undefined;
}

/** How many targets have failed so far. */
export function failures(o: Observed): number {
  const count = Number(deployment(o) === undefined ? o.bestie.status.upgrade?.failed : kept(o, annotations.failures));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

const gaveUp = new Set(['Failed', 'RollingBack', 'RolledBack']);

/** Without a Deployment, status is the only witness. */
function failureInStatus(o: Observed): Failure | undefined {
  const { image, upgrade } = o.bestie.status;
  const { phase, to, reason, message, retry } = upgrade ?? {};
  if (phase == null || to == null || !gaveUp.has(phase)) return undefined;
  const during = phase === 'Failed' && image !== to ? 'Migrating' : 'RollingOut';
  return { image: to, during, reason: isReason(reason) ? reason : 'UpgradeFailed', message: message ?? '', retry: retry ?? '' };
}

/** The value with which a user requests another try of a failed target. */
export const retryToken = ({ bestie }: Observed): string => bestie.metadata.annotations?.[requests.retryUpgrade] ?? '';

/** Phases of an attempt in progress. */
export const attempting: ReadonlySet<string> = new Set(['Stopping', 'BackingUp', 'Migrating', 'RollingOut']);

/**
 * The retry token when the attempt at that image started, so that a later token requests another attempt. Status
 * has it; if status has no such attempt, or one that has failed since, the attempt starts with the current token.
 */
export function attemptToken(o: Observed, image: string): string {
  const { to, phase, failed, retry } = o.bestie.status.upgrade ?? {};
  const isUnderway = to === image && attempting.has(phase ?? '') && (failed ?? 0) === failures(o);
  return isUnderway ? (retry ?? '') : retryToken(o);
}

/** The target that failed last, whatever the spec requests now. An unreadable record still forbids its image. */
export function givenUp(o: Observed): Failure | undefined {
  if (deployment(o) === undefined) return failureInStatus(o);
  const image = kept(o, annotations.failedTarget);
  if (image === undefined) return undefined;
  const unknown: Failure = { image, during: 'RollingOut', reason: 'UpgradeFailed', message: 'the cause was not recorded', retry: '' };
  try {
    const record = JSON.parse(kept(o, annotations.failure) ?? '') as Partial<Failure> | null;
    return {
      image,
      during: record?.during === 'Migrating' ? 'Migrating' : 'RollingOut',
      reason: isReason(record?.reason) ? record.reason : unknown.reason,
      message: typeof record?.message === 'string' ? record.message : unknown.message,
      retry: typeof record?.retry === 'string' ? record.retry : '',
    };
  } catch {
    return unknown; // another writer put something else there
  }
}

/** The failure of the requested image: it stays until a user requests another try. */
export function remembered(o: Observed): Failure | undefined {
  const failure = givenUp(o);
  // To remove the token is no request.
  return failure?.image === target(o) && ['', failure.retry].includes(retryToken(o)) ? failure : undefined;
}

/** The annotations that record it. */
export function record(
  running: string,
  { lastGood: good, failure, failures: count }: { lastGood?: string; failure?: Failure; failures: number },
): Record<string, string> {
  const { image, ...rest } = failure ?? {};
  return {
    [annotations.running]: running,
    ...(good !== undefined && { [annotations.lastGood]: good }),
    ...(image !== undefined && { [annotations.failedTarget]: image, [annotations.failure]: JSON.stringify(rest) }),
    ...(count > 0 && { [annotations.failures]: String(count) }),
  };
}
