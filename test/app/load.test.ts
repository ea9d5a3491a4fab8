/** Many users at once, on one pod with its CPU limit. */
import { strict as assert } from 'node:assert';
import { probeCounts, readyApplication } from './support/application.ts';
import { load } from './support/client.ts';
import { figure } from './support/report.ts';
import { loadSeconds } from './support/requirements.ts';
import { serverWith } from './support/server.ts';

const CLIENTS = 60;

describe('the application: many users', () => {
  it(`is not restarted by ${CLIENTS} clients in ${loadSeconds} s`, async function () {
    this.timeout((loadSeconds + 180) * 1000);
    await serverWith('seeded');
    const pod = await readyApplication();
    figure('load', 'startup', probeCounts(pod));
    const began = Date.now();
    const { statuses, took } = await load({ address: pod.box.address, path: '/api/listings/' }, CLIENTS, loadSeconds);
    const slowest = pod.probes.filter(({ at }) => at >= began).map(({ took: seconds }) => seconds);
    figure('load', `answers to ${CLIENTS} clients by status`, JSON.stringify(statuses));
    figure('load', 'median and slowest answer', `${took[Math.floor(took.length / 2)] ?? '-'} ms, ${took.at(-1) ?? '-'} ms`);
    figure('load', 'probes', probeCounts(pod, began));
    figure('load', 'slowest probe', `${Math.max(...slowest).toFixed(1)} s`);
    figure('load', 'restarts', pod.restarts());
    assert.equal(pod.restarts(), 0);
    await pod.stop();
  });
});
