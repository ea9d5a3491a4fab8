/** docs/capabilities.md: all of its lines, once each, and every file and test that they name. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { code, text } from './markdown.ts';

interface Line {
  number: number;
  state: string;
  where: string[];
  tests: string[];
  /** Tests by name: the file and the title, or a part of it. */
  titles: (readonly [file: string, title: string])[];
}

const LINES = 224;

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
    titles: [...tests.matchAll(/`([^`]+)`: “([^”]+)”/g)].map(([, file = '', title = '']) => [file, title] as const),
  }));

/** Without the marks by which source and prose write quotes differently. */
const plain = (words: string): string => words.replaceAll(/[\\'"’`]/g, '');

const broken = (isBroken: (line: Line) => boolean): number[] => lines.filter(isBroken).map(({ number }) => number);

describe('documentation: capabilities', () => {
  it(`has the lines 1 to ${LINES}, once each, in order`, () => {
    assert.deepEqual(
      lines.map(({ number }) => number),
      Array.from({ length: LINES }, (_, index) => index + 1),
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

  it('names tests that are there', () => {
    const named = lines.flatMap(({ titles }) => titles);
    assert.ok(named.length > 15, 'some tests are named by their titles');
    assert.deepEqual(
      named.filter(([file, title]) => !plain(readFileSync(file, 'utf8')).includes(plain(title))),
      [],
    );
  });
});
