/** The parser of schedules against robfig/cron v3.0.1, with which Kubernetes reads the schedule of a CronJob. */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseCron } from '../../src/lib/cron.ts';
import { lastRunBefore, nextRun } from '../../src/lib/cronruns.ts';
import { made, odd } from './lines.ts';
import { instants, judge, readTable, RUNS, TABLE, TABLE_RUNS, tableInstants, tableOf, verdictsOn, type Verdict } from './verdicts.ts';

const lines = [...new Set([...odd, ...made(2500)])];

/** As Go prints a time. */
const printed = (time: Date): string => time.toISOString().replace('.000Z', 'Z');

/** Our verdict, in the same form. */
function ours(line: string, after: readonly string[], runs: number): Verdict {
  const parsed = parseCron(line);
  if ('problem' in parsed) return undefined;
  return after.map((instant) => {
    const found: string[] = [];
    for (let at = nextRun(parsed, new Date(instant)); at !== undefined && found.length < runs; at = nextRun(parsed, at))
      found.push(printed(at));
    return found;
  });
}

/** Nothing lies between one run and the next. */
function checkBackwards(line: string, verdict: Verdict): void {
  const parsed = parseCron(line);
  if ('problem' in parsed || 'everySeconds' in parsed) return;
  for (const runs of verdict ?? [])
    runs.forEach((run, index) => {
      const at = new Date(run);
      assert.deepEqual(lastRunBefore(parsed, at), at, `${line}: at ${run}`);
      const [before, previous] = [new Date(at.getTime() - 1), runs[index - 1]];
      if (previous !== undefined) assert.deepEqual(lastRunBefore(parsed, before), new Date(previous), `${line}: before ${run}`);
    });
}

function check(verdicts: readonly (readonly [line: string, verdict: Verdict])[], after: readonly string[], runs: number): void {
  for (const [line, verdict] of verdicts) {
    assert.deepEqual(ours(line, after, runs), verdict, JSON.stringify(line));
    checkBackwards(line, verdict);
  }
}

describe('schedules', () => {
  it('are read as robfig/cron reads the lines of test/cron/table.tsv', () => {
    const table = readTable();
    const refused = table.filter(([, verdict]) => verdict === undefined).length;
    assert.ok(table.length >= 300 && refused >= 100 && table.length - refused >= 100, `${refused} of ${table.length} refused`);
    check(table, tableInstants, TABLE_RUNS);
  });

  it(`${judge === undefined ? 'SKIPPED without bestie-cron: ' : ''}are read as robfig/cron reads ${lines.length} lines, with the next ${RUNS} runs after ${instants.length} instants`, function () {
    if (judge === undefined) return this.skip();
    this.timeout(120_000);
    const verdicts = verdictsOn(lines, instants, RUNS).map((verdict, index) => [lines[index] ?? '', verdict] as const);
    const refused = verdicts.filter(([, verdict]) => verdict === undefined).length;
    assert.ok(lines.length >= 2000 && refused >= 500 && lines.length - refused >= 1000, `${refused} of ${lines.length} refused`);
    check(verdicts, instants, RUNS);
  });

  it(`${judge === undefined ? 'SKIPPED without bestie-cron: ' : ''}have a table that robfig/cron would write again`, function () {
    if (judge === undefined) return this.skip();
    const kept = [...odd, ...made(100, 14)];
    const table = tableOf(verdictsOn(kept, tableInstants, TABLE_RUNS).map((verdict, index) => [kept[index] ?? '', verdict] as const));
    if (process.env.UPDATE === '1') writeFileSync(TABLE, table);
    assert.equal(readFileSync(TABLE, 'utf8'), table);
  });
});
