/** The command as people start it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { run } from '../src/cli.ts';
import { closingIn } from './support/closing.ts';
import type { Resource } from './support/kustomize.ts';
import { perTest } from './support/pertest.ts';

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** The command in this process. */
async function bestie(...args: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

/** The command in a process of its own. */
function started(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // Coverage of two processes is merged line by line although their source maps differ, so only this one is counted.
    const env = { ...process.env, NODE_V8_COVERAGE: undefined };
    const child = perTest.child(
      spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env }),
    );
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    child.once('error', reject).once('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

const files: Readonly<Record<string, string>> = {
  'broken.yaml': 'a: [',
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
  'nameless.yaml': 'apiVersion: pets.bestie.com/v1\nkind: Bestie\nmetadata: {}\n',
  'empty.yaml': '',
  'two.yaml': ['a', 'b'].map((name) => `apiVersion: pets.bestie.com/v1\nkind: Bestie\nmetadata: {name: ${name}}\n`).join('---\n'),
  'small.yaml':
    'apiVersion: pets.bestie.com/v1\nkind: Bestie\nmetadata: {name: small}\nspec: {size: 1, image: example.com/b, version: "2"}\n',
};

describe('bestie, the command', function () {
  this.timeout(60_000);
  const perSuite = closingIn(after);
  let folder: string;
  before(async () => {
    folder = perSuite.folder();
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  });

  const mistakes: readonly { name: string; args: readonly string[]; says: RegExp }[] = [
    { name: 'NoCommand', args: [], says: /^Which command\?\n\nUsage: bestie/ },
    { name: 'UnknownCommand', args: ['dance'], says: /^dance is not a command\.\n\nUsage: bestie/ },
    { name: 'UnknownOption', args: ['demo', '--fast'], says: /^Unknown option '--fast'/ },
    { name: 'UnknownScenario', args: ['demo', '--scenario', 'none'], says: /^none is not a scenario; there are lifecycle, .*\.\n$/ },
    { name: 'ScenarioOfThePrototype', args: ['demo', '--scenario', 'toString'], says: /^toString is not a scenario/ },
    { name: 'MissingFile', args: ['demo', 'none.yaml'], says: /^.*none\.yaml cannot be read: ENOENT\.\n$/ },
    { name: 'TwoFiles', args: ['demo', 'small.yaml', 'two.yaml'], says: /^demo takes one FILE at most\.\n$/ },
    { name: 'NotYaml', args: ['demo', 'broken.yaml'], says: /^.*broken\.yaml is not YAML: .*\n$/ },
    { name: 'AnotherKind', args: ['demo', 'pod.yaml'], says: /^.*pod\.yaml has no Bestie of pets\.bestie\.com\/v1 with a name\.\n$/ },
    { name: 'Nameless', args: ['demo', 'nameless.yaml'], says: /has no Bestie of/ },
    { name: 'EmptyFile', args: ['demo', 'empty.yaml'], says: /has no Bestie of/ },
    {
      name: 'SeveralBesties',
      args: ['demo', 'two.yaml'],
      says: /^.*two\.yaml has several Besties: a, b; choose one with --bestie NAME\.\n$/,
    },
    { name: 'UnknownBestie', args: ['demo', 'two.yaml', '--bestie', 'c'], says: /^.*two\.yaml has no Bestie c; it has a, b\.\n$/ },
  ];
  for (const { name, args, says } of mistakes) {
    it(`${name}: exit code 2 and what is wrong`, async () => {
      const { code, out, err } = await bestie(...args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg)));
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, says);
    });
  }

  it('Started: the exit code is that of the command', async () => {
    const { code, err } = await started('demo', 'none.yaml');
    assert.deepEqual([code, err], [2, 'none.yaml cannot be read: ENOENT.\n']);
  });

  it('Help: says what there is', async () => {
    const { code, out } = await bestie('help');
    assert.equal(code, 0);
    assert.match(out, /Usage: bestie COMMAND[\s\S]*bad-image/);
  });

  it('Demo: the sample, against the real server, without colour in a pipe', async () => {
    const { code, out, err } = await started('demo');
    assert.deepEqual([code, err], [0, ''], out.slice(-500));
    assert.match(out, /^Bestie shop\/bestie: from nothing to Ready[\s\S]*Converged: 6 of 6 steps/);
    assert.equal(out.includes('\u001b'), false);
  });

  it('DemoOfFile: another Bestie', async () => {
    const { code, out } = await bestie('demo', join(folder, 'small.yaml'), '--scenario', 'upgrade');
    assert.equal(code, 0, out.slice(-500));
    assert.match(out, /^Bestie shop\/small: /);
  });

  // The one that is played by the test above is left out.
  const samples = readdirSync('manifests/samples')
    .filter((file) => file !== 'bestie.yaml')
    .flatMap((file) =>
      parseAllDocuments(readFileSync(`manifests/samples/${file}`, 'utf8'))
        .map((document) => document.toJS() as Resource)
        .filter(({ kind }) => kind === 'Bestie')
        .map(({ metadata }) => ({ file, name: metadata.name })),
    );
  for (const { file, name } of samples) {
    it(`DemoOfSample: ${name} of ${file}, among what else is in the file`, async () => {
      const { code, out } = await bestie('demo', `manifests/samples/${file}`, '--bestie', name);
      assert.equal(code, 0, out.slice(-500));
      assert.ok(out.startsWith(`Bestie shop/${name}: `), out.slice(0, 200));
    });
  }
});
