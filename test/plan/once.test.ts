/** The facts of a request are gathered once: how often an answer computes what is decided about the version and about the database. */
import { strict as assert } from 'node:assert';
import type { Observed, Plan } from '../../src/api/observed.ts';
import type { BackupProvider } from '../../src/api/backupprovider.ts';
import { decide } from '../../src/decide/index.ts';
import { finalBackup } from '../../src/decide/deletion.ts';
import { upgrade } from '../../src/decide/upgrade.ts';
import { finalize } from '../../src/plan/finalize.ts';
import { sync } from '../../src/plan/sync.ts';
import { backedUp, backingUp, backup, created, migrating, pgoStatus, ready, migratedForUpgrade } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, deleted, namespace, onlyDatabase, onTrial, withRelated } from '../support/upgrades.ts';
import { carriedOut, edited, finalizeOf, observe, patched, world, type World } from '../support/world.ts';

/** Facts that know by which function each was worked out, in order. */
class CountedFacts extends Map<unknown, unknown> {
  readonly computed: unknown[] = [];
  override set(key: unknown, value: unknown): this {
    this.computed.push(key);
    return super.set(key, value);
  }
}

type Asked = Record<'isPossible' | 'atWork' | 'stateOf' | 'request', number>;

/** The world whose facts, and whose questions to the database operator about backups, are counted. */
function counted(w: World): { o: Observed; facts: CountedFacts; asked: Asked } {
  const plain = observe(w);
  const facts = new CountedFacts();
  const asked: Asked = { isPossible: 0, atWork: 0, stateOf: 0, request: 0 };
  const { backups } = plain.provider;
  const counting =
    <Args extends unknown[], T>(name: keyof Asked, ask: (...args: Args) => T) =>
    (...args: Args): T => {
      asked[name] += 1;
      return ask(...args);
    };
  const questions: BackupProvider<Observed> = {
    ...backups,
    isPossible: counting('isPossible', backups.isPossible),
    atWork: counting('atWork', backups.atWork),
    stateOf: counting('stateOf', backups.stateOf),
    request: counting('request', backups.request),
  };
  return { o: { ...plain, facts, provider: { ...plain.provider, backups: questions } }, facts, asked };
}

/** How often an answer worked out what that function gives. */
function timesOf(fact: (o: Observed) => unknown, plan: (o: Observed) => Plan, w: World): number {
  // The fact itself is kept last, after all that it needs.
  const alone = counted(w);
  const value = fact(alone.o);
  const key = alone.facts.computed.at(-1);
  assert.equal(alone.facts.get(key), value, 'it is kept');
  const { o, facts } = counted(w);
  plan(o);
  return facts.computed.filter((each) => each === key).length;
}

const s3 = { bucket: 'backups', endpoint: 's3.example', region: 'eu' };
/** Only the database of a Bestie that is being deleted is left. */
const alone = (w: World): World => ({ ...onlyDatabase(deleted(ready(withRelated(w, namespace())))), related: [namespace()] });
const going = (): World => alone(world({ deletionPolicy: 'BackupThenDelete', database: { backups: { repos: [{ name: 'repo1', s3 }] } } }));
const asked = (w: World): World => carriedOut(w, finalizeOf(w));
const onDemand = edited(ready(), { database: { backups: { onDemand: 'now' } } });

describe('plan: once for each answer', () => {
  each<World, undefined>(
    {
      New: { reason: 'nothing is there', given: world(), want: undefined },
      Created: { reason: 'the database comes up', given: created(), want: undefined },
      Migrating: { reason: 'the first migration', given: migrating(), want: undefined },
      Ready: { reason: 'nothing happens', given: ready(), want: undefined },
      Upgrading: { reason: 'a backup is started', given: edited(ready(), { version: '1.4' }), want: undefined },
      BackingUp: { reason: 'a backup runs', given: backup(backingUp(), 'running'), want: undefined },
      BackedUp: { reason: 'the migration is started', given: backedUp(), want: undefined },
      MigratedForUpgrade: { reason: 'the Deployment gets the image', given: migratedForUpgrade(), want: undefined },
      Trial: { reason: 'the first pod of the image', given: onTrial(), want: undefined },
      Paused: { reason: 'the plan is compared', given: annotated(onTrial(), { 'pets.bestie.com/paused': 'true' }), want: undefined },
      OnDemand: { reason: 'a person asks for a backup', given: onDemand, want: undefined },
    },
    (given) => {
      assert.deepEqual([timesOf(upgrade, sync, given), timesOf(decide, sync, given), timesOf(finalBackup, sync, given)], [1, 1, 0]);
    },
  );

  each<World, number>(
    {
      Application: {
        reason: 'it goes first',
        given: deleted(ready(withRelated(world({ deletionPolicy: 'Retain' }), namespace()))),
        want: 0,
      },
      Begun: { reason: 'the final backup is started', given: going(), want: 1 },
      Running: { reason: 'it runs', given: backup(asked(going()), 'running'), want: 1 },
      Succeeded: { reason: 'it is over', given: backup(asked(going()), 'succeeded'), want: 1 },
      Unacceptable: { reason: 'a spec that is not looked at', given: edited(going(), { size: 0 }), want: 1 },
      UnacceptableAndRunning: { reason: 'the same', given: backup(asked(edited(going(), { size: 0 })), 'running'), want: 1 },
      NoRepository: {
        reason: 'none could take it',
        given: edited(alone(world()), { deletionPolicy: 'BackupThenDelete' }),
        want: 1,
      },
    },
    (given, want) => {
      assert.deepEqual(
        [timesOf(finalBackup, finalize, given), timesOf(upgrade, finalize, given), timesOf(decide, finalize, given)],
        [want, 0, 0],
      );
    },
  );

  // Only the step that begins a backup asks whether it would be taken at once.
  each<[plan: (o: Observed) => Plan, w: World], Partial<Asked>>(
    {
      Upgrade: {
        reason: 'a backup before it',
        given: [sync, edited(ready(), { version: '1.4' })],
        want: { isPossible: 1, atWork: 1 },
      },
      OnDemand: { reason: 'a person asks', given: [sync, onDemand], want: { isPossible: 1, atWork: 1 } },
      Final: { reason: 'before the database is deleted', given: [finalize, going()], want: { isPossible: 1, atWork: 1 } },
      FinalUnacceptable: {
        reason: 'whatever the spec says',
        given: [finalize, edited(going(), { size: 0 })],
        want: { isPossible: 1, atWork: 1 },
      },
      Running: { reason: 'nothing is started', given: [sync, backup(backingUp(), 'running')], want: { isPossible: 0, stateOf: 1 } },
      FinalRunning: {
        reason: 'nothing is started',
        given: [finalize, backup(asked(going()), 'running')],
        want: { isPossible: 0, stateOf: 1 },
      },
      Rest: {
        reason: 'there is no request',
        given: [sync, patched(ready(), 'PostgresCluster', { status: pgoStatus.usable })],
        want: { isPossible: 0, atWork: 0, stateOf: 0 },
      },
    },
    ([plan, w], want) => {
      const { o, asked: questions } = counted(w);
      plan(o);
      assert.deepEqual(Object.fromEntries(Object.entries(questions).filter(([name]) => name in want)), want);
    },
  );
});
