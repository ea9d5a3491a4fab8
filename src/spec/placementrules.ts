/** Twins of the CEL rules about where pods may run: what the API server would refuse in a pod template is refused here first. */
import type { BestieSpec } from '../api/bestie.ts';
import { jsonBytes } from '../lib/size.ts';
import { areQualified } from './qualifiedname.ts';
import type { Rule } from './rules.ts';

type Affinity = NonNullable<BestieSpec['affinity']>;
type Spread = NonNullable<BestieSpec['topologySpreadConstraints']>[number];
type Toleration = NonNullable<BestieSpec['tolerations']>[number];
type PodTerm = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type Selector = NonNullable<Spread['labelSelector']>;

const podTerms = ({ podAffinity, podAntiAffinity }: Affinity = {}): PodTerm[] =>
  [podAffinity, podAntiAffinity].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
const selectors = (spec: BestieSpec): Selector[] =>
  podTerms(spec.affinity).flatMap(({ labelSelector = {}, namespaceSelector = {} }) => [labelSelector, namespaceSelector]);
const spreads = ({ topologySpreadConstraints = [] }: BestieSpec): Spread[] => topologySpreadConstraints;
const nodeExpressions = ({ affinity }: BestieSpec) =>
  [
    ...(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
    ...(affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ preference }) => preference),
  ].flatMap(({ matchExpressions = [] }) => matchExpressions);

/** Whether there are as many values as each operator takes. */
const areFitting = (expressions: readonly { operator: string; values?: readonly string[] }[]): boolean =>
  expressions.every(({ operator, values: { length } = [] }) => {
    if (['In', 'NotIn'].includes(operator)) return length > 0;
    return length === (['Gt', 'Lt'].includes(operator) ? 1 : 0);
  });
const hasKey = ({ matchLabels = {}, matchExpressions = [] }: Selector, wanted: string): boolean =>
  Object.hasOwn(matchLabels, wanted) || matchExpressions.some(({ key }) => key === wanted);
const areAlone = ({ labelSelector = {}, matchLabelKeys = [], mismatchLabelKeys = [] }: Partial<PodTerm>): boolean =>
  !matchLabelKeys.some((key) => mismatchLabelKeys.includes(key) || hasKey(labelSelector, key));
const haveSelector = ({ labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Partial<PodTerm>): boolean =>
  labelSelector !== undefined || matchLabelKeys.length + mismatchLabelKeys.length === 0;

const everyToleration =
  (holds: (toleration: Toleration) => boolean): Rule['holds'] =>
  ({ spec }) =>
    (spec.tolerations ?? []).every(holds);
const fits = (value: unknown, bytes: number): boolean => value === undefined || jsonBytes(value) <= bytes;

export const placementRules: readonly Rule[] = [
  {
    message: 'nodeSelector: a key is a label name such as app or example.com/app',
    holds: ({ spec }) => areQualified(spec.nodeSelector),
  },
  { message: 'nodeSelector must be shorter: as JSON, at most 6000 bytes', holds: ({ spec }) => fits(spec.nodeSelector, 6_000) },
  {
    message: 'tolerations: operator must be Exists where key is left out',
    holds: everyToleration(({ key = '', operator }) => key !== '' || operator === 'Exists'),
  },
  {
    message: 'tolerations: value must be left out where operator is Exists',
    holds: everyToleration(({ value = '', operator }) => value === '' || operator !== 'Exists'),
  },
  {
    message: 'tolerations: tolerationSeconds needs the effect NoExecute',
    holds: everyToleration(({ tolerationSeconds, effect }) => tolerationSeconds === undefined || effect === 'NoExecute'),
  },
  { message: 'tolerations must be shorter: as JSON, at most 12000 bytes', holds: ({ spec }) => fits(spec.tolerations, 12_000) },
  {
    message: 'affinity.nodeAffinity: In and NotIn need values, Gt and Lt one value, Exists and DoesNotExist none',
    holds: ({ spec }) => areFitting(nodeExpressions(spec)),
  },
  {
    message: 'affinity: In and NotIn need values, Exists and DoesNotExist none',
    holds: ({ spec }) => selectors(spec).every(({ matchExpressions = [] }) => areFitting(matchExpressions)),
  },
  {
    message: 'affinity: a key is a label name such as app or example.com/app',
    holds: ({ spec }) => selectors(spec).every(({ matchLabels }) => areQualified(matchLabels)),
  },
  {
    message: 'affinity: matchLabelKeys and mismatchLabelKeys need a labelSelector',
    holds: ({ spec }) => podTerms(spec.affinity).every(haveSelector),
  },
  {
    message: 'affinity: a key of matchLabelKeys stands neither in mismatchLabelKeys nor in labelSelector',
    holds: ({ spec }) => podTerms(spec.affinity).every(areAlone),
  },
  ...(['nodeAffinity', 'podAffinity', 'podAntiAffinity'] as const).map((part): Rule => ({
    message: `affinity.${part} must be shorter: as JSON, at most 6000 bytes`,
    holds: ({ spec }) => fits(spec.affinity?.[part], 6_000),
  })),
  {
    message: 'topologySpreadConstraints: minDomains needs whenUnsatisfiable DoNotSchedule',
    holds: ({ spec }) =>
      spreads(spec).every(({ minDomains, whenUnsatisfiable }) => minDomains === undefined || whenUnsatisfiable === 'DoNotSchedule'),
  },
  {
    message: 'topologySpreadConstraints: In and NotIn need values, Exists and DoesNotExist none',
    holds: ({ spec }) => spreads(spec).every(({ labelSelector }) => areFitting(labelSelector?.matchExpressions ?? [])),
  },
  {
    message: 'topologySpreadConstraints: a key is a label name such as app or example.com/app',
    holds: ({ spec }) => spreads(spec).every(({ labelSelector }) => areQualified(labelSelector?.matchLabels)),
  },
  {
    message: 'topologySpreadConstraints: matchLabelKeys need a labelSelector',
    holds: ({ spec }) => spreads(spec).every(haveSelector),
  },
  {
    message: 'topologySpreadConstraints: a key of matchLabelKeys stands neither in matchLabels nor in matchExpressions of labelSelector',
    holds: ({ spec }) => spreads(spec).every(areAlone),
  },
  {
    message: 'topologySpreadConstraints must not repeat a pair of topologyKey and whenUnsatisfiable',
    holds: ({ spec }) => {
      const pairs = spreads(spec).map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`);
      return new Set(pairs).size === pairs.length;
    },
  },
  {
    message: 'topologySpreadConstraints must be shorter: as JSON, at most 6000 bytes',
    holds: ({ spec }) => fits(spec.topologySpreadConstraints, 6_000),
  },
];
