/** A new release of the webhook, rolled out while Besties change. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { get, kubectl, syncErrors } from './support/kubectl.ts';
import { runningReplicas, startReplica, stopReplica } from './support/webhook.ts';

const NS = 'e2e-rolling';
const names = Array.from({ length: 10 }, (_, index) => `rolling-${index}`);

describe('a rolling restart of the webhook under load', () => {
  before(async function () {
    if (runningReplicas().length === 0) this.skip();
    await namespace(NS);
    await Promise.all(names.map((name) => apply(NS, bestie(name, { size: 1 }))));
    await Promise.all(names.map((name) => becomes(NS, name, 'Ready', 'True')));
  });

  it('shows no SyncError and loses no change', async () => {
    const rolling = new AbortController();
    let changes = 0;
    const load = (async () => {
      while (!rolling.signal.aborted) {
        changes++;
        await kubectl('-n', NS, 'annotate', 'besties', '--all', '--overwrite', `example.com/change=${changes}`);
      }
    })();
    for (const replica of runningReplicas()) {
      await startReplica();
      await stopReplica(replica);
    }
    rolling.abort();
    await load;
    await kubectl('-n', NS, 'patch', 'bestie', names[0] ?? '', '--type=merge', '-p', '{"spec":{"size":2}}');
    await becomes(NS, names[0] ?? '', 'Ready', 'True');
    assert.equal((await get(NS, 'deployments', 'rolling-0-app'))?.spec?.replicas, 2);
    assert.ok(changes > 10, `only ${changes} changes`);
    assert.deepEqual(await syncErrors(NS), []);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
