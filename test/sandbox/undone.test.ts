/** A migration that fails and is undone by `upgrade.onFailure: Restore`: what status says at each moment of it. */
import assert from 'node:assert/strict';
import { bestieOf, isReady, operated, sample } from '../support/sandbox.ts';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';

interface Shown {
  restore: string | undefined;
  upgrade: string | undefined;
  failed: string;
}

function shown(bestie: { status?: unknown } | undefined): Shown {
  const {
    conditions = [],
    restore,
    upgrade,
  } = (bestie?.status ?? {}) as {
    conditions?: { type: string; message: string }[];
    restore?: { phase: string };
    upgrade?: { phase: string };
  };
  const failed = conditions.find(({ type }) => type === 'UpgradeFailed')?.message ?? '';
  return { restore: restore?.phase, upgrade: upgrade?.phase, failed };
}

const isOver = (bestie: { status?: unknown } | undefined): boolean =>
  shown(bestie).restore === 'Succeeded' && shown(bestie).upgrade === 'Failed';

describe('sandbox: a failed migration that is undone', () => {
  it('is said to be restored, and never not to be', async function () {
    this.timeout(60_000);
    const cluster = operated({});
    cluster.apply(sample({ size: 2, upgrade: { onFailure: 'Restore' } }));
    await cluster.until('ready', isReady(cluster), 120);
    await cluster.settle();
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4-badmigration' } }));
    const seen: Shown[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind === 'Bestie') seen.push(shown(object));
    });
    await cluster.until('it is over', () => isOver(bestieOf(cluster)), 600);
    assert.match(shown(bestieOf(cluster)).failed, /; the backup before it was restored;/);
    assert.deepEqual(
      seen.filter(({ failed }) => failed.includes('nothing is restored')),
      [],
    );
    const phases = seen.map(({ upgrade }) => upgrade).filter((phase, index, all) => phase !== undefined && phase !== all[index - 1]);
    assert.deepEqual(phases, ['Stopping', 'BackingUp', 'Migrating', 'Failed']);
  });

  it('leaves the version that was rolled back to on the schema that it runs on, and a retry has a backup of its own', async function () {
    this.timeout(60_000);
    const cluster = operated({});
    const migrated: string[] = [];
    const want = (spec: object, annotations: object = {}): void => {
      cluster.edit(BESTIE, 'shop', 'bestie', ({ metadata, ...bestie }) => ({
        ...bestie,
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
        spec: { ...bestie.spec, ...spec },
      }));
    };
    cluster.apply(sample({ size: 2, upgrade: { onFailure: 'Restore', progressDeadlineSeconds: 30 } }));
    await cluster.until('ready', isReady(cluster), 120);
    want({ version: '1.4-crash' });
    await cluster.until('rolled back', () => shown(bestieOf(cluster)).upgrade === 'RolledBack', 600);
    cluster.server.watch(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'Job') migrated.push(/bestie:([\w.-]+)/.exec(JSON.stringify(object.spec))?.[1] ?? '');
    });
    want({ version: '1.5-badmigration' });
    await cluster.until('undone', () => isOver(bestieOf(cluster)), 900);
    assert.deepEqual(migrated, ['1.5-badmigration'], 'a version that is older than the schema is not migrated');
    const backups = new Set<string>();
    cluster.server.watch(({ object }) => {
      const id = object.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'];
      if (object.kind === 'PostgresCluster' && id?.startsWith('quiet-upgrade.') === true) backups.add(id);
    });
    want({}, { 'pets.bestie.com/retry-upgrade': 'again' });
    await cluster.until('tried again', () => migrated.length === 2, 300);
    assert.equal(backups.size, 1);
  });
});
