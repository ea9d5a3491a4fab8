/** What a room of `src` knows and the others do not: the words of one database operator, and the sentences of a status. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { each } from '../support/table.ts';

const OPERATOR = /PGO|crunchy|PostgresCluster|postgres-operator|pgbackrest|stanza|Patroni/i;
/** What is made from the CRD, whose descriptions name the database operator that users get. */
const generated: ReadonlySet<string> = new Set(['api/bestie.ts', 'spec/bestie.schema.json', 'spec/bestie.rules.json']);

const files: readonly string[] = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => `${parentPath}/${name}`.slice('src/'.length))
  .sort();
const outside = (...rooms: readonly string[]): string[] => files.filter((path) => !rooms.some((room) => path.startsWith(`${room}/`)));
const text = (path: string): string => readFileSync(`src/${path}`, 'utf8');

/** `path:line: text` of every line that the expression fits. */
const linesOf = (path: string, content: string, expression: RegExp): string[] =>
  content.split('\n').flatMap((line, index) => (expression.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));

/** The kind of the database is one row of the table of kinds; its component is one of those that are installed. */
const ROW = /^ {2}postgresCluster: \{\n(?: {4}.*\n)*? {2}\},$/m;
const COMPONENT = /^ {2}component: .*;$|^const crunchy = \{ component: .*;$/gm;
const kindless = (path: string, content: string): string =>
  path === 'api/kinds.ts' ? content.replace(ROW, '').replace(COMPONENT, '') : content;

/**
 * A sentence that is compared, searched or taken apart: `message` (or a variable that holds one) before such a method, in the argument of an
 * expression, or beside `===`.
 */
const READ_BACK = new RegExp(
  [
    String.raw`\bmessage\b(?:\)|\?\?|\?|!| |'')*\.(?:startsWith|endsWith|includes|match|matchAll|slice|split|substring|substr|indexOf|lastIndexOf|search|replace|replaceAll|at|charAt|trim)\(`,
    String.raw`\.(?:test|exec)\([^)]*\bmessage\b`,
    String.raw`\bmessage\b(?: \?\? '')?\)? *[=!]==? `,
    String.raw`[=!]==? [\w.?]*\bmessage\b`,
    String.raw`\b(?:isTold|isSaid)\(`,
  ].join('|'),
);
/** What is compared or taken apart there is no sentence of a status: who wrote it, and why it is read. */
const others: Readonly<Record<string, string>> = {
  'cli.ts': 'the first line of a YAML error',
  'observed/databasewait.ts': 'the last words of a container',
  'observed/drillverdict.ts': 'the last words of a container',
  'observed/kubeletreasons.ts': "the kubelet's own words, for reasons of releases to come",
  'observed/podtroubles.ts': "the kubelet's own words, cut short",
  'status/history.ts': 'whether there is a sentence at all',
  'status/restorecondition.ts': 'whether there is a sentence at all',
  'status/happenings.ts': 'whether there is a sentence at all',
  'status/missingchild.ts': 'two sentences of one answer',
  'observed/releaserecord.ts': 'whether the record of a Deployment has a sentence at all',
};

describe('the rooms of src', () => {
  it('no other than that of the database names a database operator, but for the row of its kind', () => {
    const others = outside('database', 'sandbox').filter((path) => !generated.has(path));
    assert.deepEqual(
      others.flatMap((path) => linesOf(path, kindless(path, text(path)), OPERATOR)),
      [],
    );
    assert.match(ROW.exec(text('api/kinds.ts'))?.[0] ?? '', OPERATOR);
    assert.deepEqual(text('api/kinds.ts').match(COMPONENT)?.length, 2);
    assert.ok(linesOf('database/crunchy/index.ts', text('database/crunchy/index.ts'), OPERATOR).length > 0);
  });

  it('one file reads the record of what was applied last, and the Metacontroller of the sandbox writes it', () => {
    const RECORD = /last-applied-configuration|LAST_APPLIED_ANNOTATION/;
    assert.deepEqual(
      files.filter((path) => RECORD.test(text(path))),
      ['observed/lastapplied.ts', 'sandbox/metacontroller/merge.ts'],
    );
  });

  it('none of the answer reads a sentence back', () => {
    const found = outside('sandbox', 'server', 'telemetry').flatMap((path) => linesOf(path, text(path), READ_BACK));
    const isExpected = (line: string): boolean => Object.keys(others).some((path) => line.startsWith(`${path}:`));
    assert.deepEqual(
      found.filter((line) => !isExpected(line)),
      [],
    );
    const isFound = (path: string): boolean => found.some((line) => line.startsWith(`${path}:`));
    assert.deepEqual(
      Object.keys(others).filter((path) => !isFound(path)),
      [],
      'the list names only files with such a line',
    );
  });

  each<string, boolean>(
    {
      Searched: { reason: 'as 0.1.0 did', given: "(condition.message ?? '').includes(words)", want: true },
      Begun: { reason: 'as 0.1.0 did', given: 'before.message.startsWith(start)', want: true },
      Expression: { reason: 'as 0.1.0 did', given: "SINCE.exec(last.message ?? '')?.[1]", want: true },
      Optional: { reason: 'another spelling', given: 'last?.message?.slice(3)', want: true },
      Compared: { reason: 'another way', given: 'before?.message === readiness.message', want: true },
      ComparedLast: { reason: 'another way', given: 'words !== before.message', want: true },
      Said: { reason: 'the functions of 0.1.0', given: "if (isTold('BackupTimeout', late, o))", want: true },
      Written: { reason: 'a sentence is made', given: '{ reason, message: `${words}, since ${since}` }', want: false },
      Copied: { reason: 'a sentence is handed on', given: "{ ...waits, message: message ?? '' }", want: false },
      Assigned: { reason: 'a sentence is made', given: "const message = isLate ? 'late' : 'soon';", want: false },
    },
    (line, want) => {
      assert.equal(READ_BACK.test(line), want);
    },
  );
});
