/** The schedules of a repository, as PGO makes CronJobs of them. */
import type { Observed } from '../../api/observed.ts';
import type { PlannedBackup, Repository } from '../../api/backupprovider.ts';
import { parseCron } from '../../lib/cron.ts';
import { remembered } from '../../lib/remembered.ts';
import { clusterName } from './names.ts';

const types = { full: 'full', differential: 'diff', incremental: 'incr' } as const;

/** Most Besties have the same few schedules. A Calendar takes about 500 times the memory of a character. */
const KNOWN_CHARACTERS = 20_000;

const read = remembered(KNOWN_CHARACTERS, parseCron);

/** The schedules of a repository; the id of each is the name of its CronJob. */
export function plannedOf({ name, schedules = {} }: Repository, o: Observed): PlannedBackup[] {
  return (Object.keys(types) as (keyof typeof types)[]).flatMap((key) => {
    const text = schedules[key];
    if (text === undefined) return [];
    const schedule = read(text);
    const type = types[key];
    const id = `${clusterName(o.bestie.metadata.name)}-${name}-${type}`;
    return [{ id, type, text, ...('problem' in schedule ? { problem: schedule.problem } : { schedule }) }];
  });
}
