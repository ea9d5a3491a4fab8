/** No file of src imports itself by way of others, not even for a type: what stands in a circle can only be read, moved and tested together. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import ts from 'typescript';
import { each } from '../support/table.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

const src = resolve(import.meta.dirname, '../../src');

/** The files of src that a file of it imports, for values or for types. */
function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(resolve(src, file), 'utf8'));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(src, resolve(src, dirname(file), name)));
}

/** What is left when files that import nothing that is left are taken away again and again: circles, and what leads to them. */
function entangled(graph: Graph): Graph {
  const left = new Map([...graph].map(([file, imports]) => [file, imports.filter((each) => graph.has(each))]));
  const rest = new Map([...left].filter(([, imports]) => imports.length > 0));
  return rest.size === graph.size ? rest : entangled(rest);
}

/** One circle, as the path from a file back to it; empty where there is none. */
function circle(graph: Graph): readonly string[] {
  const rest = entangled(graph);
  const path: string[] = [];
  let file = [...rest.keys()][0];
  while (file !== undefined && !path.includes(file)) {
    path.push(file);
    file = rest.get(file)?.[0];
  }
  return file === undefined ? [] : [...path.slice(path.indexOf(file)), file];
}

describe('the imports of src', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const graph = new Map(files.map((file) => [file, importsOf(file)] as const));

  it('lead to files of src, those for types too', () => {
    const everyone = [...graph.values()].flat();
    const other = everyone.filter((file) => !graph.has(file) && !file.endsWith('.json'));
    assert.deepEqual(other, []);
    assert.ok(graph.get('api/observed.ts')?.includes('api/bestie.ts'), 'an import of types is seen');
  });

  it('lead no file back to itself', () => {
    assert.deepEqual(circle(graph), []);
  });

  each<Record<string, string[]>, string[]>(
    {
      None: { reason: 'two ways to the same file are no circle', given: { a: ['b', 'c'], b: ['c'], c: [] }, want: [] },
      Itself: { reason: 'the shortest circle', given: { a: ['a'] }, want: ['a', 'a'] },
      Two: { reason: 'each imports the other', given: { a: ['b'], b: ['a'] }, want: ['a', 'b', 'a'] },
      LedTo: {
        reason: 'what leads to a circle does not stand in it',
        given: { a: ['b'], b: ['d', 'c'], c: ['b'], d: [] },
        want: ['b', 'c', 'b'],
      },
    },
    (given, want) => {
      assert.deepEqual(circle(new Map(Object.entries(given))), want);
    },
  );
});
