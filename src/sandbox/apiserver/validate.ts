/** What the API server refuses as invalid (422), as far as a child builder could get it wrong. */
import { isDeepStrictEqual } from 'node:util';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { DEPLOYMENT, JOB, SERVICE } from './discovery.ts';
import { isFields, type Draft, type Fields, type Resource } from './object.ts';

const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const at = (object: Draft, ...path: string[]): unknown => path.reduce<unknown>((value, key) => fields(value)[key], object);

const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const DNS_LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const ANNOTATIONS_LIMIT = 262144;

interface Rule {
  /** Left out where the rule holds for every kind. */
  kind?: KindKey;
  message: string;
  broken(next: Draft, before: Resource | undefined): boolean;
}

const labelMaps = (object: Draft): Fields[] => [
  fields(object.metadata.labels),
  fields(at(object, 'spec', 'template', 'metadata', 'labels')),
];
const changed = (next: Draft, before: Resource | undefined, ...path: string[]): boolean =>
  before !== undefined && !isDeepStrictEqual(at(next, ...path), at(before, ...path));
const names = (items: readonly Fields[], key: (item: Fields) => string): string[] => items.map(key);
const repeats = (items: readonly string[]): boolean => new Set(items).size < items.length;
const containers = (object: Draft): readonly Fields[] => [
  ...list(at(object, 'spec', 'template', 'spec', 'containers')),
  ...list(at(object, 'spec', 'template', 'spec', 'initContainers')),
];
const selects = (object: Draft): boolean =>
  Object.entries(fields(at(object, 'spec', 'selector', 'matchLabels'))).every(
    ([key, value]) => fields(at(object, 'spec', 'template', 'metadata', 'labels'))[key] === value,
  );

const rules: readonly Rule[] = [
  { message: 'metadata.name: must be a DNS-1123 subdomain', broken: ({ metadata }) => !SUBDOMAIN.test(metadata.name) },
  { kind: SERVICE, message: 'metadata.name: must be a DNS-1035 label', broken: ({ metadata }) => !DNS_LABEL.test(metadata.name) },
  {
    message: 'labels: a value must be at most 63 letters, digits, - _ or .',
    broken: (object) =>
      labelMaps(object).some((labels) => Object.values(labels).some((value) => typeof value !== 'string' || !LABEL_VALUE.test(value))),
  },
  {
    message: `metadata.annotations: must be at most ${ANNOTATIONS_LIMIT} bytes`,
    broken: ({ metadata }) =>
      Buffer.byteLength(
        Object.entries(metadata.annotations ?? {})
          .flat()
          .join(''),
      ) > ANNOTATIONS_LIMIT,
  },
  {
    message: 'metadata.ownerReferences: only one may be a controller',
    broken: ({ metadata }) => (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).length > 1,
  },
  { kind: DEPLOYMENT, message: 'spec.selector: field is immutable', broken: (next, before) => changed(next, before, 'spec', 'selector') },
  { kind: DEPLOYMENT, message: 'spec.template.metadata.labels: must match spec.selector', broken: (next) => !selects(next) },
  { kind: JOB, message: 'spec.template: field is immutable', broken: (next, before) => changed(next, before, 'spec', 'template') },
  { kind: JOB, message: 'spec.completions: field is immutable', broken: (next, before) => changed(next, before, 'spec', 'completions') },
  {
    kind: JOB,
    message: 'spec.template.spec.restartPolicy: must be Never or OnFailure',
    broken: (next) => !['Never', 'OnFailure'].includes(String(at(next, 'spec', 'template', 'spec', 'restartPolicy'))),
  },
  {
    kind: SERVICE,
    message: 'spec.ports: the same port and protocol occur twice',
    broken: (next) => repeats(names(list(at(next, 'spec', 'ports')), ({ port, protocol }) => `${String(port)}/${String(protocol)}`)),
  },
  {
    message: 'spec.template.spec.containers: a name occurs twice',
    broken: (next) => repeats(names(containers(next), ({ name }) => String(name))),
  },
];

/** The first rule that the object breaks, as a sentence; undefined where it is acceptable. */
export function invalidity(next: Draft, before: Resource | undefined): string | undefined {
  const kind = kindKey(next);
  return rules.find((rule) => (rule.kind === undefined || rule.kind === kind) && rule.broken(next, before))?.message;
}
