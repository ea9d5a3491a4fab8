/** When the source of a copy is sent, and what is on record of it. */
import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { at, copyRecordIn, copyStatus, made, requested, sentSource, sourceCluster, wanting } from '../support/copies.ts';
import { each } from '../support/table.ts';
import { deleted, namespace, withRelated } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  conditionOf,
  edited,
  finalizeOf,
  manifestOf,
  NOW,
  overlaid,
  patched,
  rerecorded,
  said,
  syncOf,
  without,
  type Loose,
  type World,
} from '../support/world.ts';

const FROM = { postgresCluster: { clusterName: 'live-pgo', repoName: 'repo1', options: ['--type=default'] } };
const NOT_YET = { source: 'repo1 of PostgresCluster live-pgo', target: 'latest', since: NOW };
const DONE = { ...NOT_YET, at: ago(20) };

const notes = (w: World): Record<string, string> => w.children.find(({ kind }) => kind === 'PostgresCluster')?.metadata.annotations ?? {};
const isMade = (w: World): boolean => manifestOf(syncOf(w), 'PostgresCluster') !== undefined;
/** Every annotation on the database is gone. */
const stripped = (w: World): World =>
  patched(w, 'PostgresCluster', { metadata: { annotations: Object.fromEntries(Object.keys(notes(w)).map((key) => [key, undefined])) } });
const recordedAs = (text: string, w: World): World => ({
  ...w,
  children: w.children.map((child) =>
    child.kind === 'PostgresCluster'
      ? rerecorded(overlaid(child, { metadata: { annotations: { [annotations.copiedFrom]: text } } }), {
          metadata: { annotations: { [annotations.copiedFrom]: text } },
        })
      : child,
  ),
});
const invalid = (w: World): World => edited(w, { size: -1 });
const steps = Object.keys(copyStatus) as (keyof typeof copyStatus)[];

describe('decide/copy', () => {
  it('sends the source with the creation, with a record, and nothing is known of the migrations', () => {
    const answer = syncOf(wanting());
    assert.deepEqual([sentSource(answer), copyRecordIn(answer)], [FROM, NOT_YET]);
    const { [annotations.migrated]: list, [annotations.lineage]: lineage } =
      manifestOf(answer, 'PostgresCluster')?.metadata.annotations ?? {};
    assert.deepEqual([list, lineage], ['unknown', '{"restore":"~pgo-bootstrap-bestie-pgo"}']);
  });

  for (const step of steps.filter((each) => each !== 'there'))
    it(`sends it again, to the byte, while the copy is ${step}`, () => {
      const before = requested();
      const answer = syncOf(at(step, before));
      assert.deepEqual([sentSource(answer), copyRecordIn(answer)], [FROM, NOT_YET]);
      assert.equal(JSON.stringify(manifestOf(answer, 'PostgresCluster')), JSON.stringify(manifestOf(syncOf(before), 'PostgresCluster')));
    });

  it('drops it in the write that records the end, and never sends it again', () => {
    const answer = syncOf(at('there'));
    assert.deepEqual([sentSource(answer), copyRecordIn(answer)], [undefined, DONE]);
    for (const status of [{}, ...Object.values(copyStatus)]) {
      const later = syncOf(patched(made(), 'PostgresCluster', { status }));
      assert.deepEqual([sentSource(later), copyRecordIn(later)], [undefined, DONE]);
    }
  });

  it('runs the migrations of the wanted image on the copy, once, and seeds nothing', () => {
    const job = manifestOf(syncOf(at('there')), 'Job');
    assert.ok(job);
    assert.ok(!JSON.stringify(job).includes('"seed"'));
    assert.equal(manifestOf(syncOf(at('starting')), 'Job'), undefined);
  });

  it('sends what was sent although the spec or the source would have it otherwise by now', () => {
    const other = { backups: { pgbackrest: { repos: [{ name: 'repo2' }] } } };
    const changed = { ...at('running'), related: [sourceCluster({ spec: other })] };
    assert.deepEqual(sentSource(syncOf(changed)), FROM);
    assert.deepEqual(sentSource(syncOf({ ...at('running'), related: [] })), FROM);
    assert.deepEqual(sentSource(syncOf(edited(at('running'), { database: { dataSource: { bestie: { name: 'other' } } } }))), FROM);
    assert.deepEqual(sentSource(syncOf(edited(at('running'), { database: { resources: { requests: { cpu: '1' } } } }))), FROM);
  });

  describe('whatever was done to the records', () => {
    each<World, readonly [unknown, unknown]>(
      {
        Unreadable: { reason: 'it is a copy, and not a second one', given: recordedAs('{', at('running')), want: [FROM, {}] },
        UnreadableAndThere: { reason: 'it ends', given: recordedAs('{', at('there')), want: [undefined, { at: ago(20) }] },
        OfAnotherRelease: { reason: 'kept as it is', given: recordedAs('{"v":2}', made()), want: [undefined, {}] },
        Removed: {
          reason: 'what was applied counts',
          given: patched(at('running'), 'PostgresCluster', { metadata: { annotations: { [annotations.copiedFrom]: undefined } } }),
          want: [FROM, NOT_YET],
        },
        AllRemoved: {
          reason: 'what is on the object counts',
          given: stripped(at('running')),
          want: [FROM, { source: 'a source that is not on record' }],
        },
        AllRemovedOnceThere: {
          reason: 'the source goes',
          given: stripped(at('there')),
          want: [undefined, { at: ago(20) }],
        },
        AllRemovedLater: { reason: 'nothing is known', given: stripped(made()), want: [undefined, undefined] },
      },
      (given, [source, record]) => {
        const answer = syncOf(given);
        assert.deepEqual([sentSource(answer), copyRecordIn(answer)], [source, record]);
      },
    );

    it('nothing is ever seeded', () => {
      const emptied = patched(made(), 'PostgresCluster', {
        metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined, [annotations.migrated]: '[]' } },
      });
      assert.ok(syncOf(emptied).children.some(({ kind }) => kind === 'Job'));
      assert.ok(!JSON.stringify(syncOf(emptied).children).includes('"seed"'));
      for (const w of [stripped(made()), stripped(at('there')), recordedAs('{', made())])
        assert.ok(!JSON.stringify(syncOf(w).children.filter(({ kind }) => kind === 'Job')).includes('"seed"'));
    });

    it('a database that was there before is no copy, also one with a source of its own', () => {
      const w = patched(stripped(made()), 'PostgresCluster', {
        spec: { dataSource: FROM },
        metadata: { labels: { 'app.kubernetes.io/managed-by': undefined } },
      });
      const answer = syncOf(w);
      assert.deepEqual([sentSource(answer), copyRecordIn(answer), said(answer, 'Copied')], [undefined, undefined, 'False SourceIgnored']);
    });
  });

  describe('under an unacceptable spec, and for a Bestie that goes', () => {
    const going = (policy: string, w: World): World => deleted(edited(w, { deletionPolicy: policy }));
    each<{ answer: ReturnType<typeof syncOf> }, readonly [unknown, unknown]>(
      {
        Held: { reason: 'as it was', given: { answer: syncOf(invalid(at('running'))) }, want: [FROM, NOT_YET] },
        HeldAndThere: { reason: 'the source is a hazard', given: { answer: syncOf(invalid(at('there'))) }, want: [undefined, DONE] },
        HeldLater: { reason: 'as it was', given: { answer: syncOf(invalid(made())) }, want: [undefined, DONE] },
        RetainedRunning: { reason: 'it becomes one', given: { answer: finalizeOf(going('Retain', at('running'))) }, want: [FROM, NOT_YET] },
        RetainedThere: { reason: 'released without', given: { answer: finalizeOf(going('Retain', at('there'))) }, want: [undefined, DONE] },
        GoingInvalid: { reason: 'the same', given: { answer: finalizeOf(going('Retain', invalid(at('there')))) }, want: [undefined, DONE] },
      },
      ({ answer }, [source, record]) => {
        assert.deepEqual([sentSource(answer), copyRecordIn(answer)], [source, record]);
      },
    );

    const s3 = { bucket: 'pets', endpoint: 's3.example', region: 'eu' };
    const backed = withRelated(
      wanting({}, { deletionPolicy: 'BackupThenDelete', database: { backups: { repos: [{ name: 'repo1', s3 }] } } }),
      namespace(),
    );
    it('one that has not succeeded holds nothing that a final backup would save', () => {
      assert.ok(isMade(requested(backed)));
      for (const step of steps.filter((each) => each !== 'there'))
        assert.equal(manifestOf(finalizeOf(deleted(at(step, requested(backed)))), 'PostgresCluster'), undefined, step);
      assert.notEqual(manifestOf(finalizeOf(deleted(at('there', requested(backed)))), 'PostgresCluster'), undefined);
    });
  });

  it('is made again once a person has deleted the object of one that failed', () => {
    const failed = carriedOut(at('failed'));
    assert.equal(said(syncOf(failed), 'DatabaseReady'), 'False CopyFailed');
    const answer = syncOf({ ...without(failed, 'PostgresCluster'), now: '2026-01-01T12:10:00Z' });
    assert.deepEqual([sentSource(answer), copyRecordIn(answer)?.since], [FROM, '2026-01-01T12:10:00Z']);
    const path = (a: ReturnType<typeof syncOf>): unknown =>
      /repo1-path":"([^"]*)/.exec(JSON.stringify(manifestOf(a, 'PostgresCluster')?.spec))?.[1];
    assert.notEqual(path(answer), path(syncOf(failed)), 'it must not archive into the path of the first');
  });

  it('is made once: what users have written may be in volumes that a source would be restored over', () => {
    const ran = { ...without(made(), 'PostgresCluster') };
    const status = { ...(ran.parent.status as Loose), image: 'quay.io/opdev/bestie:1.3' };
    const lost = { ...ran, parent: { ...ran.parent, status } };
    const answer = syncOf(lost);
    assert.deepEqual([isMade(lost), sentSource(answer), copyRecordIn(answer)], [true, undefined, undefined]);
    assert.match(
      conditionOf(answer, 'Copied')?.message ?? '',
      /is made without its source, because this Bestie has run before: a copy is made once; /,
    );
    assert.equal(isMade({ ...lost, related: [] }), true, 'it does not need the source any more');
  });

  it('has the field sent again when others change or remove it, as often as they do', () => {
    let w = at('running');
    for (let round = 0; round < 4; round++) {
      w = patched(w, 'PostgresCluster', { spec: { dataSource: round % 2 === 0 ? undefined : { postgresCluster: { repoName: 'repo4' } } } });
      const answer = syncOf(w);
      assert.deepEqual([sentSource(answer), answer.status.contestedFields], [FROM, undefined]);
      w = at('running', carriedOut(w, answer));
    }
    assert.ok(notes(w)[LAST_APPLIED_ANNOTATION]);
  });
});
