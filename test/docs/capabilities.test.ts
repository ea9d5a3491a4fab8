/** docs/capabilities.md: all 157 lines, once each, and every file that they name. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { code, text } from './markdown.ts';

interface Line {
  number: number;
  state: string;
  where: string[];
  tests: string[];
}

const cells = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const lines: Line[] = text('docs/capabilities.md')
  .split('\n')
  .filter((row) => /^\| +\d+ +\|/.test(row))
  .map(cells)
  .map(([number = '', , state = '', where = '', tests = '']) => ({
    number: Number(number),
    state,
    where: code(where),
    tests: code(tests),
  }));

const broken = (isBroken: (line: Line) => boolean): number[] => lines.filter(isBroken).map(({ number }) => number);

describe('documentation: capabilities', () => {
  it('has the lines 1 to 157, once each, in order', () => {
    assert.deepEqual(
      lines.map(({ number }) => number),
      Array.from({ length: 157 }, (_, index) => index + 1),
    );
  });

  it('says of each line how far it is', () => {
    assert.deepEqual(
      broken(({ state }) => state === ''),
      [],
    );
  });

  it('says where what is done is', () => {
    assert.deepEqual(
      broken(({ state, where }) => state.startsWith('done') && where.length === 0),
      [],
    );
  });

  it('names files that exist, and as tests only tests', () => {
    const named = lines.flatMap(({ where, tests }) => [...where, ...tests]);
    assert.deepEqual(
      named.filter((path) => !existsSync(path)),
      [],
    );
    assert.deepEqual(
      lines.flatMap(({ tests }) => tests).filter((path) => !/^test\/.+\.test\.ts$/.test(path)),
      [],
    );
  });
});
