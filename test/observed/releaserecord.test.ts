import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { type Failure } from '../../src/api/decisions.ts';
import { failures, givenUp, lastGood, record, retryToken, deployedImage } from '../../src/observed/releaserecord.ts';
import { migrating, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { A, annotated, B, C, migrationFailed, onTrial, recorded, rolledBack, statusLost } from '../support/upgrades.ts';
import { observe, overlaid, patched, without, world, type Loose, type World } from '../support/world.ts';

const noted = (w: World, notes: Loose): World => recorded(w, 'Deployment', { metadata: { annotations: notes } });
const withStatus = (w: World, status: Loose): World => ({ ...w, parent: overlaid(w.parent, { status }) });
const gone = (w: World): World => without(w, 'Deployment');
const FAILURE = JSON.stringify({ during: 'Migrating', reason: 'OOMKilled', message: 'too big', retry: 'x' });

describe('observed/releaserecord', () => {
  describe('what the Deployment was to run', () => {
    each<World, string | undefined>(
      {
        Nothing: { reason: 'there is no database', given: world(), want: undefined },
        First: { reason: 'the database has no migration', given: migrating(), want: undefined },
        Applied: { reason: 'it is noted on the Deployment', given: ready(), want: A },
        OnTrial: { reason: 'the new one, from the first answer on', given: onTrial(), want: B },
        SetByHand: {
          reason: 'never the image that it has: that is drift',
          given: patched(ready(), 'Deployment', { spec: { template: { spec: { containers: [{ name: 'bestie', image: C }] } } } }),
          want: A,
        },
        AnnotatedByHand: {
          reason: 'what a person writes is repaired',
          given: patched(ready(), 'Deployment', { metadata: { annotations: { [annotations.running]: C } } }),
          want: A,
        },
        RemovedByHand: {
          reason: 'what a person removes is repaired',
          given: patched(ready(), 'Deployment', { metadata: { annotations: { [annotations.running]: undefined } } }),
          want: A,
        },
        StatusLost: { reason: 'it does not depend on status', given: statusLost(onTrial()), want: B },
        DeploymentDeleted: { reason: 'status says it, if the database has its migrations', given: gone(rolledBack()), want: A },
        StatusNotMigrated: {
          reason: 'the database has no migration of it',
          given: withStatus(gone(ready()), { image: C }),
          want: undefined,
        },
        BothLost: { reason: 'no record says what ran well', given: statusLost(gone(onTrial())), want: undefined },
        NullStatus: { reason: 'nulls are normal input', given: withStatus(gone(ready()), { image: null }), want: undefined },
        OldRelease: {
          reason: 'a Deployment that does not say',
          given: patched(noted(ready(), { [annotations.running]: undefined }), 'Deployment', {
            metadata: { annotations: { [annotations.running]: undefined } },
          }),
          want: A,
        },
      },
      (given, want) => {
        assert.equal(deployedImage(observe(given)), want);
      },
    );
  });

  describe('what ran well before', () => {
    each<World, string | undefined>(
      {
        First: { reason: 'there was no upgrade', given: ready(), want: undefined },
        OnTrial: { reason: 'noted with the change', given: onTrial(), want: A },
        StatusLost: { reason: 'it does not depend on status', given: statusLost(onTrial()), want: A },
        DeploymentDeleted: { reason: 'where the upgrade came from', given: gone(onTrial()), want: A },
        DeletedAfter: { reason: 'what has arrived', given: withStatus(gone(onTrial()), { upgrade: { phase: 'Succeeded' } }), want: B },
        Null: { reason: 'nulls are normal input', given: withStatus(gone(onTrial()), { upgrade: { from: null } }), want: undefined },
        BothLost: { reason: 'no record says it', given: statusLost(gone(onTrial())), want: undefined },
      },
      (given, want) => {
        assert.equal(lastGood(observe(given)), want);
      },
    );
  });

  describe('the target that was given up', () => {
    const unknown: Failure = { image: B, during: 'RollingOut', reason: 'UpgradeFailed', message: 'the cause was not recorded', retry: '' };
    const about = (failure: string | undefined): World => noted(ready(), { [annotations.failedTarget]: B, [annotations.failure]: failure });
    const said = (w: World): Failure | undefined => {
      const failure = givenUp(observe(w));
      return failure && { ...failure, message: '' };
    };
    each<World, Failure | undefined>(
      {
        None: { reason: 'nothing failed', given: ready(), want: undefined },
        Noted: {
          reason: 'with its cause',
          given: about(FAILURE),
          want: { image: B, during: 'Migrating', reason: 'OOMKilled', message: 'too big', retry: 'x' },
        },
        NoCause: { reason: 'it is forbidden all the same', given: about(undefined), want: unknown },
        NoJSON: { reason: 'it is forbidden all the same', given: about('because'), want: unknown },
        Null: { reason: 'it is forbidden all the same', given: about('null'), want: unknown },
        Number: { reason: 'it is forbidden all the same', given: about('7'), want: unknown },
        OtherFields: {
          reason: 'what cannot be read is unknown',
          given: about('{"during":7,"reason":"Bored","message":[],"retry":null}'),
          want: unknown,
        },
        CauseAlone: { reason: 'a cause of nothing', given: noted(ready(), { [annotations.failure]: FAILURE }), want: undefined },
        ByHand: {
          reason: 'a live note that was never applied counts for nothing',
          given: patched(about(FAILURE), 'Deployment', { metadata: { annotations: { [annotations.failedTarget]: C } } }),
          want: { image: B, during: 'Migrating', reason: 'OOMKilled', message: 'too big', retry: 'x' },
        },
      },
      (given, want) => {
        assert.deepEqual(givenUp(observe(given)), want);
      },
    );

    it('is the same by status where the Deployment was deleted by hand', () => {
      assert.deepEqual(said(gone(rolledBack())), said(rolledBack()));
      assert.deepEqual(said(gone(migrationFailed())), said(migrationFailed()));
      assert.equal(said(statusLost(gone(rolledBack()))), undefined);
    });

    each<Loose, string | undefined>(
      {
        Failed: { reason: 'it ended so', given: { phase: 'Failed' }, want: B },
        RollingBack: { reason: 'it is on its way back', given: { phase: 'RollingBack' }, want: B },
        RolledBack: { reason: 'it is back', given: { phase: 'RolledBack' }, want: B },
        Succeeded: { reason: 'it arrived', given: { phase: 'Succeeded' }, want: undefined },
        Migrating: { reason: 'it has not ended', given: { phase: 'Migrating' }, want: undefined },
        NoTarget: { reason: 'nulls are normal input', given: { phase: 'Failed', to: null }, want: undefined },
        NoPhase: { reason: 'nulls are normal input', given: { phase: null }, want: undefined },
        NoReason: { reason: 'nulls are normal input', given: { phase: 'Failed', reason: null, message: null }, want: B },
        OtherReason: { reason: 'words of another release', given: { phase: 'Failed', reason: 'Bored' }, want: B },
      },
      (given, want) => {
        const failure = givenUp(observe(withStatus(gone(rolledBack()), { upgrade: given })));
        assert.equal(failure?.image, want);
        if ('reason' in given) assert.equal(failure?.reason, 'UpgradeFailed');
      },
    );
  });

  describe('how many were given up', () => {
    const counted = (count: unknown): World => noted(ready(), { [annotations.failures]: count });
    each<World, number>(
      {
        None: { reason: 'nothing failed', given: ready(), want: 0 },
        One: { reason: 'noted', given: rolledBack(), want: 1 },
        StatusLost: { reason: 'it does not depend on status', given: statusLost(rolledBack()), want: 1 },
        DeploymentDeleted: { reason: 'status says it', given: gone(rolledBack()), want: 1 },
        Many: { reason: 'a number', given: counted('17'), want: 17 },
        Text: { reason: 'unreadable', given: counted('many'), want: 0 },
        Negative: { reason: 'no count', given: counted('-1'), want: 0 },
        Fraction: { reason: 'no count', given: counted('1.5'), want: 0 },
        Huge: { reason: 'no count', given: counted('1e300'), want: 0 },
        Empty: { reason: 'no count', given: counted(''), want: 0 },
        NullStatus: { reason: 'nulls are normal input', given: withStatus(gone(ready()), { upgrade: { failed: null } }), want: 0 },
      },
      (given, want) => {
        assert.equal(failures(observe(given)), want);
      },
    );
  });

  it('the token with which a person asks for another try is empty without one', () => {
    assert.equal(retryToken(observe(ready())), '');
    assert.equal(retryToken(observe(annotated(ready(), { [requests.retryUpgrade]: 'x' }))), 'x');
  });

  it('is noted in annotations that say no more than there is to say, and read back the same', () => {
    assert.deepEqual(record(A, { failures: 0 }), { [annotations.running]: A });
    const failure: Failure = { image: B, during: 'Migrating', reason: 'CrashLoop', message: '"it" broke', retry: '1' };
    const w = observe(noted(ready(), record(A, { lastGood: C, failure, failures: 3 })));
    assert.deepEqual([deployedImage(w), lastGood(w), givenUp(w), failures(w)], [A, C, failure, 3]);
  });
});
