/** Twins of the CEL rules about what is copied into a child, its placement left out: what the API server would refuse there is refused here first. */
import type { BestieSpec } from '../api/bestie.ts';
import { compareQuantities } from '../lib/quantity.ts';
import { annotationBytes, jsonBytes } from '../lib/size.ts';
import { areQualified, isQualified, QUALIFIED } from './qualifiedname.ts';
import type { Rule } from './rules.ts';

type Resources = BestieSpec['resources'];

/** The API server takes the prefix of an annotation in either case. */
const isAnnotation = (key: string): boolean => {
  const slash = key.indexOf('/');
  return isQualified(key.slice(0, slash + 1).toLowerCase() + key.slice(slash + 1));
};

const HUGE_PAGES = /^hugepages-([1-9][0-9]{0,9}([KMGT]i|[kMGT])?)$/;
const isResource = (name: string): boolean =>
  ['cpu', 'memory', 'ephemeral-storage'].includes(name) ||
  HUGE_PAGES.test(name) ||
  (/^[^/]{1,244}\//.test(name) && QUALIFIED.test(name) && !name.startsWith('requests.'));
/** What a node cannot promise twice. */
const isIndivisible = (name: string): boolean => name.startsWith('hugepages-') || (name.includes('/') && !name.includes('kubernetes.io/'));
const WHOLE = /^[+]?[0-9]+[.]?0*([KMGTPE]i|[kMGTPE]|[eE][+]?[0-9]{1,2})?$/;
const quantities = ({ requests, limits }: Resources): [string, string | number][] => [
  ...Object.entries(requests),
  ...Object.entries(limits),
];

/** Whether the first is a multiple of the second, both whole. */
function isMultiple(quantity: string | number, unit: string): boolean {
  const [value, page] = [wholeValue(quantity), wholeValue(unit)];
  return value === undefined || page === undefined || value % page === 0n;
}

const powers: Record<string, bigint> = {
  ...Object.fromEntries(['', 'k', 'M', 'G', 'T', 'P', 'E'].map((suffix, index) => [suffix, 1000n ** BigInt(index)])),
  ...Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, index) => [suffix, 1024n ** BigInt(index + 1)])),
};

/** The value of a quantity without a point and without an exponent. */
function wholeValue(quantity: string | number): bigint | undefined {
  const [, digits, suffix = ''] = /^[+]?([0-9]+)([KMGTPE]i|[kMGTPE])?$/.exec(String(quantity)) ?? [];
  const power = powers[suffix];
  return digits === undefined || power === undefined ? undefined : BigInt(digits) * power;
}

/** Annotations of a pod template that the API server checks. Source: ValidatePodSpecificAnnotations in k8s.io/kubernetes/pkg/apis/core/validation. */
const CHECKED =
  /^(controller[.]kubernetes[.]io\/pod-deletion-cost|kubernetes[.]io\/config[.]mirror|scheduler[.]alpha[.]kubernetes[.]io\/tolerations|((container[.])?seccomp[.]security[.]alpha|container[.]apparmor[.]security[.]beta)[.]kubernetes[.]io\/.*)$/;
const areFree = (path: string, map: (spec: BestieSpec) => Record<string, string> | undefined): Rule => ({
  message: `${path} must not hold the annotations that Kubernetes checks in a pod: pod-deletion-cost, config.mirror, and the former ones for seccomp, AppArmor and tolerations`,
  holds: ({ spec }) => !Object.keys(map(spec) ?? {}).some((key) => CHECKED.test(key)),
});

/** The annotation from before Ingresses had a class. */
const CLASS = 'kubernetes.io/ingress.class';

const fits = (value: unknown, bytes: number): boolean => value === undefined || jsonBytes(value) <= bytes;

export const fieldRules: readonly Rule[] = [
  {
    message: 'resources: a name is cpu, memory, ephemeral-storage, hugepages-<size>, or one of a domain such as nvidia.com/gpu',
    holds: ({ spec }) => quantities(spec.resources).every(([name]) => isResource(name)),
  },
  {
    message: 'resources: hugepages, and resources of a domain, need a limit, and a request that equals it',
    holds: ({ spec: { resources } }) =>
      Object.entries(resources.requests).every(([name, request]) => {
        const limit = Object.hasOwn(resources.limits, name) ? resources.limits[name] : undefined;
        return !isIndivisible(name) || (limit !== undefined && compareQuantities(request, limit) === 0);
      }),
  },
  {
    message: 'resources: hugepages, and resources of a domain, come in whole numbers',
    holds: ({ spec }) => quantities(spec.resources).every(([name, quantity]) => !isIndivisible(name) || WHOLE.test(String(quantity))),
  },
  {
    message: 'resources: hugepages need a request or a limit of cpu or memory',
    holds: ({ spec }) => {
      const names = quantities(spec.resources).map(([name]) => name);
      return names.some((name) => name === 'cpu' || name === 'memory') || !names.some((name) => name.startsWith('hugepages-'));
    },
  },
  {
    message: 'resources: hugepages come in multiples of their page size',
    holds: ({ spec }) =>
      quantities(spec.resources).every(([name, quantity]) => {
        const page = HUGE_PAGES.exec(name)?.[1];
        return page === undefined || isMultiple(quantity, page);
      }),
  },
  {
    message: 'exposure.host must be a DNS name, not an IP address',
    holds: ({ spec }) => !/^([0-9]{1,3}[.]){3}[0-9]{1,3}$/.test(spec.exposure?.host ?? ''),
  },
  {
    message: 'exposure.className and the annotation kubernetes.io/ingress.class name two classes; leave the annotation out',
    holds: ({ spec: { exposure: { enabled, className, annotations = {} } = {} } }) =>
      enabled === false || className === undefined || !Object.hasOwn(annotations, CLASS) || annotations[CLASS] === className,
  },
  areFree('podAnnotations', ({ podAnnotations }) => podAnnotations),
  areFree('migration.podAnnotations', ({ migration }) => migration?.podAnnotations),
  {
    message: 'exposure.annotations: a key is a name such as example.com/name',
    holds: ({ spec }) => Object.keys(spec.exposure?.annotations ?? {}).every(isAnnotation),
  },
  {
    message: 'exposure.annotations must be shorter: with the record that is kept of them, at most 240000 bytes',
    holds: ({ spec: { exposure: { annotations = {} } = {} } }) => annotationBytes(annotations) + jsonBytes(annotations) <= 240_000,
  },
  {
    message: 'env must be shorter: as JSON, at most 80000 bytes; put long values into a ConfigMap or a Secret',
    holds: ({ spec }) => fits(spec.env, 80_000),
  },
  {
    message: 'podSecurityContext.seccompProfile: localhostProfile is required with type Localhost and refused with any other',
    holds: ({ spec: { podSecurityContext } }) =>
      (podSecurityContext.seccompProfile.type === 'Localhost') === (podSecurityContext.seccompProfile.localhostProfile !== undefined),
  },
  {
    message: 'containerSecurityContext: the capability CAP_SYS_ADMIN needs allowPrivilegeEscalation',
    holds: ({ spec: { containerSecurityContext } }) =>
      containerSecurityContext.allowPrivilegeEscalation || !(containerSecurityContext.capabilities.add ?? []).includes('CAP_SYS_ADMIN'),
  },
  {
    message: 'monitoring.labels: a key is a label name such as app or example.com/app',
    holds: ({ spec }) => areQualified(spec.monitoring.labels),
  },
];
