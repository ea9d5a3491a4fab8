/** The condition Copied, and what DatabaseReady says meanwhile. */
import { strict as assert } from 'node:assert';
import { at, copyStatus, made, requested, wanting } from '../support/copies.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { namespace, withRelated } from '../support/upgrades.ts';
import { ago, carriedOut, conditionOf, edited, overlaid, patched, syncOf, world, type Loose, type World } from '../support/world.ts';

const FROM = 'PostgresCluster bestie-pgo is being made from repo1 of PostgresCluster live-pgo';
const LOGS = 'kubectl -n pets logs job/bestie-pgo-pgbackrest-restore';
const EVENTS = 'kubectl -n pets describe postgrescluster bestie-pgo';
const aged = (seconds: number, w: World): World => ({
  ...w,
  now: new Date(Date.parse(w.now) + seconds * 1000).toISOString().replace('.000Z', 'Z'),
});
const young = (w: World): World => patched(w, 'PostgresCluster', { metadata: { creationTimestamp: ago(60) } });
const toTime = (): World => requested(wanting({ target: { time: '2025-12-24T10:00:00Z' } }));
const settledIn = (w: World): World => carriedOut(w);
const database = (rest: Loose): World => {
  const [own] = requested().children.filter(({ kind }) => kind === 'PostgresCluster');
  return { ...wanting(), related: [...wanting().related, overlaid(own as never, { metadata: { ownerReferences: undefined }, ...rest })] };
};
const says = (w: World, type = 'Copied'): string => {
  const { status, reason, message } = conditionOf(syncOf(w), type) ?? {};
  return status === undefined ? '' : `${status} ${reason ?? ''} ${message ?? ''}`;
};

const ENDLESS =
  '; where it repeats that recovery ended before the target, nothing so late is archived, and the copy never ends: delete this Bestie, and create it with an earlier target';

describe('status/copycondition', () => {
  each<World, string>(
    {
      NotWanted: { reason: 'a Bestie like others', given: world(), want: '' },
      NotWantedAndReady: { reason: 'the same', given: ready(), want: '' },
      Requested: { reason: 'it is created', given: wanting(), want: `False Copying ${FROM}` },
      Observed: { reason: 'the same words', given: young(requested()), want: `False Copying ${FROM}` },
      Preparing: { reason: 'the same', given: young(at('preparing')), want: `False Copying ${FROM}` },
      NotBegun: {
        reason: 'PGO may be down, or refuse it',
        given: requested(),
        want: `False CopyStuck ${FROM}; nothing is copied yet; the events say what is refused or waited for: ${EVENTS}`,
      },
      Running: { reason: 'since then', given: at('running'), want: `False Copying ${FROM}, since ${ago(45)}` },
      Retried: {
        reason: 'its log says why',
        given: at('retried'),
        want: `False Copying ${FROM}, since ${ago(45)}; an attempt has failed and is tried again, its log says why: ${LOGS}`,
      },
      Long: {
        reason: 'no fault, but where to look',
        given: aged(1800, at('running')),
        want: `False Copying ${FROM}, since ${ago(45)}; a large database may need longer; its log shows how far it is: ${LOGS}`,
      },
      NotLong: { reason: 'not yet', given: aged(600, at('running')), want: `False Copying ${FROM}, since ${ago(45)}` },
      ToAMomentLong: {
        reason: 'such a copy may never end',
        given: aged(600, at('running', toTime())),
        want: `False Copying ${FROM}, since ${ago(45)}; a large database may need longer; its log shows how far it is: ${LOGS}${ENDLESS}`,
      },
      Starting: { reason: 'Postgres is not up yet', given: at('starting'), want: `False Copying ${FROM}, since ${ago(45)}` },
      NotStarting: {
        reason: 'a node or a volume is missing',
        given: aged(900, at('starting')),
        want: `False CopyStuck ${FROM}, since ${ago(45)}; Postgres does not start on the copied data; see what is missing: ${EVENTS}`,
      },
      Failed: {
        reason: 'with the ways on',
        given: at('failed'),
        want:
          `False CopyFailed the copy of repo1 of PostgresCluster live-pgo into PostgresCluster bestie-pgo has failed; its log says why: ${LOGS}; it holds no data of its own: ` +
          'to copy again, kubectl -n pets delete postgrescluster bestie-pgo; to copy something else, delete this Bestie, and create it with another database.dataSource',
      },
      BrokenOff: {
        reason: 'others have removed the source',
        given: at('brokenOff'),
        want:
          'False CopyFailed the copy of repo1 of PostgresCluster live-pgo into PostgresCluster bestie-pgo was broken off, because its instances were started before it ' +
          `had ended; its log says why: ${LOGS}; it holds no data of its own: to copy again, kubectl -n pets delete postgrescluster bestie-pgo; to copy something else, ` +
          'delete this Bestie, and create it with another database.dataSource',
      },
      There: {
        reason: 'in the answer that drops the source',
        given: at('there'),
        want: `True Copied PostgresCluster bestie-pgo is a copy of repo1 of PostgresCluster live-pgo, made at ${ago(20)}, with all that was archived by then`,
      },
      Made: {
        reason: 'for ever',
        given: aged(1_000_000, made()),
        want: `True Copied PostgresCluster bestie-pgo is a copy of repo1 of PostgresCluster live-pgo, made at ${ago(20)}, with all that was archived by then`,
      },
      MadeToAMoment: {
        reason: 'its state',
        given: made(toTime()),
        want: `True Copied PostgresCluster bestie-pgo is a copy of repo1 of PostgresCluster live-pgo, as of 2025-12-24T10:00:00Z, made at ${ago(20)}`,
      },
      OfALostSource: {
        reason: 'it is known all the same',
        given: { ...made(), related: [] },
        want: `True Copied PostgresCluster bestie-pgo is a copy of repo1 of PostgresCluster live-pgo, made at ${ago(20)}, with all that was archived by then`,
      },
      Going: {
        reason: 'a person has deleted it',
        given: patched(made(), 'PostgresCluster', { metadata: { deletionTimestamp: ago(5) } }),
        want: 'False Deleting PostgresCluster bestie-pgo is being deleted; what it was copied from is copied again once it is gone',
      },
      OlderDatabase: {
        reason: 'its data stays',
        given: edited(ready(), { database: { dataSource: { bestie: { name: 'live' } } } }),
        want: 'False SourceIgnored PostgresCluster bestie-pgo has no record of having been copied, so its data stays as it is; database.dataSource is ignored',
      },
      NotAttached: {
        reason: 'it is not made again',
        given: database({}),
        want: 'False SourceIgnored PostgresCluster bestie-pgo existed before this Bestie, so it is not made from a copy; database.dataSource is ignored',
      },
      NamespaceUnknown: {
        reason: 'the guard comes first',
        given: wanting({}, { deletionPolicy: 'Retain' }),
        want: 'False NamespaceUnknown Metacontroller does not show Namespace pets yet; if that lasts, it lacks the right to read Namespaces',
      },
      NamespaceKnown: {
        reason: 'it is created',
        given: withRelated(wanting({}, { deletionPolicy: 'Retain' }), namespace()),
        want: `False Copying ${FROM}`,
      },
    },
    (given, want) => {
      assert.equal(says(given), want);
    },
  );

  it('is what DatabaseReady says until the copy is there', () => {
    for (const step of Object.keys(copyStatus) as (keyof typeof copyStatus)[]) {
      if (step === 'there') continue;
      const w = at(step);
      assert.equal(says(w, 'DatabaseReady').replace(/, requested at \S+$/, ''), says(w), step);
    }
    assert.match(says(at('there'), 'DatabaseReady'), /^True Usable/);
  });

  it('keeps Ready from nothing where the source is ignored', () => {
    const answer = syncOf(carriedOut(edited(ready(), { database: { dataSource: { bestie: { name: 'live' } } } })));
    assert.deepEqual([conditionOf(answer, 'Ready')?.status, conditionOf(answer, 'Stalled')?.status], ['True', 'False']);
  });

  it('what is late stays so for a replica whose clock is behind', () => {
    for (const w of [requested(), at('starting'), at('running')]) {
      const late = settledIn(aged(2000, w));
      assert.equal(says(aged(-1950, late)), says(late));
    }
  });

  it('is as it is under an unacceptable spec, and in a pause', () => {
    const before = carriedOut(at('running'));
    for (const [step, want] of [
      ['running', 'Copying'],
      ['failed', 'CopyFailed'],
      ['there', 'Copied'],
    ] as const) {
      const w = patched(before, 'PostgresCluster', { status: { ...copyStatus[step], conditions: [...copyStatus[step].conditions] } });
      assert.equal(conditionOf(syncOf(edited(w, { size: -1 })), 'Copied')?.reason, want, step);
      const paused = { ...w, parent: overlaid(w.parent, { metadata: { annotations: { 'pets.bestie.com/paused': 'true' } } }) };
      assert.equal(conditionOf(syncOf(paused), 'Copied')?.reason, want, step);
    }
    const paused = {
      ...wanting(),
      parent: overlaid(wanting().parent, { metadata: { annotations: { 'pets.bestie.com/paused': 'true' } } }),
    };
    assert.equal(says(paused), '', 'nothing is created');
  });
});
