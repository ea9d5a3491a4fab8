/** Twins of the CEL rules about the schedules of backups: what a CronJob would not take is refused here first. */
import { parseCron } from '../lib/cron.ts';
import type { Rule, RuleInput } from './rules.ts';

type Kind = 'full' | 'differential' | 'incremental';

/** What the database runs with stays: the API server lets a value pass that does not change. */
const isKept = ({ before }: RuleInput, name: string, kind: Kind, schedule: string): boolean =>
  before?.repos?.some((repository) => repository.name === name && repository.schedules?.[kind] === schedule) ?? false;

const areTaken = (kind: Kind): Rule => ({
  message: `schedules.${kind} must be a schedule that a CronJob takes: minute 0-59, hour 0-23, day 1-31, month 1-12 or jan-dec, weekday 0-6 (0 is Sunday) or sun-sat, ranges upwards, steps of at least 1, no time zone; or a macro such as @daily, or @every 12h`,
  holds: (input) =>
    input.spec.database.backups.repos.every(({ name, schedules }) => {
      const schedule = schedules?.[kind];
      return schedule === undefined || !('problem' in parseCron(schedule)) || isKept(input, name, kind, schedule);
    }),
});

export const scheduleRules: readonly Rule[] = [areTaken('full'), areTaken('differential'), areTaken('incremental')];
