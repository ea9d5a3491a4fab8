/** The Service and the NetworkPolicy with what the spec adds, by Metacontroller's own merge. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { eventually, get, kubectl, syncErrors, type ClusterObject } from './support/kubectl.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-service';
const REST_SECONDS = Number(process.env.E2E_REST_SECONDS ?? 130);
const SERVES = 'pets.bestie.com/serves';

const SPEC = {
  size: 1,
  service: {
    type: 'LoadBalancer',
    annotations: { 'example.com/internal': 'true' },
    loadBalancerClass: 'example.com/none',
    ipFamilyPolicy: 'PreferDualStack',
    externalTrafficPolicy: 'Local',
    sessionAffinity: 'ClientIP',
  },
  networkPolicy: {
    enabled: true,
    extraIngress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 9090 }] }],
    extraEgress: [{ to: [{ namespaceSelector: { matchLabels: { team: 'mail' } } }], ports: [{ port: 25, endPort: 26, protocol: 'TCP' }] }],
  },
};

const service = (): Promise<ClusterObject | undefined> => get(NS, 'services', 'wide-service');
const annotationsOf = (object: ClusterObject | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(object?.metadata.annotations ?? {}).filter(([key]) => !key.startsWith('metacontroller.k8s.io/')));

async function atRest(): Promise<void> {
  assert.deepEqual(await writesAtRest(NS, REST_SECONDS), []);
  assert.deepEqual(await syncErrors(NS), []);
}

describe('a Service and a NetworkPolicy with what the spec adds', () => {
  before(async () => {
    await namespace(NS);
    await apply(NS, bestie('wide', SPEC));
    await becomes(NS, 'wide', 'Ready', 'True', undefined, 120);
  });

  it('are as the spec has them, and not written again', async () => {
    const { type, loadBalancerClass, externalTrafficPolicy, sessionAffinity } = (await service())?.spec ?? {};
    assert.deepEqual(
      { type, loadBalancerClass, externalTrafficPolicy, sessionAffinity },
      { type: 'LoadBalancer', loadBalancerClass: 'example.com/none', externalTrafficPolicy: 'Local', sessionAffinity: 'ClientIP' },
    );
    assert.deepEqual(annotationsOf(await service()), { ...SPEC.service.annotations, [SERVES]: 'wide-app' });
    await becomes(NS, 'wide', 'ServiceCreated', 'True', 'AddressPending');
    const { ingress, egress } = ((await get(NS, 'networkpolicies', 'wide-netpol'))?.spec ?? {}) as { ingress: object[]; egress: object[] };
    assert.deepEqual(
      [ingress.at(-1), egress.at(-1)],
      [
        { from: SPEC.networkPolicy.extraIngress[0]?.from, ports: [{ port: 9090, protocol: 'TCP' }] },
        { to: SPEC.networkPolicy.extraEgress[0]?.to, ports: SPEC.networkPolicy.extraEgress[0]?.ports },
      ],
    );
    await atRest();
  });

  it('shows the address that a load balancer gave', async () => {
    await kubectl(
      '-n',
      NS,
      'patch',
      'service',
      'wide-service',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: 'pets.lb.example.com' }] } } }),
    );
    await becomes(NS, 'wide', 'ServiceCreated', 'True', 'Created');
  });

  it('is an ordinary Service again, with the annotations of others, and not written again', async () => {
    await kubectl('-n', NS, 'annotate', 'service', 'wide-service', 'cloud.example.com/id=7');
    await kubectl(
      '-n',
      NS,
      'patch',
      'bestie',
      'wide',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/service"},{"op":"remove","path":"/spec/networkPolicy"}]',
    );
    await eventually('a Service inside the cluster', 30, async () => (await service())?.spec?.type === 'ClusterIP');
    await eventually('no NetworkPolicy', 30, async () => (await get(NS, 'networkpolicies', 'wide-netpol')) === undefined);
    assert.deepEqual(annotationsOf(await service()), { 'cloud.example.com/id': '7', [SERVES]: 'wide-app' });
    await atRest();
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
