/** The options of pgBackRest for a restore. Source: pgBackRest 2.45 with Postgres 15, see test/restore. */
import type { RestoreTarget } from '../../api/restore.ts';

/** `YYYY-MM-DD HH:MM:SS+00`, with milliseconds where there are any: pgBackRest refuses RFC 3339. */
function moment(time: string): string {
  const [date = '', clock = ''] = new Date(time).toISOString().slice(0, -1).split('T');
  return `${date} ${clock.replace(/\.000$/, '')}+00`;
}

/** The history that the backup before that moment lies on: Postgres follows the newest one else, which does not have the moment. */
const OWN_HISTORY = '--target-timeline=current';

type Types = RestoreTarget['type'];

const options: { [Type in Types]: (target: Extract<RestoreTarget, { type: Type }>) => string[] } = {
  // What pgBackRest does anyway, said: an empty list would leave the options that a restore by hand has left on the object.
  latest: () => ['--type=default'],
  time: ({ time, isGivenUp }) => ['--type=time', `--target='${moment(time)}'`, ...(isGivenUp === true ? [OWN_HISTORY] : [])],
  // pgBackRest itself has a backup end on its own history, and refuses that option here (error 031).
  backup: ({ label }) => ['--type=immediate', `--set=${label}`],
  newest: () => ['--type=immediate'],
};

/** Nothing of a target reaches the shell but the digits of a time, and a label that has been checked. */
export const restoreOptions = (target: RestoreTarget): string[] => (options[target.type] as (target: RestoreTarget) => string[])(target);
