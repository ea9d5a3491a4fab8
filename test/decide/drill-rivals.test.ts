/** What waits for the copy of a drill to go, also where it needs no backup first. */
import { strict as assert } from 'node:assert';
import { copying } from '../support/drillworlds.ts';
import { conditionOf, edited, manifestOf, syncOf, type Loose } from '../support/world.ts';

const WAITING = /waiting for the drill with copy bestie-drill to end/;

describe('beside the copy of a drill', () => {
  const cases: Record<string, readonly [spec: Loose, condition: string]> = {
    'no migration begins that takes no backup': [{ version: '1.4', upgrade: { backup: 'Skip' } }, 'DatabaseSeeded'],
    'no restore begins that takes no backup': [{ restore: { id: 'tuesday', target: { latest: true }, backup: 'Skip' } }, 'Restored'],
  };
  for (const [name, [spec, condition]] of Object.entries(cases))
    it(name, () => {
      const w = copying();
      const jobs = (answer: ReturnType<typeof syncOf>): string[] =>
        answer.children.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
      const answer = syncOf(edited(w, spec));
      assert.match(conditionOf(answer, condition)?.message ?? '', WAITING);
      assert.deepEqual(jobs(answer), jobs(syncOf(w)));
      assert.equal(JSON.stringify(manifestOf(answer, 'PostgresCluster')?.spec).includes('"restore"'), false);
      assert.equal(
        answer.children.some(({ kind, metadata }) => kind === 'PostgresCluster' && metadata.name === 'bestie-drill'),
        false,
      );
    });
});
