/** The JSON Schema validator of every request and answer. */
import { Ajv, type ErrorObject } from 'ajv';

// A test checks that the schemas are valid. To check them again, and to optimise what runs for microseconds, would be half of the start.
export const ajv = new Ajv({
  strict: true,
  strictTypes: false,
  useDefaults: true,
  allErrors: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  // A definition that is referred to is compiled once, not once more at each place.
  inlineRefs: false,
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
