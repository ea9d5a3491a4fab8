/**
 * What is copied from a Bestie into a child, field by field: values that the API server refuses there, and unusual ones that it takes. The unit
 * tests put them through the hook, the end-to-end tests through the API server, as a child and as a Bestie.
 */
import { acceptedContainerRows, refusedContainerRows } from './containerfields.ts';
import { acceptedOfDatabase, acceptedRowsOfDatabase, refusedOfDatabase, refusedRowsOfDatabase } from './databasefields.ts';
import { acceptedNetworkRows, refusedNetworkRows } from './networkfields.ts';
import { acceptedRowsOfCopy, refusedRowsOfCopy } from './copyfields.ts';
import { acceptedRowsOfRestore, refusedRowsOfRestore } from './restorefields.ts';
import type { Case } from './table.ts';
import type { Loose } from './world.ts';

export interface Refused {
  /** The place in the spec, as the API server writes it, or the message of a rule. */
  want: string;
  /** The child that the API server refuses; left out where it is an object that is made of the child. */
  child?: string;
}

export type Row = readonly [reason: string, spec: Loose, want: string, child?: string | null];

const label63 = `a${'b'.repeat(62)}`;
const domain = (length: number): string => `${'a'.repeat(60)}.`.repeat(5).slice(0, length - 1) + 'z';

const env = (variable: Loose): Loose => ({ env: [variable] });
const from = (valueFrom: Loose): Loose => env({ name: 'A', valueFrom });
const path = (fieldPath: string): Loose => from({ fieldRef: { fieldPath } });
const secretKey = (name: string, key: string): Loose => from({ secretKeyRef: { name, key } });
const mapKey = (name: string, key: string): Loose => from({ configMapKeyRef: { name, key } });
const resources = (limits: Loose, requests: Loose = {}): Loose => ({ resources: { limits, requests } });
const selecting = (nodeSelector: Loose): Loose => ({ nodeSelector });
const tolerating = (toleration: Loose): Loose => ({ tolerations: [toleration] });
const nodeTerm = (term: Loose): Loose => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
});
const node = (key: string, operator: string, values?: string[]): Loose =>
  nodeTerm({ matchExpressions: [expression(key, operator, values)] });
const nodeField = (key: string, operator: string, values?: string[]): Loose =>
  nodeTerm({ matchFields: [expression(key, operator, values)] });
const expression = (key: string, operator: string, values?: string[]): Loose => ({ key, operator, ...(values && { values }) });
const preferring = (preference: Loose, weight = 1): Loose => ({
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference }] } },
});
const app = { matchLabels: { app: 'bestie' } };
type PodAffinity = 'podAffinity' | 'podAntiAffinity';
const near = (term: Loose, kind: PodAffinity = 'podAffinity'): Loose => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: app, ...term }] } },
});
const rather = (term: Loose, weight = 1, kind: PodAffinity = 'podAntiAffinity'): Loose => ({
  affinity: {
    [kind]: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: { topologyKey: 'zone', labelSelector: app, ...term } }],
    },
  },
});
const matching = (...matchExpressions: Loose[]): Loose => ({ labelSelector: { matchExpressions } });
const constraint = (patch: Loose): Loose => ({
  maxSkew: 1,
  topologyKey: 'zone',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: app,
  ...patch,
});
const spread = (...patches: Loose[]): Loose => ({ topologySpreadConstraints: patches.map(constraint) });
const pod = (podSecurityContext: Loose): Loose => ({ podSecurityContext });
const container = (containerSecurityContext: Loose): Loose => ({ containerSecurityContext });
const profile = (seccompProfile: Loose): Loose => pod({ seccompProfile });
const exposed = (exposure: Loose): Loose => ({ exposure });
const annotated = (...pairs: [string, string][]): Loose => exposed({ annotations: Object.fromEntries(pairs) });
const noted = (key: string, value: string): Loose => ({ podAnnotations: { [key]: value } });
const labelled = (key: string, value = 'x'): Loose => ({ monitoring: { labels: { [key]: value } } });
const long = (length: number, value = 'x'): Loose[] =>
  Array.from({ length: Math.ceil(length / 30_000) }, (_, index) => ({ name: `V${index}`, value: value.repeat(Math.min(30_000, length)) }));
/** No child is refused, but what is made of it: a pod, or an object of the database operator. */
const LATER = null;

export const RULES = {
  resource: 'resources: a name is cpu, memory, ephemeral-storage, hugepages-<size>, or one of a domain such as nvidia.com/gpu',
  limit: 'resources: hugepages, and resources of a domain, need a limit, and a request that equals it',
  whole: 'resources: hugepages, and resources of a domain, come in whole numbers',
  company: 'resources: hugepages need a request or a limit of cpu or memory',
  pages: 'resources: hugepages come in multiples of their page size',
  request: 'each request must be less than or equal to its limit',
  values: 'value and valueFrom exclude each other',
  address: 'exposure.host must be a DNS name, not an IP address',
  annotation: 'exposure.annotations: a key is a name such as example.com/name',
  classes: 'exposure.className and the annotation kubernetes.io/ingress.class name two classes; leave the annotation out',
  checked:
    'podAnnotations must not hold the annotations that Kubernetes checks in a pod: pod-deletion-cost, config.mirror, and the former ones for seccomp, AppArmor and tolerations',
  checkedOfJob:
    'migration.podAnnotations must not hold the annotations that Kubernetes checks in a pod: pod-deletion-cost, config.mirror, and the former ones for seccomp, AppArmor and tolerations',
  annotations: 'exposure.annotations must be shorter: with the record that is kept of them, at most 240000 bytes',
  env: 'env must be shorter: as JSON, at most 80000 bytes; put long values into a ConfigMap or a Secret',
  nodeKey: 'nodeSelector: a key is a label name such as app or example.com/app',
  nodeSize: 'nodeSelector must be shorter: as JSON, at most 6000 bytes',
  operator: 'tolerations: operator must be Exists where key is left out',
  value: 'tolerations: value must be left out where operator is Exists',
  seconds: 'tolerations: tolerationSeconds needs the effect NoExecute',
  tolerations: 'tolerations must be shorter: as JSON, at most 12000 bytes',
  nodeValues: 'affinity.nodeAffinity: In and NotIn need values, Gt and Lt one value, Exists and DoesNotExist none',
  podValues: 'affinity: In and NotIn need values, Exists and DoesNotExist none',
  podKey: 'affinity: a key is a label name such as app or example.com/app',
  podSelector: 'affinity: matchLabelKeys and mismatchLabelKeys need a labelSelector',
  podTwice: 'affinity: a key of matchLabelKeys must be neither in mismatchLabelKeys nor in labelSelector',
  nodeAffinity: 'affinity.nodeAffinity must be shorter: as JSON, at most 6000 bytes',
  podAffinity: 'affinity.podAffinity must be shorter: as JSON, at most 6000 bytes',
  podAntiAffinity: 'affinity.podAntiAffinity must be shorter: as JSON, at most 6000 bytes',
  domains: 'topologySpreadConstraints: minDomains needs whenUnsatisfiable DoNotSchedule',
  spreadValues: 'topologySpreadConstraints: In and NotIn need values, Exists and DoesNotExist none',
  spreadKey: 'topologySpreadConstraints: a key is a label name such as app or example.com/app',
  spreadSelector: 'topologySpreadConstraints: matchLabelKeys need a labelSelector',
  spreadTwice: 'topologySpreadConstraints: a key of matchLabelKeys must be neither in matchLabels nor in matchExpressions of labelSelector',
  pairs: 'topologySpreadConstraints must not repeat a pair of topologyKey and whenUnsatisfiable',
  spread: 'topologySpreadConstraints must be shorter: as JSON, at most 6000 bytes',
  profile: 'podSecurityContext.seccompProfile: localhostProfile is required with type Localhost and refused with any other',
  admin: 'containerSecurityContext: the capability CAP_SYS_ADMIN needs allowPrivilegeEscalation',
  monitoring: 'monitoring.labels: a key is a label name such as app or example.com/app',
  nameservers: 'dnsConfig.nameservers: each must be an IP address, such as 10.0.0.10 or fd00::a',
  alias: 'hostAliases: ip must be an IP address, such as 10.1.2.3 or fd00::a',
  searches: 'dnsConfig.searches must be shorter, 2048 characters with the blanks between them',
  aliases: 'hostAliases must be shorter: as JSON, at most 3000 bytes',
  strategy:
    'strategy: with maxSurge 0 no pod could be replaced while maxUnavailable is 0, which it is where it is left out; set strategy.maxUnavailable to 1 or more',
  startTime:
    'probes.startup: periodSeconds times failureThreshold must be 30 or more, or the kubelet ends the application before it has started; raise failureThreshold',
  startDeadline:
    'probes.startup: a start may take as long as the deadline of a rollout, initialDelaySeconds plus periodSeconds times failureThreshold; raise upgrade.progressDeadlineSeconds above it',
} as const;

const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const NEAR = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]';
const RATHER = 'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]';
const PREFERRED = 'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]';
const VALUE_FROM = 'spec.env[0].valueFrom';
const SPREAD = 'spec.topologySpreadConstraints[0]';

const gpu = 'nvidia.com/gpu';
const huge = 'hugepages-2Mi';
const cpu = { cpu: '1' };
const many = (count: number, make: (index: number) => Loose): Loose[] => Array.from({ length: count }, (_, index) => make(index));
const labels = (count: number): Loose =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${domain(200)}/${'k'.repeat(50)}${index}`, 'v'.repeat(60)]));

const refusedRows: Record<string, Row> = {
  ImageWithBlank: ['the pods would be refused', { image: ' quay.io/opdev/bestie' }, 'spec.image', LATER],
  ImageEmpty: ['a container has an image', { image: '' }, 'spec.image', LATER],
  VersionWithBlank: ['the pods would be refused', { version: '1.3 ' }, 'spec.version', LATER],
  VersionTagTooLong: ['at most 128', { version: 'a'.repeat(129) }, 'spec.version', LATER],
  VersionDigestTooShort: ['64 digits', { version: `1.3@sha256:${'ab'.repeat(31)}` }, 'spec.version', LATER],
  VersionTwoDigests: ['one', { version: `1.3@sha256:${'ab'.repeat(32)}@sha256:${'ab'.repeat(32)}` }, 'spec.version', LATER],
  VersionDigestBeforeTag: ['the tag comes first', { version: `sha256:${'ab'.repeat(32)}@1.3` }, 'spec.version', LATER],
  SizeNegative: ['a Deployment has none or more', { size: -1 }, 'spec.size'],
  SizeTooLarge: ['not an int32', { size: 2_147_483_648 }, 'spec.size'],
  MaxReplicasZero: ['an autoscaler has one at least', { maxReplicas: 0 }, 'spec.maxReplicas', 'HorizontalPodAutoscaler'],
  UtilizationZero: [
    'a target of nothing',
    { maxReplicas: 3, autoscaling: { targetCPUUtilizationPercentage: 0 } },
    'spec.autoscaling.targetCPUUtilizationPercentage',
    'HorizontalPodAutoscaler',
  ],
  ServiceTypeUnknown: ['no such type', { serviceType: 'Cluster' }, 'spec.serviceType', 'Service'],
  ProgressDeadlineZero: [
    'it must exceed the time until a pod counts as available',
    { upgrade: { progressDeadlineSeconds: 0 } },
    'spec.upgrade.progressDeadlineSeconds',
  ],
  MigrationDeadlineNegative: ['no time', { upgrade: { migrationDeadlineSeconds: -1 } }, 'spec.upgrade.migrationDeadlineSeconds', 'Job'],

  ResourceUnknown: ['a short name is one that Kubernetes knows', resources({ gpu: 1 }), RULES.resource],
  ResourceStorage: ['of volumes, not of containers', resources({ storage: '1Gi' }), RULES.resource],
  ResourceWithBlank: ['no name has one', resources({ 'a b': 1 }), RULES.resource],
  ResourceOfQuota: ['of quotas, not of containers', resources({ 'requests.cpu': 1 }), RULES.resource],
  ResourceOfQuotaOfDomain: ['the same', resources({ 'requests.nvidia.com/gpu': 1 }), RULES.resource],
  ResourceInUpperCase: ['names are written small', resources({ CPU: 1 }), RULES.resource],
  ResourceWithTwoSlashes: ['one domain', resources({ 'a.com/b/c': 1 }), RULES.resource],
  ResourceWithoutName: ['a domain alone', resources({ 'a.com/': 1 }), RULES.resource],
  ResourceDomainTooLong: ['no room for "requests."', resources({ [`${domain(246)}/gpu`]: 1 }), RULES.resource],
  ResourceNameTooLong: ['at most 63', resources({ [`a.com/${'x'.repeat(64)}`]: 1 }), RULES.resource],
  HugePagesWithoutSize: ['a size is a quantity', resources({ ...cpu, 'hugepages-': '2Mi' }), RULES.resource],
  HugePagesOfNoSize: ['a size is a quantity', resources({ ...cpu, 'hugepages-big': '2Mi' }), RULES.resource],
  HugePagesOfZero: ['a size is positive', resources({ ...cpu, 'hugepages-0': '2Mi' }), RULES.resource],
  ResourceRequestUnknown: ['a request is named alike', resources({}, { gpus: 1 }), RULES.resource],
  ResourceNegative: ['no quantity of a container is', resources({ memory: '-1Mi' }), 'spec.resources.limits', LATER],
  ResourceNoQuantity: ['no number', resources({ memory: 'much' }), 'spec.resources.limits', LATER],
  RequestAboveLimit: ['no node could keep that', resources({ cpu: '1' }, { cpu: '2' }), RULES.request],
  DeviceWithoutLimit: ['a node promises it once', resources({}, { [gpu]: 1 }), RULES.limit],
  DeviceBelowLimit: ['the same', resources({ [gpu]: 2 }, { [gpu]: 1 }), RULES.limit],
  HugePagesWithoutLimit: ['the same', resources(cpu, { [huge]: '2Mi' }), RULES.limit],
  HugePagesBelowLimit: ['the same', resources({ ...cpu, [huge]: '4Mi' }, { [huge]: '2Mi' }), RULES.limit],
  HalfADevice: ['devices are whole', resources({ [gpu]: '0.5' }), RULES.whole],
  ThousandthsOfADevice: ['devices are whole', resources({ [gpu]: '1500m' }), RULES.whole],
  HugePagesAlone: ['the kubelet needs one of them', resources({ [huge]: '2Mi' }), RULES.company],
  HugePagesBroken: ['a page is not shared', resources({ ...cpu, [huge]: '3Mi' }), RULES.pages],
  HugePagesInBytes: ['a page is not shared', resources({ ...cpu, [huge]: 1 }), RULES.pages],

  EnvNameEmpty: ['a variable has a name', env({ name: '', value: 'x' }), 'spec.env[0].name'],
  EnvNameWithEquals: ['it ends the name', env({ name: 'A=B', value: 'x' }), 'spec.env[0].name'],
  EnvValueAndSource: ['one of both', env({ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }), RULES.values],
  EnvNoSource: ['one source', from({}), VALUE_FROM],
  EnvTwoSources: ['one source', from({ secretKeyRef: { name: 'a', key: 'b' }, configMapKeyRef: { name: 'a', key: 'b' } }), VALUE_FROM],
  SecretNameEmpty: ['an object has a name', secretKey('', 'key'), `${VALUE_FROM}.secretKeyRef.name`],
  SecretNameInUpperCase: ['no object can have it', secretKey('Bad_Name', 'key'), `${VALUE_FROM}.secretKeyRef.name`],
  SecretNameTooLong: ['at most 253', secretKey('a'.repeat(254), 'key'), `${VALUE_FROM}.secretKeyRef.name`],
  SecretKeyEmpty: ['a key is named', secretKey('a', ''), `${VALUE_FROM}.secretKeyRef.key`],
  SecretKeyWithSlash: ['keys are file names', secretKey('a', 'a/b'), `${VALUE_FROM}.secretKeyRef.key`],
  SecretKeyOfDots: ['a directory', secretKey('a', '..'), `${VALUE_FROM}.secretKeyRef.key`],
  SecretKeyFromAbove: ['kept for the kubelet', secretKey('a', '..data'), `${VALUE_FROM}.secretKeyRef.key`],
  SecretKeyTooLong: ['at most 253', secretKey('a', 'k'.repeat(254)), `${VALUE_FROM}.secretKeyRef.key`],
  ConfigMapNameInUpperCase: ['no object can have it', mapKey('Config', 'key'), `${VALUE_FROM}.configMapKeyRef.name`],
  ConfigMapKeyWithBlank: ['keys are file names', mapKey('a', 'a b'), `${VALUE_FROM}.configMapKeyRef.key`],
  ConfigMapKeyDot: ['a directory', mapKey('a', '.'), `${VALUE_FROM}.configMapKeyRef.key`],
  FieldUnknown: ['no such field', path('spec.nosuch'), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldEmpty: ['a field is named', path(''), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldNotOffered: ['a field of pods, not of environments', path('status.phase'), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldAllLabels: ['of volumes alone', path('metadata.labels'), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldLabelWithBlank: ['no label', path("metadata.labels['a b']"), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldLabelEmpty: ['no label', path("metadata.labels['']"), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldLabelInUpperCase: ['a prefix is written small', path("metadata.labels['A.com/b']"), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldAnnotationWithBlank: ['no annotation', path("metadata.annotations['a b']"), `${VALUE_FROM}.fieldRef.fieldPath`],
  FieldNameWithKey: ['a name has no keys', path("metadata.name['a']"), `${VALUE_FROM}.fieldRef.fieldPath`],
  EnvOfOneKind: ['the record of the Job has it twice', { env: long(140_000) }, RULES.env, 'Job'],
  EnvOfQuotes: ['each becomes two', { env: long(70_000, '"') }, RULES.env, 'Job'],
  EnvOfMarkup: ['each becomes six', { env: long(24_000, '<') }, RULES.env, 'Job'],
  EnvOfLetters: ['of three bytes each', { env: long(50_000, '猫') }, RULES.env, 'Job'],

  NodeKeyWithBlank: ['no label', selecting({ 'a b': 'x' }), RULES.nodeKey],
  NodeKeyEmpty: ['no label', selecting({ '': 'x' }), RULES.nodeKey],
  NodeKeyTooLong: ['at most 63', selecting({ [`${label63}c`]: 'x' }), RULES.nodeKey],
  NodeKeyPrefixInUpperCase: ['a domain is written small', selecting({ 'A.com/b': 'x' }), RULES.nodeKey],
  NodeKeyPrefixTooLong: ['at most 253', selecting({ [`${domain(254)}/a`]: 'x' }), RULES.nodeKey],
  NodeKeyEndsWithDash: ['no label', selecting({ 'a-': 'x' }), RULES.nodeKey],
  NodeValueWithBlank: ['no value of a label', selecting({ a: 'b c' }), 'spec.nodeSelector'],
  NodeValueTooLong: ['at most 63', selecting({ a: `${label63}c` }), 'spec.nodeSelector'],

  TolerationOperator: ['no such operator', tolerating({ key: 'a', operator: 'Sometimes' }), 'spec.tolerations[0].operator'],
  TolerationEffect: ['no such effect', tolerating({ key: 'a', operator: 'Exists', effect: 'NoRun' }), 'spec.tolerations[0].effect'],
  TolerationKeyWithBlank: ['no label', tolerating({ key: 'a b', operator: 'Exists' }), 'spec.tolerations[0].key'],
  TolerationKeyTooLong: ['at most 63', tolerating({ key: `${label63}c`, operator: 'Exists' }), 'spec.tolerations[0].key'],
  TolerationPrefixTooLong: ['at most 253', tolerating({ key: `${domain(254)}/a`, operator: 'Exists' }), 'spec.tolerations[0].key'],
  TolerationWithoutKey: ['Equal to what?', tolerating({ operator: 'Equal', value: 'x' }), RULES.operator],
  TolerationOfNothing: ['the same by default', tolerating({ effect: 'NoSchedule' }), RULES.operator],
  TolerationValue: ['no value of a label', tolerating({ key: 'a', value: 'b c' }), 'spec.tolerations[0].value'],
  TolerationExistsWithValue: ['whatever its value', tolerating({ key: 'a', operator: 'Exists', value: 'b' }), RULES.value],
  TolerationSecondsAlone: ['only NoExecute evicts', tolerating({ key: 'a', operator: 'Exists', tolerationSeconds: 3 }), RULES.seconds],
  TolerationSecondsOfNoSchedule: [
    'only NoExecute evicts',
    tolerating({ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 3 }),
    RULES.seconds,
  ],

  NodeTermsNone: [
    'one at least',
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
    TERMS,
  ],
  NodeOperator: ['no such operator', node('a', 'Is', ['b']), `${TERMS}[0].matchExpressions[0].operator`],
  NodeInWithoutValues: ['in what?', node('a', 'In'), RULES.nodeValues],
  NodeNotInWithoutValues: ['in what?', node('a', 'NotIn', []), RULES.nodeValues],
  NodeExistsWithValues: ['whatever its value', node('a', 'Exists', ['b']), RULES.nodeValues],
  NodeAbsentWithValues: ['it has none', node('a', 'DoesNotExist', ['b']), RULES.nodeValues],
  NodeGtWithTwo: ['than which?', node('a', 'Gt', ['1', '2']), RULES.nodeValues],
  NodeLtWithout: ['than what?', node('a', 'Lt'), RULES.nodeValues],
  NodeExpressionKey: ['no label', node('a b', 'Exists'), `${TERMS}[0].matchExpressions[0].key`],
  NodeExpressionPrefix: ['at most 253', node(`${domain(254)}/a`, 'Exists'), `${TERMS}[0].matchExpressions[0].key`],
  NodeExpressionValue: ['no value of a label', node('a', 'In', ['b c']), `${TERMS}[0].matchExpressions[0].values[0]`],
  NodeFieldKey: ['the name is the one field', nodeField('spec.unschedulable', 'In', ['a']), `${TERMS}[0].matchFields[0].key`],
  NodeFieldOperator: ['In and NotIn alone', nodeField('metadata.name', 'Exists'), `${TERMS}[0].matchFields[0]`],
  NodeFieldOperatorWithValue: ['In and NotIn alone', nodeField('metadata.name', 'Gt', ['a']), `${TERMS}[0].matchFields[0].operator`],
  NodeFieldWithTwo: ['one name', nodeField('metadata.name', 'In', ['a', 'b']), `${TERMS}[0].matchFields[0].values`],
  NodeFieldWithoutValues: ['one name', nodeField('metadata.name', 'In', []), `${TERMS}[0].matchFields[0].values`],
  NodeFieldName: ['no node can have it', nodeField('metadata.name', 'In', ['Node_1']), `${TERMS}[0].matchFields[0].values[0]`],
  PreferredWeightZero: ['1 to 100', preferring({ matchExpressions: [expression('a', 'Exists')] }, 0), `${PREFERRED}.weight`],
  PreferredWeight101: ['1 to 100', preferring({ matchExpressions: [expression('a', 'Exists')] }, 101), `${PREFERRED}.weight`],
  PreferredOperator: [
    'no such operator',
    preferring({ matchExpressions: [expression('a', 'Has')] }),
    `${PREFERRED}.preference.matchExpressions[0].operator`,
  ],
  PreferredValues: ['in what?', preferring({ matchExpressions: [expression('a', 'In')] }), RULES.nodeValues],
  PreferredField: [
    'the name is the one field',
    preferring({ matchFields: [expression('a', 'In', ['b'])] }),
    `${PREFERRED}.preference.matchFields[0].key`,
  ],

  PlaceEmpty: ['a label of the nodes', near({ topologyKey: '' }), `${NEAR}.topologyKey`],
  PlaceWithBlank: ['no label', near({ topologyKey: 'a b' }), `${NEAR}.topologyKey`],
  NamespaceInUpperCase: ['no Namespace can have it', near({ namespaces: ['Shop'] }), `${NEAR}.namespaces[0]`],
  NamespaceWithDot: ['no Namespace can have it', near({ namespaces: ['a.b'] }), `${NEAR}.namespaces[0]`],
  NamespaceTooLong: ['at most 63', near({ namespaces: ['a'.repeat(64)] }), `${NEAR}.namespaces[0]`],
  NearOperator: ['no such operator', near(matching(expression('a', 'Gt', ['1']))), `${NEAR}.labelSelector.matchExpressions[0].operator`],
  NearInWithoutValues: ['in what?', near(matching(expression('a', 'In'))), RULES.podValues],
  NearExistsWithValues: ['whatever its value', near(matching(expression('a', 'Exists', ['b']))), RULES.podValues],
  NearExpressionKey: ['no label', near(matching(expression('a b', 'Exists'))), `${NEAR}.labelSelector.matchExpressions[0].key`],
  NearExpressionValue: [
    'no value of a label',
    near(matching(expression('a', 'In', ['b c']))),
    `${NEAR}.labelSelector.matchExpressions[0].values[0]`,
  ],
  NearLabelKey: ['no label', near({ labelSelector: { matchLabels: { 'a b': 'c' } } }), RULES.podKey],
  NearLabelValue: ['no value of a label', near({ labelSelector: { matchLabels: { a: 'b c' } } }), `${NEAR}.labelSelector.matchLabels`],
  NearNamespaceKey: ['no label', near({ namespaceSelector: { matchLabels: { 'a b': 'c' } } }), RULES.podKey],
  NearNamespaceValues: ['in what?', near({ namespaceSelector: { matchExpressions: [expression('a', 'NotIn')] } }), RULES.podValues],
  NearKeysWithoutSelector: [
    'nothing to narrow',
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', matchLabelKeys: ['a'] }] } } },
    RULES.podSelector,
  ],
  NearOthersWithoutSelector: [
    'nothing to narrow',
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', mismatchLabelKeys: ['a'] }] } } },
    RULES.podSelector,
  ],
  NearKeyWithBlank: ['no label', near({ matchLabelKeys: ['a b'] }), `${NEAR}.matchLabelKeys[0]`],
  NearOtherKeyWithBlank: ['no label', near({ mismatchLabelKeys: ['a b'] }), `${NEAR}.mismatchLabelKeys[0]`],
  NearKeyInBoth: ['alike and not alike', near({ matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] }), RULES.podTwice],
  RatherWeightZero: ['1 to 100', rather({}, 0), `${RATHER}.weight`],
  RatherWeight101: ['1 to 100', rather({}, 101), `${RATHER}.weight`],
  RatherPlaceEmpty: ['a label of the nodes', rather({ topologyKey: '' }), `${RATHER}.podAffinityTerm.topologyKey`],
  RatherPlaceWithBlank: ['no label', rather({ topologyKey: 'a b' }), `${RATHER}.podAffinityTerm.topologyKey`],
  RatherOperator: [
    'no such operator',
    rather(matching(expression('a', 'Lt', ['1']))),
    `${RATHER}.podAffinityTerm.labelSelector.matchExpressions[0].operator`,
  ],
  RatherValues: ['in what?', rather(matching(expression('a', 'In', []))), RULES.podValues],
  RatherLabelKey: ['no label', rather({ labelSelector: { matchLabels: { '-a': 'c' } } }), RULES.podKey],
  RatherKeyInBoth: ['alike and not alike', rather({ matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] }), RULES.podTwice],
  ApartOperator: [
    'no such operator',
    near(matching(expression('a', 'Is', ['1'])), 'podAntiAffinity'),
    'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator',
  ],
  ApartValues: ['in what?', near(matching(expression('a', 'In')), 'podAntiAffinity'), RULES.podValues],
  NearWeight: [
    '1 to 100',
    rather({}, 1000, 'podAffinity'),
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight',
  ],

  SkewZero: ['one at least', spread({ maxSkew: 0 }), `${SPREAD}.maxSkew`],
  SkewNegative: ['one at least', spread({ maxSkew: -1 }), `${SPREAD}.maxSkew`],
  SpreadPlaceEmpty: ['a label of the nodes', spread({ topologyKey: '' }), `${SPREAD}.topologyKey`],
  SpreadUnsatisfiable: ['no such answer', spread({ whenUnsatisfiable: 'Wait' }), `${SPREAD}.whenUnsatisfiable`],
  DomainsZero: ['one at least', spread({ minDomains: 0 }), `${SPREAD}.minDomains`],
  DomainsAnyway: ['it forbids nothing', spread({ minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' }), RULES.domains],
  SpreadAffinityPolicy: ['no such policy', spread({ nodeAffinityPolicy: 'Obey' }), `${SPREAD}.nodeAffinityPolicy`],
  SpreadTaintsPolicy: ['no such policy', spread({ nodeTaintsPolicy: 'honor' }), `${SPREAD}.nodeTaintsPolicy`],
  SpreadOperator: [
    'no such operator',
    spread(matching(expression('a', 'Gt', ['1']))),
    `${SPREAD}.labelSelector.matchExpressions[0].operator`,
  ],
  SpreadInWithoutValues: ['in what?', spread(matching(expression('a', 'In'))), RULES.spreadValues],
  SpreadExpressionKey: ['no label', spread(matching(expression('a b', 'Exists'))), `${SPREAD}.labelSelector.matchExpressions[0].key`],
  SpreadExpressionValue: [
    'no value of a label',
    spread(matching(expression('a', 'In', ['-']))),
    `${SPREAD}.labelSelector.matchExpressions[0].values[0]`,
  ],
  SpreadLabelKey: ['no label', spread({ labelSelector: { matchLabels: { 'a b': 'c' } } }), RULES.spreadKey],
  SpreadLabelValue: [
    'no value of a label',
    spread({ labelSelector: { matchLabels: { a: 'b c' } } }),
    `${SPREAD}.labelSelector.matchLabels`,
  ],
  SpreadKeysWithoutSelector: [
    'nothing to narrow',
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] }] },
    RULES.spreadSelector,
  ],
  SpreadKeyWithBlank: ['no label', spread({ matchLabelKeys: ['a b'] }), `${SPREAD}.matchLabelKeys[0]`],
  SpreadTwice: ['one of each kind', spread({}, {}), RULES.pairs],

  UserNegative: ['no user', pod({ runAsUser: -1 }), 'spec.podSecurityContext.runAsUser'],
  UserTooLarge: ['beyond what Kubernetes takes', pod({ runAsUser: 2_147_483_648 }), 'spec.podSecurityContext.runAsUser'],
  GroupTooLarge: ['the same', pod({ runAsGroup: 2_147_483_648 }), 'spec.podSecurityContext.runAsGroup'],
  GroupNegative: ['no group', pod({ runAsGroup: -1 }), 'spec.podSecurityContext.runAsGroup'],
  VolumeGroupTooLarge: ['the same', pod({ fsGroup: 4_294_967_295 }), 'spec.podSecurityContext.fsGroup'],
  ContainerUserTooLarge: ['the same', container({ runAsUser: 2_147_483_648 }), 'spec.containerSecurityContext.runAsUser'],
  ProfileUnknown: ['no such kind', profile({ type: 'Default' }), 'spec.podSecurityContext.seccompProfile.type'],
  ProfileWithoutFile: ['which file?', profile({ type: 'Localhost' }), RULES.profile],
  ProfileWithFile: ['it has none', profile({ type: 'RuntimeDefault', localhostProfile: 'a.json' }), RULES.profile],
  ProfileAbsolute: [
    'below the directory of profiles',
    profile({ type: 'Localhost', localhostProfile: '/a.json' }),
    'spec.podSecurityContext.seccompProfile.localhostProfile',
  ],
  ProfileFromAbove: [
    'below the directory of profiles',
    profile({ type: 'Localhost', localhostProfile: 'a/../b' }),
    'spec.podSecurityContext.seccompProfile.localhostProfile',
  ],
  AdminWithoutEscalation: ['it is one', container({ capabilities: { add: ['CAP_SYS_ADMIN'] } }), RULES.admin],

  HostWithBlank: ['no name', exposed({ host: 'a b' }), 'spec.exposure.host', 'Ingress'],
  HostInUpperCase: ['Ingresses are written small', exposed({ host: 'Pets.example.com' }), 'spec.exposure.host', 'Ingress'],
  HostAddress: ['a name is needed', exposed({ host: '10.0.0.1' }), RULES.address, 'Ingress'],
  HostWithPort: ['a name alone', exposed({ host: 'pets.example.com:443' }), 'spec.exposure.host', 'Ingress'],
  HostTooLong: ['at most 253', exposed({ host: domain(254) }), 'spec.exposure.host', 'Ingress'],
  HostLabelTooLong: ['at most 63', exposed({ host: `${label63}c.example.com` }), 'spec.exposure.host', 'Route'],
  HostStarInside: ['in front alone', exposed({ host: 'a.*.com' }), 'spec.exposure.host', 'Ingress'],
  HostStarOfRoute: ['a Route has one name', exposed({ host: '*.example.com' }), 'spec.exposure.host', 'Route'],
  ClassWithBlank: ['no object can have it', exposed({ className: 'Bad Class' }), 'spec.exposure.className', 'Ingress'],
  TlsSecretName: ['no object can have it', exposed({ tlsSecretName: 'Bad_Name' }), 'spec.exposure.tlsSecretName', 'Ingress'],
  GatewayName: ['no object can have it', exposed({ gateway: { name: 'Bad_Name' } }), 'spec.exposure.gateway.name', LATER],
  GatewayWithoutName: ['there may be many', exposed({ gateway: { namespace: 'gateways' } }), 'spec.exposure.gateway', 'HTTPRoute'],
  GatewayNamespace: [
    'no Namespace has dots',
    exposed({ gateway: { name: 'public', namespace: 'a.b' } }),
    'spec.exposure.gateway.namespace',
    'HTTPRoute',
  ],
  GatewayListener: [
    'no listener can have it',
    exposed({ gateway: { name: 'public', sectionName: 'Https' } }),
    'spec.exposure.gateway.sectionName',
    'HTTPRoute',
  ],
  GatewayScheme: ['users come by http', exposed({ gateway: { name: 'public', scheme: 'tcp' } }), 'spec.exposure.gateway.scheme', LATER],
  KeepNothing: ['left out instead', exposed({ gateway: { name: 'public' }, keep: [] }), 'spec.exposure.keep', LATER],
  KeepOther: ['there are two', exposed({ gateway: { name: 'public' }, keep: ['HTTPRoute'] }), 'spec.exposure.keep', LATER],
  HostOfHttpRoute: ['no name', exposed({ host: 'a b', gateway: { name: 'public' } }), 'spec.exposure.host', 'HTTPRoute'],
  AnnotationWithBlank: ['no name', annotated(['a b', 'x']), RULES.annotation, 'Ingress'],
  AnnotationWithoutName: ['a prefix alone', annotated(['a.com/', 'x']), RULES.annotation, 'Ingress'],
  AnnotationTooLong: ['at most 63', annotated([`${label63}c`, 'x']), RULES.annotation, 'Ingress'],
  AnnotationPrefixTooLong: ['at most 253', annotated([`${domain(254)}/a`, 'x']), RULES.annotation, 'Ingress'],
  AnnotationOfRoute: ['the same of a Route', annotated(['a b', 'x']), RULES.annotation, 'Route'],
  AnnotationsTooLong: [
    'with the record they stand there twice',
    annotated(...Array.from({ length: 5 }, (_, index): [string, string] => [`a${index}`, 'x'.repeat(30_000)])),
    RULES.annotations,
    'Ingress',
  ],
  AnnotationsOfMarkup: [
    'each becomes six in the record',
    annotated(['a', '<'.repeat(30_000)], ['b', '<'.repeat(10_000)]),
    RULES.annotations,
    'Ingress',
  ],

  TwoClasses: [
    'a class has one name',
    exposed({ className: 'nginx', annotations: { 'kubernetes.io/ingress.class': 'haproxy' } }),
    RULES.classes,
    'Ingress',
  ],
  DeletionCost: ['a number', noted('controller.kubernetes.io/pod-deletion-cost', 'cheap'), RULES.checked, 'Deployment'],
  MirrorPod: ['the kubelet makes those', noted('kubernetes.io/config.mirror', 'x'), RULES.checked, 'Deployment'],
  SeccompOfPod: ['there is a field for it', noted('seccomp.security.alpha.kubernetes.io/pod', 'strict'), RULES.checked, 'Deployment'],
  SeccompOfContainer: [
    'there is a field for it',
    noted('container.seccomp.security.alpha.kubernetes.io/bestie', 'strict'),
    RULES.checked,
    'Deployment',
  ],
  AppArmorOfNoContainer: [
    'no container has that name',
    noted('container.apparmor.security.beta.kubernetes.io/web', 'runtime/default'),
    RULES.checked,
    'Deployment',
  ],
  AppArmorOfJob: [
    'the container of the application is not in the Job',
    { migration: noted('container.apparmor.security.beta.kubernetes.io/bestie', 'runtime/default') },
    RULES.checkedOfJob,
    'Job',
  ],
  TolerationsAsText: ['there is a field for it', noted('scheduler.alpha.kubernetes.io/tolerations', 'all'), RULES.checked, 'Deployment'],

  PullSecretInUpperCase: ['no object can have it', { imagePullSecrets: [{ name: 'Registry' }] }, 'spec.imagePullSecrets[0].name', LATER],
  PullSecretEmpty: ['an object has a name', { imagePullSecrets: [{ name: '' }] }, 'spec.imagePullSecrets[0].name', LATER],
  PullPolicy: ['no such policy', { imagePullPolicy: 'Sometimes' }, 'spec.imagePullPolicy'],
  PriorityClassName: ['no object can have it', { priorityClassName: 'High_Priority' }, 'spec.priorityClassName'],
  ServiceAccountName: ['no object can have it', { serviceAccountName: 'Shop' }, 'spec.serviceAccountName'],
  ServiceAccountNameTooLong: ['at most 253', { serviceAccountName: domain(254) }, 'spec.serviceAccountName'],
  RuntimeClassName: ['no object can have it', { runtimeClassName: 'g Visor' }, 'spec.runtimeClassName'],
  SchedulerName: ['no scheduler could have it for its name', { schedulerName: 'My Scheduler' }, 'spec.schedulerName', LATER],
  NameServerName: ['an address is needed', { dnsConfig: { nameservers: ['dns.example.com'] } }, 'spec.dnsConfig.nameservers[0]'],
  NameServerOf256: ['at most 255', { dnsConfig: { nameservers: ['10.0.0.256'] } }, RULES.nameservers],
  NameServersFour: [
    'resolvers read three',
    { dnsConfig: { nameservers: many(4, (index) => ({ index })).map((_, index) => `10.0.0.${index}`) } },
    'spec.dnsConfig.nameservers',
  ],
  SearchInUpperCase: ['no domain of a cluster', { dnsConfig: { searches: ['Example.com'] } }, 'spec.dnsConfig.searches[0]'],
  SearchesMany: [
    '32 at most',
    { dnsConfig: { searches: Array.from({ length: 33 }, (_, index) => `d${index}`) } },
    'spec.dnsConfig.searches',
  ],
  SearchesTooLong: [
    '2048 characters',
    { dnsConfig: { searches: Array.from({ length: 9 }, (_, index) => `${domain(240)}${index}`) } },
    RULES.searches,
  ],
  ResolverOptionEmpty: ['an option has a name', { dnsConfig: { options: [{ name: '' }] } }, 'spec.dnsConfig.options[0].name'],
  AliasOfName: ['an address is needed', { hostAliases: [{ ip: 'localhost', hostnames: ['a'] }] }, 'spec.hostAliases[0].ip'],
  AliasOfBrokenAddress: ['too many colons', { hostAliases: [{ ip: '1::2::3', hostnames: ['a'] }] }, RULES.alias],
  AliasInUpperCase: [
    'no host name of Kubernetes',
    { hostAliases: [{ ip: '10.0.0.1', hostnames: ['Shop'] }] },
    'spec.hostAliases[0].hostnames[0]',
  ],
  AliasWithUnderscore: [
    'no host name of Kubernetes',
    { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a_b'] }] },
    'spec.hostAliases[0].hostnames[0]',
  ],
  GraceNegative: ['no time', { terminationGracePeriodSeconds: -1 }, 'spec.terminationGracePeriodSeconds'],
  SurgeNone: ['nothing may come, nothing may go', { strategy: { maxSurge: 0 } }, RULES.strategy],
  SurgeAndUnavailableNone: ['the same in percent', { strategy: { maxSurge: '0%', maxUnavailable: '00%' } }, RULES.strategy],
  SurgeText: ['neither a number nor a percentage', { strategy: { maxSurge: '2' } }, 'spec.strategy.maxSurge'],
  SurgeNegative: ['no number of pods', { strategy: { maxSurge: -1, maxUnavailable: 1 } }, 'spec.strategy.maxSurge'],
  UnavailableAll: ['more than there are', { strategy: { maxUnavailable: '101%' } }, 'spec.strategy.maxUnavailable'],
  UnavailableNegative: ['no number of pods', { strategy: { maxUnavailable: -1 } }, 'spec.strategy.maxUnavailable'],
  StartDelayNegative: ['no time', { probes: { startup: { initialDelaySeconds: -1 } } }, 'spec.probes.startup.initialDelaySeconds'],
  StartDelayZero: [
    'what the API server does not store',
    { probes: { startup: { initialDelaySeconds: 0 } } },
    'spec.probes.startup.initialDelaySeconds',
    LATER,
  ],
  AlivePeriodNegative: ['no time', { probes: { liveness: { periodSeconds: -1 } } }, 'spec.probes.liveness.periodSeconds'],
  AliveTimeoutNegative: ['no time', { probes: { liveness: { timeoutSeconds: -1 } } }, 'spec.probes.liveness.timeoutSeconds'],
  ReadyThresholdNegative: [
    'no number of tries',
    { probes: { readiness: { failureThreshold: -1 } } },
    'spec.probes.readiness.failureThreshold',
  ],

  SessionSecretName: ['no object can have it', { sessionSecret: { name: 'Session' } }, 'spec.sessionSecret.name'],
  SessionSecretKey: ['keys are file names', { sessionSecret: { name: 'session', key: 'a/b' } }, 'spec.sessionSecret.key'],
  DatabaseSecretName: [
    'no object can have it',
    { sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'my database' } },
    'spec.database.secretName',
  ],
  MonitoringKey: ['no label', labelled('a b'), RULES.monitoring, 'ServiceMonitor'],
  MonitoringKeyEmpty: ['no label', labelled(''), RULES.monitoring, 'PrometheusRule'],
  MonitoringValue: ['no value of a label', labelled('a', 'b c'), 'spec.monitoring.labels', 'ServiceMonitor'],
  PostgresVersion: ['PGO knows no later one', { database: { postgresVersion: 19 } }, 'spec.database.postgresVersion', 'PostgresCluster'],
  DatabaseReplicas: ['one at least', { database: { replicas: 0 } }, 'spec.database.replicas', 'PostgresCluster'],
  StorageSize: ['no quantity', { database: { storage: { size: 'big' } } }, 'spec.database.storage.size', 'PostgresCluster'],
  StorageClass: [
    'PGO would request a volume that it cannot get',
    { database: { storage: { className: 'Fast SSD' } } },
    'spec.database.storage.className',
    LATER,
  ],
  RepositoryName: [
    'PGO knows four',
    { database: { backups: { repos: [{ name: 'backup', volume: {} }] } } },
    'spec.database.backups.repos[0].name',
    LATER,
  ],
  RepositoryWithoutRegion: [
    'PGO needs all three',
    { database: { backups: { repos: [{ name: 'repo1', s3: { bucket: 'b', endpoint: 'e' } }] } } },
    'spec.database.backups.repos[0].s3',
    'PostgresCluster',
  ],
  RepositoryWithoutBucket: [
    'PGO needs it',
    { database: { backups: { repos: [{ name: 'repo1', gcs: {} }] } } },
    'spec.database.backups.repos[0].gcs',
    'PostgresCluster',
  ],
  RepositorySchedule: [
    'six characters at least',
    { database: { backups: { repos: [{ name: 'repo1', gcs: { bucket: 'b' }, schedules: { full: 'daily' } }] } } },
    'spec.database.backups.repos[0].schedules.full',
    'PostgresCluster',
  ],
  CredentialsSecret: [
    'PGO would make pods that cannot start',
    { database: { backups: { repos: [{ name: 'repo1', gcs: { bucket: 'b' }, credentialsSecret: 'My Keys' }] } } },
    'spec.database.backups.repos[0].credentialsSecret',
    LATER,
  ],
  OnDemandWithBlank: [
    'the database operator takes it for an id',
    { database: { backups: { onDemand: 'a b' } } },
    'spec.database.backups.onDemand',
    LATER,
  ],
};

/** What the API server would take, and what would make a record too large together with the rest. */
const sizeRows: Record<string, Row> = {
  NodeSelectorTooLong: ['the record has a bound', { nodeSelector: labels(20) }, RULES.nodeSize],
  TolerationsTooLong: [
    'the record has a bound',
    { tolerations: many(60, (index) => ({ key: `${domain(200)}/a${index}`, operator: 'Exists' })) },
    RULES.tolerations,
  ],
  NodeAffinityTooLong: [
    'the record has a bound',
    node(
      'a',
      'In',
      Array.from({ length: 120 }, (_, index) => `${'v'.repeat(58)}${index}`),
    ),
    RULES.nodeAffinity,
  ],
  PodAffinityTooLong: ['the record has a bound', near({ labelSelector: { matchLabels: labels(20) } }), RULES.podAffinity],
  PodAntiAffinityTooLong: ['the record has a bound', rather({ labelSelector: { matchLabels: labels(20) } }), RULES.podAntiAffinity],
  SpreadTooLong: ['the record has a bound', spread({ labelSelector: { matchLabels: labels(20) } }), RULES.spread],
  SpreadKeyTwice: ['the pods would be refused, before 1.34 the Deployment, too', spread({ matchLabelKeys: ['app'] }), RULES.spreadTwice],
  SpreadKeyInExpression: [
    'the pods would be refused, before 1.34 the Deployment, too',
    spread({ ...matching(expression('a', 'Exists')), matchLabelKeys: ['a'] }),
    RULES.spreadTwice,
  ],
  KeyInLabels: ['the pods would be refused', near({ matchLabelKeys: ['app'] }), RULES.podTwice],
  HostAliasesTooLong: [
    'the record has a bound',
    { hostAliases: many(3, (index) => ({ ip: `10.0.0.${index}`, hostnames: [0, 1, 2, 3].map((each) => `${domain(240)}${each}`) })) },
    RULES.aliases,
  ],
  GraceTooShort: ['a pod drains for five seconds', { terminationGracePeriodSeconds: 14 }, 'spec.terminationGracePeriodSeconds'],
  GraceTooLong: ['an hour at most', { terminationGracePeriodSeconds: 3601 }, 'spec.terminationGracePeriodSeconds'],
  StartTooShort: ['no application has started by then', { probes: { startup: { failureThreshold: 9 } } }, RULES.startTime],
  StartTooShortInTries: ['the same', { probes: { startup: { periodSeconds: 14, failureThreshold: 2 } } }, RULES.startTime],
  StartBeyondDeadline: ['the rollout would fail first', { probes: { startup: { failureThreshold: 200 } } }, RULES.startDeadline],
  StartDelayedBeyondDeadline: [
    'the delay counts, too',
    { probes: { startup: { initialDelaySeconds: 180 } }, upgrade: { progressDeadlineSeconds: 300 } },
    RULES.startDeadline,
  ],
  ReadyTooSoon: ['a login takes a while', { probes: { readiness: { timeoutSeconds: 3 } } }, 'spec.probes.readiness.timeoutSeconds'],
};

const toCases = (rows: Record<string, Row>): Record<string, Case<Loose, Refused>> =>
  Object.fromEntries(
    Object.entries(rows).map(([name, [reason, spec, want, child]]) => [
      name,
      { reason, given: { size: 1, ...spec }, want: { want, ...(child !== null && { child: child ?? 'Deployment' }) } },
    ]),
  );

/** What is refused, both as a child and as a Bestie. */
export const refusedFields = toCases({
  ...refusedRows,
  ...refusedContainerRows,
  ...refusedNetworkRows,
  ...refusedOfDatabase(refusedRows),
  ...refusedRowsOfDatabase,
  ...refusedRowsOfRestore,
  ...refusedRowsOfCopy,
});
/** What is refused as a Bestie, although each child of it alone would be taken. */
export const boundedFields = toCases(
  Object.fromEntries(
    Object.entries({ ...sizeRows, ...refusedOfDatabase(sizeRows) }).map(([name, [reason, spec, want]]) => [
      name,
      [reason, spec, want, LATER],
    ]),
  ),
);

const acceptedRows: Record<string, readonly [reason: string, spec: Loose]> = {
  RegistryWithPort: ['a port is no tag', { image: 'registry:5000/a/b__c' }],
  VersionDigest: ['as good as a tag', { version: `sha256:${'ab'.repeat(32)}` }],
  VersionTagAndDigest: ['both', { version: `${'a'.repeat(128)}@sha256:${'ab'.repeat(32)}` }],
  LargestSize: ['an int32', { size: 2_147_483_647 }],
  Device: ['a limit stands for its request', resources({ [gpu]: 1 })],
  DeviceRequested: ['equal in value', resources({ [gpu]: '2' }, { [gpu]: 2 })],
  DeviceByThousands: ['a whole number', resources({ 'example.com/tokens': '1k' })],
  DeviceOfExponent: ['a whole number', resources({ 'example.com/tokens': '1e3' })],
  ResourceOfKubernetes: ['promised more than once', resources({}, { 'kubernetes.io/example': '500m' })],
  EphemeralStorage: ['every container may', resources({ 'ephemeral-storage': '1Gi' }, { 'ephemeral-storage': '500Mi' })],
  HugePages: ['in whole pages', resources({ ...cpu, [huge]: '4Mi', 'hugepages-1Gi': '2Gi' })],
  HugePagesWithRequest: ['equal in value', resources({ memory: '1Gi', [huge]: '1Gi' }, { [huge]: '1024Mi' })],
  HugePagesBesideRequest: ['a request is enough', resources({ [huge]: '2Mi' }, { memory: '1Gi' })],
  NoResources: ['nothing requested', resources({}, {})],
  EnvNames: ['dots and dashes', { env: [{ name: '.a' }, { name: '-b', value: '' }, { name: '_C', value: 'x' }] }],
  SecretKeys: [
    'dots are fine in front',
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a.b-c', key: '.pgpass', optional: true } } }] },
  ],
  ConfigMapKey: ['as a file name', mapKey('a', 'A_b-c.d')],
  SecretNameOf253: ['the longest', secretKey(domain(253), 'k'.repeat(253))],
  ...Object.fromEntries(
    [
      'metadata.name',
      'metadata.namespace',
      'metadata.uid',
      'spec.nodeName',
      'spec.serviceAccountName',
      'status.hostIP',
      'status.hostIPs',
      'status.podIP',
      'status.podIPs',
    ].map((field) => [
      `Field${field.replace(/(^|\.)(.)/g, (_all, _dot, letter: string) => letter.toUpperCase())}`,
      ['a field of environments', path(field)] as const,
    ]),
  ),
  FieldLabel: ['of any name', path("metadata.labels['app.kubernetes.io/name']")],
  FieldAnnotation: ['in either case', path("metadata.annotations['Example.COM/Some_Key.x']")],
  EnvOfLongText: ['plain text counts once', { env: long(80_000).map((each, index) => ({ ...each, value: 'x'.repeat(26_000 + index) })) }],
  EnvOfLongJson: ['quotes count twice', env({ name: 'A', value: '{"a": "b"}\n'.repeat(2_900) })],
  EnvOfMarkupShort: ['markup counts six times', env({ name: 'A', value: '<a&b>'.repeat(2_000) })],
  NodeSelectorEmptyValue: ['a label without a value', selecting({ 'node-role.kubernetes.io/worker': '' })],
  NodeSelectorLong: ['the longest name', selecting({ [`${domain(253)}/${label63}`]: label63 })],
  NodeSelectorEmpty: ['nothing requested', selecting({})],
  TolerateAll: ['no key and Exists is every taint', tolerating({ operator: 'Exists' })],
  TolerateAllSpelledOut: ['empty is left out', tolerating({ key: '', operator: 'Exists', value: '', effect: '' })],
  TolerateByDefault: ['Equal is the default', tolerating({ key: 'a' })],
  TolerateEmptyValue: ['a taint without a value', tolerating({ key: 'a', operator: 'Equal', value: '', effect: 'PreferNoSchedule' })],
  TolerateNegativeSeconds: ['evicted at once', tolerating({ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: -1 })],
  NodeEmptyTerm: ['it matches no node', nodeTerm({})],
  NodeEveryOperator: [
    'each has its values',
    nodeTerm({
      matchExpressions: [
        expression('a', 'In', ['b', '']),
        expression('a', 'NotIn', ['c']),
        expression('example.com/a', 'Exists'),
        expression('d', 'DoesNotExist', []),
        expression('e', 'Gt', ['1']),
        expression('e', 'Lt', ['9']),
      ],
    }),
  ],
  NodeByName: ['the one field', nodeField('metadata.name', 'NotIn', ['node-1.example.com'])],
  PreferredOddValue: ['the API server takes any value there', preferring({ matchExpressions: [expression('a', 'In', ['b c'])] }, 100)],
  PreferredEmpty: ['it matches every node', preferring({}, 1)],
  PreferredNone: ['nothing requested', { affinity: { nodeAffinity: {} } }],
  NearEveryPod: ['an empty selector', near({ labelSelector: {} })],
  NearNoPod: ['no selector', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } } }],
  NearNamespaces: [
    'by name and by label',
    near({ namespaces: ['a', '1b'], namespaceSelector: { matchExpressions: [expression('a', 'Exists')] } }),
  ],
  NearSameRelease: ['what pods of one release share', near({ matchLabelKeys: ['pod-template-hash'], mismatchLabelKeys: ['app'] })],
  NearExpressions: ['each has its values', rather(matching(expression('a', 'In', ['']), expression('b.c/d', 'DoesNotExist')), 100)],
  NearNoKeys: [
    'empty lists ask for nothing',
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', matchLabelKeys: [] }] } } },
  ],
  SpreadFull: [
    'every field',
    spread({
      minDomains: 2,
      nodeAffinityPolicy: 'Ignore',
      nodeTaintsPolicy: 'Honor',
      matchLabelKeys: ['pod-template-hash'],
      maxSkew: 2_147_483_647,
    }),
  ],
  SpreadTwoKinds: ['another answer, another pair', spread({}, { whenUnsatisfiable: 'ScheduleAnyway' })],
  SpreadWithoutSelector: [
    'it counts nothing',
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
  ],
  LargestUser: ['an int32', pod({ runAsUser: 2_147_483_647, runAsGroup: 0, fsGroup: 0 })],
  Root: ['requested', { podSecurityContext: { runAsNonRoot: false, runAsUser: 0 }, containerSecurityContext: { runAsUser: 0 } }],
  LocalProfile: ['below the directory of profiles', profile({ type: 'Localhost', localhostProfile: 'profiles/..audit/./a.json' })],
  Unconfined: ['requested', profile({ type: 'Unconfined' })],
  Admin: ['with what it implies', container({ allowPrivilegeEscalation: true, capabilities: { add: ['CAP_SYS_ADMIN'] } })],
  Capabilities: ['in either form', container({ capabilities: { add: ['NET_BIND_SERVICE', 'cap_chown'], drop: [] } })],
  HostOfOneLabel: ['inside a company', exposed({ host: 'pets' })],
  HostOfDigits: ['no address', exposed({ host: '1.example.com' })],
  HostLabelOf63: ['the longest', exposed({ host: `${label63}.example.com` })],
  ClassWithDots: ['as any object', exposed({ className: 'example.com-nginx', tlsSecretName: 'pets.example.com-tls' })],
  Gateway: [
    'in another Namespace, with dots in names',
    exposed({
      host: 'pets.example.com',
      gateway: { name: 'example.com-public', namespace: 'gateways', sectionName: 'https.pets', scheme: 'https' },
      keep: ['Ingress', 'Route'],
      className: 'nginx',
      annotations: { 'example.com/a': 'b' },
    }),
  ],
  GatewayOff: ['set aside for a while', exposed({ enabled: false, gateway: { name: 'public' }, keep: ['Ingress'] })],
  AnnotationsOdd: ['prefixes in either case, empty values', annotated(['Example.com/A_b.c', ''], ['plain', '<&>"\n'])],
  AnnotationSnippet: [
    'some configuration',
    annotated(['nginx.ingress.kubernetes.io/configuration-snippet', 'more_set_headers "A: <b>";\n'.repeat(700)]),
  ],
  ClassTwice: ['the same', exposed({ className: 'nginx', annotations: { 'kubernetes.io/ingress.class': 'nginx' } })],
  ClassesOfNoIngress: [
    'none is made',
    exposed({ enabled: false, className: 'nginx', annotations: { 'kubernetes.io/ingress.class': 'haproxy' } }),
  ],
  ClassInAnnotation: ['as it was before there was a field', annotated(['kubernetes.io/ingress.class', 'nginx'])],
  PodAnnotations: [
    'read by other programs',
    { podAnnotations: { 'kubectl.kubernetes.io/default-container': 'bestie', 'kubernetes.io/psp': 'x', 'a.b/seccomp': 'x' } },
  ],
  DatabaseMonitoring: [
    'an exporter, and what scrapes it',
    { database: { replicas: 2, monitoring: { enabled: true } }, monitoring: { labels: { release: 'kube-prometheus' } } },
  ],
  MonitoringLabels: ['what a Prometheus selects by', { monitoring: { labels: { release: 'kube-prometheus', 'a.b/c': '' } } }],
  PullSecrets: ['two registries', { imagePullSecrets: [{ name: 'registry' }, { name: 'a.b-c' }], imagePullPolicy: 'Always' }],
  PullNever: ['the nodes have the image', { imagePullPolicy: 'Never' }],
  Account: ['with its token', { serviceAccountName: 'shop.pets', automountServiceAccountToken: true }],
  Token: ['of the default account', { automountServiceAccountToken: true }],
  NoToken: ['as it is where nothing is said', { automountServiceAccountToken: false }],
  Classes: [
    'names of objects',
    { priorityClassName: 'system-cluster-critical', runtimeClassName: 'gvisor', schedulerName: 'default-scheduler' },
  ],
  DnsConfig: [
    'every field',
    {
      dnsConfig: {
        nameservers: ['10.0.0.10', 'fd00::a', '::1'],
        searches: ['shop.example.com', 'example.com.'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      },
    },
  ],
  DnsSearchesLong: ['as long as they may be', { dnsConfig: { searches: Array.from({ length: 8 }, () => domain(250)) } }],
  HostAliases: [
    'of either family',
    {
      hostAliases: [
        { ip: '10.1.2.3', hostnames: ['registry.example.com', 'registry'] },
        { ip: '2001:db8::7', hostnames: ['mail'] },
        { ip: '2001:DB8:0:0:0:0:0:8', hostnames: ['1.mail'] },
      ],
    },
  ],
  GraceShort: ['the shortest', { terminationGracePeriodSeconds: 15 }],
  GraceLong: ['the longest', { terminationGracePeriodSeconds: 3600 }],
  SurgeOfAll: ['twice the pods for a while', { strategy: { maxSurge: '100%' } }],
  SurgeMore: ['more than that', { strategy: { maxSurge: '250%', maxUnavailable: 0 } }],
  SurgeZero: ['one goes first', { strategy: { maxSurge: 0, maxUnavailable: 1 } }],
  UnavailableShare: ['a quarter', { strategy: { maxSurge: '0%', maxUnavailable: '25%' } }],
  UnavailableEverything: ['all at once', { strategy: { maxUnavailable: '100%' } }],
  ProbesSlow: [
    'every time',
    {
      probes: {
        startup: { initialDelaySeconds: 30, periodSeconds: 5, timeoutSeconds: 10, failureThreshold: 60 },
        liveness: { periodSeconds: 60, timeoutSeconds: 10, failureThreshold: 5 },
        readiness: { periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 1 },
      },
    },
  ],
  ProbesEmpty: ['nothing requested', { probes: { startup: {}, liveness: {} } }],
  StartShort: ['ten tries', { probes: { startup: { failureThreshold: 10 } } }],
  StartLong: [
    'below the deadline',
    { probes: { startup: { periodSeconds: 10, failureThreshold: 120 } }, upgrade: { progressDeadlineSeconds: 1201 } },
  ],
  Repositories: [
    'of every kind',
    {
      database: {
        storage: { className: 'gp3.csi' },
        backups: {
          repos: [
            { name: 'repo1', volume: { size: '1Gi' }, schedules: { full: '@weekly' } },
            { name: 'repo2', s3: { bucket: 'a', endpoint: 'minio.example:9000', region: 'eu-1' }, credentialsSecret: 'keys.s3' },
            { name: 'repo3', gcs: { bucket: 'a_b' } },
            { name: 'repo4', azure: { container: 'a' } },
          ],
        },
      },
    },
  ],
};

/** Unusual, and taken as a Bestie and as its children. */
export const acceptedFields: Record<string, Case<Loose, undefined>> = Object.fromEntries(
  Object.entries({
    ...acceptedRows,
    ...acceptedContainerRows,
    ...acceptedNetworkRows,
    ...acceptedOfDatabase(acceptedRows),
    ...acceptedRowsOfDatabase,
    ...acceptedRowsOfRestore,
    ...acceptedRowsOfCopy,
  }).map(([name, [reason, spec]]) => [name, { reason, given: { size: 1, ...spec }, want: undefined }]),
);
