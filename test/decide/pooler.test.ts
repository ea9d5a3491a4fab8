/** How large a pooler is, and when the database has too few connections for it. */
import { strict as assert } from 'node:assert';
import { poolerSize } from '../../src/decide/pooler.ts';
import { inUse, on } from '../support/pooled.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { conditionOf, observe, patched, said, syncOf, world, type Loose } from '../support/world.ts';

const pooler = (replicas: number): Loose => ({ pooler: { enabled: true, replicas } });
const CPU = { resources: { requests: { cpu: '100m' } } };

describe('decide/pooler', () => {
  each<Loose, [replicas: number, clients: number, servers: number] | undefined>(
    {
      None: { reason: 'not wanted', given: {}, want: undefined },
      Defaults: { reason: '90 connections in three shares; a rollout of one pod has two', given: on(), want: [2, 38, 30] },
      One: { reason: 'one pod, and its successor', given: on(1), want: [1, 38, 45] },
      Nine: { reason: 'a tenth of what there is', given: on(9), want: [9, 38, 9] },
      ManyPods: { reason: 'what the autoscaler may start', given: { maxReplicas: 20, ...CPU, ...on() }, want: [2, 380, 30] },
      MoreConnections: {
        reason: 'the database takes more',
        given: { database: { maxConnections: 310, ...pooler(2) } },
        want: [2, 38, 100],
      },
      FewConnections: { reason: 'less is of no use', given: { database: { maxConnections: 25, ...pooler(9) } }, want: [9, 38, 5] },
      NotTaken: {
        reason: 'Patroni takes no less than 25, and Postgres has 100',
        given: { database: { maxConnections: 24, ...pooler(2) } },
        want: [2, 38, 30],
      },
      Threads: {
        reason: 'bounded, whatever a user writes',
        given: { env: [{ name: 'GUNICORN_CMD_ARGS', value: `--workers=${'9'.repeat(400)}` }], ...on() },
        want: [2, 10000, 30],
      },
      NoThreads: {
        reason: 'a number, whatever a user writes',
        given: { env: [{ name: 'GUNICORN_CMD_ARGS', value: `--workers=${'9'.repeat(400)} --threads=0` }], ...on() },
        want: [2, 22, 30],
      },
      External: {
        reason: 'the operator does not run it',
        given: { sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'theirs' } },
        want: undefined,
      },
    },
    (given, want) => {
      const size = poolerSize(observe(ready(world(given))));
      assert.deepEqual(size && [size.replicas, size.clients, size.servers], want);
    },
  );

  it('counts with max_connections of others', () => {
    const w = patched(ready(world(on())), 'PostgresCluster', { spec: { config: { parameters: { max_connections: 40 } } } });
    assert.equal(poolerSize(observe(w))?.servers, 10);
  });

  const TOO_FEW = 'False TooFewConnections';
  each<Loose, [condition: string | undefined, message?: RegExp]>(
    {
      ManyPods: { reason: 'they share what there is', given: { maxReplicas: 100, ...CPU }, want: [undefined] },
      Few: {
        reason: 'none is left for a migration',
        given: { database: { maxConnections: 29, ...pooler(3) } },
        want: [TOO_FEW, /3 pods of the pooler.*need 20 connections, 5 each.*has 19 for them: set spec\.database\.maxConnections to 30/],
      },
      Enough: { reason: 'by one', given: { database: { maxConnections: 30, ...pooler(3) } }, want: [undefined] },
      Clients: {
        reason: 'a pod of the pooler takes no more',
        given: { maxReplicas: 90, ...CPU, env: [{ name: 'GUNICORN_CMD_ARGS', value: '--workers=10 --threads=12' }] },
        want: [TOO_FEW, /90 pods, which spec\.maxReplicas allows, open up to 10890 connections, and a pod of the pooler takes 10000/],
      },
    },
    (given, [want, message = /^/]) => {
      const answer = syncOf(inUse(given));
      assert.equal(said(answer, 'ConnectionsSufficient'), want);
      assert.match(conditionOf(answer, 'ConnectionsSufficient')?.message ?? '', message);
    },
  );

  it('counts what the pods open themselves before they connect through it', () => {
    assert.equal(said(syncOf(ready(world({ maxReplicas: 11, ...CPU, ...on() }))), 'ConnectionsSufficient'), TOO_FEW);
  });
});
