import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { ready, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  gaveUp,
  jobsOf,
  migrates,
  migrationFailed,
  newAiling,
  onTrial,
  rolledBack,
  settled,
  statusLost,
  surging,
  desiredImage,
  up,
  upgradeOf,
  withRelated,
} from '../support/upgrades.ts';

import {
  carriedOut,
  conditionOf,
  edited,
  manifestOf,
  overlaid,
  said,
  syncOf,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const notes = (w: World) => manifestOf(syncOf(w), 'Deployment')?.metadata.annotations ?? {};
const pulling = newAiling(waits('ErrImagePull'));
const failing = withRelated(onTrial(), pulling);
const halt = ready(world({ upgrade: { onFailure: 'Halt' } }));
/** Given up, and left as it is. */
const halted = withRelated(surging(carriedOut(withRelated(onTrial(halt), pulling))), pulling);

describe('decide/upgrade of a version that fails', () => {
  describe('is rolled back', () => {
    it('at once, to what ran well last, and remembers what failed in the same write', () => {
      assert.deepEqual([upgradeOf(failing)?.phase, desiredImage(failing)], ['RollingBack', A]);
      const { [annotations.failure]: failure, [annotations.revision]: _, ...rest } = notes(failing);
      const want = { [annotations.running]: A, [annotations.lastGood]: A, [annotations.failedTarget]: B, [annotations.failures]: '1' };
      assert.deepEqual(rest, want);
      const { during, reason, retry } = JSON.parse(failure ?? '') as Loose;
      assert.deepEqual([during, reason, retry], ['RollingOut', 'ImagePullFailed', '']);
    });

    it('and stays so, without a write', () => {
      const rest = rolledBack();
      assert.deepEqual([upgradeOf(rest)?.phase, desiredImage(rest)], ['RolledBack', A]);
      assert.deepEqual(syncOf(settled(rest)), syncOf(rest));
    });

    it('is reported: what failed, that the schema stays, and what to type', () => {
      const answer = syncOf(rolledBack());
      for (const type of ['Ready', 'Stalled']) assert.equal(said(answer, type), `${type === 'Ready' ? 'False' : 'True'} UpgradeFailed`);
      assert.equal(said(answer, 'Reconciling'), 'False Settled');
      assert.equal(said(answer, 'Available'), 'True EnoughReplicas');
      assert.equal(said(answer, 'RolledBack'), 'True RolledBack');
      const { status, reason, message } = conditionOf(answer, 'UpgradeFailed') ?? {};
      assert.deepEqual([status, reason], ['True', 'ImagePullFailed']);
      assert.match(
        message ?? '',
        /^the upgrade to quay\.io\/opdev\/bestie:1\.4 has failed: container "bestie" of pod .* cannot pull image/,
      );
      assert.match(message ?? '', /bestie:1\.3 runs instead, on the migrated schema;/);
      assert.match(message ?? '', /kubectl -n pets annotate --overwrite bestie bestie pets\.bestie\.com\/retry-upgrade=<a new value>$/);
    });

    it('and is reported to be on its way back in the words of the rollback, not of the pod that failed', () => {
      assert.equal(said(syncOf(failing), 'RolledBack'), 'False RollingBack');
    });

    it('is reported to be on its way back, with what is wrong with the former version', () => {
      assert.equal(said(syncOf(gaveUp()), 'RolledBack'), 'False RollingBack');
      const gone = overlaid(pulling, {
        metadata: { name: 'bestie-app-5d9c7b8f6-0', annotations: { 'pets.bestie.com/image': A } },
      });
      const { status, reason, message } = conditionOf(syncOf(withRelated(gaveUp(), gone)), 'RolledBack') ?? {};
      assert.deepEqual([status, reason], ['False', 'ImagePullFailed']);
      assert.match(message ?? '', /bestie:1\.3 is being rolled out again: container/);
      assert.equal(desiredImage(withRelated(gaveUp(), gone)), A);
    });

    it('is not reported to be on its way again when a pod of the former version is lost later', () => {
      const w = surging(rolledBack());
      assert.deepEqual([upgradeOf(w)?.phase, said(syncOf(w), 'RolledBack')], ['RolledBack', 'True RolledBack']);
      assert.deepEqual(upgradeOf(w), upgradeOf(rolledBack()));
    });
  });

  describe('is not tried again', () => {
    const lost: Record<string, (w: World) => World> = {
      Repeated: (w) => w,
      StatusLost: statusLost,
      DeploymentDeleted: (w) => without(w, 'Deployment'),
      Resized: (w) => edited(w, { size: 3 }),
      Bounded: (w) => edited(w, { maxReplicas: 5 }),
      Environment: (w) => edited(w, { env: [{ name: 'A', value: 'x' }] }),
      Limits: (w) => edited(w, { upgrade: { progressDeadlineSeconds: 1200, backup: 'Skip' } }),
    };
    for (const [name, change] of Object.entries(lost)) {
      it(`${name}: after a failed rollout`, () => {
        for (const w of [change(rolledBack()), settled(change(rolledBack())), change(gaveUp()), settled(change(gaveUp()))]) {
          assert.equal(desiredImage(w), A);
          assert.equal(notes(w)[annotations.failedTarget], B);
          assert.equal(said(syncOf(w), 'UpgradeFailed'), 'True ImagePullFailed');
          assert.equal(upgradeOf(w)?.failed, 1);
        }
      });

      it(`${name}: after a failed migration`, () => {
        for (const w of [change(migrationFailed()), settled(change(migrationFailed()))]) {
          assert.deepEqual([desiredImage(w), upgradeOf(w)?.phase, upgradeOf(w)?.failed], [A, 'Failed', 1]);
          assert.equal(notes(w)[annotations.failedTarget], B);
          assert.equal(armedBy(w), undefined);
          assert.deepEqual(
            jobsOf(w).sort(),
            w.children
              .filter(({ kind }) => kind === 'Job')
              .map(({ metadata }) => metadata.name)
              .sort(),
          );
        }
      });

      it(`${name}: where it is left as it is`, () => {
        for (const w of [change(halted), settled(change(halted))]) {
          assert.equal(desiredImage(w), B);
          assert.equal(notes(w)[annotations.failedTarget], B);
          assert.equal(upgradeOf(w)?.failed, 1);
        }
      });
    }

    it('flows on: other changes of the spec reach the Deployment all the same', () => {
      const edit = { size: 2, maxReplicas: 4, env: [{ name: 'COLOUR', value: 'red' }] };
      for (const w of [gaveUp(), rolledBack(), halted, migrationFailed()]) {
        const spec = manifestOf(syncOf(edited(w, edit)), 'Deployment')?.spec as { replicas: number; template: object };
        assert.equal(spec.replicas, 2);
        assert.match(JSON.stringify(spec.template), /"COLOUR","value":"red"/);
      }
    });
  });

  it('is left as it is with Halt, and counts as arrived when its pods come up after all', () => {
    assert.deepEqual([upgradeOf(halted)?.phase, desiredImage(halted)], ['Failed', B]);
    assert.equal(said(syncOf(halted), 'RolledBack'), 'False NotRolledBack');
    assert.deepEqual(syncOf(settled(halted)), syncOf(halted));
    const done = settled(up({ ...halted, related: ready().related }));
    assert.deepEqual([upgradeOf(done)?.phase, upgradeOf(done)?.succeeded, upgradeOf(done)?.failed], ['Succeeded', 1, 1]);
    assert.deepEqual([said(syncOf(done), 'Ready'), said(syncOf(done), 'UpgradeFailed')], ['True AllReady', 'False NoFailure']);
    assert.deepEqual([notes(done)[annotations.failedTarget], notes(done)[annotations.lastGood]], [undefined, B]);
  });

  describe('is rolled back when Halt is taken back', () => {
    const back = (w: World): World => edited(w, { upgrade: { onFailure: 'Rollback' } });

    it('at once', () => {
      assert.equal(desiredImage(back(halted)), A);
    });

    it('also where the Deployment was deleted by hand meanwhile', () => {
      assert.equal(desiredImage(back(surging(carriedOut(without(halted, 'Deployment'))))), A);
    });
  });

  describe('and whose migrations cannot be undone is left as it is', () => {
    each<string, string>(
      {
        Named: { reason: 'the former version would run on a schema that it cannot read', given: '1.4', want: B },
        Another: { reason: 'it is about one version', given: '1.3', want: A },
      },
      (given, want) => {
        assert.equal(desiredImage(annotated(failing, { [requests.irreversibleMigration]: given })), want);
      },
    );
  });

  it('of a Bestie that never ran another one has nothing to return to, and is not given up', () => {
    const first = withRelated(
      surging({ ...ready(), related: [] }),
      overlaid(pulling, { spec: { containers: [{ name: 'bestie', image: A }] } }),
    );
    assert.deepEqual([upgradeOf(first), desiredImage(first), said(syncOf(first), 'ImagePulled')], [undefined, A, 'False ImagePullFailed']);
    assert.equal(migrates(first, B), false);
  });
});
