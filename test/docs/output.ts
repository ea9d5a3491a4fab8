/** Whether a command printed what a page shows, but for what is another one each time. */

/** What differs from run to run, and what stands for it; the first that fits. `[…]` and `…` stand for anything, a line `[…]` for any lines. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\[…\]|…/, '.*'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/, String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, '[0-9a-f-]{36}'],
  // Ids of backups.
  [/[0-9a-f]{8}\.[0-9a-f]{8}\.g\d+\.a\d+/, String.raw`[0-9a-f]{8}\.[0-9a-f]{8}\.g\d+\.a\d+`],
  // Ends of the names of pods and ReplicaSets, and hashes of ours.
  [/-[0-9a-f]{8,10}-[a-z0-9]{5}\b/, '-[0-9a-f]{8,10}-[a-z0-9]{5}'],
  [/-[0-9a-f]{8,10}\b/, '-[0-9a-f]{8,10}'],
  // Seconds of a drill.
  [/"took": \d+/, String.raw`"took": \d+`],
  // Ages.
  [/\b(?:\d+[dhms])+\b/, String.raw`(?:\d+[dhms])+|<unknown>|<invalid>`],
];

const escaped = (literal: string): string => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const squeezed = (output: string): string =>
  output
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/^ | $/gm, '')
    .trim();

/** The expression for one line. */
function pattern(line: string): string {
  const first = volatile
    .flatMap(([shape, stands]) => {
      const match = shape.exec(line);
      return match === null ? [] : [{ index: match.index, length: match[0].length, stands }];
    })
    .reduce<{ index: number; length: number; stands: string } | undefined>(
      (best, next) => (best === undefined || next.index < best.index ? next : best),
      undefined,
    );
  if (first === undefined) return escaped(line);
  const { index, length, stands } = first;
  return `${escaped(line.slice(0, index))}(?:${stands})${pattern(line.slice(index + length))}`;
}

/** True where `printed` is `shown`, whatever the blanks, times, ages, ids and hashes in it. */
export function looksLike(printed: string, shown: string): boolean {
  const lines = squeezed(shown)
    .split('\n')
    .map((line) => (line === '[…]' ? '(?:.*\n)*?' : `${pattern(line)}\n`));
  return new RegExp(`^${lines.join('')}$`).test(`${squeezed(printed)}\n`);
}
