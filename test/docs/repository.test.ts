/** What GitHub and Renovate read: actions are pinned by commit, and every script and version that they name is there. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface CustomManager {
  managerFilePatterns: string[];
  matchStrings: string[];
}

const workflows = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`);
const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** A tag can be moved to other code by the owner of the action; a commit cannot. */
const PINNED = /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** The files that Renovate's patterns may mean. */
const candidates = [
  '.ci/run',
  'README.md',
  ...workflows,
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
];

describe('repository', () => {
  for (const path of workflows) {
    it(`every action of ${path} is pinned by commit, with its version`, () => {
      const uses = lines(path).filter((line) => /^\s*(?:- )?uses:/.test(line));
      assert.ok(uses.length > 0);
      assert.deepEqual(
        uses.filter((line) => !PINNED.test(line)),
        [],
      );
    });

    it(`an action of ${path} has one commit for one version`, () => {
      const pins = lines(path).flatMap((line) => [...line.matchAll(/uses: ([\w.-]+\/[\w.-]+)\S*@(\w+) # (\S+)/g)]);
      const actions = new Set(pins.map(([, action = '']) => action));
      const pinned = new Set(pins.map(([, action = '', commit = '', version = '']) => `${action} ${commit} ${version}`));
      assert.ok(actions.size > 0);
      assert.equal(pinned.size, actions.size, [...pinned].join('\n'));
    });

    it(`every npm command of ${path} exists`, () => {
      const used = lines(path).flatMap((line) =>
        [...line.matchAll(/npm (?:(start|test)\b|run ([\w:]+))/g)].map(([, short, script = '']) => short ?? script),
      );
      assert.deepEqual(
        used.filter((script) => !(script in scripts)),
        [],
      );
    });
  }

  const { customManagers } = JSON.parse(readFileSync('renovate.json', 'utf8')) as { customManagers: CustomManager[] };
  for (const { managerFilePatterns, matchStrings } of customManagers) {
    for (const matchString of matchStrings) {
      it(`Renovate finds a version by ${matchString}`, () => {
        const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
        const files = candidates.filter((path) => patterns.some((pattern) => pattern.test(path)));
        const found = files.filter((path) => new RegExp(matchString).test(readFileSync(path, 'utf8')));
        assert.notDeepEqual(found, [], `in none of ${files.join(', ')}`);
      });
    }
  }

  it('every version that .ci/run and the workflows name has a pattern of Renovate', () => {
    const named = ['.ci/run', ...workflows].flatMap((path) =>
      lines(path)
        .filter((line) => !line.includes('uses:'))
        .flatMap((line) => line.match(/(?<=[@ ])v\d+\.\d+\.\d+/g) ?? []),
    );
    const found = ['.ci/run', ...workflows].flatMap((path) =>
      customManagers.flatMap(({ matchStrings }) =>
        matchStrings.flatMap((matchString) =>
          [...readFileSync(path, 'utf8').matchAll(new RegExp(matchString, 'g'))].map(({ groups }) => groups?.currentValue ?? ''),
        ),
      ),
    );
    assert.ok(named.length > 0);
    assert.deepEqual([...found].sort(), [...named].sort());
  });

  for (const name of readdirSync('.github/ISSUE_TEMPLATE').filter((file) => file !== 'config.yml')) {
    it(`the form ${name} has what GitHub asks of one`, () => {
      const form = parse(readFileSync(`.github/ISSUE_TEMPLATE/${name}`, 'utf8')) as {
        name: string;
        description: string;
        body: { type: string; id?: string; attributes: { label?: string; value?: string } }[];
      };
      assert.ok(form.name && form.description);
      const questions = form.body.filter(({ type }) => type !== 'markdown');
      assert.ok(questions.length > 0 && questions.every(({ id, attributes }) => id && attributes.label));
      assert.equal(new Set(questions.map(({ id }) => id)).size, questions.length);
    });
  }
});
