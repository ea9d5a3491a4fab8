/** The database hangs while requests are under way. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { probeCounts, readyApplication } from './support/application.ts';
import { get } from './support/client.ts';
import { figure } from './support/report.ts';
import { hangSeconds } from './support/requirements.ts';
import { eventually } from './support/run.ts';
import { serverWith } from './support/server.ts';

/** More than the application has threads. */
const CLIENTS = 12;

describe('the application: the database hangs', () => {
  it(`is not restarted in ${hangSeconds} s, is not ready meanwhile, and is ready again afterwards`, async function () {
    this.timeout((hangSeconds + 240) * 1000);
    const server = await serverWith('seeded');
    const pod = await readyApplication();
    const { address } = pod.box;
    assert.equal((await get({ address, path: '/api/listings/' })).status, 200);

    server.freeze();
    const froze = Date.now();
    const timeoutSeconds = hangSeconds + 120;
    const underWay = Array.from({ length: CLIENTS }, () =>
      get({ address, path: '/api/listings/', timeoutSeconds }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await eventually('the pod is unready', 60, () => !pod.isReady() || undefined);
    figure('hang', 'unready after', `${((Date.now() - froze) / 1000).toFixed(0)} s`);
    let readyMeanwhile = 0;
    while (Date.now() < froze + hangSeconds * 1000) {
      if (pod.isReady()) readyMeanwhile += 1;
      await sleep(250);
    }
    figure('hang', `probes in ${hangSeconds} s`, probeCounts(pod, froze));

    server.thaw();
    const thawed = Date.now();
    await eventually('the pod is ready again', 60, () => pod.isReady() || undefined);
    figure('hang', 'ready again after', `${((Date.now() - thawed) / 1000).toFixed(0)} s`);
    figure('hang', 'restarts', pod.restarts());
    const statuses = await Promise.all(underWay);
    figure('hang', 'requests under way, answered with', statuses.join(' '));
    assert.equal(pod.restarts(), 0);
    assert.equal(readyMeanwhile, 0);
    assert.equal((await get({ address, path: '/api/listings/' })).status, 200);
    await pod.stop();
  });
});
