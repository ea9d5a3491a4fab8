/** How the application stops. */
import { strict as assert } from 'node:assert';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readyApplication } from './support/application.ts';
import { get } from './support/client.ts';
import { lockListings } from './support/database.ts';
import type { Stopped, WebPod } from './support/kubelet.ts';
import type { Postgres } from './support/postgres.ts';
import { figure } from './support/report.ts';
import { serverWith } from './support/server.ts';

/** Seconds that a pod without load may take from SIGTERM on. */
const FEW_SECONDS = 5;
/** Seconds after SIGTERM when gunicorn gives up a connection that has sent nothing: its graceful time-out, and a little. */
const GRACEFUL_SECONDS = 22;

function assertGraceful(what: string, { seconds, afterTerm, exitCode, isKilled }: Stopped): void {
  figure('stop', what, `${seconds.toFixed(1)} s in all, ${afterTerm.toFixed(1)} s after SIGTERM, exit ${exitCode}`);
  assert.equal(isKilled, false, 'it was killed at the end of the grace period');
  assert.equal(exitCode, 0);
}

interface Visitor {
  name: string;
  /** seconds after SIGTERM in which the pod has to be gone */
  within: number;
  /** Comes to the pod before it stops; returns how to leave. */
  visit: (pod: WebPod) => Promise<() => void>;
}

const visitors: readonly Visitor[] = [
  { name: 'idle', within: FEW_SECONDS, visit: () => Promise.resolve(() => undefined) },
  {
    name: 'idle, with a connection that is kept alive',
    within: FEW_SECONDS,
    visit: async ({ box }) => {
      const agent = new Agent({ keepAlive: true });
      await get({ address: box.address, path: '/foster', agent });
      return () => {
        agent.destroy();
      };
    },
  },
  {
    // gunicorn gives each new connection to a thread, which waits for its first byte.
    name: 'idle, with connections that ask nothing',
    within: GRACEFUL_SECONDS,
    visit: async ({ box }) => {
      const sockets = Array.from({ length: 3 }, () => connect(8000, box.address).on('error', () => undefined));
      await sleep(500);
      return () => {
        for (const socket of sockets) socket.destroy();
      };
    },
  },
];

describe('the application: stopping', () => {
  let server: Postgres;
  let pod: WebPod;

  beforeEach(async () => {
    server = await serverWith('seeded');
    pod = await readyApplication();
  });

  for (const { name, within, visit } of visitors) {
    it(`is gone within ${within} s after its linger time: ${name}`, async () => {
      const leave = await visit(pod);
      const stopped = await pod.stop();
      leave();
      assertGraceful(name, stopped);
      assert.ok(stopped.afterTerm < within, `${stopped.afterTerm} s after SIGTERM`);
    });
  }

  it('answers a request that is under way', async () => {
    const release = await lockListings(server);
    const { address } = pod.box;
    const stopping = pod.stop();
    // Under way when SIGTERM comes, five seconds after preStop began, and for five seconds more.
    await sleep(4500);
    const answer = get({ address, path: '/api/listings/' });
    await sleep(5500);
    await release();
    const { status, took } = await answer;
    const stopped = await stopping;
    assert.equal(status, 200);
    assertGraceful(`a request of ${(took / 1000).toFixed(1)} s under way, answered with ${status}`, stopped);
  });
});
