/** The components that authenticate Metacontroller: what each asks for, and what it costs. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { variables } from '../../src/variables.ts';
import { built, kustomization, only, operationsOn, tools } from '../support/kustomize.ts';

const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] };
const costs: Record<string, object[]> = { tls: [], 'bearer-token': [secrets], mtls: [secrets] };
const asks: Record<string, string[]> = {
  tls: ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  'bearer-token': ['AUTH_TOKEN_FILE'],
  mtls: ['TLS_CLIENT_CA_FILE'],
};

interface Deployment {
  kind: string;
  spec: {
    template: {
      spec: {
        containers: { env: { name: string; value: string }[]; volumeMounts: { name: string; mountPath: string; readOnly: boolean }[] }[];
        volumes: { name: string }[];
      };
    };
  };
}
interface Webhook {
  service: { protocol: string; port: number };
  caBundle: { inline: string };
  clientTLS: object;
  authorization: object;
}

const directory = (component: string): string => `metacontroller/components/${component}`;

/** The strategic merge patches of a component: there is one, on the webhook's Deployment. */
const merged = (component: string): Deployment[] =>
  (kustomization(directory(component)).patches ?? [])
    .filter(({ target }) => target === undefined)
    .map(({ patch }) => parse(patch) as Deployment);

describe('authentication', () => {
  for (const component of Object.keys(costs)) {
    describe(component, () => {
      it('grants Metacontroller the Secrets of the cluster only where it has to read one, and says so', () => {
        const { patches } = kustomization(directory(component));
        const granted = operationsOn('ClusterRole', kustomization(directory(component))).map(({ value }) => value);
        assert.deepEqual(granted, costs[component]);
        const refers = patches?.some(({ target, patch }) => target?.kind === 'CompositeController' && patch.includes('secretRef')) ?? false;
        assert.equal(refers, granted.length > 0);
        const text = readFileSync(`${directory(component)}/kustomization.yaml`, 'utf8');
        assert.equal(text.includes('on every Secret of the'), granted.length > 0);
      });

      it('changes all three hooks alike', () => {
        const operations = operationsOn('CompositeController', kustomization(directory(component))).filter(
          ({ op }) => (op as string) !== 'test',
        );
        const of = (hook: string) =>
          operations
            .filter(({ path }) => path.startsWith(`/spec/hooks/${hook}/`))
            .map(({ op, path, value }) => ({ op, value, path: path.replace(hook, '') }));
        assert.deepEqual(of('finalize'), of('sync'));
        assert.deepEqual(of('customize'), of('sync'));
        assert.equal(operations.length, 3 * of('sync').length);
        assert.ok(of('sync').length > 0);
      });

      it('gives the webhook files in volumes that it mounts, read-only', () => {
        const [patch, ...others] = merged(component);
        assert.ok(patch && others.length === 0);
        assert.equal(patch.kind, 'Deployment');
        const { containers, volumes } = patch.spec.template.spec;
        for (const { env, volumeMounts } of containers) {
          assert.deepEqual(
            env.map(({ name }) => name),
            asks[component],
          );
          assert.ok(env.every(({ name }) => name in variables));
          assert.deepEqual(
            volumeMounts.map(({ name, readOnly }) => ({ name, readOnly })),
            volumes.map(({ name }) => ({ name, readOnly: true })),
          );
          for (const { value } of env) assert.ok(volumeMounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`)));
        }
        assert.equal(containers.length, 1);
      });
    });
  }

  for (const tool of tools) {
    it(`${tool} builds all three together`, () => {
      const resources = built(tool, 'test/manifests/authentication');
      const { hooks } = only(resources, 'CompositeController').spec as { hooks: Record<string, { webhook: Webhook }> };
      const ca = readFileSync('test/manifests/authentication/ca.crt', 'utf8');
      for (const { webhook } of Object.values(hooks)) {
        assert.deepEqual([webhook.service.protocol, webhook.service.port], ['https', 443]);
        assert.equal(webhook.caBundle.inline, ca);
        assert.deepEqual(webhook.clientTLS, { secretRef: { name: 'bestie-operator-client', namespace: 'bestie-system' } });
        assert.deepEqual(webhook.authorization, {
          type: 'Bearer',
          secretRef: { name: 'bestie-operator-token', namespace: 'bestie-system', key: 'token' },
        });
      }
      const { template } = (only(resources, 'Deployment') as unknown as Deployment).spec;
      const names = template.spec.containers[0]?.env.map(({ name }) => name) ?? [];
      for (const name of [...Object.values(asks).flat(), 'HOOK_PORT', 'NODE_OPTIONS']) assert.ok(names.includes(name), name);
      assert.equal(template.spec.volumes.length, 3);
      const { ports } = only(resources, 'Service').spec as { ports: object[] };
      assert.deepEqual(ports[0], { name: 'https', port: 443, targetPort: 'http', protocol: 'TCP' });
    }).timeout(60_000);

    it(`${tool} refuses tls without a CA, and mtls without tls`, () => {
      assert.throws(() => built(tool, 'test/manifests/authentication/without-ca'), /bestie-operator-ca/);
      assert.throws(() => built(tool, 'test/manifests/authentication/without-tls'), /protocol/);
    }).timeout(60_000);
  }
});
