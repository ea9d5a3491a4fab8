/** How Prometheus gets at the metrics of the operator: who is scraped, with which rights, through which door, and with `metrics-auth`. */
import { strict as assert } from 'node:assert';
import { variables } from '../../src/variables.ts';
import { portVariables } from '../../src/server/lifecycle.ts';
import { built, only, resolve, tools, type Resource } from '../support/kustomize.ts';

type Labels = Record<string, string>;
interface Endpoint {
  port: string;
  [field: string]: unknown;
}
interface Monitor {
  namespaceSelector?: { matchNames: string[] };
  selector: { matchLabels: Labels };
  endpoints: Endpoint[];
}
interface ServiceSpec {
  selector: Labels;
  clusterIP?: string;
  ports: { name: string; port: number; targetPort: string | number }[];
}
interface Container {
  env: { name: string; value: string }[];
  ports: { name: string }[];
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
  [probe: string]: unknown;
}
interface PodTemplate {
  template: {
    metadata: { labels: Labels };
    spec: { containers: [Container]; volumes: { name: string; secret?: { secretName: string } }[] };
  };
}
interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}
interface Peer {
  from: { namespaceSelector: { matchLabels: Labels } }[];
  ports: { port: string }[];
}

const selects = (wanted: Labels, labels: Labels | undefined): boolean =>
  Object.keys(wanted).length > 0 && Object.entries(wanted).every(([key, value]) => labels?.[key] === value);

/** The Services that a ServiceMonitor selects, as the Prometheus operator does. */
function servicesOf(monitor: Resource, resources: readonly Resource[]): Resource[] {
  const { namespaceSelector, selector } = monitor.spec as Monitor;
  const namespaces = namespaceSelector?.matchNames ?? [monitor.metadata.namespace];
  return resources.filter(
    ({ kind, metadata }) => kind === 'Service' && namespaces.includes(metadata.namespace) && selects(selector.matchLabels, metadata.labels),
  );
}

const NAME = 'kubernetes.io/metadata.name';
const reading = ['get', 'list', 'watch'];
const finding: Rule[] = [
  { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: reading },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reading },
];
const scrape = { port: 'metrics', path: '/metrics', interval: '30s', scrapeTimeout: '10s' };

/** Where Prometheus runs, by overlay. */
const prometheus: Record<string, string> = { monitoring: 'monitoring', openshift: 'openshift-monitoring' };

for (const [overlay, namespace] of Object.entries(prometheus)) {
  describe(`the metrics of the operator: overlay ${overlay}`, () => {
    const resources = resolve(`manifests/overlays/${overlay}`);
    const monitors = resources.filter(({ kind }) => kind === 'ServiceMonitor');
    const policy = only(resources, 'NetworkPolicy', 'bestie-operator').spec as { ingress: Peer[] };
    const all = <Spec>(kind: string): (Spec & { metadata: Resource['metadata'] })[] =>
      resources.filter((resource) => resource.kind === kind) as never;

    it('has one monitor for the webhook and one for Metacontroller, beside each other', () => {
      assert.deepEqual(
        monitors.map(({ metadata }) => `${String(metadata.namespace)}/${metadata.name}`),
        ['bestie-system/bestie-operator', 'bestie-system/metacontroller'],
      );
    });

    it('each selects exactly one Service, and of that exactly one port, once', () => {
      for (const monitor of monitors) {
        const services = servicesOf(monitor, resources);
        const { endpoints } = monitor.spec as Monitor;
        assert.deepEqual([services.length, endpoints.length], [1, 1], monitor.metadata.name);
        const { ports } = services[0]?.spec as ServiceSpec;
        assert.equal(ports.filter(({ name }) => name === endpoints[0]?.port).length, 1);
      }
    });

    it('scrapes the webhook with the metrics’ own labels, on the port that its pods have', () => {
      const monitor = only(monitors, 'ServiceMonitor', 'bestie-operator');
      const metricRelabelings = [
        { action: 'replace', sourceLabels: ['exported_namespace'], regex: '(.+)', targetLabel: 'namespace', replacement: '$1' },
        { action: 'labeldrop', regex: 'exported_namespace' },
      ];
      assert.deepEqual((monitor.spec as Monitor).endpoints, [{ ...scrape, interval: '15s', honorLabels: true, metricRelabelings }]);
      const service = servicesOf(monitor, resources)[0]?.spec as ServiceSpec;
      const { template } = only(resources, 'Deployment', 'bestie-operator').spec as PodTemplate;
      const { targetPort } = service.ports.find(({ name }) => name === 'metrics') ?? {};
      assert.ok(template.spec.containers[0].ports.some(({ name }) => name === targetPort));
      assert.ok(selects(service.selector, template.metadata.labels));
    });

    it('scrapes Metacontroller by a Service without an address, on the port that it has by default', () => {
      const monitor = only(monitors, 'ServiceMonitor', 'metacontroller');
      assert.deepEqual((monitor.spec as Monitor).endpoints, [scrape]);
      const [service, ...others] = servicesOf(monitor, resources);
      assert.ok(service && others.length === 0);
      assert.equal(service.metadata.name, 'metacontroller-metrics');
      assert.deepEqual(service.spec, {
        clusterIP: 'None',
        // What its own manifests and its Helm chart give the pods.
        selector: { 'app.kubernetes.io/name': 'metacontroller' },
        ports: [{ name: 'metrics', port: 9999, targetPort: 9999, protocol: 'TCP' }],
      });
    });

    it('looks for Metacontroller where the rights and the door of the hooks say that it is', () => {
      const [subject] = only(resources, 'ClusterRoleBinding', 'bestie-operator-metacontroller').subjects as { namespace: string }[];
      assert.deepEqual((only(monitors, 'ServiceMonitor', 'metacontroller').spec as Monitor).namespaceSelector, {
        matchNames: [subject?.namespace],
      });
      const hooks = policy.ingress.find(({ ports }) => ports.some(({ port }) => port === 'http'));
      assert.deepEqual(hooks?.from, [{ namespaceSelector: { matchLabels: { [NAME]: subject?.namespace } } }]);
    });

    it('lets Prometheus find pods wherever a monitor looks, and gives it nothing else', () => {
      const where = monitors.flatMap((monitor) => servicesOf(monitor, resources)).map(({ metadata }) => metadata.namespace);
      const roles = all<{ rules: Rule[] }>('Role');
      assert.deepEqual(roles.map(({ metadata }) => metadata.namespace).sort(), where.sort());
      for (const { rules } of roles) assert.deepEqual(rules, finding);
    });

    it('binds each of these roles to the one Prometheus, in the Namespace that the NetworkPolicy lets in', () => {
      const bindings = all<{ roleRef: object; subjects: object[] }>('RoleBinding');
      const roles = all('Role').map(({ metadata }) => `${String(metadata.namespace)}/${metadata.name}`);
      assert.deepEqual(
        bindings.map(({ metadata }) => `${String(metadata.namespace)}/${metadata.name}`),
        roles,
      );
      for (const { metadata, roleRef, subjects } of bindings) {
        assert.deepEqual(roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name });
        assert.deepEqual(subjects, [{ kind: 'ServiceAccount', name: 'prometheus-k8s', namespace }]);
      }
      const doors = policy.ingress.filter(({ ports }) => ports.some(({ port }) => port === 'metrics'));
      assert.deepEqual(doors, [
        { from: [{ namespaceSelector: { matchLabels: { [NAME]: namespace } } }], ports: [{ port: 'metrics', protocol: 'TCP' }] },
      ]);
    });
  });
}

describe('the component metrics-auth', () => {
  const overlay = resolve('manifests/overlays/monitoring');
  const plain = (only(overlay, 'ServiceMonitor', 'bestie-operator').spec as Monitor).endpoints[0];
  const unchanged = (only(overlay, 'Deployment').spec as PodTemplate).template.spec.containers[0];
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'];

  for (const tool of tools) {
    describe(`as ${tool} builds it, beside every other component`, function () {
      this.timeout(60_000);
      let resources: Resource[] = [];
      let monitor: Resource;
      let pod: PodTemplate['template']['spec'];
      before(() => {
        resources = built(tool, 'test/manifests/metrics-auth');
        monitor = only(resources, 'ServiceMonitor', 'bestie-operator');
        pod = (only(resources, 'Deployment', 'bestie-operator').spec as PodTemplate).template.spec;
      });

      it('adds to the scrape, and changes nothing of it', () => {
        const [{ scheme, tlsConfig, authorization, ...rest } = { port: '' }, ...others] = (monitor.spec as Monitor).endpoints;
        assert.deepEqual([rest, others], [plain, []]);
        assert.equal(scheme, 'https');
        assert.deepEqual(tlsConfig, {
          serverName: 'bestie-operator.bestie-system.svc',
          ca: { secret: { name: 'bestie-operator-metrics-tls', key: 'ca.crt' } },
        });
        assert.deepEqual(authorization, { type: 'Bearer', credentials: { name: 'bestie-operator-metrics-token', key: 'token' } });
      });

      it('asks for the certificate by the name of the Service that is scraped', () => {
        const [service] = servicesOf(monitor, resources);
        const { serverName } = (monitor.spec as Monitor).endpoints[0]?.tlsConfig as { serverName: string };
        assert.equal(serverName, `${String(service?.metadata.name)}.${String(service?.metadata.namespace)}.svc`);
      });

      it('sends the probes by HTTPS, and leaves the rest of them', () => {
        for (const probe of probes) {
          const { httpGet, ...rest } = unchanged[probe] as { httpGet: object };
          assert.deepEqual(pod.containers[0][probe], { ...rest, httpGet: { ...httpGet, scheme: 'HTTPS' } }, probe);
        }
      });

      it('names every file of the metrics port, in a volume that is mounted read-only', () => {
        const { env, volumeMounts } = pod.containers[0];
        const { port: _port, ...files } = portVariables.metrics;
        for (const name of Object.values(files)) {
          assert.ok(name in variables);
          const file = env.find((variable) => variable.name === name)?.value ?? '';
          const mount = volumeMounts.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
          assert.equal(mount?.readOnly, true, name);
          assert.ok(pod.volumes.some((volume) => volume.name === mount.name));
        }
        assert.equal(new Set(env.map(({ name }) => name)).size, env.length);
        assert.equal(new Set(volumeMounts.map(({ mountPath }) => mountPath)).size, volumeMounts.length);
        assert.equal(pod.volumes.length, 5);
      });

      it('makes both sides read the same two Secrets', () => {
        const mounted = pod.volumes.flatMap(({ name, secret }) => (name.startsWith('metrics-') ? [secret?.secretName ?? 'none'] : []));
        assert.deepEqual(mounted, ['bestie-operator-metrics-tls', 'bestie-operator-metrics-token']);
        const scraped = JSON.stringify((monitor.spec as Monitor).endpoints);
        for (const secret of mounted) assert.ok(scraped.includes(`"${secret}"`), secret);
      });

      it('grants nothing to any subject', () => {
        const granting = ({ kind }: Resource): boolean => kind.endsWith('Role') || kind.endsWith('RoleBinding');
        // The other components grant Metacontroller the Secrets, which is their business.
        const mine = resources.filter((one) => granting(one) && one.metadata.name !== 'bestie-operator-metacontroller');
        const theirs = overlay.filter((one) => granting(one) && one.metadata.name !== 'bestie-operator-metacontroller');
        const sorted = (list: Resource[]): string[] => list.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
        assert.deepEqual(sorted(mine), sorted(theirs));
      });
    });

    it(`${tool} refuses it where there is no ServiceMonitor`, () => {
      assert.throws(() => built(tool, 'test/manifests/metrics-auth/without-monitor'), /ServiceMonitor/);
    }).timeout(60_000);
  }
});
