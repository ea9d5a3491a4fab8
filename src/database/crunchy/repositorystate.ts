/** Whether each repository of a managed database takes backups, and whether those that were due have succeeded. One that works does not hide one that fails. */
import type { Observed } from '../../api/observed.ts';
import { onRecord } from '../knownbackups.ts';
import type { Repository, RepositoryTrouble } from '../../api/backupprovider.ts';
import { backupRuns, requestedRun } from './backupruns.ts';
import { logsOf, unpreparedBecause } from './preparation.ts';
import { scheduleTroubles } from './scheduletroubles.ts';

/** The command that shows the log of backups on request. */
export const logsOfRequests = (o: Observed): string => logsOf({ 'pgbackrest-backup': 'manual' }, o);

/** A requested backup that failed, without a later successful one. One that this Bestie requested, and retries, is reported as such. */
function failedRequest({ name }: Repository, o: Observed): RepositoryTrouble[] {
  const run = requestedRun(o);
  if (run?.state !== 'failed' || run.repo !== name) return [];
  const isLater = (completedAt: string | null | undefined): boolean => Date.parse(completedAt ?? '') > Date.parse(run.startedAt ?? '');
  const isMadeUp =
    backupRuns(o).some(({ repo, state, completedAt }) => repo === name && state === 'succeeded' && isLater(completedAt)) ||
    onRecord(name, o).some((backup) => isLater(backup?.completedAt));
  return isMadeUp
    ? []
    : [
        {
          reason: 'BackupFailed',
          message: `backup ${run.id} into ${name} failed; see why: ${logsOfRequests(o)}`,
        },
      ];
}

/** What is wrong with that repository, the most important first; empty if every backup that was due succeeded. */
export function repositoryTroubles(repository: Repository, o: Observed): RepositoryTrouble[] {
  const { name: repo } = repository;
  const because = unpreparedBecause(repository, o);
  const unprepared: RepositoryTrouble[] =
    because === undefined ? [] : [{ reason: 'RepositoryNotReady', message: `repository ${repo} does not take backups: ${because}` }];
  return [...unprepared, ...scheduleTroubles(repository, because === undefined, o), ...failedRequest(repository, o)];
}
