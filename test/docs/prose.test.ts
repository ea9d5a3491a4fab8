/** The prose check of cspell.yaml finds what it is there for; `npm run prose` runs it on the project. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { closingIn } from '../support/closing.ts';
import { each, type Cases } from '../support/table.ts';

/** A line of a page, and the words that are found in it. */
const cases: Cases<string, string[]> = {
  PlainWords: {
    reason: 'words of the field, names of pods and of files, and the account `nobody` are fine',
    given: 'A user fixes the behaviour of Metacontroller in bestie-app-548b6fb6dc-7nzfm; see kubeletreasons.ts. It runs as `nobody`.',
    want: [],
  },
  NoActor: {
    reason: 'the rules ask who it is',
    given: 'Somebody reads what nobody wrote, and everybody may.',
    want: ['Somebody', 'nobody', 'everybody'],
  },
  SpeechAct: {
    reason: 'the rules ask for the thing, in names of code too',
    given: 'It tells what was told: `tellsBackups`, `isTold`.',
    want: ['tells', 'told', 'tells', 'Told'],
  },
  HomeMadeFault: { reason: 'faults have plain words', given: 'What ails it is mended.', want: ['ails', 'mended'] },
  AmericanSpelling: { reason: 'the project writes British English', given: 'A labeled, colored pod.', want: ['labeled', 'colored'] },
  Misspelling: { reason: 'it is a spelling check', given: 'A persistant volume.', want: ['persistant'] },
};

describe('documentation: prose', function () {
  this.timeout(60_000);
  const perSuite = closingIn(after);
  const lines = Object.values(cases).map(({ given }) => given);
  let code: unknown;
  let output = '';

  before(async () => {
    const args = ['node_modules/cspell/bin.mjs', 'lint', '--no-progress', '--no-summary', 'stdin://docs/prose.md'];
    const child = perSuite.child(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end(lines.join('\n'));
    output = await text(child.stdout);
    code = await closed;
  });

  it('fails', () => {
    assert.equal(code, 1);
  });

  each(cases, (given, want) => {
    const line = lines.indexOf(given) + 1;
    const found = [...output.matchAll(/:(\d+):\d+ - [\w ]+ \(([^)]+)\)/g)].filter(([, at]) => Number(at) === line);
    assert.deepEqual(
      found.map(([, , word]) => word),
      want,
    );
  });

  it('says what to write instead', () => {
    assert.match(output, /Forbidden word \(tells\) .*says/);
  });
});
