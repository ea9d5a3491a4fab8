/** Every relative link leads to a file and a heading that exist; every path that a page names is there. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { anchors, code, pages, prose, text } from './markdown.ts';

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

/** Folders of the project: what begins with one of them in backticks is a path. */
const PATH = /^(?:src|test|docs|manifests|metacontroller|scripts|\.github|\.ci)\/[\w./-]+$/;

/** Ways to write a path that names no single file. */
const isPattern = (path: string): boolean => path.endsWith('/') || /[*<>{}…]/.test(path);

function problem(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : normalize(`${dirname(page)}/${file}`);
  if (!existsSync(target)) return `${link}: ${target} does not exist`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchors(target).includes(anchor) ? undefined : `${link}: ${target} has no such heading`;
}

describe('documentation: links', () => {
  for (const page of pages) {
    it(`of ${page} resolve`, () => {
      const links = [...prose(page).matchAll(LINK)].map(([, link = '']) => link);
      assert.deepEqual(
        links.map((link) => problem(page, link)).filter((found) => found !== undefined),
        [],
      );
    });
  }

  for (const page of pages) {
    it(`paths in ${page} exist`, () => {
      const named = code(text(page)).filter((path) => PATH.test(path) && !isPattern(path));
      assert.deepEqual(
        named.filter((path) => !existsSync(path)),
        [],
      );
    });
  }

  it('the heading that an error refers to is there', () => {
    assert.ok(anchors('docs/user-guide.md').includes('testing-the-hooks-over-http'));
  });
});
