/** From the spec of a Bestie as it was sent to one with defaults, and its faults. */
import type { BestieSpec } from '../api/bestie.ts';
import type { KubeObject } from '../api/kubernetes.ts';
import type { DatabaseBefore } from '../api/provider.ts';
import { firstError } from '../lib/ajv.ts';
import { pruned } from '../lib/prune.ts';
import { remembered } from '../lib/remembered.ts';
import { brokenRules } from './rules.ts';
import { isBestieSpec } from './schema.ts';

export interface DecodedSpec {
  spec: BestieSpec;
  /** One sentence per rule that it breaks. */
  invalid: readonly string[];
}

/** A deep copy without null properties, which the API server drops too. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]));
}

interface Question {
  name: string;
  spec: unknown;
  before?: DatabaseBefore;
}

function decode({ name, spec: given, before }: Question): DecodedSpec {
  const spec = withoutNulls(given) as BestieSpec;
  if (!isBestieSpec(spec)) return { spec, invalid: [firstError(isBestieSpec.errors, 'spec')] };
  return { spec: pruned(spec), invalid: brokenRules({ name, spec, ...(before && { before }) }) };
}

/**
 * The characters of the specs that are remembered, as JSON: those of some thousand Besties. A spec is decoded at each resync, and its rules take
 * a tenth of the time of a sync.
 */
const KNOWN_CHARACTERS = 2_000_000;

const decoded = remembered(KNOWN_CHARACTERS, (question) => decode(JSON.parse(question) as Question));

/**
 * The spec with the CRD's defaults, and a sentence per rule that it breaks. A spec that breaks the schema must not be read further. `before` is
 * the database as it was last applied, which takes the place of CEL's `oldSelf`. Equal questions share one answer, which must not be changed.
 */
export const decodeSpec = ({ metadata: { name }, spec = {} }: KubeObject, before: DatabaseBefore | undefined): Readonly<DecodedSpec> =>
  decoded(JSON.stringify({ name, spec: spec ?? {}, before }));
