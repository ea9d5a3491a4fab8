/** What is printed at the end: figures, and what was skipped and why. */

const figures: [scenario: string, what: string, value: string][] = [];
const skips = new Set<string>();

/** Keeps a figure for the table at the end. */
export const figure = (scenario: string, what: string, value: string | number): void => {
  figures.push([scenario, what, String(value)]);
};

/** Keeps the reason why something was not tried. */
export const skipped = (why: string): void => {
  skips.add(why);
};

export const everythingSkipped = (): readonly string[] => [...skips];

/** All figures as the rows of a Markdown table. */
export function table(): string {
  const rows = [['scenario', 'what', 'value'], ...figures];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join('\n');
}
