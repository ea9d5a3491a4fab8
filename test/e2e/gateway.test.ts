/**
 * The way in by a Gateway, on a real API server with the real CRD of HTTPRoute: created, refused and accepted, moved to from an Ingress and back.
 * The tests themselves say what a Gateway controller would.
 */
import assert from 'node:assert/strict';
import { parentStatus, type Report } from '../support/gateway.ts';
import { apply, applyOverlay, becomes, bestie, declaredResources, namespace, overlay } from './support/cluster.ts';
import { condition, eventually, get, kubectl, syncErrors, type ClusterObject } from './support/kubectl.ts';
import { patchStatus } from './support/playing.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-gateway';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const ROUTES = 'httproutes.v1.gateway.networking.k8s.io';
const HOST = 'pets.example.com';
const reference = { name: 'public', namespace: 'gateways', sectionName: 'https' };

const isDeclared = async (): Promise<boolean> => (await declaredResources()).includes(ROUTES);
const route = (): Promise<ClusterObject | undefined> => get(NS, ROUTES, 'bestie-httproute');
const ingress = (): Promise<ClusterObject | undefined> => get(NS, 'ingresses', 'bestie-ingress');
const live = (): Promise<ClusterObject | undefined> => get(NS, 'besties', 'bestie');
const expose = (exposure: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', 'bestie', '--type=merge', '-p', JSON.stringify({ spec: { exposure } }));

/** Writes what a controller says about the HTTPRoute as it is, or about another generation. */
async function report(words: Report = {}): Promise<void> {
  const object = (await route()) ?? assert.fail('there is no HTTPRoute');
  const generation = object.metadata.generation ?? 0;
  await patchStatus(ROUTES, object, { parents: [parentStatus({ parentRef: reference, generation, ...words })] });
}

describe('a Gateway', () => {
  let started: string | undefined;
  before(async function () {
    if ((await kubectl('get', 'crd', 'httproutes.gateway.networking.k8s.io', '--ignore-not-found')) === '') {
      console.log('SKIPPED: a Gateway needs the CRD httproutes.gateway.networking.k8s.io');
      this.skip();
    }
    if (!(await isDeclared()) && overlay === 'local')
      await kubectl('apply', '--server-side', '--force-conflicts', '-k', 'test/manifests/gateway');
    if (!(await isDeclared())) {
      console.log('SKIPPED: a Gateway needs an overlay with the component gateway in E2E_OVERLAY');
      this.skip();
    }
    await namespace(NS);
    await apply(NS, bestie('bestie', { size: 1, exposure: { host: HOST } }));
    await becomes(NS, 'bestie', 'Ready', 'True');
    started = (await ingress())?.metadata.uid;
    assert.ok(started, 'there is no Ingress');
  });

  const isKept = async (): Promise<boolean> => (await ingress())?.metadata.uid === started;
  const causesNoWrite = async (test: Mocha.Context): Promise<void> => {
    test.timeout((REST + 60) * 1000);
    await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
  };

  it('is created, and waits for a Gateway controller', async () => {
    await expose({ gateway: { ...reference, scheme: 'https' } });
    const { status } = await becomes(NS, 'bestie', 'HTTPRouteCreated', 'True', 'GatewayPending');
    assert.equal(status?.url, `http://${HOST}`);
    const { parentRefs, hostnames } = (await route())?.spec ?? {};
    assert.deepEqual(parentRefs, [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...reference }]);
    assert.deepEqual(hostnames, [HOST]);
    assert.ok(await isKept());
  });

  it('is refused by its Gateway, beside the Ingress that serves', async () => {
    await report({ accepted: 'False', reason: 'NotAllowedByListeners' });
    const { status } = await becomes(NS, 'bestie', 'HTTPRouteCreated', 'False', 'NotAccepted');
    assert.equal(status?.url, `http://${HOST}`);
    await becomes(NS, 'bestie', 'Ready', 'True');
    assert.ok(await isKept());
  });

  it('causes no write at rest while it is refused', async function () {
    await causesNoWrite(this);
  });

  it('is not accepted by what another listener or an older generation says', async () => {
    await report({ parentRef: { ...reference, sectionName: 'http' } });
    await becomes(NS, 'bestie', 'HTTPRouteCreated', 'True', 'GatewayPending');
    await report({ generation: 0 });
    assert.deepEqual(await writesAtRest(NS, 5), []);
    assert.equal(condition(await live(), 'HTTPRouteCreated')?.reason, 'GatewayPending');
    assert.ok(await isKept());
  });

  it('takes over beside an Ingress that is kept', async () => {
    await expose({ keep: ['Ingress'] });
    await report();
    const { status } = await becomes(NS, 'bestie', 'HTTPRouteCreated', 'True', 'Created');
    assert.equal(status?.url, `https://${HOST}`);
    assert.equal(condition(await live(), 'IngressCreated')?.status, 'True');
    assert.ok(await isKept());
  });

  it('causes no write at rest with both ways', async function () {
    await causesNoWrite(this);
  });

  it('is the only way once the Ingress is not kept', async () => {
    await expose({ keep: null });
    await eventually('the Ingress is gone', 60, async () => (await ingress()) === undefined);
    await eventually('its condition is gone', 60, async () => condition(await live(), 'IngressCreated') === undefined);
    const { status } = await becomes(NS, 'bestie', 'Ready', 'True');
    assert.equal(status?.url, `https://${HOST}`);
  });

  it('causes no write at rest alone', async function () {
    await causesNoWrite(this);
  });

  it('repairs what a user changes, and leaves what others add', async () => {
    await kubectl('-n', NS, 'annotate', ROUTES, 'bestie-httproute', 'example.com/theirs=1');
    await kubectl('-n', NS, 'patch', ROUTES, 'bestie-httproute', '--type=merge', '-p', '{"spec":{"hostnames":["other.example.com"]}}');
    await eventually('the host is back', 30, async () => JSON.stringify((await route())?.spec?.hostnames) === `["${HOST}"]`);
    assert.equal((await route())?.metadata.annotations?.['example.com/theirs'], '1');
  });

  it('is left by the same way', async () => {
    await report();
    await becomes(NS, 'bestie', 'HTTPRouteCreated', 'True', 'Created');
    await expose({ keep: ['Ingress'] });
    const back = await eventually('an Ingress is there', 60, ingress);
    await assert.rejects(expose({ gateway: null }), /exposure\.keep names ways in beside a Gateway, and there is no exposure\.gateway/);
    await expose({ gateway: null, keep: null });
    await eventually('the HTTPRoute is gone', 60, async () => (await route()) === undefined);
    await eventually('its condition is gone', 60, async () => condition(await live(), 'HTTPRouteCreated') === undefined);
    assert.equal((await ingress())?.metadata.uid, back.metadata.uid);
    assert.deepEqual(await syncErrors(NS), []);
  });

  it('takes nothing away where the operator is without it', async function () {
    if (overlay !== 'local') this.skip();
    const kept = (await ingress())?.metadata.uid;
    await applyOverlay();
    await expose({ gateway: reference });
    await becomes(NS, 'bestie', 'HTTPRouteCreated', 'False', 'APINotInstalled');
    assert.equal((await ingress())?.metadata.uid, kept);
    await becomes(NS, 'bestie', 'Ready', 'True');
  });

  after(async () => {
    if (started === undefined) return;
    if (overlay === 'local') await applyOverlay();
    await kubectl('delete', 'namespace', NS, '--timeout=120s');
  });
});
