import { strict as assert } from 'node:assert';
import { parentStatus, type Report } from '../support/gateway.ts';
import { migrated, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { conditionOf, manifestOf, overlays, patched, said, syncOf, world, type Loose, type World } from '../support/world.ts';

const declared = overlays.gateway;
const given = (exposure: Loose = {}): World => world({ exposure: { gateway: { name: 'public' }, ...exposure } }, { declared });
const specOf = (exposure: Loose): unknown => manifestOf(syncOf(migrated(given(exposure))), 'HTTPRoute')?.spec;
const reference = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' };
const rules = [
  {
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    backendRefs: [{ group: '', kind: 'Service', name: 'bestie-service', port: 80, weight: 1 }],
  },
];

describe('children/httproute', () => {
  each<Loose, unknown>(
    {
      Default: { reason: 'the hosts are those of the listeners', given: {}, want: { parentRefs: [reference], rules } },
      Host: {
        reason: 'answers for one',
        given: { host: 'a.example.com' },
        want: { parentRefs: [reference], hostnames: ['a.example.com'], rules },
      },
      Elsewhere: {
        reason: 'a Gateway of another Namespace, one of its listeners',
        given: { gateway: { name: 'public', namespace: 'gateways', sectionName: 'https', scheme: 'https' } },
        want: { parentRefs: [{ ...reference, namespace: 'gateways', sectionName: 'https' }], rules },
      },
      OfIngress: {
        reason: 'class and certificate are of an Ingress',
        given: { className: 'nginx', tlsSecretName: 'tls' },
        want: { parentRefs: [reference], rules },
      },
    },
    (exposure, want) => {
      assert.deepEqual(specOf(exposure), want);
    },
  );

  it("always sends an annotation of its own beside the user's", () => {
    const notes = (exposure: Loose): unknown => manifestOf(syncOf(migrated(given(exposure))), 'HTTPRoute')?.metadata.annotations;
    assert.deepEqual(notes({}), { 'pets.bestie.com/exposes': 'bestie-service' });
    assert.deepEqual(notes({ annotations: { a: '' } }), { a: '', 'pets.bestie.com/exposes': 'bestie-service' });
  });

  it('is created with the Deployment, and not before', () => {
    assert.equal(said(syncOf(given()), 'HTTPRouteCreated'), 'False DependencyNotReady');
    assert.equal(said(syncOf(migrated(given())), 'HTTPRouteCreated'), 'True GatewayPending');
  });

  const there = ready(given({ gateway: { name: 'public', namespace: 'gateways', sectionName: 'https' } }));
  const spoken = (...parents: unknown[]): World => patched(there, 'HTTPRoute', { metadata: { generation: 2 }, status: { parents } });
  const other = (patch: Loose): Report => ({ parentRef: { name: 'public', namespace: 'gateways', sectionName: 'https', ...patch } });
  const accepted = parentStatus({ ...other({}), generation: 2 });
  const refusing = (reason: string, patch: Report = {}): unknown =>
    parentStatus({ ...other({}), generation: 2, accepted: 'False', reason, ...patch });

  each<World, string>(
    {
      NoStatus: { reason: 'no controller has seen it', given: there, want: 'True GatewayPending' },
      Nulls: {
        reason: 'nulls are normal input',
        given: spoken(null, { parentRef: null, conditions: null }, { ...accepted, conditions: [null] }),
        want: 'True GatewayPending',
      },
      NullParents: {
        reason: 'as is a missing list',
        given: patched(there, 'HTTPRoute', { status: { parents: null } }),
        want: 'True GatewayPending',
      },
      Accepted: { reason: 'users come by the Gateway', given: spoken(accepted), want: 'True Created' },
      AcceptedAlone: {
        reason: 'whether the Service was found is not known yet',
        given: spoken(parentStatus({ ...other({}), generation: 2, resolved: null })),
        want: 'True GatewayPending',
      },
      OldGeneration: {
        reason: 'what was accepted is not what is there now',
        given: spoken(parentStatus({ ...other({}), generation: 1 })),
        want: 'True GatewayPending',
      },
      OldRefusal: {
        reason: 'nor what was refused',
        given: spoken(refusing('NoMatchingParent', { generation: 1 })),
        want: 'True GatewayPending',
      },
      NoGeneration: {
        reason: 'it may be about any',
        given: spoken(parentStatus({ ...other({}), generation: undefined })),
        want: 'True GatewayPending',
      },
      OtherGateway: {
        reason: 'the former one',
        given: spoken(parentStatus({ ...other({ name: 'old' }), generation: 2 })),
        want: 'True GatewayPending',
      },
      OtherNamespace: {
        reason: 'another of that name',
        given: spoken(parentStatus({ ...other({ namespace: undefined }), generation: 2 })),
        want: 'True GatewayPending',
      },
      OtherListener: {
        reason: 'another listener of the Gateway',
        given: spoken(parentStatus({ ...other({ sectionName: 'http' }), generation: 2 })),
        want: 'True GatewayPending',
      },
      OtherKind: {
        reason: 'a mesh has Services as parents',
        given: spoken(parentStatus({ ...other({ group: '', kind: 'Service' }), generation: 2 })),
        want: 'True GatewayPending',
      },
      NotAccepted: { reason: 'no listener takes it', given: spoken(refusing('NotAllowedByListeners')), want: 'False NotAccepted' },
      NotLookedAt: { reason: 'the controller has not come to it', given: spoken(refusing('Pending')), want: 'True GatewayPending' },
      Unknown: {
        reason: 'it is not refused',
        given: spoken(parentStatus({ ...other({}), generation: 2, accepted: 'Unknown' })),
        want: 'True GatewayPending',
      },
      Unresolved: {
        reason: 'requests would fail',
        given: spoken(parentStatus({ ...other({}), generation: 2, resolved: 'False', reason: 'BackendNotFound' })),
        want: 'False RefsNotResolved',
      },
      TwoControllers: {
        reason: 'the entry of a controller that no longer serves the class may stay for ever',
        given: spoken(refusing('NoMatchingParent', { controller: 'a.example.com/old' }), accepted),
        want: 'True Created',
      },
    },
    (w, want) => {
      const answer = syncOf(w);
      assert.equal(said(answer, 'HTTPRouteCreated'), want);
      assert.equal(said(answer, 'Ready'), 'True AllReady');
    },
  );

  it('finds a Gateway of its own Namespace whether or not the controller spells the Namespace out', () => {
    const near = ready(given());
    for (const parentRef of [{ name: 'public' }, { name: 'public', namespace: 'pets' }, { ...reference, sectionName: null }]) {
      const w = patched(near, 'HTTPRoute', { status: { parents: [parentStatus({ parentRef })] } });
      assert.equal(said(syncOf(w), 'HTTPRouteCreated'), 'True Created');
    }
  });

  each<[World, World], RegExp>(
    {
      Cause: {
        reason: 'the API defines the reason, and what to do follows from it',
        given: [spoken(refusing('NotAllowedByListeners')), spoken(refusing('NotAllowedByListeners', { message: 'try 2' }))],
        want: /^Gateway gateways\/public does not accept HTTPRoute bestie-httproute \(NotAllowedByListeners: .*allowedRoutes.*\); see kubectl -n pets describe httproutes bestie-httproute$/,
      },
      OwnReason: {
        reason: 'a reason of the controller alone may alternate, and each change would be a write',
        given: [spoken(refusing('Busy')), spoken(refusing('constructor'))],
        want: /^Gateway gateways\/public does not accept HTTPRoute bestie-httproute; see kubectl/,
      },
      Order: {
        reason: 'the list is written anew at will',
        given: [
          spoken(refusing('NoMatchingParent', { controller: 'b' }), refusing('NotAllowedByListeners', { controller: 'a' })),
          spoken(refusing('NotAllowedByListeners', { controller: 'a' }), refusing('NoMatchingParent', { controller: 'b' })),
        ],
        want: /NotAllowedByListeners/,
      },
    },
    ([one, another], want) => {
      const [first, second] = [one, another].map((w) => conditionOf(syncOf(w), 'HTTPRouteCreated')?.message ?? '');
      assert.match(first ?? '', want);
      assert.equal(second, first);
    },
  );
});
