import { strict as assert } from 'node:assert';
import { migrated, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  conditionOf,
  edited,
  manifestOf,
  overlays,
  patched,
  said,
  syncOf,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const component = (w: World): unknown => manifestOf(syncOf(w), 'Ingress')?.spec;
const path = { path: '/', pathType: 'Prefix', backend: { service: { name: 'bestie-service', port: { name: 'http' } } } };
const none = overlays.default.filter((kind) => !kind.startsWith('Ingress'));

describe('children/ingress', () => {
  each<Loose, unknown>(
    {
      Default: { reason: 'answers for every host', given: {}, want: { rules: [{ http: { paths: [path] } }] } },
      Host: {
        reason: 'answers for one',
        given: { exposure: { host: 'a.example.com', className: 'nginx' } },
        want: { ingressClassName: 'nginx', rules: [{ host: 'a.example.com', http: { paths: [path] } }] },
      },
      Tls: {
        reason: 'with its certificate',
        given: { exposure: { host: 'a.example.com', tlsSecretName: 'tls' } },
        want: { tls: [{ hosts: ['a.example.com'], secretName: 'tls' }], rules: [{ host: 'a.example.com', http: { paths: [path] } }] },
      },
      TlsWithoutHost: {
        reason: 'a certificate for every host',
        given: { exposure: { tlsSecretName: 'tls' } },
        want: { tls: [{ secretName: 'tls' }], rules: [{ http: { paths: [path] } }] },
      },
    },
    (given, want) => {
      assert.deepEqual(component(migrated(world(given))), want);
    },
  );

  it("always sends an annotation of its own, so that those of others stay when the last of the user's goes", () => {
    assert.deepEqual(manifestOf(syncOf(migrated()), 'Ingress')?.metadata.annotations, { 'pets.bestie.com/exposes': 'bestie-service' });
    assert.deepEqual(manifestOf(syncOf(migrated(world({ exposure: { annotations: { a: '' } } }))), 'Ingress')?.metadata.annotations, {
      a: '',
      'pets.bestie.com/exposes': 'bestie-service',
    });
  });

  each<World, string | undefined>(
    {
      Declared: { reason: 'made wherever it can be', given: without(migrated(), 'Ingress'), want: 'False Creating' },
      FirstInstall: { reason: 'there is nothing to reach yet', given: world(), want: 'False DependencyNotReady' },
      RouteInstead: {
        reason: 'one way in is enough',
        given: world({ exposure: { host: 'a' } }, { declared: overlays.everything }),
        want: undefined,
      },
      NotAsked: { reason: 'nothing was requested', given: world({}, { declared: none }), want: undefined },
      SwitchedOff: { reason: 'the spec wants no way in', given: world({ exposure: { enabled: false, host: 'a' } }), want: undefined },
      SwitchedOn: { reason: 'the same as left out', given: world({ exposure: { enabled: true } }), want: 'False DependencyNotReady' },
      SwitchedOnNotInstalled: {
        reason: 'the spec wants what is not installed',
        given: world({ exposure: { enabled: true } }, { declared: none }),
        want: 'False APINotInstalled',
      },
      RequestedNotInstalled: {
        reason: 'the spec wants what is not installed',
        given: world({ exposure: {} }, { declared: none }),
        want: 'False APINotInstalled',
      },
    },
    (given, want) => {
      assert.equal(said(syncOf(given), 'IngressCreated'), want);
    },
  );

  it('takes away one that is there once it is switched off', () => {
    const answer = syncOf(edited(ready(), { exposure: { enabled: false } }));
    assert.deepEqual([manifestOf(answer, 'Ingress'), said(answer, 'IngressCreated')], [undefined, undefined]);
    assert.equal(said(answer, 'Ready'), 'True AllReady');
  });

  it('names the component to install, and leaves Ready alone', () => {
    const answer = syncOf(ready(world({ exposure: { host: 'a' } }, { declared: none })));
    assert.match(
      conditionOf(answer, 'IngressCreated')?.message ?? '',
      /does not declare Ingress; install an overlay with the component ingress/,
    );
    assert.equal(said(answer, 'Ready'), 'True AllReady');
    assert.equal(said(answer, 'Stalled'), 'False NotStalled');
  });

  each<unknown, string>(
    {
      NoStatus: { reason: 'no controller has seen it', given: undefined, want: 'True AddressPending' },
      Nulls: { reason: 'nulls are normal input', given: { loadBalancer: { ingress: null } }, want: 'True AddressPending' },
      Address: { reason: 'reachable', given: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }, want: 'True Created' },
    },
    (given, want) => {
      assert.equal(said(syncOf(patched(ready(), 'Ingress', { status: given })), 'IngressCreated'), want);
    },
  );
});
