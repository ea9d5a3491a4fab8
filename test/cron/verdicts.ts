/** What the real robfig/cron makes of lines: asked of the program in test/cron/verdicts, or kept in test/cron/table.tsv. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tool } from '../support/tools.ts';

/** The program; undefined where it was not built. */
export const judge = tool('bestie-cron');

/** The runs after each instant, as `2026-11-27T14:00:00Z`; undefined where the line is refused. */
export type Verdict = readonly (readonly string[])[] | undefined;

/** Amid a minute, where a year, a month and a day end, the leap day, and the seconds between which the next leap day comes within five years. */
export const instants = [
  '2026-11-27T14:00:30.500Z',
  '2023-12-31T23:59:59.999Z',
  '2024-02-28T23:59:00.000Z',
  '2025-03-31T00:00:00.000Z',
  '2028-02-29T01:00:00.000Z',
  '2098-12-31T23:59:58.500Z',
  '2098-12-31T23:59:59.000Z',
] as const;
export const RUNS = 5;

/** Verdicts on lines, in their order. Throws where the program is not there. */
export function verdictsOn(lines: readonly string[], after: readonly string[], runs: number): Verdict[] {
  const input = JSON.stringify({ lines, instants: after, runs });
  const { status, stdout, stderr, error } = spawnSync(judge ?? 'bestie-cron', [], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { refused: string; runs: string[][] }[]).map((answer) => (answer.refused === '' ? answer.runs : undefined));
}

export const TABLE = new URL('table.tsv', import.meta.url);
/** The instants of the table, and how many runs follow each of them there. */
export const tableInstants = [instants[0], instants[2]] as const;
export const TABLE_RUNS = 3;

const HEAD = `# Lines as robfig/cron v3.0.1 reads them; made by \`UPDATE=1 npx mocha test/cron/cron.test.ts\` with the program in test/cron/verdicts.
# The line as JSON, then "refused", or the ${TABLE_RUNS} runs after each of ${tableInstants.join(' and ')}.
`;

const row = (line: string, verdict: Verdict): string =>
  [JSON.stringify(line), ...(verdict === undefined ? ['refused'] : verdict.map((runs) => runs.join(' ')))].join('\t');

export const tableOf = (verdicts: readonly (readonly [line: string, verdict: Verdict])[]): string =>
  HEAD + verdicts.map(([line, verdict]) => `${row(line, verdict)}\n`).join('');

/** The rows of the table. */
export const readTable = (): (readonly [line: string, verdict: Verdict])[] =>
  readFileSync(TABLE, 'utf8')
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))
    .map((each) => {
      const [line = '', ...cells] = each.split('\t');
      const runs = cells.map((cell) => cell.split(' ').filter((run) => run !== ''));
      return [JSON.parse(line) as string, cells[0] === 'refused' ? undefined : runs] as const;
    });
