/** Tables and numbers in Markdown pages that must not drift from the source. */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';

export type Row = readonly (string | number)[];

/** The cells of a line of a table, whatever blanks they are aligned with; undefined where the line is of no table. */
function cells(line: string): string[] | undefined {
  if (!line.startsWith('|') || !line.endsWith('|')) return undefined;
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

const isSame = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a?.length === b.length && a.every((cell, index) => cell === b[index]);

/** A table in the style of prettier: columns as wide as their widest cell. */
function drawn(rows: readonly (readonly string[])[]): string[] {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = escaped[0]?.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[], filler: string): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [...escaped.slice(0, 1).map((row) => line(row, ' ')), line([], '-'), ...escaped.slice(1).map((row) => line(row, ' '))];
}

/** The page has exactly this table under this header. With UPDATE in the environment it is written. */
export function checkTable(file: string, header: readonly string[], rows: readonly Row[]): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => isSame(cells(line), header));
  assert.notEqual(start, -1, `${file} has no table with the columns ${header.join(', ')}`);
  const length = lines.slice(start).findIndex((line) => cells(line) === undefined);
  const wanted = rows.map((row) => row.map(String));
  if (process.env.UPDATE !== undefined) {
    lines.splice(start, length, ...drawn([header, ...wanted]));
    writeFileSync(file, lines.join('\n'));
    return;
  }
  assert.deepEqual(lines.slice(start + 2, start + length).map(cells), wanted, `${file} differs from the source; UPDATE=1 rewrites it`);
}

const NUMBER = '#';

/** The page has this sentence, with this number in place of `#`. With UPDATE in the environment the number is written. */
export function checkNumber(file: string, sentence: string, number: number): void {
  const page = readFileSync(file, 'utf8');
  const [before = '', after = ''] = sentence
    .split(NUMBER)
    .map((part) => part.replace(/[[\]()./*+?^$|{}\\]/g, '\\$&').replaceAll(' ', '\\s+'));
  const found = new RegExp(`(?<=${before})[\\d,]+(?=${after})`).exec(page);
  assert.ok(found, `${file} has no sentence "${sentence}"`);
  const wanted = number.toLocaleString('en');
  if (process.env.UPDATE !== undefined) {
    writeFileSync(file, `${page.slice(0, found.index)}${wanted}${page.slice(found.index + found[0].length)}`);
    return;
  }
  assert.equal(found[0], wanted, `${file}: "${sentence}"; UPDATE=1 rewrites it`);
}
