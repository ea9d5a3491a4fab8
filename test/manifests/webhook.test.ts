/** What runs the webhook. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import { variables } from '../../src/variables.ts';
import { only, resolve } from '../support/kustomize.ts';

interface Container {
  name: string;
  image: string;
  ports: { name: string; containerPort: number }[];
  env: { name: string; value: string }[];
  resources: Record<'requests' | 'limits', { cpu: string; memory: string }>;
  securityContext: object;
  volumeMounts?: unknown;
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
}
interface Probe {
  httpGet: { path: string; port: string };
}
interface PodSpec {
  containers: Container[];
  securityContext: object;
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  serviceAccountName: string;
  terminationGracePeriodSeconds: number;
  topologySpreadConstraints: { whenUnsatisfiable: string; labelSelector: { matchLabels: object } }[];
  volumes?: unknown;
  [field: string]: unknown;
}
interface DeploymentSpec {
  replicas: number;
  strategy: object;
  selector: { matchLabels: Record<string, string> };
  template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
}
interface Selecting {
  selector: Record<string, string> & { matchLabels?: Record<string, string> };
  ports: { name: string; port: number; targetPort: string }[];
  podSelector: { matchLabels: object };
  policyTypes: string[];
  egress?: unknown;
  ingress: { from: { namespaceSelector: object }[]; ports: { port: string }[] }[];
}

const resources = resolve('manifests/webhook');
const deployment = only(resources, 'Deployment', 'bestie-operator').spec as DeploymentSpec;
const pod = deployment.template.spec;
const [container] = pod.containers as [Container];
const environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
const megabytes = (quantity: string): number => Number(/^(\d+)Mi$/.exec(quantity)?.[1]);

describe('the webhook’s manifests', () => {
  it('run the image of this version', () => {
    assert.equal(pod.containers.length, 1);
    assert.equal(container.image.split(':').at(-1), version);
  });

  it('keep two replicas, and lose none while rolling', () => {
    assert.equal(deployment.replicas, 2);
    assert.deepEqual(deployment.strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    const budget = only(resources, 'PodDisruptionBudget').spec as { maxUnavailable: number; selector: object };
    assert.equal(budget.maxUnavailable, 1);
    assert.deepEqual(budget.selector, deployment.selector);
  });

  it('follow the restricted Pod Security Standard, which the Namespace enforces', () => {
    assert.equal(only(resources, 'Namespace').metadata.labels?.['pod-security.kubernetes.io/enforce'], 'restricted');
    assert.deepEqual(pod.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'volumes', 'initContainers']) assert.equal(pod[field], undefined, field);
  });

  it('give it no access to the API server', () => {
    assert.equal(pod.serviceAccountName, 'bestie-operator');
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(only(resources, 'ServiceAccount', 'bestie-operator').automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
    const bindings = ['minimal', 'default', 'monitoring', 'openshift'].flatMap((overlay) =>
      resolve(`manifests/overlays/${overlay}`).filter(({ kind }) => kind.endsWith('RoleBinding')),
    );
    assert.ok(bindings.length > 0);
    assert.ok(!bindings.some(({ subjects }) => JSON.stringify(subjects).includes('"bestie-system"')));
  });

  it('give it the ports that the Service, the probes and the NetworkPolicy name', () => {
    assert.deepEqual(
      container.ports.map(({ name, containerPort }) => [name, String(containerPort)]),
      [
        ['http', environment.HOOK_PORT],
        ['metrics', environment.METRICS_PORT],
      ],
    );
    const service = only(resources, 'Service', 'bestie-operator').spec as Selecting;
    assert.deepEqual(
      service.ports.map(({ name, port, targetPort }) => [name, port, targetPort]),
      [
        ['http', 80, 'http'],
        ['metrics', 8081, 'metrics'],
      ],
    );
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe].map(({ httpGet }) => httpGet);
    assert.deepEqual(probes, [
      { path: '/readyz', port: 'metrics' },
      { path: '/readyz', port: 'metrics' },
      { path: '/healthz', port: 'metrics' },
    ]);
  });

  it('select the pods of the Deployment everywhere', () => {
    const { matchLabels } = deployment.selector;
    for (const [key, value] of Object.entries(matchLabels)) assert.equal(deployment.template.metadata.labels[key], value);
    assert.deepEqual((only(resources, 'Service').spec as Selecting).selector, matchLabels);
    assert.deepEqual((only(resources, 'NetworkPolicy').spec as Selecting).podSelector, { matchLabels });
    for (const { labelSelector, whenUnsatisfiable } of pod.topologySpreadConstraints) {
      assert.deepEqual(labelSelector, { matchLabels });
      assert.equal(whenUnsatisfiable, 'ScheduleAnyway');
    }
  });

  it('let only Metacontroller at the hooks, only monitoring at the metrics, and nothing out', () => {
    const policy = only(resources, 'NetworkPolicy').spec as Selecting;
    assert.deepEqual(policy.policyTypes, ['Ingress', 'Egress']);
    assert.equal(policy.egress, undefined);
    assert.deepEqual(
      policy.ingress.map(({ from, ports }) => [ports.map(({ port }) => port), from.map(({ namespaceSelector }) => namespaceSelector)]),
      [
        [['http'], [{ matchLabels: { 'kubernetes.io/metadata.name': 'metacontroller' } }]],
        [['metrics'], [{ matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }]],
      ],
    );
  });

  it('set only variables that the program knows, to their defaults', () => {
    const own = Object.fromEntries(Object.entries(environment).filter(([name]) => name !== 'NODE_OPTIONS'));
    assert.deepEqual(
      Object.keys(own).filter((name) => !(name in variables)),
      [],
    );
    assert.deepEqual(readConfig(own), readConfig({}));
  });

  it('leave time to drain: the delay, then what is in flight', () => {
    const { shutdownDelaySeconds, shutdownGraceSeconds } = readConfig({});
    assert.ok(pod.terminationGracePeriodSeconds >= shutdownDelaySeconds + shutdownGraceSeconds);
  });

  it('bound the heap below the memory limit', () => {
    const { requests, limits } = container.resources;
    const options = environment.NODE_OPTIONS ?? '';
    const old = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
    const semi = Number(/--max-semi-space-size=(\d+)/.exec(options)?.[1]);
    const nodeItself = 80;
    assert.ok(old + 3 * semi + nodeItself <= megabytes(limits.memory), `${old} + 3 × ${semi} + ${nodeItself} MB in ${limits.memory}`);
    assert.ok(megabytes(requests.memory) <= megabytes(limits.memory));
  });
});

describe('the roles of people', () => {
  const roles = resolve('manifests/rbac');

  it('are part of the cluster’s own roles', () => {
    const aggregated = (name: string) =>
      Object.keys(only(roles, 'ClusterRole', name).metadata.labels ?? {})
        .filter((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-'))
        .map((label) => label.split('-to-')[1]);
    assert.deepEqual(aggregated('bestie-viewer'), ['admin', 'edit', 'view']);
    assert.deepEqual(aggregated('bestie-editor'), ['admin', 'edit']);
  });

  it('let no user write status, and viewers nothing', () => {
    type Rules = { resources: string[]; verbs: string[] }[];
    const reading = ['get', 'list', 'watch'];
    const editor = only(roles, 'ClusterRole', 'bestie-editor').rules as Rules;
    const viewer = only(roles, 'ClusterRole', 'bestie-viewer').rules as Rules;
    assert.ok(viewer.every(({ verbs }) => verbs.every((verb) => reading.includes(verb))));
    const onStatus = editor.filter(({ resources }) => resources.includes('besties/status'));
    assert.ok(onStatus.every(({ verbs }) => verbs.every((verb) => reading.includes(verb))));
    assert.ok(!JSON.stringify([editor, viewer]).includes('*'));
  });
});
