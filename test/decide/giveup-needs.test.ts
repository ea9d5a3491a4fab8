/** A cluster that lacks what the spec names beside the image: no fault of a version. */
import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { backingUp, backup, jobStatus } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { A, annotated, armedBy, B, desiredImage, jobReports, jobsOf, onTrial, reporting, surging, upgradeOf } from '../support/upgrades.ts';
import { ago, carriedOut, conditionOf, manifestOf, patched, said, syncOf, type Loose, type World } from '../support/world.ts';

const NEED = { serviceAccountName: 'till' };
const ACCOUNT = 'pods "x-" is forbidden: error looking up service account shop/till: serviceaccount "till" not found';
const QUOTA = 'pods "x-" is forbidden: exceeded quota: small';

/** The rollout is late, and no pod of the new image was created. */
function late(edit: Loose, refusal?: string): World {
  const w = surging(onTrial(undefined, { version: '1.4', ...edit }), 'ProgressDeadlineExceeded');
  const [live] = w.children.filter(({ kind }) => kind === 'Deployment');
  const status = live?.status as { conditions: Loose[] };
  return reporting(w, 'Deployment', {
    ...status,
    updatedReplicas: 0,
    conditions: [
      ...status.conditions,
      ...(refusal === undefined
        ? []
        : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal, lastTransitionTime: ago(700) }]),
    ],
  });
}

describe('decide/giveup of what the cluster lacks', () => {
  each<World, string | undefined>(
    {
      Missing: { reason: 'another image would be refused as well', given: late(NEED, ACCOUNT), want: undefined },
      JustCreated: { reason: 'the Deployment reports the deadline until the first pod is there', given: late(NEED), want: undefined },
      Quota: { reason: 'it stands in the way of this rollout', given: late({}, QUOTA), want: 'PodsNotCreated' },
      QuotaToo: { reason: 'the words are not about what the spec names', given: late(NEED, QUOTA), want: 'PodsNotCreated' },
      NothingNamed: { reason: 'nothing beside the image may be missing', given: late({}), want: 'ProgressDeadlineExceeded' },
    },
    (given, want) => {
      const answer = syncOf(given);
      const { status, reason } = conditionOf(answer, 'UpgradeFailed') ?? {};
      assert.equal(status === 'True' ? reason : undefined, want);
      assert.equal(desiredImage(given), want === undefined ? B : A);
      const failed = manifestOf(answer, 'Deployment')?.metadata.annotations?.[annotations.failedTarget];
      assert.equal(failed, want === undefined ? undefined : B);
    },
  );

  it('reports it all the same, and the pods that run stay', () => {
    const w = late(NEED, ACCOUNT);
    const answer = syncOf(w);
    assert.equal(said(answer, 'DeploymentReady'), 'False PodsNotCreated');
    assert.equal(said(answer, 'Available'), 'True EnoughReplicas');
    assert.equal(upgradeOf(w)?.phase, 'RollingOut');
  });

  const noPod = {
    ...(jobStatus.failed as Loose),
    failed: 0,
    conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded', lastTransitionTime: ago(5) }],
  };
  /** The migration of the new image ended at its deadline without any pod. */
  const without = (edit: Loose): World =>
    patched(carriedOut(backup(backingUp(undefined, { version: '1.4', ...edit }), 'succeeded')), 'Job', {
      status: noPod,
    });

  it('gives up no version for a Job that never had a pod, and names what it needs', () => {
    const answer = syncOf(without(NEED));
    assert.equal(said(answer, 'UpgradeFailed'), 'False NoFailure');
    assert.equal(said(answer, 'DatabaseSeeded'), 'False MigrationFailed');
    assert.match(
      conditionOf(answer, 'DatabaseSeeded')?.message ?? '',
      /no pod of it was created before its deadline; the spec names service account "till", which must exist/,
    );
    assert.equal(said(syncOf(without({})), 'UpgradeFailed'), 'True MigrationFailed');
  });

  it('runs the migration again when a user requests it, after another backup, and once per request', () => {
    const before = without(NEED);
    const [first] = jobsOf(before);
    const requested = annotated(before, { [requests.retryUpgrade]: 'once more' });
    const w = carriedOut(requested);
    assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w)], ['BackingUp', A]);
    assert.match(armedBy(w) ?? '', /^pre-upgrade\./);
    const next = carriedOut(backup(carriedOut(w), 'succeeded'));
    assert.equal(upgradeOf(next)?.phase, 'Migrating');
    const [job] = jobsOf(next).filter((name) => name !== first);
    assert.ok(job);
    const again = jobReports(next, B, noPod);
    assert.equal(said(syncOf(again), 'UpgradeFailed'), 'False NoFailure');
    assert.ok(jobsOf(again).includes(job));
  });
});
