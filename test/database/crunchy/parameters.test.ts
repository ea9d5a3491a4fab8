/** Which parameters are sent, and which of a live database are taken for those of others. */
import { strict as assert } from 'node:assert';
import { databaseReadiness } from '../../../src/database/crunchy/readiness.ts';
import { usable } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { childOf, manifestOf, observe, patched, syncOf, world, type Loose, type World } from '../../support/world.ts';

const parameters = { work_mem: '8MB', log_min_duration_statement: 500 };
const inPatroni = (values: Loose): Loose => ({ spec: { patroni: { dynamicConfiguration: { postgresql: { parameters: values } } } } });
const inConfig = (values: Loose): Loose => ({ spec: { config: { parameters: values } } });
const ready = (database: Loose = {}, patch: Loose = {}): World => patched(usable(world({ database })), 'PostgresCluster', patch);
const specOf = (database: Loose): Loose => (manifestOf(syncOf(world({ database })), 'PostgresCluster')?.spec ?? {}) as Loose;
/** The world after the spec of its Bestie was changed. */
const changed = (w: World, database: unknown): World => ({ ...w, parent: { ...w.parent, spec: { size: 1, database } } });

describe('database/crunchy/parameters', () => {
  each<Loose, Loose | undefined>(
    {
      None: { reason: 'nothing is sent', given: {}, want: undefined },
      Empty: { reason: 'nor an empty map', given: { parameters: {} }, want: undefined },
      Some: { reason: 'texts as texts, numbers as numbers', given: { parameters }, want: parameters },
      Connections: { reason: 'as before', given: { maxConnections: 200 }, want: { max_connections: 200 } },
      Both: { reason: 'in one place', given: { parameters, maxConnections: 200 }, want: { ...parameters, max_connections: 200 } },
      Large: {
        reason: 'more than 32 bits, which PGO could not read in spec.config',
        given: { parameters: { temp_file_limit: 3_000_000_000 } },
        want: { temp_file_limit: 3_000_000_000 },
      },
    },
    (given, want) => {
      const { config, patroni } = specOf(given);
      assert.equal(config, undefined);
      assert.deepEqual(patroni, want && { dynamicConfiguration: { postgresql: { parameters: want } } });
    },
  );

  each<World, string>(
    {
      Ours: { reason: 'what the spec sets is not theirs', given: ready({ parameters, maxConnections: 200 }), want: '' },
      OursChanged: {
        reason: 'the value is undone',
        given: ready({ parameters }, inPatroni({ work_mem: '1GB' })),
        want: '',
      },
      TheirsBeside: {
        reason: 'whatever is not in the spec',
        given: ready({ parameters }, inPatroni({ 'pgaudit.log': 'all', jit: 'on' })),
        want: 'jit, pgaudit.log',
      },
      TheirsWin: {
        reason: 'PGO writes those of this place over ours',
        given: ready({ parameters }, inConfig({ work_mem: '1GB' })),
        want: 'work_mem',
      },
      InAnotherSpelling: {
        reason: 'Postgres takes it for the same, and PGO for whichever comes last',
        given: ready({ parameters: { jit: 'on' } }, inPatroni({ Work_Mem: '1GB' })),
        want: 'work_mem',
      },
      JustRemoved: { reason: 'it goes with this answer', given: changed(ready({ parameters, maxConnections: 200 }), {}), want: '' },
      Unacceptable: { reason: 'what was sent is sent again', given: changed(ready({ parameters }), 'none'), want: '' },
    },
    (given, want) => {
      const { message } = databaseReadiness(childOf(given, 'PostgresCluster'), observe(given));
      assert.equal(message, `PostgresCluster bestie-pgo is usable${want === '' ? '' : `; Postgres parameters set by others: ${want}`}`);
    },
  );

  it('leave what others have set beside them where the last one goes', () => {
    const { spec } =
      manifestOf(syncOf(changed(ready({ parameters }, inPatroni({ jit: 'on' })), {})), 'PostgresCluster') ?? assert.fail('none');
    assert.deepEqual((spec as Loose).patroni, { dynamicConfiguration: { postgresql: { parameters: {} } } });
  });
});
