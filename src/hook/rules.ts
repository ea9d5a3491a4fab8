/** One-line twins of the CEL rules of the CRD, for the hooks that are posted to without an API server. */
import type { BestieSpec } from '../api/bestie.ts';
import { reservedEnvironment } from '../api/environment.ts';
import { compareQuantities } from '../api/quantity.ts';

/** What a twin looks at: `before` is the database as it was last applied, which stands for CEL's `oldSelf`. */
export interface RuleInput {
  name: string;
  spec: BestieSpec;
  before?: { postgresVersion?: number; storage?: string; className?: string };
}

interface Rule {
  /** The CRD's message, to the letter. */
  message: string;
  /** Whether the rule holds. */
  holds(input: RuleInput): boolean;
}

const isExternal = ({ database }: BestieSpec): boolean => database.provider === 'External';
const duplicates = (values: readonly string[]): boolean => new Set(values).size < values.length;

export const rules: readonly Rule[] = [
  {
    message: 'metadata.name must be a DNS label that begins with a letter, at most 63 characters long',
    holds: ({ name }) => name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
  },
  {
    message: 'maxReplicas must be greater than or equal to size',
    holds: ({ spec }) => spec.maxReplicas === undefined || spec.maxReplicas >= spec.size,
  },
  {
    message: 'sessionSecret is required with an external database',
    holds: ({ spec }) => !isExternal(spec) || spec.sessionSecret !== undefined,
  },
  {
    message: 'each request must be less than or equal to its limit',
    holds: ({ spec: { resources } }) =>
      Object.entries(resources.requests).every(([name, request]) => compareQuantities(request, resources.limits[name] ?? request) <= 0),
  },
  {
    message: 'value and valueFrom exclude each other',
    holds: ({ spec }) => (spec.env ?? []).every(({ value, valueFrom }) => value === undefined || valueFrom === undefined),
  },
  {
    message: 'this variable is set by the operator; use database.secretName or sessionSecret',
    holds: ({ spec }) => (spec.env ?? []).every(({ name }) => !reservedEnvironment.includes(name)),
  },
  {
    // No rule of the CRD but its list type: the API server calls it a duplicate value.
    message: 'env must not name a variable twice',
    holds: ({ spec }) => !duplicates((spec.env ?? []).map(({ name }) => name)),
  },
  {
    message: 'secretName is required with provider External and refused with any other',
    holds: ({ spec }) => isExternal(spec) === (spec.database.secretName !== undefined),
  },
  {
    message: 'a managed database cannot become an external one, nor the other way round; create another Bestie and move the data',
    holds: ({ spec, before }) => before === undefined || !isExternal(spec),
  },
  {
    message: 'the major version of Postgres cannot be changed',
    holds: ({ spec, before }) => before?.postgresVersion === undefined || before.postgresVersion === spec.database.postgresVersion,
  },
  {
    message: 'the storage class of a database cannot be changed',
    holds: ({ spec, before }) => before === undefined || before.className === spec.database.storage.className,
  },
  {
    message: 'the volume of a database cannot shrink',
    holds: ({ spec, before }) => before?.storage === undefined || compareQuantities(spec.database.storage.size, before.storage) >= 0,
  },
];

/** The messages of the rules that do not hold. */
export const brokenRules = (input: RuleInput): string[] => rules.filter((rule) => !rule.holds(input)).map((rule) => rule.message);
