import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { backingUp, backup, jobPod, jobStatus, podPhase, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  image,
  jobReports,
  migrates,
  migrationFailed,
  newlyMigrated,
  onTrial,
  recorded,
  rolledBack,
  settled,
  desiredImage,
  up,
  upgradeOf,
} from '../support/upgrades.ts';
import {
  carriedOut,
  conditionOf,
  edited,
  manifestOf,
  patched,
  said,
  syncOf,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

/** A Bestie that has run these versions, one after the other; the last one runs. */
function having(...versions: [string, ...string[]]): World {
  const last = versions.at(-1) ?? '';
  const w = ready(world({ version: last }));
  const list = JSON.stringify(versions.map(image));
  return carriedOut(recorded(w, 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: list } } }));
}
const to = (w: World, version: string): World => edited(w, { version });
const UPGRADED = settled(up(carriedOut(newlyMigrated())));

describe('decide/skew', () => {
  describe('which version may follow which', () => {
    type Given = [had: [string, ...string[]], wanted: string];
    each<Given, string>(
      {
        Same: { reason: 'nothing is wanted', given: [['1.3'], '1.3'], want: 'none' },
        Patch: { reason: 'the next patch', given: [['1.3.0'], '1.3.1'], want: 'started' },
        Minor: { reason: 'the next minor', given: [['1.3'], '1.4'], want: 'started' },
        MinorSkipped: { reason: 'any minor', given: [['1.3'], '1.9'], want: 'started' },
        Major: { reason: 'the next major', given: [['1.3'], '2.0'], want: 'started' },
        MajorAndMinor: { reason: 'one major at once', given: [['1.3'], '2.7.1'], want: 'started' },
        MajorSkipped: { reason: 'two majors at once', given: [['1.3'], '3.0'], want: 'MajorSkipRefused' },
        MajorSkippedWithLetter: { reason: 'two majors at once', given: [['v1.3.0'], 'v3.0.0'], want: 'MajorSkipRefused' },
        Lower: { reason: 'the schema is a later one', given: [['1.3'], '1.2'], want: 'DowngradeRefused' },
        LowerPatch: { reason: 'the schema is a later one', given: [['1.3.1'], '1.3.0'], want: 'DowngradeRefused' },
        LowerByText: { reason: 'numbers, not text', given: [['1.10'], '1.9'], want: 'DowngradeRefused' },
        HigherByNumber: { reason: 'numbers, not text', given: [['1.9'], '1.10'], want: 'started' },
        Prerelease: { reason: 'it comes before its release', given: [['1.4.0'], '1.4.0-rc.1'], want: 'DowngradeRefused' },
        Release: { reason: 'it comes after its candidate', given: [['1.4.0-rc.1'], '1.4.0'], want: 'started' },
        Highest: { reason: 'the database has the higher one, whatever runs', given: [['1.5', '1.3'], '1.4'], want: 'DowngradeRefused' },
        HighestMajor: { reason: 'the majors are counted from the higher one', given: [['2.0', '1.3'], '3.0'], want: 'started' },
        FromBranch: { reason: 'nothing is known of it', given: [['main'], '0.1'], want: 'started' },
        ToBranch: { reason: 'nothing is known of it', given: [['9.0'], 'main'], want: 'started' },
        FromBranchAndVersion: { reason: 'the version counts', given: [['2.0', 'main'], '1.0'], want: 'DowngradeRefused' },
        ToDigest: { reason: 'nothing is known of it', given: [['9.0'], `sha256:${'0'.repeat(64)}`], want: 'started' },
        DigestAdded: { reason: 'the same version, pinned', given: [['1.3'], `1.3@sha256:${'0'.repeat(64)}`], want: 'started' },
        DigestChanged: {
          reason: 'the same version, built again',
          given: [[`1.3@sha256:${'0'.repeat(64)}`], `1.3@sha256:${'1'.repeat(64)}`],
          want: 'started',
        },
        LowerWithDigest: {
          reason: 'the tag is compared',
          given: [[`1.4@sha256:${'0'.repeat(64)}`], `1.3@sha256:${'1'.repeat(64)}`],
          want: 'DowngradeRefused',
        },
        MajorSkippedWithDigest: {
          reason: 'the tag is compared',
          given: [['1.3'], `3.0@sha256:${'0'.repeat(64)}`],
          want: 'MajorSkipRefused',
        },
        Variant: { reason: 'the flavour of an image is no pre-release', given: [['1.4'], '1.4-alpine'], want: 'started' },
      },
      ([had, wanted], want) => {
        const w = to(having(...had), wanted);
        const { phase, reason } = upgradeOf(w) ?? {};
        const otherwise = phase === undefined ? 'none' : 'started';
        assert.equal(phase === 'Refused' ? reason : otherwise, want);
        assert.equal(desiredImage(w), image(had.at(-1) ?? ''));
      },
    );
  });

  describe('a refusal', () => {
    const w = to(having('1.3'), '3.0');

    it('touches nothing: no backup, no Job, no other image, and what runs is available', () => {
      for (const so of [w, settled(w)]) {
        const answer = syncOf(so);
        assert.deepEqual([armedBy(so), migrates(so, image('3.0')), desiredImage(so)], [undefined, false, A]);
        assert.deepEqual(answer.children, syncOf(having('1.3')).children);
        assert.deepEqual([said(answer, 'Available'), said(answer, 'DeploymentReady')], ['True EnoughReplicas', 'True RolledOut']);
      }
    });

    it('is reported as a failure to start, which is not counted and not written twice', () => {
      const answer = syncOf(w);
      assert.deepEqual([said(answer, 'Ready'), said(answer, 'Stalled')], ['False UpgradeFailed', 'True UpgradeFailed']);
      assert.deepEqual([said(answer, 'UpgradeFailed'), said(answer, 'RolledBack')], ['True MajorSkipRefused', 'False NotRolledBack']);
      assert.equal(
        conditionOf(answer, 'UpgradeFailed')?.message,
        `the upgrade to ${image('3.0')} was not started: version 3.0 is more than one major version above 1.3, which the database was migrated to; ` +
          `upgrade one major version at a time; to stay with ${A}: kubectl -n pets patch bestie bestie --type merge -p '{"spec":{"version":"1.3"}}'`,
      );
      const { failed, succeeded, history } = answer.status.upgrade ?? {};
      assert.deepEqual([failed, succeeded, history], [0, 0, undefined]);
      assert.deepEqual(syncOf(settled(w)), syncOf(carriedOut(w)));
    });

    it('lets other changes flow', () => {
      const spec = manifestOf(syncOf(edited(w, { size: 3, env: [{ name: 'A', value: 'x' }] })), 'Deployment')?.spec as { replicas: number };
      assert.equal(spec.replicas, 3);
      assert.equal(desiredImage(edited(w, { size: 3 })), A);
    });

    it('ends with the wish', () => {
      const back = to(carriedOut(w), '1.3');
      assert.deepEqual([said(syncOf(back), 'UpgradeFailed'), said(syncOf(back), 'Ready')], ['False NoFailure', 'True AllReady']);
      assert.equal(upgradeOf(to(carriedOut(w), '1.4'))?.phase, 'BackingUp');
    });
  });

  describe('a downgrade', () => {
    const allowed = (w: World, version: string): World => annotated(w, { [requests.allowDowngrade]: version });

    it('is reported with the annotation that allows it', () => {
      assert.match(
        conditionOf(syncOf(to(UPGRADED, '1.3')), 'UpgradeFailed')?.message ?? '',
        /version 1\.3 is lower than 1\.4, .*: kubectl -n pets annotate --overwrite bestie bestie pets\.bestie\.com\/allow-downgrade=1\.3$/,
      );
    });

    each<[version: string, allows: string], [phase: string, runs: string]>(
      {
        Known: { reason: 'its migrations are in the list: no backup, no Job', given: ['1.3', '1.3'], want: ['RollingOut', A] },
        Unknown: {
          reason: 'an older image has no migration that the database lacks: none is run',
          given: ['1.2', '1.2'],
          want: ['RollingOut', image('1.2')],
        },
        Another: { reason: 'the annotation is about one version', given: ['1.3', '1.2'], want: ['Refused', B] },
        Anything: { reason: 'it names a version', given: ['1.3', 'true'], want: ['Refused', B] },
      },
      ([version, allows], want) => {
        const w = allowed(to(UPGRADED, version), allows);
        assert.deepEqual([upgradeOf(w)?.phase, desiredImage(w)], want);
        assert.equal(migrates(w, image('1.2')), false);
      },
    );

    it('says why no migration is run, and still does so when the annotation is gone', () => {
      const w = up(carriedOut(allowed(to(UPGRADED, '1.2'), '1.2')));
      assert.equal(
        conditionOf(syncOf(w), 'DatabaseSeeded')?.message,
        'the database needs no migration of quay.io/opdev/bestie:1.2: it has those of 1.4, which is later',
      );
      const forgotten = annotated(carriedOut(w), { [requests.allowDowngrade]: undefined });
      assert.deepEqual([desiredImage(forgotten), migrates(forgotten, image('1.2'))], [image('1.2'), false]);
      assert.equal(said(syncOf(forgotten), 'DatabaseSeeded'), 'True MigrationCompleted');
    });

    it('is no way to skip a major', () => {
      assert.equal(upgradeOf(allowed(to(having('1.3'), '3.0'), '3.0'))?.reason, 'MajorSkipRefused');
    });
  });

  it('does not bar the way back of a rollback, nor what already runs', () => {
    assert.deepEqual([upgradeOf(rolledBack())?.phase, desiredImage(rolledBack())], ['RolledBack', A]);
    const set = to(rolledBack(), '1.3');
    assert.deepEqual([said(syncOf(set), 'UpgradeFailed'), desiredImage(set)], ['False NoFailure', A]);
  });

  describe('the way back from a version on trial', () => {
    const back = (notes: Loose): World => annotated(to(onTrial(), '1.3'), notes);
    const { irreversibleMigration, allowDowngrade } = requests;
    each<World, [phase: string | undefined, runs: string]>(
      {
        Open: { reason: 'it is what ran well', given: back({}), want: ['Aborted', A] },
        Irreversible: { reason: 'it cannot read that schema', given: back({ [irreversibleMigration]: '1.4' }), want: ['Refused', B] },
        IrreversibleAnother: { reason: 'that is about another one', given: back({ [irreversibleMigration]: '1.5' }), want: ['Aborted', A] },
        Allowed: {
          reason: 'a person knows better',
          given: back({ [irreversibleMigration]: '1.4', [allowDowngrade]: '1.3' }),
          want: ['Aborted', A],
        },
        BackingUp: {
          reason: 'nothing was migrated yet',
          given: annotated(to(backingUp(), '1.3'), { [irreversibleMigration]: '1.4' }),
          want: ['Aborted', A],
        },
      },
      (given, want) => {
        assert.deepEqual([upgradeOf(given)?.phase, desiredImage(given)], want);
      },
    );

    it('is reported with the annotation that allows it', () => {
      const { reason, message } = conditionOf(syncOf(back({ [irreversibleMigration]: '1.4' })), 'UpgradeFailed') ?? {};
      assert.equal(reason, 'DowngradeRefused');
      assert.match(message ?? '', /nothing older runs on the schema of 1\.4; .*pets\.bestie\.com\/allow-downgrade=1\.3$/);
    });
  });

  it('counts a version only once its migrations are complete', () => {
    assert.equal(said(syncOf(to(migrationFailed(), '1.3.5')), 'UpgradeFailed'), 'False NoFailure');
    assert.equal(upgradeOf(to(backingUp(), '1.3.5'))?.phase, 'BackingUp');
  });

  it('keeps a Job that has started although its version is refused by now', () => {
    const w = carriedOut(backup(backingUp(), 'succeeded'));
    const name =
      w.children.find(({ kind, metadata }) => kind === 'Job' && metadata.annotations?.[annotations.backup] !== undefined)?.metadata.name ??
      '';
    const started = withPods(jobReports(w, B, jobStatus.active), jobPod(name, podPhase.running));
    const list = { [annotations.migrated]: JSON.stringify([A, image('2.0')]) };
    const refused = patched(recorded(started, 'PostgresCluster', { metadata: { annotations: list } }), 'PostgresCluster', {});
    assert.deepEqual([upgradeOf(refused)?.phase, migrates(refused, B), desiredImage(refused)], ['Refused', true, A]);
  });
});
