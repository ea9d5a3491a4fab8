/** What is printed: equal differences, grouped. */
import type { Change } from './changes.ts';
import type { Found } from './chain.ts';
import type { Options, Outcome } from './compare.ts';
import type { Json } from './json.ts';

const MOST_GROUPS = 100;
const LONGEST = 400;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** The text without what distinguishes one object or moment from another. */
const masked = (text: string, name: string): string =>
  text
    .replace(new RegExp(`\\b${escaped(name)}\\b`, 'gu'), '<name>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '<time>')
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/gu, '<id>')
    .replace(/(\w)\1{9,}/gu, '<name>')
    .replace(/\d+/gu, '<n>');

const pointer = (path: readonly string[]): string => path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const shownValue = (value: Json | undefined): string => (value === undefined ? '–' : JSON.stringify(value));
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const isScalar = (value: Json | undefined): boolean => typeof value !== 'object' || value === null;

function groupOf({ path, what, before, after, name, sharedStatus }: Found): string {
  const place = pointer(path.map((step) => (/^\d+$/u.test(step) ? '*' : masked(step, name))));
  const values =
    what === 'changed' && isScalar(before) && isScalar(after) ? [before, after].map((value) => masked(shownValue(value), name)) : [];
  return [sharedStatus, what, place, ...values].join(' ');
}

export interface Group {
  key: string;
  count: number;
  example: Found;
}

/** The groups, the largest first; of each the first difference as an example. */
export function grouped(found: readonly Found[]): Group[] {
  const groups = new Map<string, Group>();
  for (const example of found) {
    const key = groupOf(example);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, count: 1, example });
    else group.count += 1;
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** Which question it was. */
const origin = ({ id, step, hook, sharedStatus }: Found): string =>
  `${id}, question ${step} (${hook}${sharedStatus ? ', both builds had been shown one status' : ''})`;

const values = ({ before, after }: Found, text: (value: string) => string): string[] => [
  `    before: ${text(shownValue(before))}`,
  `    after:  ${text(shownValue(after))}`,
];

/** One group per paragraph: how often, where, and an example with the id that `--only` repeats. */
export function summary(found: readonly Found[]): string[] {
  const groups = grouped(found);
  const lines = groups
    .slice(0, MOST_GROUPS)
    .flatMap(({ count, example }) => [
      `${count} × ${example.what} ${pointer(example.path)}`,
      ...values(example, shortened),
      `    in ${origin(example)}`,
    ]);
  return groups.length > MOST_GROUPS ? [...lines, `… and ${groups.length - MOST_GROUPS} more groups`] : lines;
}

/** Every difference, whole. */
export const full = (found: readonly Found[]): string[] =>
  found.flatMap((one) => [`${origin(one)}: ${one.what} ${pointer(one.path)}`, ...values(one, (value) => value)]);

/** The lines to print, and whether the builds answer the same: nothing differs, no case is gone, and each listed change applied somewhere. */
export function verdict({ chains, compared, found, lost, fresh }: Outcome, options: Options): { lines: string[]; isSame: boolean } {
  const isWhole = options.worlds > 0 && options.only === undefined;
  const unused: readonly Change[] = isWhole ? options.changes.filter(({ used }) => used === 0) : [];
  const differences = `${found.length} differences in ${grouped(found).length} groups`;
  const lines = [
    ...(options.only === undefined ? summary(found) : full(found)),
    ...lost.map((name) => `the case ${name} is gone: only the build before has it`),
    ...fresh.map((name) => `the case ${name} is new and was not asked: only the build after has it`),
    ...unused.map(
      ({ row }) =>
        `the change of ${row.path}${row.before === undefined ? '' : ` (${row.before})`} applied nowhere; take it out of the list: ${row.why}`,
    ),
    `${compared} answers of ${chains} chains compared (seed ${options.seed}): ${found.length === 0 ? 'no difference' : differences}`,
  ];
  return { lines, isSame: found.length + lost.length + unused.length === 0 };
}
