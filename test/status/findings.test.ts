/** What status keeps of findings beside their sentences: bounded, in an order, and as long as it is said. */
import { strict as assert } from 'node:assert';
import type { ConditionType } from '../../src/api/condition.ts';
import type { Creation, Readiness, Report } from '../../src/api/kubernetes.ts';
import { previousConditions } from '../../src/observed/previousconditions.ts';
import { keptOf, keptWhileHeld, refusedCreations } from '../../src/status/findings.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, later } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  edited,
  NOW,
  observe,
  overlaid,
  patched,
  syncOf,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const report = (name: string, rest: Partial<Report> = {}): Report => ({ reason: 'SidecarRunning', kind: 'Pod', name, ...rest });
const creation = (name: string, rest: Partial<Creation> = {}): Creation => ({ kind: 'Service', name, since: NOW, ...rest });
const says = (rest: Partial<Readiness> = {}): Readiness => ({ status: 'False', reason: 'SidecarRunning', message: 'so it is', ...rest });
const withStatus = (status: Loose, w: World = world()): World => ({ ...w, parent: overlaid(w.parent, { status }) });

describe('status/findings', () => {
  each<readonly Readiness[], Loose>(
    {
      Nothing: { reason: 'an empty list is left out', given: [says()], want: {} },
      EmptyReports: { reason: 'the same', given: [says({ reports: [] })], want: {} },
      Sorted: {
        reason: 'whatever the order of the conditions',
        given: [says({ reports: [report('b'), report('a')], creation: creation('d') }), says({ creation: creation('c') })],
        want: { creations: [creation('c'), creation('d')], reported: [report('a'), report('b')] },
      },
      Repeated: {
        reason: 'two conditions say the same',
        given: [says({ reports: [report('a')], creation: creation('c') }), says({ reports: [report('a')], creation: creation('c') })],
        want: { creations: [creation('c')], reported: [report('a')] },
      },
      OtherDetails: {
        reason: 'two findings about one object',
        given: [says({ reports: [report('a', { detail: 'y' }), report('a', { detail: 'x' }), report('a')] })],
        want: { reported: [report('a', { detail: 'x' }), report('a', { detail: 'y' }), report('a')] },
      },
    },
    (given, want) => {
      assert.deepEqual(keptOf(given), want);
    },
  );

  it('has the same bytes whatever the order of fields and of findings', () => {
    const one = says({ reports: [{ reason: 'InstancesMissing', kind: 'A', name: 'a', since: NOW, detail: 'd' }, report('b')] });
    const other = says({ reports: [report('b'), { since: NOW, detail: 'd', name: 'a', kind: 'A', reason: 'InstancesMissing' }] });
    const [made, turned] = [creation('c', { refused: true }), { refused: true, since: NOW, name: 'c', kind: 'Service' }];
    assert.equal(JSON.stringify(keptOf([one, says({ creation: made })])), JSON.stringify(keptOf([says({ creation: turned }), other])));
  });

  it('is bounded: 64 entries of each list, the same ones in any order', () => {
    const names = Array.from({ length: 65 }, (_, index) => String(index).padStart(3, '0'));
    const all = names.map((name) => says({ reports: [report(name)], creation: creation(name) }));
    const { creations, reported } = keptOf(all);
    assert.deepEqual(
      creations?.map(({ name }) => name),
      names.slice(0, 64),
    );
    assert.deepEqual(
      reported?.map(({ name }) => name),
      names.slice(0, 64),
    );
    assert.deepEqual(keptOf([...all].reverse()), { creations, reported });
  });

  describe('while conditions are carried over', () => {
    const carried = { type: 'DatabaseSeeded', status: 'False', reason: 'SidecarRunning', message: 'm', lastTransitionTime: ago(9) };
    const other = { ...carried, type: 'DatabaseReady', reason: 'InstancesStuck' };
    const stuck = { reason: 'InstancesStuck', kind: 'PostgresCluster', name: 'bestie-pgo' } as const;
    const o = observe(
      withStatus({
        conditions: [carried, other],
        reported: [null, {}, { reason: 'Unheard', kind: 'Pod', name: 'a' }, report('a', { since: NOW, detail: 'd' }), stuck],
        creations: [null, {}, creation('c'), creation('d', { refused: true })],
      }),
    );
    const before = previousConditions(o.bestie.status);
    const kept = (found: [ConditionType, Readiness][]) =>
      keptWhileHeld(new Map<ConditionType, Readiness>([...before, ...found]), before, o);

    it('every report of theirs stays, and every creation', () => {
      assert.deepEqual(kept([]), {
        creations: [creation('c'), creation('d', { refused: true })],
        reported: [stuck, report('a', { since: NOW, detail: 'd' })],
      });
    });

    it('the reports of a condition that is found again are its own', () => {
      assert.deepEqual(kept([['DatabaseReady', says({ reason: 'Usable', status: 'True' })]]).reported, [
        report('a', { since: NOW, detail: 'd' }),
      ]);
      assert.deepEqual(kept([['DatabaseSeeded', says({ reports: [report('b')] })]]).reported, [stuck, report('b')]);
    });

    it('a condition that is carried over from another reading of the same status is carried over, too', () => {
      const again = previousConditions(o.bestie.status).get('DatabaseSeeded');
      assert.ok(again);
      assert.deepEqual(kept([['DatabaseSeeded', again]]), kept([]));
    });

    it('a paused Bestie keeps the creations that were refused: nothing else is requested', () => {
      assert.deepEqual(refusedCreations(o), { creations: [creation('d', { refused: true })] });
      assert.deepEqual(refusedCreations(observe(withStatus({ creations: [creation('c')] }))), {});
    });

    it('but not of what exists by now: handed over, it was created', () => {
      const creations = [creation('bestie-service', { refused: true }), creation('d', { refused: true })];
      assert.deepEqual(refusedCreations(observe(withStatus({ creations }, ready()))), { creations: [creation('d', { refused: true })] });
    });
  });

  describe('in answers', () => {
    const lost = without(ready(), 'Service');
    const late = later(without(carriedOut(lost), 'Service'), 180);

    it('has the requested creation, until it is seen for a while', () => {
      const requested = syncOf(lost).status.creations;
      assert.deepEqual(requested, [creation('bestie-service')]);
      const seen = later(patched(carriedOut(lost), 'Service', { metadata: { creationTimestamp: NOW } }), 180);
      assert.equal(syncOf(seen).status.creations, undefined);
    });

    it('has a time that no replica can have written no longer', () => {
      const ahead = withStatus({ creations: [creation('bestie-service', { since: ago(-86_400) })] }, lost);
      assert.deepEqual(syncOf(ahead).status.creations, [creation('bestie-service')]);
    });

    it('has what was refused, also while the Bestie is paused, and while its spec is unacceptable', () => {
      const refused = [creation('bestie-service', { refused: true })];
      assert.deepEqual(syncOf(late).status.creations, refused);
      const after = without(carriedOut(late), 'Service');
      for (const w of [annotated(after, { 'pets.bestie.com/paused': 'true' }), edited(after, { size: 0 })])
        assert.deepEqual(syncOf(w).status.creations, refused);
      const requested = without(carriedOut(lost), 'Service');
      assert.equal(syncOf(annotated(requested, { 'pets.bestie.com/paused': 'true' })).status.creations, undefined);
    });

    it('is the same byte for byte where the write of the status was lost', () => {
      for (const w of [lost, late]) assert.equal(JSON.stringify(syncOf(w)), JSON.stringify(syncOf(w)));
      assert.deepEqual(syncOf(later(lost, 20)).status.creations, syncOf(lost).status.creations, 'times are in minutes');
    });
  });
});
