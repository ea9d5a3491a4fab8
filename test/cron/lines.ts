/** Lines that the parser of schedules is held against the real one with: what people write, what lies at the edges, and what is nearly a schedule. */

/** Written by hand: each of them has been read otherwise by some parser of cron lines. */
export const odd: readonly string[] = [
  ...['0 1 * * 0', '0 1 * * 1-6', '*/5 * * * *', '0 0 1,15 * *', '0 22 * * 1-5', '0 0 1 1 *', '5 4 * * sun', '0 0,12 1 */2 *'],
  // Bounds.
  ...['0 1 * * 7', '0 1 * * 0-7', '60 1 * * *', '0 24 * * *', '0 1 0 * *', '0 1 32 * *', '0 1 * 0 *', '0 1 * 13 *', '59 23 31 12 6'],
  ...['0-59 0-23 1-31 1-12 0-6', '5-4 * * * *', '4-4 * * * *', '0 1 * * 6-0', '* * 31-1 * *', '* * * 12-1 *', '0-60 * * * *'],
  // Names.
  ...['0 1 * * Sunday', '0 1 * * SUN', '0 1 * jan-DEC Mon-fri', '0 1 * * fri-mon', '0 1 * * mon-5', '0 1 * 3-may *', '0 1 * mon *'],
  ...['0 1 jan * *', 'sun * * * *', '0 1 * * MON,3,fri', '0 1 * jan,', '0 1 * * su', '0 1 * * sun-', '0 1 * * -sun', '0 1 * * sun/2'],
  ...['0 1 * * fr\u0130', '0 1 * * \u017fun', '0 1 * * th\u0075', '0 1 * o\u1d9cct *', '0 1 * * constructor', '0 1 * * __proto__'],
  // Commas.
  ...[
    '0 1 , * *',
    ', 1 * * *',
    '0 , * * *',
    '0 1 * , *',
    '0 1 * * ,',
    '0 1 1, * *',
    '0 1 ,1 * *',
    '0 1 1,,2 * *',
    '0 1 , * 1',
    '0 1 1 * ,',
  ],
  ...['0, 1 * * *', ',0 1 * * *', '0,0,0 1 * * *', ',,,, 1 * * *', '0 1 1,* * 1', '0 1 *,1 * 1', '0 1 1 * 1,*', '0 1 1, 2 * *'],
  // Stars, question marks, and days that are restricted twice.
  ...['? ? ? ? ?', '0 1 ? * 1', '0 1 1 * ?', '0 1 1 ? 1', '0 1 */1 * 1', '0 1 1 * */1', '0 1 */2 * 1', '0 1 1 * */2', '0 1 ?/1 * 1'],
  ...['0 1 ?/2 * 1', '0 1 1-31 * 1', '0 1 1 * 0-6', '0 1 13 * 5', '0 1 */31 * 2', '0 1 29 2 1', '** * * * *', '*? * * * *', '1* * * * *'],
  ...[
    '*-5 * * * *',
    '*-x * * * *',
    '?-- * * * *',
    '*-5-6/7 * * * *',
    '*- * * * *',
    '*-9/2 1 * * *',
    '0 1 *-5 * 1',
    '-* * * * *',
    '1-* * * * *',
  ],
  ...['*-\u00e9 1 * * *', '*-TZ * * * *', '*-, * * * *', '*-60 */6 * * *', '*/5-9 * * * *'],
  // Steps.
  ...['*/0 * * * *', '*/00 * * * *', '*/1 * * * *', '*/60 * * * *', '*/100 1 * * *', '*/ * * * *', '*// * * * *', '*/2/3 * * * *'],
  ...[
    '5/15 * * * *',
    '59/15 * * * *',
    '60/15 * * * *',
    '0/61 * * * *',
    '5-9/2 * * * *',
    '5-9/0 * * * *',
    '5-9/20 * * * *',
    '1-2-3 * * * *',
  ],
  ...['*/-5 * * * *', '*/-0 * * * *', '*/+5 * * * *', '*/5.0 * * * *', '*/1e1 * * * *', '*/0x5 * * * *', '*/mon * * * *', '0 1 31/2 * *'],
  ...['*/9223372036854775807 * * * *', '*/9223372036854775808 * * * *', '*/00000000000000000000000000002 * * * *'],
  ...['*/18446744073709551616 * * * *', '*/1000000000000000000 * * * *', '*/+9223372036854775807 * * * *', '0 1 * * 1/3', '0 1 * 2/5 *'],
  // Numbers.
  ...[
    '00 01 01 01 00',
    '+5 +1 +1 +1 +1',
    '++5 * * * *',
    '+ * * * *',
    '-5 * * * *',
    '5- * * * *',
    '5.0 * * * *',
    '0x5 * * * *',
    '1_0 * * * *',
  ],
  ...[
    '000000000000000000000000000000000000005 1 * * *',
    '99999999999999999999 * * * *',
    '\u0665 1 * * *',
    '+5-+9/+2 * * * *',
    '5 -9 * * * *',
  ],
  // White space, and the number of fields.
  ...[
    '0  1 * * 0',
    ' 0 1 * * 0',
    '0 1 * * 0 ',
    '\t0\t1\t*\t*\t0\t',
    '0 1\n* * 0',
    '0 1\r\n* * *',
    '0 1\v*\f* *',
    '0\u00a01 * * *',
    '0\u00851 * * *',
  ],
  ...[
    '0\u20031 * * *',
    '0\u30001\u2028*\u2029*\u1680*',
    '0\u200b1 * * *',
    '0\ufeff1 * * *',
    '\ufeff0 1 * * *',
    '0\u180e1 * * *',
    '0\u001c1 * * *',
  ],
  ...[
    '0 1 * *',
    '0 0 1 * * 0',
    '0 1 * * 0 2026',
    '* * * * * *',
    '*',
    '      ',
    'never ever',
    '0 1 * * 0 # weekly',
    '0 1 L * *',
    '0 1 * * 1#2',
    '0 1 15W * *',
  ],
  // Days that never come, and such as seldom come.
  ...[
    '0 1 31 2 *',
    '0 1 30 2 *',
    '0 1 31 4 *',
    '0 1 31 4,6,9,11 *',
    '0 1 29 2 *',
    '0 0 29 2 *',
    '59 23 29 feb *',
    '0 1 31 2 1',
    '0 1 31 * *',
    '0 1 30-31 2,4 *',
  ],
  // Macros.
  ...['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly', '@reboot', '@Daily', '@DAILY', ' @daily', '@daily '],
  ...[
    '@',
    '@every',
    '@every ',
    '@every  1h',
    '@every\t1h',
    '@every 1h ',
    '@Every 1h',
    '@constructor',
    '@weekly 5',
    '@day',
    '@minutely',
    '@secondly',
  ],
  // Durations.
  ...[
    '@every 1h',
    '@every 1h30m',
    '@every 90m',
    '@every 1.5h',
    '@every .5h',
    '@every 1.h',
    '@every .h',
    '@every 1',
    '@every h',
    '@every 0',
  ],
  ...[
    '@every 0s',
    '@every +0',
    '@every -0',
    '@every 00',
    '@every -5m',
    '@every +5m',
    '@every --5m',
    '@every 1d',
    '@every 1w',
    '@every 1h1h',
  ],
  ...[
    '@every 1ns',
    '@every 999ms',
    '@every 1500ms',
    '@every 1999999999ns',
    '@every 90us',
    '@every 5000000\u00b5s',
    '@every 5000000\u03bcs',
  ],
  ...[
    '@every 1ms1s',
    '@every 1mss',
    '@every 1 h',
    '@every 1h 30m',
    '@every 1H',
    '@every 1_0s',
    '@every 1e3s',
    '@every 0x1s',
    '@every 1,5h',
  ],
  ...[
    '@every 2562047h',
    '@every 2562048h',
    '@every 2562047h47m16.854775807s',
    '@every 2562047h47m16.854775808s',
    '@every 2562047h2562047h',
  ],
  ...[
    '@every -2562047h47m16.854775808s',
    '@every -2562047h47m16.854775809s',
    '@every 9223372036854775808ns',
    '@every 9223372036854775807ns',
  ],
  ...['@every 0.33333333333333333333333333h', '@every 0.9999999999999999999999s', '@every 1.99999999999999999999s', '@every 3.4.5s'],
  ...['@every 0.000000000000000000000000000000000000001h', '@every 2.999999999s', '@every 59.9999999999m', '@every 99999999999999999999h'],
  // Time zones, and things that other parsers take.
  ...[
    'TZ=UTC 0 1 * * *',
    'CRON_TZ=Europe/Berlin 0 1 * * *',
    'TZ=UTC',
    'CRON_TZ=UTC @daily',
    'tz=UTC 0 1 * * *',
    'TZ 0 1 * * *',
    '@every TZ',
  ],
  ...[
    'H 1 * * *',
    '0 1 * * MON#1',
    '0 1 * * 5L',
    '0 1 * * *;',
    '"0 1 * * *"',
    '0 1 * * 1|2',
    '0 1 * * [1]',
    '0 1 * * \u{1f600}',
    '~ * * * *',
  ],
];

/** Numbers from 0 up to 1 that are the same at every run: mulberry32, which needs 32 bits of state and no library. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const bounds = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: ['jan', 'FEB', 'Mar', 'apr', 'may', 'jun', 'JUL', 'aug', 'sep', 'oct', 'nov', 'Dec'] },
  { from: 0, to: 6, names: ['sun', 'MON', 'Tue', 'wed', 'thu', 'fri', 'SAT'] },
] as const;

/** As many different lines as are requested, the same for the same seed. */
export function made(count: number, seed = 13): string[] {
  const random = numbers(seed);
  const chance = (share: number): boolean => random() < share;
  const integer = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(values: readonly T[]): T => values[integer(0, values.length - 1)] as T;

  const value = ({ from, to, names }: (typeof bounds)[number]): string => {
    if (names.length > 0 && chance(0.4)) return pick<string>(names);
    // One in thirty lies beside the bounds, so that most lines are taken.
    return String(chance(0.03) ? pick([from - 1, to + 1]) : integer(from, to)).padStart(chance(0.1) ? 2 : 1, '0');
  };
  const part = (field: (typeof bounds)[number]): string => {
    const base = pick([
      () => '*',
      () => value(field),
      () => value(field),
      () => {
        const ends = [integer(field.from, field.to), integer(field.from, field.to)].sort((a, b) => (chance(0.95) ? a - b : b - a));
        return ends.join('-');
      },
      () => (chance(0.2) ? '?' : '*'),
    ])();
    return chance(0.25) ? `${base}/${integer(chance(0.03) ? 0 : 1, field.to)}` : base;
  };
  const field = (bound: (typeof bounds)[number]): string => {
    const parts = Array.from({ length: pick([1, 1, 1, 2, 3]) }, () => part(bound));
    return `${chance(0.02) ? ',' : ''}${parts.join(',')}${chance(0.02) ? ',' : ''}`;
  };
  const calendar = (): string => bounds.map((bound) => (chance(0.35) ? '*' : field(bound))).join(chance(0.05) ? '  ' : ' ');
  const duration = (): string =>
    Array.from(
      { length: integer(1, 3) },
      () => `${integer(0, 400)}${chance(0.2) ? `.${integer(0, 999)}` : ''}${pick(['h', 'm', 's', 'ms'])}`,
    ).join('');
  /** A character taken away, put in, or another one. */
  const broken = (line: string): string => {
    const at = integer(0, line.length - 1);
    return line.slice(0, at) + pick(['', ...'0123456789*?,-/ \t@+.LhmsAn'.split('')]) + line.slice(at + integer(0, 1));
  };

  const lines = new Set<string>();
  while (lines.size < count) {
    const line = chance(0.92) ? calendar() : `@every ${duration()}`;
    // The CRD takes 100 characters at most.
    const one = chance(0.3) ? broken(line) : line;
    if (one.length <= 100) lines.add(one);
  }
  return [...lines];
}
