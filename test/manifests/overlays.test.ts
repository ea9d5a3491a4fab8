/** `kubectl apply -k manifests/overlays/NAME`: what is in each. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { kinds, overlays as names, type ChildKind, type Overlay } from '../../src/api/kinds.ts';
import { built, kustomization, only, resolve, tools, type Resource } from '../support/kustomize.ts';

interface ControllerSpec {
  childResources: { resource: string }[];
  hooks: Record<string, { webhook: Record<string, unknown> }>;
}

const resourcesOf = (overlay: Overlay): string[] =>
  Object.values<ChildKind>(kinds)
    .filter((kind) => kind.overlays.includes(overlay))
    .map(({ resource }) => resource);
const overlays: Record<string, string[]> = {
  ...Object.fromEntries(names.map((overlay) => [overlay, resourcesOf(overlay)])),
  local: resourcesOf('default'),
};

/** What the API server takes in all annotations of an object together, in bytes. */
const ANNOTATIONS_LIMIT = 262_144;

const everywhere = [
  'ClusterRole bestie-editor',
  'ClusterRole bestie-operator-metacontroller',
  'ClusterRole bestie-viewer',
  'ClusterRoleBinding bestie-operator-metacontroller',
  'CompositeController bestie-operator',
  'CustomResourceDefinition besties.pets.bestie.com',
  ...[
    'bestie-autoscaling',
    'bestie-deletion',
    'bestie-demo-accounts',
    'bestie-host-path',
    'bestie-moving-version',
    'bestie-protected-namespace',
    'bestie-unguarded',
  ].flatMap((name) => [`ValidatingAdmissionPolicy ${name}`, `ValidatingAdmissionPolicyBinding ${name}`]),
];
const webhook = [
  'Deployment bestie-operator',
  'Namespace bestie-system',
  'NetworkPolicy bestie-operator',
  'PodDisruptionBudget bestie-operator',
  'Service bestie-operator',
  'ServiceAccount bestie-operator',
];
const databasePolicy = ['bestie-database-deletion', 'bestie-database-monitoring'].flatMap((name) => [
  `ValidatingAdmissionPolicy ${name}`,
  `ValidatingAdmissionPolicyBinding ${name}`,
]);
/** Where Metacontroller runs, which is no Namespace of ours: what finds its metrics, and nothing else. */
const besideMetacontroller = [
  'Role metacontroller/bestie-operator-prometheus',
  'RoleBinding metacontroller/bestie-operator-prometheus',
  'Service metacontroller/metacontroller-metrics',
];
const monitors = [
  ...besideMetacontroller,
  'PrometheusRule bestie-alert',
  'Role bestie-operator-prometheus',
  'RoleBinding bestie-operator-prometheus',
  'ServiceMonitor bestie-operator',
  'ServiceMonitor metacontroller',
];
const contents: Record<string, string[]> = {
  default: [...webhook, ...databasePolicy],
  monitoring: [...webhook, ...databasePolicy, ...monitors],
  openshift: [...webhook, ...databasePolicy, ...monitors],
  minimal: webhook,
  gateway: [...webhook, ...databasePolicy],
  local: databasePolicy,
};

const identity = ({ kind, metadata: { name, namespace = 'bestie-system' } }: Resource): string =>
  namespace === 'bestie-system' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
const byIdentity = (resources: readonly Resource[]): Record<string, Resource> =>
  Object.fromEntries(resources.map((resource) => [identity(resource), resource]));

describe('overlays', () => {
  it('are these', () => {
    assert.deepEqual(readdirSync('manifests/overlays').sort(), Object.keys(overlays).sort());
  });

  for (const [name, declared] of Object.entries(overlays)) {
    describe(name, () => {
      const resources = resolve(`manifests/overlays/${name}`);
      const controller = only(resources, 'CompositeController').spec as ControllerSpec;

      it('declares the kinds of its components', () => {
        assert.deepEqual(controller.childResources.map(({ resource }) => resource).sort(), [...declared].sort());
      });

      it('consists of the operator, and of nothing that belongs to Metacontroller or the database operator', () => {
        assert.deepEqual(resources.map(identity).sort(), [...everywhere, ...(contents[name] ?? [])].sort());
      });

      it('puts everything that has a Namespace into bestie-system, but for what finds the metrics of Metacontroller', () => {
        const elsewhere = resources.filter(({ metadata: { namespace = 'bestie-system' } }) => namespace !== 'bestie-system');
        assert.deepEqual(elsewhere.map(identity).sort(), (contents[name] ?? []).filter((one) => besideMetacontroller.includes(one)).sort());
      });

      it('carries labels that find all of it again', () => {
        const unlabelled = resources.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] !== 'bestie-operator');
        assert.deepEqual(unlabelled.map(identity), []);
      });

      // `kubectl apply -k`, as the documentation has it, writes each object into an annotation of it as JSON.
      it('has no object that is too large to be applied by the client', () => {
        const tooLarge = resources.filter((resource) => Buffer.byteLength(JSON.stringify(resource)) > ANNOTATIONS_LIMIT - 1024);
        assert.deepEqual(tooLarge.map(identity), []);
      });

      for (const tool of tools) {
        it(`is what ${tool} builds, too`, () => {
          assert.deepEqual(byIdentity(built(tool, `manifests/overlays/${name}`)), byIdentity(resources));
        }).timeout(60_000);
      }
    });
  }

  it('openshift lets the platform’s Prometheus in', () => {
    const { metadata } = only(resolve('manifests/overlays/openshift'), 'Namespace');
    assert.equal(metadata.labels?.['openshift.io/cluster-monitoring'], 'true');
  });

  it('local asks a webhook on the same machine, by the port that the webhook has when nothing else is said', () => {
    const { hooks } = only(resolve('manifests/overlays/local'), 'CompositeController').spec as ControllerSpec;
    const expected = (path: string) => ({ url: `http://127.0.0.1:8080/${path}`, timeout: '10s', responseUnMarshallMode: 'strict' });
    for (const [path, { webhook }] of Object.entries(hooks)) assert.deepEqual(webhook, expected(path));
  });

  it('refers to kustomizations outside its own folder only as folders, which is all that kustomize allows', () => {
    for (const name of Object.keys(overlays)) {
      const files = kustomization(`manifests/overlays/${name}`).resources?.filter((entry) => entry.endsWith('.yaml')) ?? [];
      assert.ok(files.every((file) => !file.includes('/')));
    }
  });
});
