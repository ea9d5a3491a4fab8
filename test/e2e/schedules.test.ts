/** Schedules of backups: the API server takes those in a Bestie that it takes in a CronJob, and those are the ones of test/cron/table.tsv. */
import assert from 'node:assert/strict';
import { readTable } from '../cron/verdicts.ts';
import { closingIn } from '../support/closing.ts';
import { bestie, namespace } from './support/cluster.ts';
import { trying, type Try } from './support/trying.ts';

const NS = 'e2e-schedules';

const cronJob = (schedule: string): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tried' },
  spec: {
    schedule,
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'backup', image: 'backup' }] } } } },
  },
});
const scheduled = (kind: string, schedule: string): object =>
  bestie('tried', {
    size: 1,
    database: { backups: { repos: [{ name: 'repo1', gcs: { bucket: 'b' }, schedules: { [kind]: schedule } }] } },
  });

describe('schedules', () => {
  const perSuite = closingIn(after);
  const table = readTable();
  let tried: Try;

  before(async () => {
    await namespace(NS);
    tried = await trying(NS, perSuite);
  });

  /** The lines that are answered otherwise than the table says. */
  async function strangers(rows: typeof table, ask: (line: string) => ReturnType<Try>): Promise<string[]> {
    const strange: string[] = [];
    for (const [line, verdict] of rows) {
      const { code, message } = await ask(line);
      if (code !== (verdict === undefined ? 422 : 201)) strange.push(`${JSON.stringify(line)}: ${code} ${message}`);
    }
    return strange;
  }

  it('are taken in a CronJob as the table says', async () => {
    // Where a time zone is all there is, the API server breaks off: robfig/cron panics.
    const answered = table.filter(([line]) => !/^(CRON_)?TZ=[^ ]*$/.test(line));
    assert.deepEqual(await strangers(answered, (line) => tried('batch/v1', 'cronjobs', cronJob(line))), []);
  });

  for (const kind of ['full', 'differential', 'incremental']) {
    it(`are taken as ${kind} of a Bestie as the table says`, async () => {
      assert.deepEqual(await strangers(table, (line) => tried('pets.bestie.com/v1', 'besties', scheduled(kind, line))), []);
    });
  }
});
