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
});
