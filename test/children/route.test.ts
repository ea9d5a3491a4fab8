import { strict as assert } from 'node:assert';
import { migrated, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { edited, manifestOf, overlays, patched, said, syncOf, world, type Loose } from '../support/world.ts';

const declared = overlays.openshift;
const common = { to: { kind: 'Service', name: 'bestie-service', weight: 100 }, port: { targetPort: 'http' }, wildcardPolicy: 'None' };
const tls = { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' };

describe('children/route', () => {
  each<Loose, unknown>(
    {
      Default: { reason: 'OpenShift chooses the host', given: {}, want: { ...common, tls } },
      Host: { reason: 'answers for one', given: { exposure: { host: 'a.example.com' } }, want: { ...common, host: 'a.example.com', tls } },
      Certificate: {
        reason: 'its own certificate',
        given: { exposure: { tlsSecretName: 't' } },
        want: { ...common, tls: { ...tls, externalCertificate: { name: 't' } } },
      },
    },
    (given, want) => {
      const answer = syncOf(migrated(world(given, { declared })));
      assert.deepEqual(manifestOf(answer, 'Route')?.spec, want);
      assert.equal(manifestOf(answer, 'Ingress'), undefined);
    },
  );

  it('takes away one that is there once it is switched off, and serves plain http', () => {
    const answer = syncOf(edited(ready(world({}, { declared })), { exposure: { enabled: false } }));
    assert.deepEqual([manifestOf(answer, 'Route'), said(answer, 'RouteCreated')], [undefined, undefined]);
    assert.match(JSON.stringify(manifestOf(answer, 'Deployment')), /"FLASK_ENV","value":"development"/);
    assert.equal(answer.status.url, 'http://bestie-service.pets.svc:80');
  });

  it('is not made where the kind is not declared', () => {
    assert.equal(said(syncOf(world({ exposure: { host: 'a' } })), 'RouteCreated'), undefined);
  });

  each<unknown, string>(
    {
      NoStatus: { reason: 'no router has seen it', given: undefined, want: 'True AddressPending' },
      Nulls: { reason: 'nulls are normal input', given: { ingress: [{ conditions: [null] }] }, want: 'True AddressPending' },
      Admitted: {
        reason: 'reachable',
        given: { ingress: [{ host: 'h', conditions: [{ type: 'Admitted', status: 'True' }] }] },
        want: 'True Created',
      },
      Rejected: {
        reason: 'another Route claims the host',
        given: { ingress: [{ conditions: [{ type: 'Admitted', status: 'False' }] }] },
        want: 'False Rejected',
      },
    },
    (given, want) => {
      const answer = syncOf(patched(ready(world({}, { declared })), 'Route', { status: given }));
      assert.equal(said(answer, 'RouteCreated'), want);
      assert.equal(said(answer, 'Ready'), 'True AllReady');
    },
  );
});
