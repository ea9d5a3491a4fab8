/** Changes that are requested and not applied. */
import { strict as assert } from 'node:assert';
import { failedOperations } from '../../src/status/failedoperations.ts';
import { transitions } from '../../src/status/transitions.ts';
import { witness } from '../../src/status/witness.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  decided,
  edited,
  finalizeOf,
  type Loose,
  NOW,
  observe,
  overlaid,
  said,
  syncOf,
  without,
  world,
  type World,
} from '../support/world.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, deleted, later, namespace, newlyMigrated, settled, withRelated } from '../support/upgrades.ts';

/** An answer of which the children are refused and the status is written. */
const refused = (w: World, answer = syncOf(w)): World => ({ ...w, parent: carriedOut(w, answer).parent });
const pendingOf = (w: World): Loose[] => syncOf(w).status.pendingChanges ?? [];
const exposed = (): World => edited(settled(ready()), { exposure: { host: 'a.example' } });
/** The host was requested, and refused, so many seconds ago. */
const since = (seconds: number, w = exposed()): World => {
  const asked = refused(refused(w));
  const entry = { kind: 'Ingress', name: 'bestie-ingress', operation: 'Update', since: ago(seconds) };
  return { ...asked, parent: overlaid(asked.parent, { status: { pendingChanges: [entry] } }) };
};

describe('observed/pendingchanges', () => {
  it('lists a change once an answer that requested it is known to have changed nothing', () => {
    assert.deepEqual(pendingOf(exposed()), [], 'it is requested');
    assert.deepEqual(pendingOf(refused(exposed())), [{ kind: 'Ingress', name: 'bestie-ingress', operation: 'Update', since: NOW }]);
    assert.equal(syncOf(refused(exposed())).resyncAfterSeconds, 110);
    assert.deepEqual(pendingOf(carriedOut(exposed())), [], 'it was applied');
  });

  each<number, [string | undefined, number | undefined]>(
    {
      Early: { reason: 'two resyncs are not over', given: 109, want: ['True AddressPending', 1] },
      Late: { reason: 'more than two', given: 110, want: ['False NotApplied', undefined] },
      Future: { reason: 'clocks differ', given: -20, want: ['True AddressPending', 110] },
    },
    (seconds, [wanted, recheck]) => {
      const answer = syncOf(since(seconds));
      assert.equal(said(answer, 'IngressCreated'), wanted);
      assert.equal(answer.resyncAfterSeconds, recheck);
    },
  );

  it('stays refused for a replica whose clock is behind, until it is applied', () => {
    const late = refused(since(130));
    const behind = { ...late, now: ago(60) };
    assert.equal(said(syncOf(behind), 'IngressCreated'), 'False NotApplied');
    assert.deepEqual(syncOf(behind).status, syncOf(late).status);
    assert.equal(said(syncOf(carriedOut(late)), 'IngressCreated'), 'True AddressPending');
  });

  it('says where the words of the API server are, and no command that hands over what is there', () => {
    const message = conditionOf(syncOf(since(130)), 'IngressCreated')?.message ?? '';
    assert.equal(
      message,
      `the change of Ingress bestie-ingress has not been applied since ${ago(130)}: the API server or an admission policy refuses it; ` +
        'see its error: kubectl -n pets get events --field-selector involvedObject.name=bestie,reason=SyncError',
    );
  });

  it('is Stalled, and Ready only where Ready does not stand for it, which Ready says', () => {
    const answer = syncOf(since(130));
    assert.equal(said(answer, 'Stalled'), 'True NotApplied');
    assert.equal(said(answer, 'Ready'), 'True AllReady');
    assert.equal(
      conditionOf(answer, 'Ready')?.message,
      'database, migrations, Deployment and Service are as the spec says; IngressCreated is not',
    );
    const service = refused(edited(settled(ready()), { serviceType: 'NodePort' }));
    const entry = { kind: 'Service', name: 'bestie-service', operation: 'Update', since: ago(130) };
    const late = { ...service, parent: overlaid(service.parent, { status: { pendingChanges: [entry] } }) };
    assert.equal(said(syncOf(late), 'Ready'), 'False NotApplied');
  });

  it('is counted once, as an update that failed; a child that is not seen as a creation', () => {
    const failed = (w: World): string[] => {
      const { status, children } = syncOf(w);
      const o = observe(w);
      return failedOperations(transitions(o.bestie.status, status, witness(children, o)), o.bestie.status, status);
    };
    assert.deepEqual(failed(since(130)), ['update']);
    assert.deepEqual(failed(refused(since(130))), []);
  });

  describe('a child that is not wanted and is not deleted', () => {
    const hidden = (): World => edited(settled(ready()), { exposure: { enabled: false } });
    const entry = (name: string, kind = 'Ingress', seconds = 200): Loose => ({ kind, name, operation: 'Delete', since: ago(seconds) });
    const listing = (w: World, ...pendingChanges: Loose[]): World => ({ ...w, parent: overlaid(w.parent, { status: { pendingChanges } }) });
    const late = (seconds?: number): World => listing(refused(refused(hidden())), entry('bestie-ingress', 'Ingress', seconds));

    it('is listed once its deletion is known to have changed nothing', () => {
      assert.deepEqual(pendingOf(hidden()), []);
      assert.deepEqual(pendingOf(refused(hidden())), [{ ...entry('bestie-ingress'), since: NOW }]);
      assert.deepEqual(pendingOf(carriedOut(hidden())), []);
    });

    it('is said by the condition of its kind, and by Stalled', () => {
      assert.equal(said(syncOf(late(109)), 'IngressCreated'), undefined);
      const answer = syncOf(late());
      assert.equal(said(answer, 'IngressCreated'), 'False NotApplied');
      assert.equal(said(answer, 'Stalled'), 'True NotApplied');
      assert.match(
        conditionOf(answer, 'IngressCreated')?.message ?? '',
        /^the deletion of Ingress bestie-ingress has not been applied since .*refuses it/,
      );
    });

    it('has a time of its own: the update that was refused before does not count', () => {
      const w = listing(refused(refused(hidden())), { ...entry('bestie-ingress'), operation: 'Update' });
      assert.equal(said(syncOf(w), 'IngressCreated'), undefined);
    });

    it('is counted as a deletion that failed', () => {
      const w = late();
      const { status, children } = syncOf(w);
      const o = observe(w);
      assert.deepEqual(failedOperations(transitions(o.bestie.status, status, witness(children, o)), o.bestie.status, status), ['delete']);
    });

    it('leaves the condition of a kind alone that is wanted by another name', () => {
      const old = childOf(settled(ready()), 'Service');
      const stray = { ...old, metadata: { ...old.metadata, name: 'stray', uid: 'stray' } };
      const w = { ...settled(ready()), children: [...settled(ready()).children, stray] };
      const answer = syncOf(listing(refused(refused(w)), entry('stray', 'Service')));
      assert.deepEqual(answer.status.pendingChanges, [{ ...entry('stray', 'Service'), refused: true }]);
      assert.equal(said(answer, 'ServiceCreated'), 'True Created');
      assert.equal(said(answer, 'Ready'), 'True AllReady');
      assert.match(conditionOf(answer, 'Stalled')?.message ?? '', /^the deletion of Service stray has not been applied/);
    });

    it('is said of a Bestie whose own deletion is refused by its protection, too', () => {
      const guarded = deleted(edited(hidden(), { deletionProtection: true }));
      const asked = refused(refused(guarded, finalizeOf(guarded)), finalizeOf(refused(guarded, finalizeOf(guarded))));
      assert.deepEqual(finalizeOf(asked).status.pendingChanges, [{ ...entry('bestie-ingress'), since: NOW }]);
      const answer = finalizeOf(listing(asked, entry('bestie-ingress')));
      assert.equal(said(answer, 'IngressCreated'), 'False NotApplied');
      assert.equal(said(answer, 'DeletionBlocked'), 'True DeletionProtected');
    });

    it('is listed of a paused Bestie, and of one with an unacceptable spec, for as long as it is there', () => {
      const kept = { ...entry('bestie-ingress'), refused: true };
      const gone = (w: World): World => without(w, 'Ingress');
      const paused = listing(annotated(hidden(), { 'pets.bestie.com/paused': 'true' }), kept);
      assert.deepEqual([pendingOf(paused), pendingOf(gone(paused))], [[kept], []]);
      assert.deepEqual(pendingOf(edited(paused, { exposure: { enabled: true } })), [], 'it is wanted again');
      const invalid = listing(edited(hidden(), { size: 'many' }), kept);
      assert.deepEqual([pendingOf(invalid), pendingOf(gone(invalid))], [[kept], []]);
    });

    it('is nothing while the garbage collector deletes the Bestie: Metacontroller carries nothing out then', () => {
      const going = deleted(edited(settled(ready(withRelated(world({ deletionPolicy: 'Retain' }), namespace()))), {}));
      const w = { ...going, parent: overlaid(going.parent, { metadata: { finalizers: ['foregroundDeletion'] } }) };
      assert.equal(finalizeOf(refused(w, finalizeOf(w))).status.pendingChanges, undefined);
    });

    it('is what a deletion waits for', () => {
      const going = deleted(without(settled(ready(withRelated(world(), namespace()))), 'Job'));
      assert.equal(finalizeOf(going).status.pendingChanges, undefined, 'what is usually done at once costs no write of status');
      const w = refused(going, finalizeOf(going));
      assert.deepEqual(
        finalizeOf(w)
          .status.pendingChanges?.map(({ kind, operation }) => `${operation} ${kind}`)
          .sort(),
        w.children
          .filter(({ kind }) => kind !== 'PostgresCluster')
          .map(({ kind }) => `Delete ${kind}`)
          .sort(),
      );
      const answer = finalizeOf(listing(w, entry('bestie-service', 'Service')));
      assert.equal(said(answer, 'DeletionBlocked'), 'True NotApplied');
      assert.match(conditionOf(answer, 'DeletionBlocked')?.message ?? '', /^the deletion of Service bestie-service /);
      assert.equal(said(finalizeOf(w), 'DeletionBlocked'), 'False NothingBlocks');
    });
  });

  it('reads what is no entry as none', () => {
    for (const pendingChanges of [
      null,
      [null],
      [{ kind: 'Ingress' }],
      [{ kind: 'Ingress', name: 'bestie-ingress', operation: 'Update', since: 'noon' }],
    ]) {
      const asked = refused(exposed());
      const w = { ...asked, parent: overlaid(asked.parent, { status: { pendingChanges } }) };
      assert.equal(said(syncOf(w), 'IngressCreated'), 'True AddressPending');
    }
  });

  describe('an upgrade whose Deployment is refused', () => {
    const rolling = (seconds: number, status: Loose = {}): World => {
      const w = refused(refused(newlyMigrated()));
      const entry = { kind: 'Deployment', name: 'bestie-app', operation: 'Update', since: ago(seconds), refused: true };
      const upgrade = { phase: 'RollingOut', since: ago(seconds), ...status };
      return { ...w, parent: overlaid(w.parent, { status: { pendingChanges: [entry], upgrade } }) };
    };
    const phaseOf = (w: World): string | undefined => syncOf(w).status.upgrade?.phase;

    it('is given up at the deadline of a rollout, and stays so', () => {
      assert.equal(phaseOf(rolling(599)), 'RollingOut');
      assert.equal(syncOf(rolling(599)).resyncAfterSeconds, 1);
      const late = rolling(600);
      assert.equal(said(syncOf(late), 'UpgradeFailed'), 'True NotApplied');
      assert.equal(decided(late).decisions.image, 'quay.io/opdev/bestie:1.3');
      // Refused once more, the record of the failure included.
      const after = later(refused(late), 60);
      assert.equal(said(syncOf(after), 'UpgradeFailed'), 'True NotApplied');
      assert.deepEqual(syncOf(after).status.upgrade, syncOf(later(refused(after), 60)).status.upgrade);
    });

    it('counts from the start of the rollout where another change was refused before', () => {
      assert.equal(phaseOf(rolling(9000, { since: ago(10) })), 'RollingOut');
    });

    it('is tried again on request', () => {
      const failed = refused(rolling(600));
      assert.equal(said(syncOf(annotated(failed, { 'pets.bestie.com/retry-upgrade': 'again' })), 'UpgradeFailed'), 'False NoFailure');
    });
  });

  it('is reported of a database that has to be changed before a deletion continues', () => {
    const going = deleted(
      without(without(settled(ready(withRelated(world({ deletionPolicy: 'Retain' }), namespace()))), 'Deployment'), 'Job'),
    );
    const bare = { ...going, children: going.children.filter(({ kind }) => kind === 'PostgresCluster'), related: [namespace()] };
    const entry = { kind: 'PostgresCluster', name: 'bestie-pgo', operation: 'Update', since: ago(200) };
    const w = { ...bare, parent: overlaid(bare.parent, { status: { pendingChanges: [entry] } }) };
    const answer = finalizeOf(w);
    assert.equal(said(answer, 'DeletionBlocked'), 'True NotApplied');
    assert.equal(said(answer, 'Stalled'), 'True NotApplied');
    assert.equal(said(finalizeOf(bare), 'DeletionBlocked'), 'False NothingBlocks');
  });
});
