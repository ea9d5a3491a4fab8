/**
 * What the API server makes of an object before it stores it: nulls and empty values dropped, quantities rounded and written anew, defaults
 * filled in. Only what may differ for a desired child is here; the schemas themselves are for a real API server.
 */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { BESTIE, DEPLOYMENT, HPA, isBuiltIn, JOB, POD, POSTGRES_CLUSTER, REPLICA_SET, SERVICE } from './discovery.ts';
import { isFields, plain, type Draft, type Fields } from './object.ts';
import { podSpecDefaults } from '../controllers/podspec.ts';
import { storedResource } from './quantity.ts';

type Mutable = Record<string, unknown>;

/** Fields that are maps in Go, so that an empty one is omitted; an empty struct such as `emptyDir: {}` stays. */
const maps = new Set(['labels', 'annotations', 'nodeSelector', 'matchLabels', 'limits', 'requests', 'data']);
const isEmptyMap = (key: string, value: unknown): boolean => maps.has(key) && isFields(value) && Object.keys(value).length === 0;
const isEmpty = (key: string, value: unknown): boolean =>
  value === '' || (Array.isArray(value) && value.length === 0) || isEmptyMap(key, value);

const mapped = (object: Fields, change: (value: unknown, key: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(object).map(([key, child]) => [key, change(child, key)]));

function without(value: unknown, dropped: (key: string, value: unknown) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, dropped));
  if (!isFields(value)) return value;
  const inner = Object.entries(value).map(([key, child]) => [key, without(child, dropped)] as const);
  return Object.fromEntries(inner.filter(([key, child]) => !dropped(key, child)));
}

const quantityMaps = new Set(['limits', 'requests']);

function storedResources(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storedResources);
  if (!isFields(value)) return value;
  return mapped(value, (child, key) =>
    quantityMaps.has(key) && isFields(child) ? mapped(child, (quantity) => storedResource(String(quantity))) : storedResources(child),
  );
}

const defaults = (given: Fields, missing: Fields): Mutable => ({ ...missing, ...given });
const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const items = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);

function withTemplate(spec: Fields): Fields {
  const template = fields(spec.template);
  return { ...spec, template: { ...template, spec: podSpecDefaults(fields(template.spec)) } };
}

const rollingUpdate = (given: Fields): Fields => defaults(given, { maxSurge: '25%', maxUnavailable: '25%' });

const strategy = (given: Fields): Fields =>
  given.type === 'Recreate'
    ? given
    : { ...defaults(given, { type: 'RollingUpdate' }), rollingUpdate: rollingUpdate(fields(given.rollingUpdate)) };

const servicePort = (port: unknown): Fields => defaults(fields(port), { protocol: 'TCP', targetPort: fields(port).port });

/** Defaults of `spec` by kind. Sources: pkg/apis/<group>/<version>/defaults.go of Kubernetes, and PGO's CRD. */
const specDefaults: Readonly<Record<KindKey, (spec: Fields) => Fields>> = {
  [DEPLOYMENT]: (spec) =>
    withTemplate({
      ...defaults(spec, { replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10 }),
      strategy: strategy(fields(spec.strategy)),
    }),
  [REPLICA_SET]: (spec) => withTemplate(defaults(spec, { replicas: 1 })),
  [JOB]: (spec) =>
    withTemplate(
      defaults(spec, {
        backoffLimit: 6,
        completions: 1,
        parallelism: 1,
        completionMode: 'NonIndexed',
        manualSelector: false,
        podReplacementPolicy: 'TerminatingOrFailed',
        suspend: false,
      }),
    ),
  [POD]: podSpecDefaults,
  [SERVICE]: (spec) => ({
    ...defaults(spec, {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
    }),
    ports: (Array.isArray(spec.ports) ? spec.ports : []).map(servicePort),
  }),
  [HPA]: (spec) => defaults(spec, { minReplicas: 1 }),
  'Route.route.openshift.io/v1': (spec) => ({
    ...defaults(spec, { wildcardPolicy: 'None' }),
    to: defaults(fields(spec.to), { kind: 'Service', weight: 100 }),
  }),
  'HTTPRoute.gateway.networking.k8s.io/v1': (spec) => ({
    ...spec,
    parentRefs: items(spec.parentRefs).map((reference) => defaults(reference, { group: 'gateway.networking.k8s.io', kind: 'Gateway' })),
    rules: items(spec.rules).map((rule) => ({
      ...defaults(rule, { matches: [{ path: { type: 'PathPrefix', value: '/' } }] }),
      backendRefs: items(rule.backendRefs).map((backend) => defaults(backend, { group: '', kind: 'Service', weight: 1 })),
    })),
  }),
  [POSTGRES_CLUSTER]: (spec) => defaults(spec, { port: 5432 }),
};

/** A Job's template carries the labels by which the Job finds its pods. */
function withJobLabels(object: Draft): Draft {
  const template = fields(object.spec?.template);
  const metadata = fields(template.metadata);
  const own = { 'batch.kubernetes.io/job-name': object.metadata.name, 'job-name': object.metadata.name };
  const uid = object.metadata.uid ?? '';
  const labels = { ...fields(metadata.labels), ...own, 'batch.kubernetes.io/controller-uid': uid, 'controller-uid': uid };
  return {
    ...object,
    spec: {
      ...object.spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}

/** The object as it is stored. Metadata is typed for every kind; the rest only for the kinds that come with Kubernetes. */
export function normalise(given: Draft): Draft {
  const kind = kindKey(given);
  const withoutNulls = without(plain(given), (_, value) => value === null) as Draft;
  const metadata = without(withoutNulls.metadata, isEmpty) as Draft['metadata'];
  const object: Draft = isBuiltIn(kind) ? (storedResources(without(withoutNulls, isEmpty)) as Draft) : withoutNulls;
  const spec = object.spec && (specDefaults[kind]?.(object.spec) ?? object.spec);
  // By the CRD: a client that reads a Bestie before the operator has reconciled it sees that.
  const status = kind === BESTIE && object.status === undefined ? { status: { observedGeneration: -1 } } : {};
  const result: Draft = { ...object, metadata, ...(spec && { spec }), ...status };
  return kind === JOB ? withJobLabels(result) : result;
}
