import { strict as assert } from 'node:assert';
import { created, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { edited, overlays, patched, syncOf, without, world, type World } from '../support/world.ts';

describe('status/url', () => {
  const ingress = (address: unknown) => patched(ready(), 'Ingress', { status: { loadBalancer: { ingress: [address] } } });
  const route = patched(ready(world({}, { declared: overlays.openshift })), 'Route', {
    status: { ingress: [{ host: 'bestie-pets.apps.example.com' }] },
  });
  each<World, string | undefined>(
    {
      Inside: { reason: 'nothing is exposed yet', given: ready(), want: 'http://bestie-service.pets.svc:80' },
      NotExposed: {
        reason: 'there is no Service yet',
        given: created(
          world({ exposure: { host: 'a.example.com' } }, { declared: overlays.default.filter((kind) => !kind.startsWith('Ingress')) }),
        ),
        want: undefined,
      },
      NoService: { reason: 'it leads nowhere while the Service is gone', given: without(ready(), 'Service'), want: undefined },
      NoServiceExposed: {
        reason: 'nor does a host',
        given: without(ready(world({ exposure: { host: 'a.example.com' } })), 'Service'),
        want: undefined,
      },
      Host: { reason: 'the spec names it', given: ready(world({ exposure: { host: 'a.example.com' } })), want: 'http://a.example.com' },
      SwitchedOff: {
        reason: 'what is still there goes in this very answer',
        given: edited(ready(world({ exposure: { host: 'a.example.com', tlsSecretName: 't' } })), { exposure: { enabled: false } }),
        want: 'http://bestie-service.pets.svc:80',
      },
      Https: {
        reason: 'with a certificate',
        given: ready(world({ exposure: { host: 'a.example.com', tlsSecretName: 't' } })),
        want: 'https://a.example.com',
      },
      Hostname: {
        reason: 'the address that an Ingress was given',
        given: ingress({ hostname: 'lb.example.com', ip: '192.0.2.1' }),
        want: 'http://lb.example.com',
      },
      Address: { reason: 'the same without a name', given: ingress({ ip: '192.0.2.1' }), want: 'http://192.0.2.1' },
      AddressOfIPv6: {
        reason: 'in brackets, or its end would be a port',
        given: ingress({ ip: '2001:db8::1' }),
        want: 'http://[2001:db8::1]',
      },
      NullAddress: { reason: 'nulls are normal input', given: ingress(null), want: 'http://bestie-service.pets.svc:80' },
      RouteAlone: {
        reason: 'an Ingress that the cluster does not have leads nowhere',
        given: ready(
          world(
            { exposure: { host: 'a.example.com', gateway: { name: 'public' }, keep: ['Ingress', 'Route'] } },
            { declared: overlays.openshift },
          ),
        ),
        want: 'https://a.example.com',
      },
      Route: { reason: 'the host that OpenShift chose, always with TLS', given: route, want: 'https://bestie-pets.apps.example.com' },
    },
    (given, want) => {
      assert.equal(syncOf(given).status.url, want);
    },
  );
});
