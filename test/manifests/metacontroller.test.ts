/** What Metacontroller reads and may do: declared kinds, rights and the table of children in the code are the same list, per component. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { kinds } from '../../src/api/kinds.ts';
import { table } from '../../src/children/index.ts';
import { kustomization, only, operationsOn, resolve, type Resource } from '../support/kustomize.ts';

interface ChildResource {
  apiVersion: string;
  resource: string;
  updateStrategy?: { method: string };
}

interface ControllerSpec {
  parentResource: object;
  generateSelector: boolean;
  resyncPeriodSeconds: number;
  childResources: ChildResource[];
  hooks: object;
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const childVerbs = ['get', 'list', 'watch', 'create', 'update', 'delete'];
const base = resolve('metacontroller/base');
const controller = only(base, 'CompositeController');
const spec = controller.spec as ControllerSpec;
const role = only(base, 'ClusterRole');

const components = [...new Set(Object.values(kinds).map(({ component }) => component))].filter((component) => component !== 'base');
const added = (component: string, kind: string, path: string): unknown[] =>
  operationsOn(kind, kustomization(`metacontroller/components/${component}`)).map((operation) => {
    assert.equal(`${operation.op} ${operation.path}`, `add ${path}`);
    return operation.value;
  });

const declared = (component: string): ChildResource[] =>
  component === 'base' ? spec.childResources : (added(component, 'CompositeController', '/spec/childResources/-') as ChildResource[]);
const rules = (component: string): Rule[] =>
  component === 'base' ? (role.rules as Rule[]) : (added(component, 'ClusterRole', '/rules/-') as Rule[]);

/** What each part grants beyond its child kinds. */
const furtherRules: Record<string, Rule[]> = {
  base: [
    { apiGroups: ['pets.bestie.com'], resources: ['besties'], verbs: ['get', 'list', 'watch', 'update'] },
    { apiGroups: ['pets.bestie.com'], resources: ['besties/status'], verbs: ['get', 'update'] },
    { apiGroups: ['pets.bestie.com'], resources: ['besties/finalizers'], verbs: ['update'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
  ],
  crunchy: [{ apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: ['get', 'list', 'watch'] }],
  route: [{ apiGroups: ['route.openshift.io'], resources: ['routes/custom-host'], verbs: ['create', 'update'] }],
};

const group = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
const sorted = (list: readonly unknown[]): string[] => list.map((entry) => JSON.stringify(entry)).sort();

describe('what Metacontroller reads', () => {
  for (const component of ['base', ...components]) {
    describe(component, () => {
      it('declares exactly the kinds that the table of children puts there', () => {
        const wanted = table.filter(({ api }) => api.component === component).map(({ api }) => `${api.apiVersion} ${api.resource}`);
        assert.deepEqual(
          declared(component)
            .map(({ apiVersion, resource }) => `${apiVersion} ${resource}`)
            .sort(),
          wanted.sort(),
        );
      });

      it('names the update strategy of each kind', () => {
        for (const { resource, updateStrategy } of declared(component)) {
          const kind = Object.values(kinds).find((each) => each.resource === resource);
          assert.deepEqual(updateStrategy, { method: kind?.update }, resource);
        }
      });

      it('grants one rule per declared kind, and nothing more', () => {
        const wanted = declared(component).map(({ apiVersion, resource }) => ({
          apiGroups: [group(apiVersion)],
          resources: [resource],
          verbs: childVerbs,
        }));
        assert.deepEqual(sorted(rules(component)), sorted([...wanted, ...(furtherRules[component] ?? [])]));
      });

      it('grants no wildcard', () => {
        assert.ok(!JSON.stringify(rules(component)).includes('*'));
      });
    });
  }

  it('has a folder for each component that the table of kinds names, and no other but for how the hooks are reached', () => {
    const reaching = ['bearer-token', 'metrics-auth', 'mtls', 'tls'];
    assert.deepEqual([...components, ...reaching].sort(), readdirSync('metacontroller/components').sort());
  });

  it('reconciles besties by generated selector, every minute at the latest', () => {
    assert.equal(controller.metadata.name, 'bestie-operator');
    assert.deepEqual(spec.parentResource, { apiVersion: 'pets.bestie.com/v1', resource: 'besties' });
    assert.equal(spec.generateSelector, true);
    assert.equal(spec.resyncPeriodSeconds, 60);
  });

  it('calls the three hooks, version v2 and strict, at the Service', () => {
    const hook = (path: string) => ({
      version: 'v2',
      webhook: {
        service: { name: 'bestie-operator', namespace: 'bestie-system', port: 80, protocol: 'http' },
        path,
        timeout: '10s',
        responseUnMarshallMode: 'strict',
      },
    });
    assert.deepEqual(spec.hooks, { sync: hook('/sync'), finalize: hook('/finalize'), customize: hook('/customize') });
  });

  it('binds the role to Metacontroller alone', () => {
    const binding: Resource = only(base, 'ClusterRoleBinding');
    assert.deepEqual(binding.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name });
    assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name: 'metacontroller', namespace: 'metacontroller' }]);
  });
});
