/** The bases of the golden cases: a file of a case that says `base: NAME` is a patch of the file of that name in test/cases/bases/NAME. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isFields, patched, type Fields } from './patch.ts';

/** Where the golden cases lie: a folder each, and the folder of the bases. */
export const root = new URL('../cases/', import.meta.url);
export const BASES = 'bases';
export const bases: readonly string[] = readdirSync(new URL(`${BASES}/`, root)).sort();

/** What a file may say, so that a misspelt field of a patch is no new field. */
const fields = {
  'bestie.yaml': ['apiVersion', 'kind', 'metadata', 'spec', 'status'],
  'observed.yaml': ['hook', 'overlay', 'objects', 'related'],
} as const;
type File = keyof typeof fields;

/** The text of one file below test/cases; empty where there is none. */
export function textOf(folder: string, file: string): string {
  const url = new URL(`${folder}/${file}`, root);
  return existsSync(url) ? readFileSync(url, 'utf8') : '';
}

/** What `make` returns. Where it throws, the sentence begins with that place. */
export function at<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

function fieldsOf(text: string, file: File): Fields {
  const value: unknown = parse(text) ?? {};
  if (!isFields(value)) throw new Error('it has no fields');
  const known: readonly string[] = ['base', ...fields[file]];
  const strange = Object.keys(value).filter((name) => !known.includes(name));
  if (strange.length > 0) throw new Error(`there is no field ${strange.join(', ')}; the fields are ${known.join(', ')}`);
  return value;
}

/** The whole value of a base. Throws a sentence where there is no such base, and where it has a base itself. */
function baseOf(name: string, file: File, reading: typeof textOf): Fields {
  const text = reading(`${BASES}/${name}`, file);
  if (text === '') throw new Error(`there is no ${BASES}/${name}/${file}; the bases are ${bases.join(', ')}`);
  const value = fieldsOf(text, file);
  if (value.base !== undefined) throw new Error(`${BASES}/${name}/${file} has a base itself, but a base is whole`);
  return value;
}

/**
 * What the file of a case says: as it stands, or, where it names a base, laid over that. No file says nothing.
 * Throws a sentence with the folder, the file, the base, and the place in it that the patch does not find.
 */
export function decoded(folder: string, file: File, reading: typeof textOf = textOf): Fields {
  const { base, ...said } = at(`${folder}/${file}`, () => fieldsOf(reading(folder, file), file));
  if (base === undefined) return said;
  if (typeof base !== 'string') throw new Error(`${folder}/${file}: base is no name`);
  return at(`${folder}/${file}, base ${base}`, () => patched(baseOf(base, file, reading), said) as Fields);
}
