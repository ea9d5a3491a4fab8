/** Every command of the pages about a task is run by test/e2e/docs.test.ts, or says why it is not. */
import { strict as assert } from 'node:assert';
import { each } from '../support/table.ts';
import { commandPages, commands, fences, skipReasons, taskPages } from './commands.ts';
import { looksLike } from './output.ts';

/** `sh` and `console` are run; the others are for reading. */
const languages = new Set(['sh', 'console', 'text', 'json', 'yaml']);

describe('documentation: commands', () => {
  it('of every page about a task are run', () => {
    assert.deepEqual(
      taskPages().filter((page) => !commandPages.includes(page)),
      [],
    );
  });

  for (const page of commandPages)
    it(`each block of ${page} is run, or says why it is not`, () => {
      const unknown = fences(page).filter(
        ({ language, skip }) => !languages.has(language) || (skip !== undefined && !(skip in skipReasons)),
      );
      assert.deepEqual(
        unknown.map(({ line }) => line),
        [],
      );
      // What begins like a command is one.
      const unmarked = fences(page).filter(
        ({ language, content }) => language === 'text' && /^(\$ )?(kubectl|curl|jq|npm) /m.test(content),
      );
      assert.deepEqual(
        unmarked.map(({ line }) => line),
        [],
      );
    });

  it('most are run, and every reason is needed', () => {
    const all = commandPages.flatMap(commands);
    const skipped = all.flatMap(({ skip }) => skip ?? []);
    assert.ok(all.length - skipped.length >= 60, `${all.length - skipped.length} of ${all.length}`);
    assert.deepEqual([...new Set(skipped)].sort(), Object.keys(skipReasons).sort());
  });
});

describe('documentation: output of commands', () => {
  each<{ printed: string; shown: string }, boolean>(
    {
      Same: { reason: 'it is', given: { printed: 'a (b)\n', shown: 'a (b)\n' }, want: true },
      Blanks: { reason: 'columns are as wide as their widest cell', given: { printed: 'a    b\n', shown: 'a  b\n' }, want: true },
      Age: { reason: 'another one each time', given: { printed: 'bestie True 2m3s', shown: 'bestie True 5s' }, want: true },
      Time: {
        reason: 'another one each time',
        given: { printed: 'at 2026-01-01T00:00Z', shown: 'at 2025-12-31T23:59:59Z' },
        want: true,
      },
      Pod: {
        reason: 'another one each time',
        given: { printed: 'pod "a-app-6449dc5c5f-xx123" ended', shown: 'pod "a-app-78d576c955-vd4hn" ended' },
        want: true,
      },
      Elided: { reason: 'the page leaves lines out', given: { printed: 'a\nb\nc\n', shown: 'a\n[…]\nc\n' }, want: true },
      ElidedInLine: { reason: 'the page leaves words out', given: { printed: 'a b c\n', shown: 'a […]\n' }, want: true },
      Ellipsis: { reason: 'the page leaves words out', given: { printed: 'a b c\n', shown: 'a …\n' }, want: true },
      AnotherWord: { reason: 'it is not what is shown', given: { printed: 'Ready=False', shown: 'Ready=True' }, want: false },
      AnotherNumber: { reason: 'no number is an age', given: { printed: 'size 3', shown: 'size 4' }, want: false },
      MoreLines: { reason: 'the page leaves nothing out', given: { printed: 'a\nb\n', shown: 'a\n' }, want: false },
    },
    ({ printed, shown }, want) => {
      assert.equal(looksLike(printed, shown), want);
    },
  );
});
