import assert from 'node:assert/strict';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import type { Fields } from '../../src/sandbox/apiserver/object.ts';
import { bestieOf, isReady, operated, sample } from '../support/sandbox.ts';

/** What becomes of a request for a restore from a repository of which no backup is on record. */
async function fromUnknown(target: Fields): Promise<Fields> {
  const cluster = operated({});
  const repos = ['repo1', 'repo2'].map((name) => ({ name, volume: {} }));
  cluster.apply(sample({ size: 1, database: { backups: { repos } } }));
  await cluster.until('ready', isReady(cluster));
  await cluster.settle();
  const restore = { id: 'a', target, repository: 'repo2' };
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, restore } }));
  await cluster.settle();
  return fieldsOf(bestieOf(cluster)?.status?.restore);
}

describe('sandbox: a restore from a repository of which no backup is on record', () => {
  it('is tried by the label of a backup, as the refusal of another target says', async () => {
    const label = '20260101-020000F';
    assert.equal((await fromUnknown({ backup: label })).phase, 'Succeeded');
    const refused = await fromUnknown({ latest: true });
    assert.equal(refused.phase, 'Refused');
    assert.match(
      String(refused.message),
      /no backup into repo2 is known .* restore it by its label, as target\.backup; this shows them: kubectl -n shop exec .* pgbackrest info/,
    );
  });
});
