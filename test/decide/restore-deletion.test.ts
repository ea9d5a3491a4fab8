import { strict as assert } from 'node:assert';
import { armed, backingUp, failed, recordOf, requestedId, restore, takenBack, type RestoreStep } from '../support/restores.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, namespace, onlyDatabase, withRelated } from '../support/upgrades.ts';
import { finalizeOf, manifestOf, patched, said, world, type World } from '../support/world.ts';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';

const s3 = { bucket: 'pets', endpoint: 's3.example', region: 'eu' };
const repos = [
  { name: 'repo1', volume: {} },
  { name: 'repo2', s3 },
];
/** A Bestie with that policy, in whose Namespace a database outlives it. */
const having = (deletionPolicy: string): World =>
  ready(withRelated(world({ deletionPolicy, database: { backups: { repos } } }), namespace()));
/** The same being deleted: its application is gone. */
const going = (w: World): World => deleted({ ...onlyDatabase(w), related: w.related.filter(({ kind }) => kind !== 'Pod') });

interface Left {
  /** The database is returned, with the restore requested. */
  database: boolean;
  requested: boolean;
  /** What of the record is carried out. */
  stage: string | undefined;
  blocked: string | undefined;
}
const left = (w: World): Left => {
  const answer = finalizeOf(w);
  return {
    database: manifestOf(answer, 'PostgresCluster') !== undefined,
    requested: requestedId(answer) !== undefined,
    stage: recordOf(answer)?.current?.stage,
    blocked: said(answer, 'DeletionBlocked'),
  };
};
const gone = { database: false, requested: false, stage: undefined, blocked: 'False NothingBlocks' };
const armedLeft = { database: true, requested: true, stage: 'Armed', blocked: 'False NothingBlocks' };
const steps = { BackingUp: backingUp, Armed: armed, Failed: failed, TakenBack: takenBack } as const;
const at = (policy: string, step: keyof typeof steps, of?: RestoreStep): World => {
  const w = steps[step](having(policy));
  return going(of === undefined ? w : restore(w, of));
};

describe('decide/deletion during a restore', () => {
  each<World, Left>(
    {
      DeleteRunning: { reason: 'the data is not wanted any more', given: at('Delete', 'Armed', 'running'), want: gone },
      DeleteFailed: { reason: 'the same', given: at('Delete', 'Failed'), want: gone },
      RetainBackingUp: {
        reason: 'nothing was changed yet',
        given: at('Retain', 'BackingUp'),
        want: { database: true, requested: false, stage: 'Requested', blocked: 'False NothingBlocks' },
      },
      RetainRunning: { reason: 'Postgres is not started on half of it', given: at('Retain', 'Armed', 'running'), want: armedLeft },
      RetainFailed: { reason: 'the same', given: at('Retain', 'Failed'), want: armedLeft },
      RetainBack: {
        reason: 'the request is no harm, and nothing is changed any more',
        given: at('Retain', 'Armed', 'up'),
        want: armedLeft,
      },
      RetainTakenBack: {
        reason: 'the data is back',
        given: at('Retain', 'TakenBack'),
        want: { database: true, requested: false, stage: 'Restored', blocked: 'False NothingBlocks' },
      },
      FinalRunning: {
        reason: 'what is restored is data, and is backed up once it is there',
        given: at('BackupThenDelete', 'Armed', 'running'),
        want: { ...armedLeft, blocked: 'True FinalBackupPending' },
      },
      FinalFailed: {
        reason: 'no backup can be taken of what is there: a user has to act',
        given: at('BackupThenDelete', 'Failed'),
        want: { ...armedLeft, blocked: 'True FinalBackupPending' },
      },
    },
    (given, want) => {
      assert.deepEqual(left(given), want);
    },
  );

  it('a final backup follows what was restored, without the request', () => {
    const capable = repos.map(({ name }) => ({ name, stanzaCreated: true }));
    const w = patched(at('BackupThenDelete', 'Armed', 'up'), 'PostgresCluster', { status: { pgbackrest: { repos: capable } } });
    const answer = finalizeOf(w);
    assert.deepEqual([requestedId(answer), recordOf(answer)?.current?.stage], [undefined, 'Restored']);
    assert.match(manifestOf(answer, 'PostgresCluster')?.metadata.annotations?.[BACKUP_ANNOTATION] ?? '', /^final\./);
  });
});
