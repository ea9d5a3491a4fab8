/** The JSON Schema validator of all that comes in and goes out. */
import { Ajv, type ErrorObject } from 'ajv';

// Ours are known to be schemas, which a test says; checking them anew, and optimising what runs for microseconds, is half of the start.
export const ajv = new Ajv({
  strict: true,
  strictTypes: false,
  useDefaults: true,
  allErrors: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
});
ajv.addFormat('int32', { type: 'number', validate: (value: number) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 });
ajv.addFormat('int64', { type: 'number', validate: (value: number) => Number.isInteger(value) });
ajv.addVocabulary(['x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type']);

/** The first error of a validation as one stable sentence: where, and what is wrong there. */
export function firstError(errors: ErrorObject[] | null | undefined, root = ''): string {
  const error = errors?.[0];
  if (error === undefined) return 'unknown';
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues;
  return `${root}${error.instancePath || (root ? '' : '/')} ${error.message ?? error.keyword}${allowed ? ` (${allowed.join(', ')})` : ''}`;
}
