/** The Events of whole lives: what a person reads in `kubectl describe bestie`, in its order. */
import assert from 'node:assert/strict';
import type { EventReason } from '../../src/api/event.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, EVENT, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample, standing } from '../support/sandbox.ts';

/** What happens to a Bestie after it was applied. */
type Life = (cluster: Cluster) => Promise<void>;

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const installed = (cluster: Cluster): Promise<void> => cluster.until('Ready', isReady(cluster), 600);
const says = (cluster: Cluster, type: string, said: string): Promise<void> =>
  cluster.until(`${type} ${said}`, () => conditionOf(cluster, type) === said, 1200);
const upgraded = (cluster: Cluster, version: string): Promise<void> =>
  cluster.until(version, () => bestieOf(cluster)?.status?.appversion === version && isReady(cluster)(), 1200);
const backups = (cluster: Cluster, fate: 'fail' | 'pass'): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (database) => ({
    ...database,
    metadata: { ...database.metadata, annotations: { ...database.metadata.annotations, 'sandbox/backup': fate } },
  }));
};

interface Row {
  reason: string;
  spec?: object;
  life: Life;
  want: readonly EventReason[];
}

const install = ['MigrationCompleted', 'Ready'] as const;
const pullFails = async (cluster: Cluster): Promise<void> => {
  await says(cluster, 'ImagePulled', 'False/ImagePullFailed');
  await cluster.tick(60);
};

const lives: Record<string, Row> = {
  Install: { reason: 'migrated and running', life: installed, want: install },
  ImageMissing: {
    reason: 'the first image does not exist, until the spec is fixed',
    spec: { version: 'nosuch' },
    life: async (cluster) => {
      await pullFails(cluster);
      changeSpec(cluster, { version: '1.3' });
      await installed(cluster);
    },
    want: ['ImagePullFailed', 'ImagePulled', ...install],
  },
  Upgrade: {
    reason: 'a good one, with its backup',
    life: async (cluster) => {
      await installed(cluster);
      changeSpec(cluster, { version: '1.4' });
      await upgraded(cluster, '1.4');
    },
    want: [...install, 'UpgradeStarted', 'BackupSucceeded', 'MigrationCompleted', 'Ready', 'UpgradeSucceeded'],
  },
  RolledBack: {
    reason: 'the new version crashes; what ran before comes back, and the spec follows',
    life: async (cluster) => {
      await installed(cluster);
      changeSpec(cluster, { version: '1.4-crash' });
      await says(cluster, 'RolledBack', 'True/RolledBack');
      changeSpec(cluster, { version: '1.3' });
      await upgraded(cluster, '1.3');
    },
    want: [...install, 'UpgradeStarted', 'BackupSucceeded', 'MigrationCompleted', 'UpgradeFailed', 'CrashLoop', 'RolledBack', 'Ready'],
  },
  GivenUp: {
    reason: 'the new image does not exist; the spec goes back, and no Event reports a migration that was not run',
    life: async (cluster) => {
      await installed(cluster);
      changeSpec(cluster, { version: '1.4-nosuch' });
      await says(cluster, 'UpgradeFailed', 'True/ImagePullFailed');
      await says(cluster, 'ImagePulled', 'True/ImagePulled');
      changeSpec(cluster, { version: '1.3' });
      await upgraded(cluster, '1.3');
    },
    want: [...install, 'UpgradeStarted', 'BackupSucceeded', 'ImagePullFailed', 'UpgradeFailed', 'ImagePulled', 'Ready'],
  },
  BackupFails: {
    reason: 'the backup before an upgrade fails, and the next attempt does not',
    life: async (cluster) => {
      await installed(cluster);
      backups(cluster, 'fail');
      changeSpec(cluster, { version: '1.4' });
      await says(cluster, 'BackupReady', 'False/BackupFailed');
      backups(cluster, 'pass');
      await upgraded(cluster, '1.4');
    },
    want: [
      ...install,
      'UpgradeStarted',
      'UpgradeFailed',
      'BackupFailed',
      'BackupSucceeded',
      'MigrationCompleted',
      'Ready',
      'UpgradeSucceeded',
    ],
  },
  Refused: {
    reason: 'a lower version is refused, then allowed',
    life: async (cluster) => {
      await installed(cluster);
      changeSpec(cluster, { version: '1.2' });
      await says(cluster, 'UpgradeFailed', 'True/DowngradeRefused');
      annotate(cluster, 'allow-downgrade', '1.2');
      await upgraded(cluster, '1.2');
    },
    // No migration is run, so no backup is taken before it.
    want: [...install, 'UpgradeFailed', 'UpgradeStarted', 'Ready', 'UpgradeSucceeded'],
  },
  Protected: {
    reason: 'its deletion is blocked, until the protection is switched off',
    spec: { deletionProtection: true },
    life: async (cluster) => {
      await installed(cluster);
      cluster.remove(BESTIE, 'shop', 'bestie');
      await says(cluster, 'DeletionBlocked', 'True/DeletionProtected');
      await cluster.tick(60);
      changeSpec(cluster, { deletionProtection: false });
      await cluster.until('gone', () => bestieOf(cluster) === undefined, 120);
    },
    want: [...install, 'DeletionBlocked'],
  },
  Invalid: {
    reason: 'an unacceptable spec, twice',
    life: async (cluster) => {
      await installed(cluster);
      for (let time = 0; time < 2; time += 1) {
        changeSpec(cluster, { size: 0 });
        await says(cluster, 'Stalled', 'True/InvalidSpec');
        await cluster.tick(10);
        changeSpec(cluster, { size: 3 });
        await says(cluster, 'Stalled', 'False/NotStalled');
        await installed(cluster);
      }
    },
    want: [...install, 'InvalidSpec', 'Ready', 'InvalidSpec', 'Ready'],
  },
};

interface Lived {
  cluster: Cluster;
  reasons: string[];
}

async function lived({ spec, life }: Row, prepare: (cluster: Cluster) => void = () => undefined): Promise<Lived> {
  const cluster = operated();
  const reasons: string[] = [];
  cluster.server.watch(({ type, object }) => {
    if (object.kind !== 'Event') return;
    assert.equal(type, 'ADDED', 'an Event is only ever created');
    reasons.push(String((object as { reason?: unknown }).reason));
  });
  prepare(cluster);
  cluster.apply(sample(spec));
  await life(cluster);
  return { cluster, reasons };
}

const outcomes = (cluster: Cluster): Set<string> =>
  new Set(cluster.server.writes.filter(({ kind }) => kind === EVENT).map(({ verb, by, outcome }) => `${by} ${verb} ${outcome}`));

/** Seconds in which every status write is lost, of each period of so many; no period that a resync keeps step with. */
const losses: readonly { lost: number; of: number }[] = [
  { lost: 3, of: 7 },
  { lost: 6, of: 11 },
  { lost: 10, of: 13 },
];

/** The Events that are there more than once, although they speak of one happening: equal but for their names. */
function duplicates(reasons: readonly string[], want: readonly string[]): string[] {
  const left = [...want];
  return reasons.filter((reason) => {
    const index = left.indexOf(reason);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

describe('Events of whole lives', function () {
  this.timeout(60_000);

  for (const [name, row] of Object.entries(lives)) {
    it(`${name}: ${row.reason}; none in half an hour of rest`, async () => {
      const { cluster, reasons } = await lived(row);
      assert.deepEqual(reasons, row.want);
      await cluster.settle();
      await cluster.resync(25);
      await cluster.tick(300);
      assert.deepEqual(reasons, row.want);
      assert.deepEqual(outcomes(cluster), new Set(['metacontroller create ok']));
    });
  }

  for (const { lost, of } of losses) {
    it(`none twice although every status is lost in ${lost} of ${of} seconds`, async () => {
      const repeated: string[] = [];
      for (const [life, row] of Object.entries(lives)) {
        const { cluster, reasons } = await lived(row, (each) => {
          each.server.fault = ({ by, verb }) =>
            by === 'metacontroller' && verb === 'update status' && (Date.parse(each.now()) / 1000) % of < lost ? 'Conflict' : undefined;
        });
        assert.deepEqual(duplicates(reasons, row.want), [], life);
        if (outcomes(cluster).has('metacontroller create AlreadyExists')) repeated.push(life);
      }
      assert.ok(repeated.length > 4, `sent again, and not made again, only in ${repeated.join()}`);
    });
  }

  it('an upgrade of which no status is written before it rolls out begins once', async () => {
    const { reasons } = await lived({
      reason: '',
      life: async (cluster) => {
        await installed(cluster);
        cluster.server.fault = ({ by, verb }) => (by === 'metacontroller' && verb === 'update status' ? 'Conflict' : undefined);
        changeSpec(cluster, { version: '1.4' });
        await cluster.tick(12);
        cluster.server.fault = () => undefined;
        await upgraded(cluster, '1.4');
      },
      want: [],
    });
    assert.deepEqual(duplicates(reasons, lives.Upgrade?.want ?? []), []);
    assert.ok(reasons.includes('UpgradeStarted') && reasons.includes('UpgradeSucceeded'));
  });

  it('a failing Event holds nothing up', async () => {
    const { cluster, reasons } = await lived(lives.Upgrade ?? assert.fail(), ({ server }) => {
      server.fault = ({ kind, verb }) => (kind === EVENT && verb === 'create' ? 'Forbidden' : undefined);
    });
    assert.deepEqual(reasons, []);
    await cluster.settle();
    assert.equal(conditionOf(cluster, 'Ready'), 'True/AllReady');
  });

  it('outlives its Bestie, and keeps nothing of it', async () => {
    const { cluster } = await lived({
      reason: '',
      life: async (each) => {
        await installed(each);
        each.remove(BESTIE, 'shop', 'bestie');
        await each.until('gone', () => bestieOf(each) === undefined, 120);
        await each.settle();
      },
      want: [],
    });
    assert.deepEqual(
      standing(cluster).map(({ kind }) => kind),
      ['Namespace'],
    );
    assert.equal(cluster.user.list(EVENT).length, install.length);
  });

  it('a second Bestie of that name has Events of its own', async () => {
    const { cluster, reasons } = await lived({
      reason: '',
      life: async (each) => {
        await installed(each);
        each.remove(BESTIE, 'shop', 'bestie');
        await each.until('gone', () => bestieOf(each) === undefined, 120);
        await each.settle();
        each.apply(sample());
        await installed(each);
      },
      want: [],
    });
    assert.deepEqual(reasons, [...install, ...install]);
    const uids = new Set(cluster.user.list(EVENT).map((event) => (event as unknown as { regarding: { uid: string } }).regarding.uid));
    assert.equal(uids.size, 2);
  });
});
