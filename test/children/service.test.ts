import { strict as assert } from 'node:assert';
import { serviceRefusal } from '../../src/children/servicerefusal.ts';
import { parentStatus } from '../support/gateway.ts';
import { migrated, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { settled } from '../support/upgrades.ts';
import {
  conditionOf,
  edited,
  manifestOf,
  observe,
  overlays,
  patched,
  said,
  syncOf,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const external = (secretName: string): Loose => ({
  database: { provider: 'External', secretName },
  sessionSecret: { name: 's', key: 'k' },
});
const forgetful = patched(ready(), 'PostgresCluster', { metadata: { annotations: undefined } });

describe('children/service', () => {
  each<Loose, string>(
    {
      Default: { reason: 'inside the cluster', given: {}, want: 'ClusterIP' },
      NodePort: { reason: 'requested', given: { serviceType: 'NodePort' }, want: 'NodePort' },
      ByNewField: { reason: 'it comes first', given: { service: { type: 'NodePort' } }, want: 'NodePort' },
      OldFieldBesideOthers: { reason: 'nothing else names a type', given: { serviceType: 'NodePort', service: {} }, want: 'NodePort' },
    },
    (given, want) => {
      assert.deepEqual(manifestOf(syncOf(migrated(world(given))), 'Service')?.spec, {
        type: want,
        selector: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie', 'app.kubernetes.io/component': 'web' },
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      });
    },
  );

  it('waits on a first install, as all that serves the application', () => {
    const answer = syncOf(usable());
    for (const [kind, type] of [
      ['Service', 'ServiceCreated'],
      ['PodDisruptionBudget', 'PDBCreated'],
      ['Ingress', 'IngressCreated'],
    ] as const) {
      assert.equal(manifestOf(answer, kind), undefined);
      assert.equal(said(answer, type), 'False DependencyNotReady');
    }
  });

  describe('of a running application is put back', () => {
    each<World, true>(
      {
        NoDatabase: { reason: 'the PostgresCluster is gone', given: without(without(ready(), 'PostgresCluster'), 'Job'), want: true },
        NoHistory: { reason: 'the PostgresCluster does not say what it has', given: without(forgetful, 'Job'), want: true },
        NotDeclared: {
          reason: 'its kind is declared no longer',
          given: { ...without(without(ready(), 'PostgresCluster'), 'Job'), declared: overlays.minimal },
          want: true,
        },
        OtherSecret: {
          reason: 'the external database was exchanged',
          given: edited(without(ready(world(external('one'))), 'Job'), external('two')),
          want: true,
        },
      },
      (given) => {
        for (const kind of ['Service', 'PodDisruptionBudget']) {
          assert.ok(manifestOf(syncOf(without(given, kind)), kind), `${kind} is in the answer`);
        }
      },
    );
  });

  it('has what the spec says about it, and nothing that it leaves out', () => {
    const service = {
      type: 'LoadBalancer',
      loadBalancerClass: 'example.com/lb',
      ipFamilies: ['IPv6', 'IPv4'],
      ipFamilyPolicy: 'RequireDualStack',
      externalTrafficPolicy: 'Local',
      sessionAffinity: 'ClientIP',
    };
    const { selector: _s, ports: _p, ...rest } = manifestOf(syncOf(migrated(world({ service }))), 'Service')?.spec as Loose;
    assert.deepEqual(rest, service);
  });

  describe('annotations', () => {
    const sent = (w: World): unknown => manifestOf(syncOf(w), 'Service')?.metadata.annotations;
    const ours = { 'pets.bestie.com/serves': 'bestie-app' };
    const annotated = (annotations: Loose): World => settled(edited(ready(), { service: { annotations } }));

    it('have one of the operator beside them, which wins and stays when they go', () => {
      assert.deepEqual(sent(annotated({ a: '', 'pets.bestie.com/serves': 'x' })), { a: '', ...ours });
      const gone = edited(annotated({ a: '' }), { service: undefined });
      assert.deepEqual(sent(gone), ours);
      assert.deepEqual(sent(settled(gone)), ours);
    });

    it('are left out of a Service that never had any', () => {
      assert.equal(sent(ready()), undefined);
      assert.equal(sent(annotated({})), undefined);
      assert.equal(sent(patched(ready(), 'Service', { metadata: { annotations: { 'cloud.example/a': 'b' } } })), undefined);
    });
  });

  describe('families', () => {
    each<{ wanted: Loose; live: Loose }, unknown>(
      {
        Completed: {
          reason: 'Kubernetes added the second',
          given: { wanted: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }, live: { ipFamilies: ['IPv4', 'IPv6'] } },
          want: ['IPv4', 'IPv6'],
        },
        CompletedBefore: {
          reason: 'the Service keeps the policy that the spec had',
          given: { wanted: { ipFamilies: ['IPv4'] }, live: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } },
          want: ['IPv4', 'IPv6'],
        },
        OneStack: {
          reason: 'the second goes',
          given: {
            wanted: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
            live: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' },
          },
          want: ['IPv4'],
        },
        OneInCluster: {
          reason: 'there is no other',
          given: { wanted: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }, live: { ipFamilies: ['IPv4'] } },
          want: ['IPv4'],
        },
        OtherFirst: {
          reason: 'the Service has what is not wanted',
          given: { wanted: { ipFamilies: ['IPv6'], ipFamilyPolicy: 'PreferDualStack' }, live: { ipFamilies: ['IPv4', 'IPv6'] } },
          want: ['IPv6'],
        },
        Null: {
          reason: 'null is normal input',
          given: { wanted: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }, live: { ipFamilies: null, ipFamilyPolicy: null } },
          want: ['IPv4'],
        },
      },
      ({ wanted, live }, want) => {
        const w = patched(edited(ready(), { service: wanted }), 'Service', { spec: live });
        assert.deepEqual((manifestOf(syncOf(w), 'Service')?.spec as Loose).ipFamilies, want);
      },
    );
  });

  describe('of a load balancer', () => {
    const balanced = (status: unknown, service: Loose = {}, spec: Loose = { exposure: { enabled: false } }): World =>
      patched(settled(edited(ready(), { ...spec, service: { type: 'LoadBalancer', ...service } })), 'Service', { status });
    const address = (...ingress: Loose[]): Loose => ({ loadBalancer: { ingress } });

    each<unknown, [string, string]>(
      {
        NoStatus: { reason: 'no controller has seen it', given: undefined, want: ['AddressPending', 'http://bestie-service.pets.svc:80'] },
        Nulls: {
          reason: 'nulls are normal input',
          given: { loadBalancer: { ingress: null } },
          want: ['AddressPending', 'http://bestie-service.pets.svc:80'],
        },
        EmptyAddress: { reason: 'no address', given: address({}), want: ['AddressPending', 'http://bestie-service.pets.svc:80'] },
        Address: { reason: 'reachable', given: address({ ip: '192.0.2.1' }), want: ['Created', 'http://192.0.2.1'] },
        AddressOfSix: { reason: 'in brackets', given: address({ ip: '2001:db8::1' }), want: ['Created', 'http://[2001:db8::1]'] },
        Name: {
          reason: 'it comes first',
          given: address({ hostname: 'lb.example.com', ip: '192.0.2.1' }),
          want: ['Created', 'http://lb.example.com'],
        },
      },
      (status, [reason, url]) => {
        const answer = syncOf(balanced(status));
        assert.equal(said(answer, 'ServiceCreated'), `True ${reason}`);
        assert.equal(said(answer, 'Ready'), 'True AllReady');
        assert.equal(answer.status.url, url);
      },
    );

    it('is named by its class while it gives no address', () => {
      assert.equal(
        conditionOf(syncOf(balanced(undefined, { loadBalancerClass: 'example.com/lb' })), 'ServiceCreated')?.message,
        'Service bestie-service exists; no load balancer of the class example.com/lb has given it an address',
      );
    });

    it('is the URL until a Gateway has accepted the HTTPRoute', () => {
      const spec = { exposure: { host: 'pets.example.com', gateway: { name: 'public', scheme: 'https' } } };
      const w = patched(
        settled(edited(ready(world({}, { declared: overlays.gateway })), { ...spec, service: { type: 'LoadBalancer' } })),
        'Service',
        { status: address({ ip: '192.0.2.1' }) },
      );
      const onGateway = without(w, 'Ingress');
      assert.equal(syncOf(onGateway).status.url, 'http://192.0.2.1');
      const answered = patched(onGateway, 'HTTPRoute', { status: { parents: [parentStatus()] } });
      assert.equal(syncOf(answered).status.url, 'https://pets.example.com');
    });

    it('is no URL where an Ingress has a host, or once another type is wanted', () => {
      const hosted = balanced(address({ ip: '192.0.2.1' }), {}, { exposure: { host: 'pets.example.com' } });
      assert.equal(syncOf(hosted).status.url, 'http://pets.example.com');
      const inside = edited(balanced(address({ ip: '192.0.2.1' })), { service: { type: 'ClusterIP' } });
      assert.equal(syncOf(inside).status.url, 'http://bestie-service.pets.svc:80');
      assert.equal(said(syncOf(inside), 'ServiceCreated'), 'True Created');
    });
  });

  describe('that is refused names a likely cause', () => {
    const anew = 'to have it created anew, with another address, run: kubectl -n pets delete service bestie-service';
    each<{ service: Loose; live: Loose | undefined }, string>(
      {
        Class: {
          reason: 'fixed while there is a load balancer',
          given: { service: { type: 'LoadBalancer', loadBalancerClass: 'b' }, live: { type: 'LoadBalancer', loadBalancerClass: 'a' } },
          want: ` (the class of its load balancer cannot change; ${anew})`,
        },
        ClassAdded: {
          reason: 'the same',
          given: { service: { type: 'LoadBalancer', loadBalancerClass: 'b' }, live: { type: 'LoadBalancer', loadBalancerClass: null } },
          want: ` (the class of its load balancer cannot change; ${anew})`,
        },
        ClassOfAdmission: {
          reason: 'it stays where the spec names none',
          given: { service: { type: 'LoadBalancer' }, live: { type: 'LoadBalancer', loadBalancerClass: 'a' } },
          want: '',
        },
        ClassOfNewBalancer: {
          reason: 'the type changes, too',
          given: { service: { type: 'LoadBalancer', loadBalancerClass: 'b' }, live: { type: 'ClusterIP' } },
          want: '',
        },
        FirstFamily: {
          reason: 'its address stays',
          given: { service: { ipFamilies: ['IPv6'] }, live: { ipFamilies: ['IPv4'] } },
          want: ` (the first of its ipFamilies cannot change; ${anew})`,
        },
        Family: {
          reason: 'there is no Service yet',
          given: { service: { ipFamilies: ['IPv6'] }, live: undefined },
          want: ' (spec.service.ipFamilies or ipFamilyPolicy may name a family that the cluster does not have)',
        },
        Policy: {
          reason: 'one stack may be all there is',
          given: { service: { ipFamilyPolicy: 'RequireDualStack' }, live: {} },
          want: ' (spec.service.ipFamilies or ipFamilyPolicy may name a family that the cluster does not have)',
        },
        Other: { reason: 'nothing is known', given: { service: { type: 'NodePort' }, live: {} }, want: '' },
      },
      ({ service, live }, want) => {
        const w = edited(ready(), { service });
        const there = live === undefined ? without(w, 'Service') : patched(w, 'Service', { spec: live });
        assert.equal(serviceRefusal(observe(there)), want);
      },
    );
  });
});
