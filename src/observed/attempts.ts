/** What is said of a restore whose Job is not at its first attempt: database operators try several times, within minutes. */
import type { RestoreState } from '../api/restore.ts';

/** As a clause; empty while no attempt has failed, and once the last one has. */
export const failedAttempt = ({ hasFailed }: RestoreState, logs: string): string =>
  hasFailed === true ? `; an attempt has failed and is tried again, its log says why: ${logs}` : '';
