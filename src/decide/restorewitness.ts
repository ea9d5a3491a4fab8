/** What status and the database operator show of a request, whatever is on record. */
import type { Observed } from '../api/observed.ts';
import { hash8 } from '../lib/hash.ts';
import { outcomes, ownerOf, type Outcome } from '../observed/restorerecord.ts';
import { hasFailed } from './restorephase.ts';

/** The id by which the database operator knows the restore with that id. */
export const requestId = (id: string, o: Observed): string => `restore.${ownerOf(o)}.${hash8(id)}`;

/** Whether the database operator knows the restore with that id by that one, whichever Bestie had the database when it was requested. */
export const isRequestOf = (id: string, request: string): boolean => request.endsWith(`.${hash8(id)}`);

/** When a request was first seen, as far as status has it already. */
export const sinceOf = (id: string, { bestie: { status }, now }: Observed): string =>
  (status.restore?.id === id ? status.restore.startedAt : undefined) ?? now;

/** How a request ended whose record is lost, as status or the database operator still shows it. */
export function witnessed(id: string, o: Observed): Outcome | undefined {
  const inStatus = o.bestie.status.restore?.history?.find((entry) => entry?.id === id)?.result;
  const { state } = o.provider.restores.stateOf(requestId(id, o), o);
  const shown: Outcome = hasFailed.has(state) ? 'Failed' : 'Succeeded';
  return outcomes.find((each) => each === inStatus) ?? (state === 'waiting' ? undefined : shown);
}

/** Whether another replica has taken the request on, by status: it is refused no more, or two whose clocks differ would disagree in turn. */
export function isTakenOn(id: string, { bestie: { status } }: Observed): boolean {
  const { id: shown, phase } = status.restore ?? {};
  return shown === id && phase != null && !outcomes.some((each) => each === phase);
}
