/**
 * Writes table.tsv again: `kubectl proxy & npx tsx test/quantities/make.ts > test/quantities/table.tsv`; another address than that of
 * kubectl proxy is its argument. The CRD of PostgresCluster must be there. It makes a Namespace and a CRD of its own, stores every value of
 * values.ts in every place, reads what was stored, and takes both away.
 */
import assert from 'node:assert/strict';
import { compareQuantities } from '../support/quantities.ts';
import { values } from './values.ts';

const GROUP = 'quantities.pets.bestie.com';
const BATCH = 50;

interface Answer {
  status: number;
  body: { metadata: { name: string }; details?: { causes?: { field: string; message: string }[] }; [field: string]: unknown };
}

const [server = 'http://127.0.0.1:8001'] = process.argv.slice(2);

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const { body: made } = await call('POST', '/api/v1/namespaces', { metadata: { generateName: 'quantities-' } });
const namespace = made.metadata.name;

/** What stands at the place of each value once the object is stored and read again; undefined for a value that is refused. */
type Place = (values: readonly string[]) => { path: string; object: object; read: (stored: never) => readonly string[] };

let count = 0;
async function stored(place: Place, wanted: readonly string[]): Promise<(string | undefined)[]> {
  const { path, object, read } = place(wanted);
  const created = await call('POST', path, { metadata: { name: `q${count++}` }, ...object });
  if (created.status === 201) {
    const { body } = await call('GET', `${path}/${created.body.metadata.name}`);
    const found = read(body as never);
    await call('DELETE', `${path}/${created.body.metadata.name}`);
    return [...found];
  }
  assert.ok([400, 422].includes(created.status), JSON.stringify(created.body));
  if (wanted.length === 1) return [undefined];
  const half = wanted.length >> 1;
  return [...(await stored(place, wanted.slice(0, half))), ...(await stored(place, wanted.slice(half)))];
}

async function all(place: Place, batch = BATCH): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (let from = 0; from < values.length; from += batch) {
    const some = values.slice(from, from + batch);
    (await stored(place, some)).forEach((text, index) => found.set(some[index] ?? '', text));
  }
  return found;
}

interface Template {
  spec: { template: { spec: { containers: { resources: { limits: Record<string, string>; requests: Record<string, string> } }[] } } };
}

const one = (texts: readonly string[]): string => {
  assert.equal(new Set(texts).size, 1, `stored in several forms: ${texts.join(' ')}`);
  return texts[0] ?? '';
};

const template = (resources: readonly string[], wanted: readonly string[]): object => ({
  metadata: { labels: { app: 'q' } },
  spec: {
    restartPolicy: 'Always',
    containers: wanted.map((value, index) => {
      const quantities = Object.fromEntries(resources.map((name) => [name, value]));
      return { name: `c${index}`, image: 'x', resources: { limits: quantities, requests: quantities } };
    }),
  },
});
const readTemplate = ({ spec }: Template): string[] =>
  spec.template.spec.containers.map(({ resources: { limits, requests } }) => one([...Object.values(limits), ...Object.values(requests)]));

const deployment =
  (...resources: string[]): Place =>
  (wanted) => ({
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    object: { spec: { replicas: 0, selector: { matchLabels: { app: 'q' } }, template: template(resources, wanted) } },
    read: readTemplate,
  });

const job: Place = (wanted) => {
  const pod = template(['cpu', 'memory'], wanted) as { spec: object };
  return {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    object: { spec: { suspend: true, template: { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } } } },
    read: readTemplate,
  };
};

interface Claim {
  spec: { resources: { requests: { storage: string } } };
}
const claimSpec = (storage = ''): object => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });

const claim: Place = ([value]) => ({
  path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
  object: { spec: claimSpec(value) },
  read: ({ spec }: Claim) => [spec.resources.requests.storage],
});

const cluster: Place = (wanted) => ({
  path: `/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/${namespace}/postgresclusters`,
  object: {
    apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
    kind: 'PostgresCluster',
    spec: {
      postgresVersion: 17,
      instances: wanted.map((value, index) => ({ name: `i${index}`, dataVolumeClaimSpec: claimSpec(value) })),
    },
  },
  read: ({ spec }: { spec: { instances: { dataVolumeClaimSpec: Claim['spec'] }[] } }) =>
    spec.instances.map(({ dataVolumeClaimSpec }) => dataVolumeClaimSpec.resources.requests.storage),
});

/** A kind whose every pair breaks a rule, so that the API server shows what CEL makes of it. */
const text = { type: 'string', maxLength: 64 };
const comparison = "isQuantity(self.a) && isQuantity(self.b) ? string(quantity(self.a).compareTo(quantity(self.b))) : 'none'";
const pairs = {
  type: 'array',
  maxItems: BATCH,
  items: {
    type: 'object',
    properties: { a: text, b: text },
    'x-kubernetes-validations': [{ rule: 'self.a == self.b + "!"', messageExpression: comparison }],
  },
};
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `comparisons.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { kind: 'Comparison', plural: 'comparisons' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { pairs } } } }],
  },
};
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** What CEL's compareTo says of each pair: "-1", "0" or "1", or "none" where one of both is no quantity. */
async function compared(all: readonly (readonly [string, string])[]): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0; from < all.length; from += BATCH) {
    const some = all.slice(from, from + BATCH).map(([a, b]) => ({ a, b }));
    const object = { apiVersion: `${GROUP}/v1`, kind: 'Comparison', metadata: { name: 'c' }, pairs: some };
    const { body } = await call('POST', `/apis/${GROUP}/v1/namespaces/${namespace}/comparisons`, object);
    const causes = body.details?.causes ?? [];
    const batch = some.map(
      (_, index) =>
        causes
          .find(({ field }) => field === `pairs[${index}]`)
          ?.message.split(' ')
          .at(-1) ?? '',
    );
    assert.ok(
      batch.every((answer) => /^(-1|0|1|none)$/.test(answer)),
      JSON.stringify(body),
    );
    found.push(...batch);
  }
  return found;
}

function mark(value: string, found: string | undefined): string {
  if (found === undefined) return '-';
  return found === value ? '=' : found;
}

try {
  await call('POST', CRDS, crd);
  const pods = await all(deployment('cpu', 'memory', 'ephemeral-storage'));
  assert.deepEqual(await all(job), pods, 'Jobs and Deployments agree');
  const extended = await all(deployment('example.com/device'));
  const claims = await all(claim, 1);
  const clusters = await all(cluster, 20);
  const isQuantity = new Map(
    (await compared(values.map((value) => [value, '0']))).map((answer, index) => [values[index] ?? '', answer !== 'none']),
  );
  const isNumber = (value: string): boolean => /^[+-]?\.?\d/.test(value);
  const sorted = values.filter((value) => isQuantity.get(value) && isNumber(value)).toSorted(compareQuantities);
  const order = await compared(sorted.slice(1).map((next, index) => [sorted[index] ?? '', next] as const));
  assert.ok(!order.includes('1'), 'compareQuantities orders them as CEL does');
  const { body: version } = await call('GET', '/version');
  const rows = [...sorted, ...values.filter((value) => !sorted.includes(value))].map((value, index) => {
    const unordered = isQuantity.get(value) ? '?' : '-';
    const relation = index < sorted.length ? ({ '-1': '<', 0: '=' }[order[index] ?? ''] ?? '.') : unordered;
    return [value, ...[pods, extended, claims, clusters].map((column) => mark(value, column.get(value))), relation].join('\t');
  });
  console.log(
    [
      `# Quantities as Kubernetes ${String(version.gitVersion)} stores them; made by test/quantities/make.ts, ${rows.length} rows.`,
      '# = as typed, - refused, else what is stored instead. pod: cpu, memory and ephemeral-storage of containers of Deployments and Jobs,',
      '# requests and limits alike; device: an extended resource; claim: a PersistentVolumeClaim; cluster: a PostgresCluster of Crunchy PGO;',
      '# cel: in the order of CEL, < less than the next row, = equal to it, . the last, ? a quantity without a number, - no quantity.',
      ['value', 'pod', 'device', 'claim', 'cluster', 'cel'].join('\t'),
      ...rows,
    ].join('\n'),
  );
} finally {
  await call('DELETE', `${CRDS}/${crd.metadata.name}`);
  await call('DELETE', `/api/v1/namespaces/${namespace}`);
}
