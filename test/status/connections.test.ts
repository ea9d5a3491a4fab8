import { strict as assert } from 'node:assert';
import { connectionsOfPod } from '../../src/decide/connections.ts';
import { on } from '../support/pooled.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { conditionOf, manifestOf, observe, patched, said, syncOf, world, type Loose } from '../support/world.ts';

const external = (database: Loose = {}): Loose => ({
  database: { provider: 'External', secretName: 'theirs', ...database },
  sessionSecret: { name: 'session' },
});
const gunicorn = (value: string): Loose => ({ env: [{ name: 'GUNICORN_CMD_ARGS', value }] });
const TOO_FEW = 'False TooFewConnections';

describe('status/connections', () => {
  each<Loose, string | undefined>(
    {
      Few: { reason: 'as many as the database serves by default', given: { size: 2, maxReplicas: 10 }, want: undefined },
      OneMore: { reason: 'reported before it is reached', given: { size: 2, maxReplicas: 11 }, want: TOO_FEW },
      BySize: { reason: 'no autoscaling', given: { size: 11 }, want: TOO_FEW },
      Raised: {
        reason: 'the database takes more',
        given: { size: 2, maxReplicas: 11, database: { maxConnections: 109 } },
        want: undefined,
      },
      RaisedTooLittle: { reason: 'by one', given: { size: 2, maxReplicas: 11, database: { maxConnections: 108 } }, want: TOO_FEW },
      NotTaken: {
        reason: 'Patroni takes no less than 25, and Postgres has 100',
        given: { size: 2, maxReplicas: 10, database: { maxConnections: 24 } },
        want: undefined,
      },
      NotTakenByOthers: {
        reason: 'one more than 100 serve',
        given: { size: 2, maxReplicas: 11, database: { maxConnections: 24 } },
        want: TOO_FEW,
      },
      Least: { reason: 'this one is taken', given: { size: 2, maxReplicas: 10, database: { maxConnections: 25 } }, want: TOO_FEW },
      Monitored: {
        reason: 'the exporter has two connections',
        given: { size: 2, maxReplicas: 10, database: { maxConnections: 102, monitoring: { enabled: true } } },
        want: undefined,
      },
      MonitoredOneFewer: {
        reason: 'a pod has none for the want of one',
        given: { size: 2, maxReplicas: 10, database: { maxConnections: 101, monitoring: { enabled: true } } },
        want: TOO_FEW,
      },
      External: { reason: 'what the server takes is not known', given: { size: 2, maxReplicas: 100, ...external() }, want: undefined },
      ExternalKnown: {
        reason: 'what the server takes is said',
        given: { size: 2, maxReplicas: 11, ...external({ maxConnections: 100 }) },
        want: TOO_FEW,
      },
      SurgeOfOne: { reason: 'it takes the connections of a migration', given: { size: 10, strategy: { maxSurge: 1 } }, want: undefined },
      SurgeOfTwo: { reason: 'eleven pods at a time', given: { size: 9, strategy: { maxSurge: 3 } }, want: TOO_FEW },
      SurgeFits: { reason: 'ten pods at a time', given: { size: 9, strategy: { maxSurge: 2 } }, want: undefined },
      SurgeOfAll: {
        reason: 'of the most pods that autoscaling makes',
        given: { size: 2, maxReplicas: 6, strategy: { maxSurge: '100%' } },
        want: TOO_FEW,
      },
      NoSurge: { reason: 'one goes first', given: { size: 10, strategy: { maxSurge: 0, maxUnavailable: 1 } }, want: undefined },
      FewThreads: { reason: 'the user has fewer', given: { size: 2, maxReplicas: 18, ...gunicorn('--threads=4') }, want: undefined },
    },
    (given, want) => {
      const answer = syncOf(ready(world(given)));
      assert.equal(said(answer, 'ConnectionsSufficient'), want);
      if ((given.database as Loose | undefined)?.provider === undefined) assert.equal(said(answer, 'Ready'), 'True AllReady');
    },
  );

  each<Loose, [needed: number, lowered: number]>(
    {
      Share: { reason: 'five pods and four more', given: { size: 6, strategy: { maxSurge: '100%' } }, want: [109, 5] },
      Number: { reason: 'as many more whatever the size', given: { size: 9, strategy: { maxSurge: 4 } }, want: [118, 7] },
    },
    (given, [needed, lowered]) => {
      const { message = '' } = conditionOf(syncOf(ready(world(given))), 'ConnectionsSufficient') ?? {};
      assert.match(message, /^\d+ pods, which spec.size and spec.strategy.maxSurge allow, open up to /);
      assert.ok(message.includes(`set spec.database.maxConnections to ${needed}, which`), message);
      assert.ok(message.endsWith(`or lower spec.size to ${lowered}`), message);
      assert.equal(said(syncOf(ready(world({ ...given, size: lowered }))), 'ConnectionsSufficient'), undefined);
    },
  );

  describe('of a database on which others set max_connections', () => {
    const inPatroni = (value: unknown): Loose => ({
      patroni: { dynamicConfiguration: { postgresql: { parameters: { max_connections: value } } } },
    });
    const inConfig = (value: unknown): Loose => ({ config: { parameters: { max_connections: value } } });
    const eleven = { size: 2, maxReplicas: 11 };
    const answer = (given: Loose, spec: Loose) => syncOf(patched(ready(world(given)), 'PostgresCluster', { spec }));
    each<[given: Loose, spec: Loose], string | undefined>(
      {
        Raised: { reason: 'the database takes more', given: [eleven, inPatroni(109)], want: undefined },
        RaisedAsText: { reason: 'a value may be written either way', given: [eleven, inPatroni('109')], want: undefined },
        Lowered: { reason: 'the database takes less', given: [{ size: 2, maxReplicas: 10 }, inConfig(99)], want: TOO_FEW },
        Unreadable: {
          reason: 'what is no number counts as nothing',
          given: [{ size: 2, maxReplicas: 10 }, inConfig('many')],
          want: undefined,
        },
        OursInPatroni: {
          reason: 'what the spec says is sent again',
          given: [{ ...eleven, database: { maxConnections: 109 } }, inPatroni(50)],
          want: undefined,
        },
        TheirsInConfig: {
          reason: 'that place wins over what is sent',
          given: [{ ...eleven, database: { maxConnections: 109 } }, inConfig(50)],
          want: TOO_FEW,
        },
      },
      ([given, spec], want) => {
        assert.equal(said(answer(given, spec), 'ConnectionsSufficient'), want);
      },
    );

    it('names the place that is to be changed', () => {
      const message = (spec: Loose) => conditionOf(answer(eleven, spec), 'ConnectionsSufficient')?.message ?? '';
      assert.match(
        message(inConfig(50)),
        /set spec\.config\.parameters\.max_connections of PostgresCluster bestie-pgo, which others set, to 109;/,
      );
      assert.match(message(inPatroni(50)), /set spec\.database\.maxConnections to 109,/);
    });
  });

  each<Loose, number>(
    {
      Ours: { reason: 'a thread each, and the probe', given: {}, want: 9 },
      Default: { reason: 'gunicorn has one worker and one thread', given: gunicorn('--bind=x'), want: 2 },
      Workers: { reason: 'a pool for each process', given: gunicorn('--workers=3 --threads 4'), want: 13 },
      Short: { reason: 'the short option', given: gunicorn('-w 2 --threads=2'), want: 5 },
      Pool: { reason: 'a pool gives fifteen at most', given: gunicorn('--threads=40'), want: 16 },
    },
    (given, want) => {
      assert.equal(connectionsOfPod(observe(world(given))), want);
    },
  );

  it('asks for no restart of a database that gets a pooler: the pods are to connect through it', () => {
    const { message = '' } = conditionOf(syncOf(ready(world({ size: 2, maxReplicas: 20, ...on() }))), 'ConnectionsSufficient') ?? {};
    assert.match(
      message,
      /^20 pods, which spec\.maxReplicas allows, open up to 180 connections.*until the pooler of spec\.database\.pooler is ready/,
    );
    assert.doesNotMatch(message, /set |lower /);
  });

  it('says how many are missing, and what to set', () => {
    assert.equal(
      conditionOf(syncOf(ready(world({ size: 2, maxReplicas: 20 }))), 'ConnectionsSufficient')?.message,
      '20 pods, which spec.maxReplicas allows, open up to 180 connections, 9 each; with 100 connections the database serves 10 pods: ' +
        'set spec.database.maxConnections to 190, which restarts the database, or lower spec.maxReplicas to 10',
    );
    assert.match(
      conditionOf(syncOf(world({ size: 20, ...external({ maxConnections: 100 }) })), 'ConnectionsSufficient')?.message ?? '',
      /raise max_connections of the database to 190 and set spec.database.maxConnections to it, or lower spec.size to 10$/,
    );
  });

  it('sets it on a managed database, and nothing where it is left out', () => {
    const patroni = (spec: Loose): unknown => (manifestOf(syncOf(world(spec)), 'PostgresCluster')?.spec as Loose).patroni;
    assert.equal(patroni({}), undefined);
    assert.deepEqual(patroni({ database: { maxConnections: 200 } }), {
      dynamicConfiguration: { postgresql: { parameters: { max_connections: 200 } } },
    });
  });
});
