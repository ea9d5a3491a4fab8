/** What is said of backups, repository by repository, while some work and others do not. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Fields } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { restoreByHand } from '../support/data.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
/** The first by day, the second by night. */
const repo1 = { name: 'repo1', volume: {}, schedules: { full: '0 13 * * *' } };
const repo2 = { name: 'repo2', s3, schedules: { full: '0 1 * * *', incremental: '30 1 * * *' } };
const withRepos = (...repos: object[]): object => ({ database: { backups: { repos } } });

const note = (cluster: Cluster, key: string, value: string): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
    ...live,
    metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, [`sandbox/${key}`]: value } },
  }));
};
const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const repository = (cluster: Cluster, name: string): Fields =>
  ((fieldsOf(bestieOf(cluster)?.status?.backup).repositories ?? []) as Fields[]).find((each) => each.name === name) ?? {};
const message = (cluster: Cluster): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find(({ type }) => type === 'BackupReady')?.message) ?? '';
};

async function installed(spec: object, start = '2026-01-01T02:00:00Z'): Promise<Cluster> {
  const cluster = operated({ start });
  cluster.apply(sample(spec));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  return cluster;
}

/** Hours, looked at every ten minutes. */
const hours = (cluster: Cluster, count: number): Promise<void> => cluster.resync(count * 6, 600);

async function nothingFollows(cluster: Cluster): Promise<void> {
  await cluster.settle();
  const length = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(length), []);
}

describe('backups in the sandbox', () => {
  it('by schedule are on record with repository, type, time and the next run, at the price of three writes each', async () => {
    const cluster = await installed(withRepos(repo1, repo2));
    assert.deepEqual(
      [repository(cluster, 'repo1').nextRun, repository(cluster, 'repo2').nextRun],
      ['2026-01-01T13:00:00Z', '2026-01-02T01:00:00Z'],
    );
    const length = cluster.server.writes.length;
    await hours(cluster, 24);
    const written = cluster.writesSince(length).filter(({ by }) => by === 'metacontroller');
    const runs = 3;
    assert.ok(written.filter(({ kind }) => kind.startsWith('Bestie')).length <= 3 * runs, JSON.stringify(written));
    assert.deepEqual(
      written.filter(({ kind }) => !/^(Bestie|Event)/.test(kind)),
      [],
    );
    assert.equal(conditionOf(cluster, 'BackupReady'), 'True/RepositoryReady');
    assert.match(message(cluster), /^repositories repo1, repo2 take backups/);
    const second = repository(cluster, 'repo2');
    assert.deepEqual([second.ready, second.nextRun], [true, '2026-01-03T01:00:00Z']);
    assert.match(JSON.stringify(second.lastSuccess), /^{"id":"bestie-pgo-repo2-incr","type":"incr","completedAt":"2026-01-02T01:[34]/);
    assert.equal((second.backups as Fields[]).length, 2);
    assert.match(String(fieldsOf(repository(cluster, 'repo1').lastSuccess).id), /repo1-full$/);
  });

  it('are not ready while a repository that was added is not prepared; the other one still works', async () => {
    const cluster = await installed(withRepos(repo1));
    note(cluster, 'stanza', 'repo2');
    changeSpec(cluster, withRepos(repo1, repo2));
    await cluster.until('reported', () => conditionOf(cluster, 'BackupReady') === 'False/RepositoryNotReady', 60);
    assert.match(message(cluster), /^repository repo2 does not take backups: its stanza is not created; see why: kubectl -n shop describe/);
    assert.deepEqual([repository(cluster, 'repo1').ready, repository(cluster, 'repo2').ready], [true, false]);
    assert.equal(repository(cluster, 'repo2').nextRun, undefined);
    await nothingFollows(cluster);
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('an upgrade with its backup', isReady(cluster), 200);
    assert.match(String(fieldsOf(repository(cluster, 'repo1').lastSuccess).id), /^pre-upgrade/);
    note(cluster, 'stanza', '');
    await cluster.until('ready again', () => conditionOf(cluster, 'BackupReady') === 'True/RepositoryReady', 60);
    await nothingFollows(cluster);
  });

  it('of a new database are not ready in any repository while one of them cannot be prepared', async () => {
    const cluster = operated();
    cluster.apply(sample(withRepos(repo1, repo2)));
    await cluster.until('the database', () => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo') !== undefined, 60);
    note(cluster, 'stanza', 'repo2');
    await cluster.until('Ready', isReady(cluster), 120);
    await cluster.settle();
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/RepositoryNotReady');
    assert.match(
      message(cluster),
      /repo1 does not take backups: its stanza is not created, nor that of any other repository: one that fails blocks all/,
    );
    await nothingFollows(cluster);
  });

  it('by schedule that fail are reported, with the last success of the other repository beside them', async () => {
    const cluster = await installed(withRepos(repo1, repo2));
    note(cluster, 'scheduled', 'repo2');
    await hours(cluster, 23);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'True/RepositoryReady', 'tries of it have failed, and more follow');
    await hours(cluster, 1);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/ScheduledBackupFailed');
    assert.match(
      message(cluster),
      /^the full backup into repo2 that the schedule started at 2026-01-02T01:00:00Z failed; see why: kubectl -n shop logs -l /,
    );
    const { lastFailure, lastSuccess, ready } = repository(cluster, 'repo2');
    assert.deepEqual(lastFailure, {
      id: 'bestie-pgo-repo2-incr',
      type: 'incr',
      startedAt: '2026-01-02T01:30:00Z',
      reason: 'ScheduledBackupFailed',
    });
    assert.deepEqual([lastSuccess, ready], [undefined, true]);
    assert.match(String(fieldsOf(repository(cluster, 'repo1').lastSuccess).id), /repo1-full$/);
    assert.equal(conditionOf(cluster, 'Ready'), 'True/AllReady', 'the application runs');
    await nothingFollows(cluster);
    note(cluster, 'scheduled', '');
    await hours(cluster, 24);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'True/RepositoryReady');
    assert.deepEqual(repository(cluster, 'repo2').lastFailure, lastFailure, 'stays on record');
  });

  it('continue while the spec is unacceptable, and so do their reports', async () => {
    const cluster = await installed(withRepos(repo1, repo2));
    await hours(cluster, 24);
    changeSpec(cluster, { maxReplicas: 1 });
    note(cluster, 'scheduled', 'repo2');
    await hours(cluster, 24);
    assert.equal(conditionOf(cluster, 'Ready'), 'False/InvalidSpec');
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/ScheduledBackupFailed');
    const [first, second] = [repository(cluster, 'repo1'), repository(cluster, 'repo2')];
    assert.equal(first.nextRun, '2026-01-03T13:00:00Z');
    assert.match(String(fieldsOf(first.lastSuccess).completedAt), /^2026-01-02T13:1/);
    assert.equal(fieldsOf(second.lastFailure).reason, 'ScheduledBackupFailed');
    await nothingFollows(cluster);
  });

  it('by schedule that never end are reported once the next one was due', async () => {
    const cluster = await installed(withRepos({ ...repo1, schedules: { full: '0 */3 * * *' } }));
    note(cluster, 'scheduled-hang', 'repo1');
    await hours(cluster, 3);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'True/RepositoryReady');
    await hours(cluster, 2);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/ScheduledBackupOverdue');
    await nothingFollows(cluster);
  });

  it('that were planned and have not started are reported after fifteen minutes', async () => {
    const cluster = await installed(withRepos(repo1));
    cluster.down.add('postgres-operator');
    await hours(cluster, 11);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'True/RepositoryReady');
    await cluster.resync(20);
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/ScheduledBackupMissed');
    assert.match(
      message(cluster),
      /the full backup into repo1 that was planned for 2026-01-01T13:00:00Z was not started; see kubectl -n shop describe cronjob bestie-pgo-repo1-full/,
    );
    await nothingFollows(cluster);
  });

  it('are due, and missed, once, whichever replica answers', async () => {
    const cluster = operated({ start: '2026-01-01T12:30:00Z', skewSeconds: 90 });
    cluster.apply(sample(withRepos(repo1)));
    await cluster.until('Ready', isReady(cluster), 120);
    await cluster.settle();
    cluster.down.add('postgres-operator');
    const reported: string[] = [];
    cluster.server.watch(({ object }) => {
      const said = `${String(repository(cluster, 'repo1').nextRun)} ${conditionOf(cluster, 'BackupReady') ?? ''}`;
      if (object.kind === 'Bestie' && reported.at(-1) !== said) reported.push(said);
    });
    await cluster.resync(150, 20);
    assert.deepEqual(reported, ['2026-01-02T13:00:00Z True/RepositoryReady', '2026-01-02T13:00:00Z False/ScheduledBackupMissed']);
  });

  it('by a schedule that never runs are reported at once', async () => {
    const cluster = await installed(withRepos({ ...repo1, schedules: { full: '0 1 31 2 *' } }));
    assert.equal(conditionOf(cluster, 'BackupReady'), 'False/ScheduleNeverRuns');
    assert.equal(repository(cluster, 'repo1').nextRun, undefined);
    await nothingFollows(cluster);
  });

  it('by a schedule from before there was a rule, which Kubernetes refuses, are reported at once, and the spec is taken', async () => {
    const cluster = await installed(withRepos(repo1));
    const refused = <T>(object: T): T => JSON.parse(JSON.stringify(object).replaceAll('0 13 * * *', '0 1 * * 7')) as T;
    // As an earlier release took it and applied it.
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', refused);
    cluster.edit(BESTIE, 'shop', 'bestie', refused);
    await cluster.until('reported', () => conditionOf(cluster, 'BackupReady') === 'False/InvalidSchedule', 10);
    assert.match(
      message(cluster),
      /^Kubernetes refuses the schedule "0 1 \* \* 7" of full backups into repo1, so none is taken by it: weekday "7"/,
    );
    assert.deepEqual([conditionOf(cluster, 'Ready'), repository(cluster, 'repo1').nextRun], ['True/AllReady', undefined]);
    await nothingFollows(cluster);
    changeSpec(cluster, withRepos({ ...repo1, schedules: { full: '0 1 * * 0' } }));
    await cluster.until('ready again', () => conditionOf(cluster, 'BackupReady') === 'True/RepositoryReady', 20);
    assert.equal(repository(cluster, 'repo1').nextRun, '2026-01-04T01:00:00Z');
  });

  it('stay on record through a restore, which makes the database operator forget them', async () => {
    const cluster = await installed(withRepos(repo1));
    changeSpec(cluster, { database: { backups: { repos: [repo1], onDemand: 'first' } } });
    await cluster.until('taken', () => repository(cluster, 'repo1').lastSuccess !== undefined, 100);
    const before = repository(cluster, 'repo1').backups;
    restoreByHand(cluster, 'tuesday');
    await cluster.until('restoring', () => conditionOf(cluster, 'BackupReady') === 'False/Restoring', 30);
    assert.deepEqual([repository(cluster, 'repo1').ready, repository(cluster, 'repo1').backups], [false, before]);
    await cluster.until('Ready', isReady(cluster), 300);
    await cluster.until('backups', () => conditionOf(cluster, 'BackupReady') === 'True/RepositoryReady', 100);
    assert.deepEqual(repository(cluster, 'repo1').backups, before);
  });
});
