/** The node of the database dies without a word, and the database continues elsewhere under the same name. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { probeCounts, readyApplication } from './support/application.ts';
import { atEndOfTest } from './support/cleanup.ts';
import { get } from './support/client.ts';
import { HOST } from './support/database.ts';
import { addAddress, DATABASE_ADDRESS, hosts, OTHER_DATABASE_ADDRESS, removeAddress } from './support/node.ts';
import { figure } from './support/report.ts';
import { serverWith } from './support/server.ts';

/** More than the application has threads. */
const CLIENTS = 12;
const WITHIN_SECONDS = 60;

describe('the application: failover of the database', () => {
  it(`serves everyone again within ${WITHIN_SECONDS} s, without a restart`, async () => {
    await serverWith('seeded');
    const pod = await readyApplication();
    const ask = { address: pod.box.address, path: '/api/listings/', timeoutSeconds: 5 };
    const answered = async (): Promise<number> => {
      const statuses = await Promise.all(
        Array.from({ length: CLIENTS }, () =>
          get(ask).then(
            ({ status }) => status,
            () => 0,
          ),
        ),
      );
      return statuses.filter((status) => status === 200).length;
    };
    await answered();

    atEndOfTest(async () => {
      hosts.set(HOST, DATABASE_ADDRESS);
      await addAddress(DATABASE_ADDRESS);
    });
    await removeAddress(DATABASE_ADDRESS);
    hosts.set(HOST, OTHER_DATABASE_ADDRESS);
    const died = Date.now();
    const rounds: number[] = [];
    while (rounds.at(-1) !== CLIENTS && Date.now() < died + WITHIN_SECONDS * 1000) {
      rounds.push(await answered());
      await sleep(1000);
    }
    figure('failover', `answers to rounds of ${CLIENTS} clients`, rounds.join(', '));
    figure('failover', 'everyone served again after', `${((Date.now() - died) / 1000).toFixed(0)} s`);
    figure('failover', 'probes', probeCounts(pod, died));
    figure('failover', 'restarts', pod.restarts());
    assert.equal(rounds.at(-1), CLIENTS);
    assert.equal(pod.restarts(), 0);
    await pod.stop();
  });
});
