/** The schema of the spec: the CRD's own, compiled once. */
import type { ValidateFunction } from 'ajv';
import type { BestieSpec } from '../api/bestie.ts';
import { ajv } from '../lib/ajv.ts';
import spec from './bestie.schema.json' with { type: 'json' };

/** Validates a spec with the CRD's schema and fills in the CRD's defaults, in place. */
export const isBestieSpec: ValidateFunction<BestieSpec> = ajv.compile(spec);
