/** What README.md and CONTRIBUTING.md say about commands, overlays, dependencies and children is so. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { kinds } from '../../src/api/kinds.ts';
import { names } from '../../src/api/names.ts';
import { clusterName } from '../../src/database/crunchy/names.ts';
import { only, resolve } from '../support/kustomize.ts';
import { blocks, code, pages, text } from './markdown.ts';

interface Package {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const { scripts, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const readme = text('README.md');

/** The cells of the rows of the first table of a page whose header begins with these words. */
function rows(header: string, page = readme): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${header} `));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('documentation: README', () => {
  it('starts with what it is and the two commands', () => {
    const [title, , ...rest] = readme.split('\n');
    assert.equal(title, '# Bestie operator');
    const [first, second] = blocks('README.md');
    assert.deepEqual([first?.content, second?.content], ['npm ci && npm run demo\n', 'npm ci && npm test\n']);
    assert.ok(rest.length > 0);
  });

  for (const page of pages) {
    it(`every npm command of ${page} exists`, () => {
      const used = [...text(page).matchAll(/npm (?:(start|test)\b|run ([\w:]+))/g)].map(([, short, script = '']) => short ?? script);
      assert.deepEqual(
        used.filter((script) => !(script in scripts)),
        [],
      );
    });

    it(`every path of a command of ${page} exists`, () => {
      const commands = blocks(page).map(({ content }) => content);
      const paths = commands.flatMap((content) => content.match(/(?<![\w./-])(?:manifests|metacontroller)\/[\w./-]+/g) ?? []);
      assert.deepEqual(
        paths.filter((path) => !existsSync(path)),
        [],
      );
    });
  }

  it('names every overlay, with the kinds that must exist before', () => {
    const table = Object.fromEntries(rows('overlay').map((cells) => [code(cells[0] ?? '')[0] ?? '', code(cells[4] ?? '')]));
    const builtIn = ['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io'];
    const wanted = readdirSync('manifests/overlays').map((overlay) => {
      const { childResources } = only(resolve(`manifests/overlays/${overlay}`), 'CompositeController').spec as {
        childResources: { apiVersion: string; resource: string }[];
      };
      const group = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
      const missing = childResources
        .filter(({ apiVersion }) => !builtIn.includes(group(apiVersion)))
        .map(({ apiVersion, resource }) => `${resource}.${group(apiVersion)}`);
      return [overlay, missing] as const;
    });
    assert.deepEqual(table, Object.fromEntries<string[]>(wanted));
  });

  it('lists every child with its name', () => {
    const named = Object.fromEntries(rows('child').map((cells) => [cells[0] ?? '', code(cells[1] ?? '')[0]]));
    const name = (key: string): string =>
      key === 'postgresCluster' ? clusterName('bestie') : names[key as keyof typeof names]('bestie', '<hash>');
    const wanted = Object.entries(kinds).map(([key, { kind }]) => [kind, name(key)]);
    assert.deepEqual(named, Object.fromEntries(wanted));
  });

  it('names the image of the manifests', () => {
    const { spec } = only(resolve('manifests/webhook'), 'Deployment') as unknown as {
      spec: { template: { spec: { containers: { image: string }[] } } };
    };
    const image = spec.template.spec.containers[0]?.image ?? '';
    assert.ok(code(readme).includes(image), image);
    assert.ok(readme.includes(`- name: ${image.slice(0, image.lastIndexOf(':'))}\n`));
  });
});

describe('documentation: CONTRIBUTING', () => {
  it('has a row for each dependency that says why it is there', () => {
    for (const [header, wanted] of [
      ['at run time', dependencies],
      ['for development', devDependencies],
    ] as const) {
      const listed = rows(header, text('CONTRIBUTING.md'));
      assert.deepEqual(listed.map(([name = '']) => code(name)[0]).sort(), Object.keys(wanted).sort());
      assert.ok(listed.every(([, why = '']) => why !== ''));
    }
  });

  it('has a row for each npm script', () => {
    const explained = new Set(code(text('CONTRIBUTING.md')));
    assert.deepEqual(
      Object.keys(scripts).filter(
        (script) => !explained.has(script === 'test' || script === 'start' ? `npm ${script}` : `npm run ${script}`),
      ),
      [],
    );
  });

  it('explains every variable of the end-to-end tests', () => {
    const files = readdirSync('test/e2e', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const used = files.flatMap((file) => readFileSync(`test/e2e/${file}`, 'utf8').match(/E2E_[A-Z_]+/g) ?? []);
    const explained = new Set(code(text('CONTRIBUTING.md')));
    assert.deepEqual(
      [...new Set(used)].filter((name) => !explained.has(name)),
      [],
    );
  });

  it('explains every folder of src', () => {
    const explained = new Set(code(text('CONTRIBUTING.md')));
    assert.deepEqual(
      readdirSync('src').filter((name) => !explained.has(`src/${name}`)),
      [],
    );
  });
});
