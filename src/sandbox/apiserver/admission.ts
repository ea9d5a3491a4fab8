/** Admission: what a cluster's policies change in an object before it is stored, and what they refuse. */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { ApiError } from './apierror.ts';
import { POD } from './discovery.ts';
import { normalise } from './normalise.ts';
import { isFields, keyOf, type Draft, type Fields, type Resource } from './object.ts';
import { invalidity } from './validate.ts';

export type AdmissionVerb = 'create' | 'update';

/** One policy: the kinds and verbs that it matches, and what it does to them. */
export interface Policy {
  /** Is part of the message of a refusal. */
  name: string;
  kinds: readonly KindKey[];
  verbs?: readonly AdmissionVerb[];
  /** Changes the object; called before any refusal. */
  mutate?: (object: Draft) => Draft;
  /** Why the object is refused; undefined where it is admitted. `existing` are the stored objects of its kind and Namespace. */
  refuse?: (object: Draft, before: Resource | undefined, existing: readonly Resource[]) => string | undefined;
}

const matches = ({ kinds, verbs = ['create', 'update'] }: Policy, object: Draft, verb: AdmissionVerb): boolean =>
  kinds.includes(kindKey(object)) && verbs.includes(verb);

interface Attempt {
  verb: AdmissionVerb;
  before?: Resource;
  /** The stored objects of its kind. */
  existing: () => readonly Resource[];
}

/** What is stored of a request: changed by the policies, normalised, checked. Throws Invalid or Forbidden. */
export function admitted(policies: readonly Policy[], request: Draft, { verb, before, existing }: Attempt): Draft {
  const asked = policies.filter((policy) => matches(policy, request, verb));
  const next = normalise(asked.reduce((object, { mutate }) => mutate?.(object) ?? object, request));
  const fault = invalidity(next, before);
  if (fault !== undefined) throw new ApiError('Invalid', `${next.kind} ${keyOf(next)}: ${fault}`);
  for (const { name, refuse } of asked) {
    const others = refuse === undefined ? [] : existing().filter(({ metadata }) => metadata.namespace === request.metadata.namespace);
    const message = refuse?.(next, before, others);
    if (message !== undefined) throw new ApiError('Forbidden', `${next.kind} ${keyOf(next)}: ${name}: ${message}`);
  }
  return next;
}

const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** The object with its pod spec changed, be it a Pod or one that has a template. */
function withPodSpec(object: Draft, change: (spec: Fields) => Fields): Draft {
  if (kindKey(object) === POD) return { ...object, spec: change(object.spec ?? {}) };
  const template = fields(object.spec?.template);
  return { ...object, spec: { ...object.spec, template: { ...template, spec: change(fields(template.spec)) } } };
}

const containerLists = ['initContainers', 'containers'] as const;

/** Puts the name of a mirror before every image that does not have it yet. */
export const mirroring = (mirror: string, kinds: readonly KindKey[]): Policy => ({
  name: 'mirror',
  kinds,
  mutate: (object) =>
    withPodSpec(object, (spec) => {
      const mirrored = (container: Fields): Fields => {
        const image = String(container.image);
        return { ...container, image: image.startsWith(`${mirror}/`) ? image : `${mirror}/${image}` };
      };
      const lists = containerLists.filter((list) => Array.isArray(spec[list]));
      return { ...spec, ...Object.fromEntries(lists.map((list) => [list, (spec[list] as readonly Fields[]).map(mirrored)])) };
    }),
});

/** Refuses every write of those kinds and verbs. */
export const refusing = (kinds: readonly KindKey[], verbs: readonly AdmissionVerb[] = ['create', 'update']): Policy => ({
  name: 'refusing',
  kinds,
  verbs,
  refuse: () => 'denied on purpose',
});

/** A ResourceQuota on the number of pods. */
export const podQuota = (hard: number): Policy => ({
  name: 'quota',
  kinds: [POD],
  verbs: ['create'],
  refuse: (_object, _before, existing) =>
    existing.length >= hard ? `exceeded quota: pods, requested: pods=1, used: pods=${existing.length}, limited: pods=${hard}` : undefined,
});
