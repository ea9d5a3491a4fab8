import assert from 'node:assert/strict';
import { ApiError, type ApiErrorCode } from '../../../src/sandbox/apiserver/apierror.ts';
import { createApiServer } from '../../../src/sandbox/apiserver/apiserver.ts';
import type { ApiServer, Client } from '../../../src/sandbox/apiserver/client.ts';
import { omit, type Draft } from '../../../src/sandbox/apiserver/object.ts';

function world(): { server: ApiServer; client: Client } {
  let seconds = 0;
  const server = createApiServer(() => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++)).toISOString());
  const client = server.as('user');
  client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  return { server, client };
}

const template = (labels: Record<string, string>, more: object = {}): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...more },
});
const bestie = (spec: object = { size: 1 }): Draft => ({
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  metadata: { name: 'b', namespace: 'shop' },
  spec: { ...spec },
});
const service = (name: string, ports: object[] = [{ port: 80 }]): Draft => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { ports },
});
const job = (restartPolicy = 'Never'): Draft => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'shop' },
  spec: { template: template({}, { restartPolicy }) },
});
const deployment = (labels = { app: 'a' }): Draft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'a' } }, template: template(labels) },
});
const refused =
  (code: ApiErrorCode) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.code === code;

const refusals: readonly { name: string; reason: string; code: ApiErrorCode; request: (client: Client) => unknown }[] = [
  {
    name: 'Twice',
    reason: 'the name is taken',
    code: 'AlreadyExists',
    request: (client) => [client.create(service('s')), client.create(service('s'))],
  },
  {
    name: 'NoNamespace',
    reason: 'it must exist first',
    code: 'NotFound',
    request: (client) => client.create({ ...service('s'), metadata: { name: 's', namespace: 'other' } }),
  },
  { name: 'Missing', reason: 'nothing to update', code: 'NotFound', request: (client) => client.update(service('s')) },
  {
    name: 'Stale',
    reason: 'optimistic concurrency',
    code: 'Conflict',
    request: (client) => {
      const first = client.create(service('s'));
      client.update({ ...first, spec: { ports: [{ port: 81 }] } });
      client.update({ ...first, spec: { ports: [{ port: 82 }] } });
    },
  },
  {
    name: 'OtherUid',
    reason: 'the precondition of a deletion',
    code: 'Conflict',
    request: (client) => {
      client.remove(client.create(service('s')), { uid: 'other' });
    },
  },
  {
    name: 'UnknownKind',
    reason: 'no CRD',
    code: 'NotFound',
    request: (client) => client.create({ apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x' } }),
  },
  {
    name: 'LongName',
    reason: 'a Service name is a DNS label',
    code: 'Invalid',
    request: (client) => client.create(service('s'.repeat(64))),
  },
  {
    name: 'NameWithoutLetters',
    reason: 'DNS-1035 starts with a letter',
    code: 'Invalid',
    request: (client) => client.create(service('1')),
  },
  {
    name: 'PortTwice',
    reason: 'same number and protocol',
    code: 'Invalid',
    request: (client) =>
      client.create(
        service('s', [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ]),
      ),
  },
  {
    name: 'LongLabel',
    reason: 'at most 63 characters',
    code: 'Invalid',
    request: (client) => client.create({ ...service('s'), metadata: { name: 's', namespace: 'shop', labels: { a: 'x'.repeat(64) } } }),
  },
  {
    name: 'HugeAnnotations',
    reason: 'the record of a huge child does not fit',
    code: 'Invalid',
    request: (client) =>
      client.create({ ...service('s'), metadata: { name: 's', namespace: 'shop', annotations: { a: 'x'.repeat(262144) } } }),
  },
  {
    name: 'TwoControllers',
    reason: 'an object has one at most',
    code: 'Invalid',
    request: (client) => {
      const owner = { apiVersion: 'v1', kind: 'Service', name: 'x', controller: true };
      client.create({
        ...service('s'),
        metadata: {
          name: 's',
          namespace: 'shop',
          ownerReferences: [
            { ...owner, uid: '1' },
            { ...owner, uid: '2' },
          ],
        },
      });
    },
  },
  {
    name: 'SelectorMisses',
    reason: 'a Deployment selects its own pods',
    code: 'Invalid',
    request: (client) => client.create(deployment({ app: 'b' })),
  },
  {
    name: 'SelectorChanges',
    reason: 'it is immutable',
    code: 'Invalid',
    request: (client) => {
      const made = client.create(deployment());
      client.update({ ...made, spec: { ...made.spec, selector: { matchLabels: {} } } });
    },
  },
  {
    name: 'JobTemplateChanges',
    reason: 'it is immutable',
    code: 'Invalid',
    request: (client) => {
      const made = client.create(job());
      client.update({ ...made, spec: { ...made.spec, template: template({}, { restartPolicy: 'OnFailure' }) } });
    },
  },
  { name: 'JobRestartsAlways', reason: 'a Job must be able to end', code: 'Invalid', request: (client) => client.create(job('Always')) },
];

describe('sandbox/apiserver/apiserver', () => {
  for (const { name, reason, code, request } of refusals) {
    it(`${name}: ${code}, ${reason}`, () => {
      assert.throws(() => request(world().client), refused(code));
    });
  }

  it('EqualPut: neither a new version nor an event, but a write', () => {
    const { server, client } = world();
    const events: string[] = [];
    const made = client.create(service('s'));
    server.watch(({ type }) => events.push(type));
    assert.equal(
      client.update({ ...made, metadata: { ...made.metadata, labels: {} } }).metadata.resourceVersion,
      made.metadata.resourceVersion,
    );
    assert.deepEqual([events, server.writes.at(-1)?.outcome], [[], 'unchanged']);
  });

  it('Generation: grows with the spec and with the deletion, not with labels or status', () => {
    const { client } = world();
    const made = client.create(bestie());
    const labelled = client.update({ ...made, metadata: { ...made.metadata, labels: { a: 'b' }, finalizers: ['x.y/z'] } });
    const reported = client.updateStatus({ ...labelled, status: { size: 1 } });
    const changed = client.update({ ...reported, spec: { size: 2 } });
    client.remove(changed);
    const going = client.get('Bestie.pets.bestie.com/v1', 'shop', 'b');
    assert.deepEqual(
      [made, labelled, reported, changed, going].map((object) => object?.metadata.generation),
      [1, 1, 1, 2, 3],
    );
  });

  it('Status: a create and a plain update leave it out, a Bestie gets that of the CRD, a status update leaves out the rest', () => {
    const { client } = world();
    const made = client.create({ ...bestie(), status: { a: 1 } });
    const reported = client.updateStatus({ ...made, spec: { size: 9 }, status: { b: 2 } });
    const updated = client.update({ ...reported, status: { c: 3 } });
    const fresh = { observedGeneration: -1 };
    assert.deepEqual([made.status, reported.spec, reported.status, updated.status], [fresh, { size: 1 }, { b: 2 }, { b: 2 }]);
  });

  it('Finalizers: a deletion waits for the last one', () => {
    const { client } = world();
    const made = client.create({ ...bestie(), metadata: { name: 'b', namespace: 'shop', finalizers: ['x.y/z'] } });
    client.remove(made);
    const going = client.get('Bestie.pets.bestie.com/v1', 'shop', 'b');
    assert.ok(going?.metadata.deletionTimestamp);
    client.update({ ...going, metadata: { ...going.metadata, finalizers: [] } });
    assert.equal(client.get('Bestie.pets.bestie.com/v1', 'shop', 'b'), undefined);
  });

  it('Pods: a deleted one terminates until the kubelet deletes it at once', () => {
    const { client } = world();
    const pod = client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [] } });
    client.remove(pod);
    assert.notEqual(client.get('Pod.v1', 'shop', 'p')?.metadata.deletionTimestamp, undefined);
    client.remove(pod, { grace: 'at once' });
    assert.equal(client.get('Pod.v1', 'shop', 'p'), undefined);
  });

  it('TerminatingNamespace: nothing is created in it', () => {
    const { client } = world();
    const home = client.get('Namespace.v1', '', 'shop');
    assert.ok(home);
    client.update({ ...home, metadata: { ...home.metadata, finalizers: ['kubernetes'] } });
    client.remove({ ...home, metadata: { name: 'shop' } });
    assert.throws(() => client.create(service('s')), refused('Forbidden'));
  });

  it('BuiltIns: nulls and empty values vanish, quantities become canonical, defaults appear', () => {
    const { client } = world();
    const resources = { requests: { cpu: '0.5', memory: '1024Mi' }, limits: {} };
    const env = [{ name: 'EMPTY', value: '' }];
    const containers = [{ name: 'web', image: 'web:1', env, resources, args: [], volumeMounts: null }];
    const volumes = [{ name: 'tmp', emptyDir: {} }];
    const spec = {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' }, annotations: {} }, spec: { containers, volumes } },
    };
    const made = client.create({ ...deployment(), spec });
    const got = made.spec as { replicas: number; template: { metadata: object; spec: { containers: object[]; volumes: object[] } } };
    assert.equal(got.replicas, 1);
    assert.deepEqual(got.template.metadata, { labels: { app: 'a' } });
    assert.deepEqual(got.template.spec.volumes, volumes);
    assert.deepEqual(got.template.spec.containers, [
      {
        name: 'web',
        image: 'web:1',
        env: [{ name: 'EMPTY' }],
        resources: { requests: { cpu: '500m', memory: '1Gi' } },
        imagePullPolicy: 'IfNotPresent',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ]);
  });

  it('PodSpec: probes, ports, field references and volumes get their defaults, also inside lists without a merge key', () => {
    const fieldRef = { fieldPath: 'metadata.name' };
    const container = {
      name: 'web',
      image: 'web',
      ports: [{ containerPort: 80 }],
      env: [{ name: 'POD', valueFrom: { fieldRef } }],
      readinessProbe: { httpGet: { port: 80 } },
    };
    const sources = [{ serviceAccountToken: { path: 't' } }, { downwardAPI: { items: [{ path: 'n', fieldRef }] } }];
    const volumes = [
      { name: 'a', secret: { secretName: 's' } },
      { name: 'b', projected: { sources } },
    ];
    const spec = {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container], volumes } },
    };
    const made = world().client.create({ ...deployment(), spec }).spec as {
      template: { spec: { containers: object[]; volumes: object[] } };
    };
    const [got] = made.template.spec.containers as (typeof container & { imagePullPolicy: string })[];
    assert.equal(got?.imagePullPolicy, 'Always');
    assert.deepEqual(got.ports, [{ containerPort: 80, protocol: 'TCP' }]);
    assert.deepEqual(got.env, [{ name: 'POD', valueFrom: { fieldRef: { ...fieldRef, apiVersion: 'v1' } } }]);
    assert.deepEqual(got.readinessProbe, {
      httpGet: { port: 80, path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
    assert.deepEqual(made.template.spec.volumes, [
      { name: 'a', secret: { secretName: 's', defaultMode: 420 } },
      {
        name: 'b',
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { path: 't', expirationSeconds: 3600 } },
            { downwardAPI: { items: [{ path: 'n', fieldRef: { ...fieldRef, apiVersion: 'v1' } }] } },
          ],
        },
      },
    ]);
  });

  it('CustomResources: nulls vanish, everything else is kept as it was sent', () => {
    const { client } = world();
    const made = client.create(bestie({ size: 1, a: null, b: '', c: [], resources: { requests: { cpu: '0.5' } } }));
    assert.deepEqual(made.spec, { size: 1, b: '', c: [], resources: { requests: { cpu: '0.5' } } });
  });

  it('JobTemplate: carries the labels by which the Job finds its pods', () => {
    const made = world().client.create(job());
    const { metadata } = (made.spec as { template: { metadata: { labels: Record<string, string> } } }).template;
    assert.equal(metadata.labels['batch.kubernetes.io/job-name'], 'j');
    assert.equal(metadata.labels['batch.kubernetes.io/controller-uid'], made.metadata.uid);
  });

  it('Fault: a test may refuse a write, and the log says so', () => {
    const { server, client } = world();
    server.fault = ({ verb }) => (verb === 'create' ? 'InternalError' : undefined);
    assert.throws(() => client.create(service('s')), refused('InternalError'));
    assert.deepEqual(server.writes.slice(-1).map((write) => omit(write, 'at'))[0], {
      verb: 'create',
      by: 'user',
      kind: 'Service.v1',
      namespace: 'shop',
      name: 's',
      outcome: 'InternalError',
    });
  });

  it('Withdraw: a kind that is taken away takes its objects along', () => {
    const { server, client } = world();
    client.create(bestie());
    server.withdraw('Bestie.pets.bestie.com/v1');
    assert.throws(() => client.create(bestie()), refused('NotFound'));
    server.serve('Bestie.pets.bestie.com/v1');
    assert.deepEqual(client.list('Bestie.pets.bestie.com/v1'), []);
  });

  it('Frozen: no client changes the objects that the server holds', () => {
    const made = world().client.create(bestie());
    assert.throws(() => {
      (made.spec as { size: number }).size = 7;
    }, TypeError);
  });
});
