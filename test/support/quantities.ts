/** What a real API server makes of quantities: the rows of test/quantities/table.tsv, whose head says what they mean. */
import { readFileSync } from 'node:fs';
import { billionthsOf } from '../../src/lib/quantity.ts';

export interface StoredQuantity {
  value: string;
  /** As it is stored in the resources of a container; undefined where it is refused. The same in the other places. */
  pod?: string;
  device?: string;
  claim?: string;
  cluster?: string;
  /** `<` or `=` to the next row, `.` for the last, `?` for a quantity without a number, `-` for what is none to CEL. */
  cel: string;
}

function read(value: string, mark = '-'): string | undefined {
  if (mark === '-') return undefined;
  return mark === '=' ? value : mark;
}

export const storedQuantities: readonly StoredQuantity[] = readFileSync(new URL('../quantities/table.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .slice(1)
  .map((line) => {
    const [value = '', pod, device, claim, cluster, cel = ''] = line.split('\t');
    const places = Object.entries({ pod, device, claim, cluster }).map(([place, mark]) => [place, read(value, mark)] as const);
    return { value, cel, ...Object.fromEntries(places.filter(([, text]) => text !== undefined)) };
  });

/** Those that CEL compares, in its order. */
export const ordered = storedQuantities.filter(({ cel }) => ['<', '=', '.'].includes(cel));

/** Negative, zero or positive, as the first is less than, equal to or greater than the second. */
export function compareQuantities(first: string | number, second: string | number): number {
  const difference = billionthsOf(first) - billionthsOf(second);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}
