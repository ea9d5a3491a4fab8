import { strict as assert } from 'node:assert';
import { parse } from 'yaml';
import { BASES, bases, decoded, textOf } from './bases.ts';
import { folders, read } from './cases.ts';
import { each, type Cases } from './table.ts';

/** Texts by folder and file, in place of those of test/cases. */
const texts: Readonly<Record<string, string>> = {
  'bases/up/bestie.yaml': 'kind: Bestie\nspec:\n  size: 1\n',
  'bases/up/observed.yaml': 'objects:\n  - kind: Service\n    metadata:\n      name: a\n',
  'bases/chained/bestie.yaml': 'base: up\n',
  'bases/odd/bestie.yaml': 'kind: Bestie\nstats: {}\n',
};
const reading =
  (text: string) =>
  (folder: string, file: string): string =>
    folder === '07-x' ? text : (texts[`${folder}/${file}`] ?? '');

const files: Cases<string, object> = {
  Whole: { reason: 'a file without a base is taken as it is', given: 'kind: Bestie\nspec: null', want: { kind: 'Bestie', spec: null } },
  None: { reason: 'no file says nothing', given: '', want: {} },
  Base: { reason: 'a case may be its base', given: 'base: up', want: { kind: 'Bestie', spec: { size: 1 } } },
  Patch: {
    reason: 'what the file says is laid over its base, whose name is no part of it',
    given: 'base: up\nspec:\n  size: 2',
    want: { kind: 'Bestie', spec: { size: 2 } },
  },
};

const failures: Cases<string, RegExp> = {
  NoSuchBase: {
    reason: 'the bases are named',
    given: 'base: down',
    want: /^07-x\/bestie\.yaml, base down: there is no bases\/down\/bestie\.yaml; the bases are .*\bready\b/,
  },
  Chain: {
    reason: 'a base is whole, so that two files are enough to read a case',
    given: 'base: chained',
    want: /^07-x\/bestie\.yaml, base chained: bases\/chained\/bestie\.yaml has a base itself, but a base is whole$/,
  },
  NotFound: {
    reason: 'who changes a base sees which case it breaks, and where',
    given: 'base: up\nspec:\n  image: null',
    want: /^07-x\/bestie\.yaml, base up: spec\.image is taken away, but is not there$/,
  },
  Misspelt: {
    reason: 'a misspelt field would be one more, and change nothing',
    given: 'base: up\nspecs:\n  size: 2',
    want: /^07-x\/bestie\.yaml: there is no field specs; the fields are base, apiVersion, kind, metadata, spec, status$/,
  },
  MisspeltInBase: {
    reason: 'in a base it would be in none of its cases',
    given: 'base: odd',
    want: /^07-x\/bestie\.yaml, base odd: there is no field stats; /,
  },
  NoName: { reason: 'a base has a name', given: 'base:\n  - up', want: /^07-x\/bestie\.yaml: base is no name$/ },
  NoFields: { reason: 'a list is no Bestie', given: '- up', want: /^07-x\/bestie\.yaml: it has no fields$/ },
};

describe('support/bases', () => {
  describe('reads a file', () => {
    each(files, (given, want) => {
      assert.deepEqual(decoded('07-x', 'bestie.yaml', reading(given)), want);
    });
  });

  describe('says what is wrong with it', () => {
    each(failures, (given, want) => {
      assert.throws(
        () => decoded('07-x', 'bestie.yaml', reading(given)),
        ({ message }: Error) => want.test(message) || assert.fail(message),
      );
    });
  });

  it('names an object that observed.yaml does not find', () => {
    assert.throws(() => decoded('07-x', 'observed.yaml', reading('base: up\nobjects:\n  Deployment/a: null')), {
      message: '07-x/observed.yaml, base up: objects[Deployment/a] is taken away, but is not there',
    });
  });
});

describe('bases of the golden cases', () => {
  const used = ['bestie.yaml', 'observed.yaml'].flatMap((file) =>
    folders.map((folder) => `${(parse(textOf(folder, file)) as { base?: string } | null)?.base ?? ''}/${file}`),
  );
  const present = bases
    .flatMap((base) => ['bestie.yaml', 'observed.yaml'].map((file) => ({ base, file, name: `${base}/${file}` })))
    .filter(({ base, file }) => textOf(`${BASES}/${base}`, file) !== '');

  it('are few, and each file of them is the base of a case', () => {
    assert.deepEqual(
      present.filter(({ name }) => !used.includes(name)),
      [],
    );
    assert.ok(bases.length >= 5 && bases.length <= 15, bases.join());
  });

  it('are no cases', () => {
    assert.ok(!folders.includes(BASES));
  });

  it('each file says in its first line what it is about', () => {
    for (const folder of folders) assert.match(textOf(folder, 'bestie.yaml'), /^# \S/, folder);
    for (const { base, file, name } of present) assert.match(textOf(`${BASES}/${base}`, file), /^# \S/, name);
  });

  it('a case on a base is the same as the whole one: 08 is 07 with three pods', () => {
    const [before, after] = [read('07-ready'), read('08-scaled')];
    assert.deepEqual(after.world.children, before.world.children);
    assert.deepEqual(after.world.parent.spec, { size: 3 });
    assert.deepEqual(after.world.parent.status, before.world.parent.status);
  });
});
