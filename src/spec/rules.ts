/** One-line twins of the CEL rules of the CRD, for the hooks that are posted to without an API server. */
import type { BestieSpec } from '../api/bestie.ts';
import type { DatabaseBefore } from '../api/provider.ts';
import { reservedEnvironment } from '../api/environment.ts';
import { own } from '../lib/own.ts';
import { compareQuantities } from '../lib/quantity.ts';
import { fieldRules } from './fieldrules.ts';
import { placementRules } from './placementrules.ts';
import { scheduleRules } from './schedulerules.ts';

/** What a twin looks at: `before` is the database as it was last applied, which stands for CEL's `oldSelf`. */
export interface RuleInput {
  name: string;
  spec: BestieSpec;
  before?: DatabaseBefore;
}

const repositoryKinds = ['volume', 's3', 'gcs', 'azure'] as const;
type RepositoryKind = (typeof repositoryKinds)[number];

export interface Rule {
  /** The CRD's message, to the letter. */
  message: string;
  /** Whether the rule holds. */
  holds(input: RuleInput): boolean;
}

const isExternal = ({ database }: BestieSpec): boolean => database.provider === 'External';
type Repositories = BestieSpec['database']['backups']['repos'];
const kindsOf = (repository: Repositories[number]): RepositoryKind[] => repositoryKinds.filter((kind) => repository[kind] !== undefined);
const isVolume = (size: string): boolean => compareQuantities(size, '0') > 0 && compareQuantities(size, '1000E') < 0;
const duplicates = (values: readonly string[]): boolean => new Set(values).size < values.length;

/** A key of labels or annotations. Source: IsQualifiedName in k8s.io/apimachinery/pkg/util/validation. */
const KEY = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const haveKeys = (path: string, map: (spec: BestieSpec) => Record<string, string> | undefined): Rule => ({
  message: `each key of ${path} must be a name of at most 63 characters, with or without a DNS name and a slash before it`,
  holds: ({ spec }) => Object.keys(map(spec) ?? {}).every((key) => KEY.test(key) && key.indexOf('/') <= 253),
});

const areShort = (path: string, map: (spec: BestieSpec) => Record<string, string> | undefined): Rule => ({
  message: `${path} must be shorter, 4096 characters with their keys`,
  // CEL counts code points.
  holds: ({ spec }) => Object.entries(map(spec) ?? {}).reduce((sum, entry) => sum + Array.from(entry.join('')).length, 0) <= 4096,
});

export const rules: readonly Rule[] = [
  haveKeys('podLabels', ({ podLabels }) => podLabels),
  haveKeys('podAnnotations', ({ podAnnotations }) => podAnnotations),
  areShort('podAnnotations', ({ podAnnotations }) => podAnnotations),
  areShort('migration.podAnnotations', ({ migration }) => migration?.podAnnotations),
  haveKeys('migration.podLabels', ({ migration }) => migration?.podLabels),
  haveKeys('migration.podAnnotations', ({ migration }) => migration?.podAnnotations),
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
      Object.entries(resources.requests).every(
        ([name, request]) => compareQuantities(request, own(resources.limits, name) ?? request) <= 0,
      ),
  },
  {
    // Kubernetes has no suffix for more: it would store 1000E as 1.
    message: 'a request or limit must be less than 1000E',
    holds: ({ spec: { resources } }) =>
      [resources.requests, resources.limits].every((map) =>
        Object.values(map).every((quantity) => compareQuantities(quantity, '1000E') < 0),
      ),
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
  {
    message: 'the volume of a database must be greater than 0 and less than 1000E',
    holds: ({ spec }) => isVolume(spec.database.storage.size),
  },
  {
    message:
      'deletionPolicy BackupThenDelete needs an S3, GCS or Azure repository in database.backups.repos: a volume goes with the database',
    holds: ({ spec }) =>
      spec.deletionPolicy !== 'BackupThenDelete' ||
      (!isExternal(spec) && spec.database.backups.repos.some(({ volume }) => volume === undefined)),
  },
  {
    message: 'upgrade.backup Required is impossible with an external database: back it up yourself and choose Auto or Skip',
    holds: ({ spec }) => spec.upgrade.backup !== 'Required' || !isExternal(spec),
  },
  {
    message: 'a repository has exactly one of volume, s3, gcs and azure',
    holds: ({ spec }) => spec.database.backups.repos.every((repository) => kindsOf(repository).length === 1),
  },
  {
    message: 'a repository on a volume has no credentialsSecret',
    holds: ({ spec }) =>
      spec.database.backups.repos.every(({ volume, credentialsSecret }) => volume === undefined || credentialsSecret === undefined),
  },
  {
    // No rule of the CRD but its list type: the API server calls it a duplicate value.
    message: 'database.backups.repos must not name a repository twice',
    holds: ({ spec }) => !duplicates(spec.database.backups.repos.map(({ name }) => name)),
  },
  {
    message: 'the first repository stays the first, and a repository on a volume can neither be removed nor become another kind',
    holds: ({ spec: { database }, before }) =>
      before?.repos === undefined ||
      (before.repos[0]?.name === database.backups.repos[0]?.name &&
        before.repos.every(
          ({ name, kind }) =>
            kind !== 'volume' || database.backups.repos.some((repository) => repository.name === name && repository.volume !== undefined),
        )),
  },
  {
    message: 'a repository cannot become another kind; add one under another name',
    holds: ({ spec, before }) =>
      (before?.repos ?? []).every(({ name, kind }) =>
        spec.database.backups.repos.every((repository) => repository.name !== name || kindsOf(repository)[0] === kind),
      ),
  },
  {
    message: 'the volume of a repository cannot shrink',
    holds: ({ spec, before }) =>
      (before?.repos ?? []).every(({ name, size }) =>
        spec.database.backups.repos.every(
          ({ name: wanted, volume }) =>
            wanted !== name || volume === undefined || size === undefined || compareQuantities(volume.size, size) >= 0,
        ),
      ),
  },
  {
    message: 'the volume of a repository must be greater than 0 and less than 1000E',
    holds: ({ spec }) => spec.database.backups.repos.every(({ volume }) => volume === undefined || isVolume(volume.size)),
  },
  ...scheduleRules,
  ...fieldRules,
  ...placementRules,
];

/** The messages of the rules that do not hold. */
export const brokenRules = (input: RuleInput): string[] => rules.filter((rule) => !rule.holds(input)).map((rule) => rule.message);
