import { strict as assert } from 'node:assert';
import { armed, asked, backingUp, failed, requestOf, restore, serving, stopped, succeeded, TUESDAY, wanting } from '../support/restores.ts';
import { backup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, armedBy, later, reporting, statusLost } from '../support/upgrades.ts';
import { ago, carriedOut, edited, NOW, overlaid, syncOf, world, type Loose, type World } from '../support/world.ts';
import { requests } from '../../src/api/names.ts';

const WEDNESDAY = { id: 'wednesday', target: { latest: true } };
const past = { id: 'wednesday', target: { time: ago(1200) } };
const abandoning = (w: World): World => annotated(w, { [requests.abandonRestore]: 'tuesday' });
const status = (w: World) => syncOf(w).status.restore;
const history = (w: World): string[] =>
  (status(w)?.history ?? []).map(({ id, result, reason }) => `${id} ${result}${reason === undefined ? '' : ` ${reason}`}`);
const counts = (w: World): unknown[] => [status(w)?.succeeded, status(w)?.failed];
const lastRestore = (w: World, restore: Loose | null): World => ({ ...w, parent: overlaid(w.parent, { status: { restore } }) });

describe('status/restore', () => {
  it('is left out before the first request', () => {
    assert.equal('restore' in syncOf(ready()).status, false);
  });

  it('has what is known of the restore that is carried out', () => {
    assert.deepEqual(status(restore(armed(), 'running')), {
      id: 'tuesday',
      phase: 'Restoring',
      target: '2026-01-01T11:50:00Z',
      repository: 'repo1',
      backupID: armedBy(asked()),
      startedAt: NOW,
      since: NOW,
      reason: 'Restoring',
      message:
        'restore tuesday to 2026-01-01T11:50:00Z: Crunchy PGO replaces the data and starts Postgres on it, since 2026-01-01T11:58:30Z',
      succeeded: 0,
      failed: 0,
    });
  });

  it('has what is known of the last one that ended, and no reason where it succeeded', () => {
    assert.deepEqual(status(succeeded()), {
      id: 'tuesday',
      phase: 'Succeeded',
      target: '2026-01-01T11:50:00Z',
      repository: 'repo1',
      reached: '2026-01-01T11:50:00Z',
      backupID: armedBy(asked()),
      startedAt: NOW,
      completedAt: NOW,
      since: NOW,
      succeeded: 1,
      failed: 0,
      history: [{ id: 'tuesday', target: '2026-01-01T11:50:00Z', result: 'Succeeded', backupID: armedBy(asked()), at: NOW }],
    });
  });

  it('keeps what is known of it although all of status is lost, but for the backup before it', () => {
    const { backupID: _, history = [], ...rest } = status(succeeded()) ?? {};
    const entries = history.map(({ backupID: __, ...entry }) => entry);
    assert.deepEqual(status(later(statusLost(succeeded()), 3600)), { ...rest, history: entries });
  });

  describe('names the target, and what was reached', () => {
    const reached = (request: Loose): unknown[] => {
      const w = restore(armed(ready(), { id: 'tuesday', ...request }), 'up');
      return [status(w)?.target, status(w)?.reached];
    };
    each<Loose, unknown[]>(
      {
        Latest: {
          reason: 'as far as it is known',
          given: { target: { latest: true } },
          want: ['latest', 'all that was archived by 2026-01-01T11:59:30Z'],
        },
        Moment: {
          reason: 'in UTC',
          given: { target: { time: '2026-01-01T12:40:00+01:00' } },
          want: ['2026-01-01T11:40:00Z', '2026-01-01T11:40:00Z'],
        },
        Backup: {
          reason: 'by its label',
          given: { target: { backup: '20260101-114000F' } },
          want: ['backup 20260101-114000F', 'backup 20260101-114000F'],
        },
      },
      (given, want) => {
        assert.deepEqual(reached(given), want);
      },
    );

    it('not before the data is back', () => {
      for (const w of [asked(), armed(), restore(armed(), 'running'), failed()]) assert.equal(status(w)?.reached, undefined);
    });
  });

  it('dates a phase from its first answer, and the request from its own', () => {
    const begun = later(carriedOut(asked()), 60);
    assert.deepEqual([status(begun)?.since, status(begun)?.startedAt], [NOW, NOW]);
    const next = backup(begun, 'succeeded');
    assert.deepEqual([status(next)?.since, status(next)?.startedAt], ['2026-01-01T12:01:00Z', NOW]);
  });

  describe('counts what succeeded and failed', () => {
    const second = (w: World): World => carriedOut(restore(wanting(w, past), 'failed', requestOf('wednesday')));
    const abandoned = (w: World): World => carriedOut(abandoning(w));
    each<World, unknown[]>(
      {
        Asked: { reason: 'nothing has ended', given: asked(), want: [0, 0] },
        Succeeded: { reason: 'one', given: succeeded(), want: [1, 0] },
        Repeated: { reason: 'that is still the same one', given: carriedOut(succeeded()), want: [1, 0] },
        Failed: { reason: 'one', given: failed(), want: [0, 1] },
        FailedStill: { reason: 'the same one', given: later(carriedOut(failed()), 3600), want: [0, 1] },
        FailedAndReplaced: { reason: 'the same one', given: wanting(failed(), past), want: [0, 1] },
        FailedTwice: { reason: 'another one', given: second(carriedOut(wanting(failed(), past))), want: [0, 2] },
        Abandoned: { reason: 'the same one', given: abandoned(failed()), want: [0, 1] },
        FailedAfterAbandoned: {
          reason: 'the record has the first one as abandoned, and it has failed before',
          given: second(
            carriedOut(
              stopped(
                carriedOut(wanting(reporting(abandoned(failed()), 'PostgresCluster', pgoStatus.usable), { ...past, backup: 'Skip' })),
              ),
            ),
          ),
          want: [0, 2],
        },
        Refused: {
          reason: 'that is no failure',
          given: carriedOut(asked(ready(), { id: 'tuesday', target: { time: ago(-60) } })),
          want: [0, 0],
        },
        StatusLost: { reason: 'the record has it', given: statusLost(succeeded()), want: [1, 0] },
        FormerCount: { reason: 'the record is bounded', given: lastRestore(succeeded(), { succeeded: 400, failed: 7 }), want: [400, 7] },
        CountsOn: {
          reason: 'from what status had',
          given: backup(carriedOut(lastRestore(serving(), { succeeded: 400, failed: 7 })), 'succeeded', ago(5)),
          want: [401, 7],
        },
        Nulls: { reason: 'null is nothing', given: lastRestore(succeeded(), { succeeded: null, failed: null }), want: [1, 0] },
      },
      (given, want) => {
        assert.deepEqual(counts(given), want);
        assert.deepEqual(counts(carriedOut(given)), want, 'and once more');
      },
    );
  });

  describe('has a history', () => {
    const refused = (w: World, id: string): World => carriedOut(asked(w, { id, target: { time: ago(-60) } }));
    each<World, string[]>(
      {
        None: { reason: 'nothing has ended', given: failed(), want: [] },
        One: { reason: 'it has', given: succeeded(), want: ['tuesday Succeeded'] },
        Refused: { reason: 'with the reason', given: refused(ready(), 'monday'), want: ['monday Refused RestoreRefused'] },
        LatestFirst: {
          reason: 'as people read it',
          given: refused(refused(succeeded(), 'wednesday'), 'thursday'),
          want: ['thursday Refused RestoreRefused', 'wednesday Refused RestoreRefused', 'tuesday Succeeded'],
        },
        Failed: { reason: 'once another one takes its place', given: wanting(failed(), WEDNESDAY), want: ['tuesday Failed RestoreFailed'] },
        CalledOff: { reason: 'before it began', given: wanting(backingUp(), undefined), want: ['tuesday CalledOff RestoreCalledOff'] },
        Replaced: { reason: 'by another one', given: wanting(armed(), past), want: ['tuesday Replaced'] },
        Abandoned: { reason: 'by a user', given: abandoning(failed()), want: ['tuesday Abandoned RestoreAbandoned'] },
        PassedOver: { reason: 'from before', given: world({ restore: TUESDAY }), want: ['tuesday PassedOver RestorePassedOver'] },
        Garbage: {
          reason: 'what is not whole was not there',
          given: lastRestore(succeeded(), { history: [null, { id: 'x' }] }),
          want: ['tuesday Succeeded'],
        },
      },
      (given, want) => {
        assert.deepEqual(history(given), want);
        assert.deepEqual(history(carriedOut(given)), want, 'once each');
      },
    );

    it('of ten', () => {
      const many = Array.from({ length: 12 }, (_, index) => `r${index}`).reduce(refused, ready());
      assert.deepEqual(
        status(many)?.history?.map(({ id }) => id),
        ['r11', 'r10', 'r9', 'r8', 'r7', 'r6', 'r5', 'r4', 'r3', 'r2'],
      );
    });
  });

  it('is as it was while the spec is unacceptable, and while the Bestie is paused', () => {
    for (const w of [carriedOut(restore(armed(), 'running')), failed(), succeeded()]) {
      const before = (w.parent.status as { restore: object }).restore;
      assert.deepEqual(status(edited(later(w, 60), { size: 0 })), before);
      assert.deepEqual(status(annotated(restore(later(w, 60), 'up'), { [requests.paused]: 'true' })), before);
    }
  });
});
