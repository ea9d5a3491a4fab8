/** The list of what may differ between the two builds: words, and fields that only one of them has. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, type Json } from './json.ts';
import type { Difference } from './difference.ts';

/** A row of the file; exactly one of the four: `before` with `after`, `unordered`, `added`, `removed`. */
interface Row {
  /** A JSON pointer into an answer; `*` is any one step. A condition is named by its type, a child by its kind. */
  path: string;
  /** A regular expression for the text of before, and what stands there now: `$1` is the first group, `{*}` any text without a space. */
  before?: string;
  after?: string;
  /** The text between parts whose order has changed. */
  unordered?: string;
  /** Only the build after has it. */
  added?: true;
  /** Only the build before has it. */
  removed?: true;
  /** The sentence of the CHANGELOG. */
  why: string;
}

export interface Change {
  row: Row;
  segments: readonly string[];
  pattern?: RegExp;
  /** How many differences it accounts for. */
  used: number;
}

const keys = new Set(['path', 'before', 'after', 'unordered', 'added', 'removed', 'why']);

/** The change that a row describes. Throws where the row is none. */
export function changeOf(row: unknown): Change {
  const fail = (reason: string): never => {
    throw new Error(`the change ${JSON.stringify(row)} ${reason}`);
  };
  if (!isObject(row)) return fail('is not an object');
  const unknown = Object.keys(row).filter((key) => !keys.has(key));
  if (unknown.length > 0) fail(`has unknown fields: ${unknown.join(', ')}`);
  const { path, before, after, unordered, added, removed, why } = row;
  if (typeof path !== 'string' || !path.startsWith('/')) return fail('has no path that begins with /');
  if (typeof why !== 'string' || why === '') fail('does not say why');
  if ([before !== undefined, typeof unordered === 'string', added === true, removed === true].filter(Boolean).length !== 1)
    fail('has not exactly one of before, unordered, added, removed');
  if (before !== undefined && (typeof before !== 'string' || typeof after !== 'string')) fail('has no texts as before and after');
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { row: row as unknown as Row, segments, ...(typeof before === 'string' && { pattern: new RegExp(before, 'gu') }), used: 0 };
}

/** The changes of that YAML file, a list of rows. Throws where one is malformed. */
export function readChanges(file: string | URL): Change[] {
  const rows = (parse(readFileSync(file, 'utf8')) ?? []) as unknown;
  if (!Array.isArray(rows)) throw new Error(`${String(file)} is not a list`);
  return rows.map(changeOf);
}

const leadsTo = ({ segments }: Change, path: readonly string[]): boolean =>
  segments.length === path.length && segments.every((segment, index) => segment === '*' || segment === path[index]);

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Whether a text is the expected one, in which `{*}` stands for any text without a space. */
const isText = (text: string, expected: string): boolean =>
  text === expected || new RegExp(`^${expected.split('{*}').map(escaped).join('[^ ]*')}$`, 'su').test(text);

const isReordered = (before: string, after: string, separator: string): boolean =>
  before.split(separator).sort().join(separator) === after.split(separator).sort().join(separator);

/** Whether the list accounts for the difference; counts the rows that do. Rows of words apply one after the other. */
export function isListed({ path, what, before, after }: Difference, changes: readonly Change[]): boolean {
  const candidates = changes.filter((change) => leadsTo(change, path));
  if (what === 'added' || what === 'removed') {
    const change = candidates.find(({ row }) => row[what] === true);
    if (change !== undefined) change.used += 1;
    return change !== undefined;
  }
  const wanted = textOf(after);
  let text = textOf(before);
  if (what !== 'changed' || text === undefined || wanted === undefined) return false;
  const reordered = candidates.find(({ row }) => row.unordered !== undefined && isReordered(text ?? '', wanted, row.unordered));
  if (reordered !== undefined) {
    reordered.used += 1;
    return true;
  }
  const applied: Change[] = [];
  for (const change of candidates) {
    const { pattern, row } = change;
    if (pattern === undefined) continue;
    const next: string = text.replace(pattern, row.after ?? '');
    if (next !== text) applied.push(change);
    text = next;
  }
  if (!isText(wanted, text)) return false;
  for (const change of applied) change.used += 1;
  return true;
}
