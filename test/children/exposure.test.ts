/** Which way in is taken, and what follows from it for TLS and for the address in status. */
import { strict as assert } from 'node:assert';
import { parentStatus } from '../support/gateway.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  carriedOut,
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

const host = 'a.example.com';
const gateway = { name: 'public' };
const https = { ...gateway, scheme: 'https' };
const { everything } = overlays;
const onGateway = overlays.gateway;
const openshift = everything.filter((kind) => !kind.startsWith('Ingress'));
const withoutRoute = everything.filter((kind) => !kind.startsWith('Route'));
const neither = withoutRoute.filter((kind) => !kind.startsWith('Ingress'));

/** The children that lead in, whether the pods expect TLS, and the address. */
function seen(w: World): string {
  const answer = syncOf(w);
  const ways = ['HTTPRoute', 'Route', 'Ingress'].filter((kind) => manifestOf(answer, kind) !== undefined);
  const mode = /"FLASK_ENV","value":"(\w+)"/.exec(JSON.stringify(manifestOf(answer, 'Deployment')))?.[1];
  return `${ways.join('+') || 'none'} ${mode} ${answer.status.url}`;
}

const fresh = (exposure: Loose | undefined, declared = onGateway): World =>
  ready(world(exposure === undefined ? {} : { exposure }, { declared }));
/** A Bestie that ran with one exposure and has another since, one sync later. */
const moved = (from: Loose, to: Loose, declared = onGateway): World => carriedOut(edited(fresh(from, declared), { exposure: to }));
const answered = (w: World, report = {}): World => patched(w, 'HTTPRoute', { status: { parents: [parentStatus(report)] } });
const refused = { accepted: 'False', reason: 'NotAllowedByListeners' };
const SERVICE = 'http://bestie-service.pets.svc:80';

describe('children/exposure: the way in', () => {
  each<World, string>(
    {
      Nothing: {
        reason: 'a Bestie that names no Gateway keeps its Ingress',
        given: fresh(undefined),
        want: `Ingress development ${SERVICE}`,
      },
      Off: { reason: 'the spec wants no way in', given: fresh({ enabled: false, host, gateway }), want: `none development ${SERVICE}` },
      Gateway: { reason: 'one way is enough', given: fresh({ host, gateway }), want: `HTTPRoute development http://${host}` },
      GatewayBeforeRoute: {
        reason: 'the spec names it, whatever else is installed',
        given: fresh({ host, gateway }, everything),
        want: `HTTPRoute development http://${host}`,
      },
      RouteBeforeIngress: {
        reason: 'OpenShift has a router',
        given: fresh({ host }, everything),
        want: `Route production https://${host}`,
      },
      Https: { reason: 'the Gateway terminates TLS', given: fresh({ host, gateway: https }), want: `HTTPRoute production https://${host}` },
      CertificateOfIngress: {
        reason: 'the certificate is not that of the Gateway',
        given: fresh({ host, gateway, tlsSecretName: 'tls' }),
        want: `HTTPRoute development http://${host}`,
      },
      NoHost: {
        reason: 'the hosts of the listeners are not known',
        given: answered(fresh({ gateway })),
        want: `HTTPRoute development ${SERVICE}`,
      },
      Refused: { reason: 'nothing leads in', given: answered(fresh({ host, gateway }), refused), want: `HTTPRoute development ${SERVICE}` },
      NotInstalled: {
        reason: 'there was no other way',
        given: fresh({ host, gateway }, overlays.default),
        want: `none development ${SERVICE}`,
      },
      NotInstalledWithIngress: {
        reason: 'asking for a Gateway takes away no way that works',
        given: moved({ host, tlsSecretName: 'tls' }, { gateway }, overlays.default),
        want: `Ingress production https://${host}`,
      },
      NotInstalledWithRoute: {
        reason: 'nor on OpenShift',
        given: moved({ host }, { gateway }, overlays.openshift),
        want: `Route production https://${host}`,
      },
      Pending: {
        reason: 'the Gateway may not exist',
        given: moved({ host, tlsSecretName: 'tls' }, { gateway: https }),
        want: `HTTPRoute+Ingress production https://${host}`,
      },
      RefusedWithIngress: {
        reason: 'its Ingress still serves',
        given: answered(moved({ host }, { gateway: https }), refused),
        want: `HTTPRoute+Ingress development http://${host}`,
      },
      Accepted: {
        reason: 'the Gateway has taken over',
        given: answered(moved({ host }, { gateway: https })),
        want: `HTTPRoute production https://${host}`,
      },
      AcceptedOnOpenShift: {
        reason: 'so has it there',
        given: answered(moved({ host }, { gateway: https }, openshift)),
        want: `HTTPRoute production https://${host}`,
      },
      AcceptedFormerHost: {
        reason: 'the Gateway does not know the new host yet',
        given: edited(answered(moved({ host }, { gateway: https })), { exposure: { host: 'b.example.com', gateway: https } }),
        want: 'HTTPRoute+Ingress development http://b.example.com',
      },
      AcceptedAndGoing: {
        reason: 'a user deletes the HTTPRoute, and the next one may not be accepted',
        given: patched(answered(moved({ host }, { gateway: https })), 'HTTPRoute', {
          metadata: { deletionTimestamp: '2026-01-01T12:00:00Z', finalizers: ['example.com/x'] },
        }),
        want: `HTTPRoute+Ingress development http://${host}`,
      },
      Kept: {
        reason: 'both ways until the name leads to the Gateway',
        given: answered(moved({ host, tlsSecretName: 'tls' }, { gateway: https, keep: ['Ingress'] })),
        want: `HTTPRoute+Ingress production https://${host}`,
      },
      KeptPlain: {
        reason: 'a redirect to https would lead nowhere for those who come by the Ingress',
        given: answered(moved({ host }, { gateway: https, keep: ['Ingress'] })),
        want: `HTTPRoute+Ingress development https://${host}`,
      },
      KeptGone: {
        reason: 'on the way back the Ingress is there before the name leads to it',
        given: answered(without(fresh({ host, gateway, keep: ['Ingress'] }), 'Ingress')),
        want: `HTTPRoute+Ingress development http://${host}`,
      },
      KeptRoute: {
        reason: 'beside the router of OpenShift',
        given: answered(moved({ host }, { gateway: https, keep: ['Route'] }, openshift)),
        want: `HTTPRoute+Route production https://${host}`,
      },
      KeptBoth: {
        reason: 'a set',
        given: answered(fresh({ host, gateway: https, keep: ['Route', 'Ingress'] }, everything)),
        want: `HTTPRoute+Route+Ingress development https://${host}`,
      },
      KeptNotInstalled: {
        reason: 'a way that the cluster does not have says nothing about TLS',
        given: answered(fresh({ host, gateway: https, keep: ['Ingress'] }, neither)),
        want: `HTTPRoute production https://${host}`,
      },
      Back: {
        reason: 'the HTTPRoute goes with the Gateway of the spec',
        given: edited(answered(fresh({ host, gateway: https, keep: ['Ingress'], tlsSecretName: 'tls' })), {
          exposure: { gateway: undefined, keep: undefined },
        }),
        want: `Ingress production https://${host}`,
      },
    },
    (w, want) => {
      assert.equal(seen(w), want);
    },
  );

  it('does not bring back an Ingress that a user has deleted', () => {
    const going = patched(moved({ host }, { gateway }), 'Ingress', { metadata: { deletionTimestamp: '2026-01-01T12:00:00Z' } });
    assert.equal(seen(going), `HTTPRoute development http://${host}`);
    assert.equal(seen(without(going, 'Ingress')), `HTTPRoute development http://${host}`);
  });

  it('names the component to install, and leaves Ready alone', () => {
    const answer = syncOf(fresh({ host, gateway }, overlays.default));
    assert.equal(said(answer, 'HTTPRouteCreated'), 'False APINotInstalled');
    assert.equal(said(answer, 'Ready'), 'True AllReady');
    const kept = syncOf(fresh({ host, gateway, keep: ['Route'] }));
    assert.equal(said(kept, 'RouteCreated'), 'False APINotInstalled');
  });
});
