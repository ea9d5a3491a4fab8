/** What a restore brings back, and how it is requested from the database operator. */

/**
 * What the data shall be like afterwards: as at the end of the archived log, at a moment, at the end of the backup with that label, or at the end
 * of the newest backup.
 */
export type RestoreTarget =
  | { type: 'latest' }
  /** `time`: RFC 3339 in UTC. `isGivenUp`: a restore since has given up the history of that moment. */
  | { type: 'time'; time: string; isGivenUp?: true }
  | { type: 'backup'; label: string }
  | { type: 'newest' };

/** A restore that is requested from the database operator, once for each new id. */
export interface RestoreRequest {
  /** The id that the database operator is given. */
  id: string;
  repo: string;
  target: RestoreTarget;
}

/**
 * How far a request is; times are RFC 3339. `waiting`: the database operator has not accepted it; `preparing`: it stops the instances; `brokenOff`:
 * the instances were started before it had ended, and it never will.
 */
export interface RestoreState {
  state: 'waiting' | 'preparing' | 'running' | 'succeeded' | 'failed' | 'brokenOff';
  /** An attempt has failed, and another one follows. */
  hasFailed?: true;
  startedAt?: string;
  endedAt?: string;
}

/** A span of time, in RFC 3339, whose history a restore has given up: what was written in it is only on a former history. */
export interface GivenUp {
  from: string;
  until: string;
}
