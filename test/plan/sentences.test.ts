/** No sentence of a status is read: with any other in its place, the answer is the same. */
import { strict as assert } from 'node:assert';
import type { SyncResponse } from '../../src/api/hook.ts';
import { answerTo, folders, read, type Case } from '../support/cases.ts';

/** The case with other sentences in its status; `back` puts the former ones into what is answered to it. */
function reworded({ hook, world }: Case): { given: Case; back: (answer: SyncResponse) => SyncResponse } {
  const former: string[] = [];
  const reword = (key: string, value: unknown): unknown =>
    key === 'message' && typeof value === 'string' ? `sentence ${former.push(value) - 1} of the last status` : value;
  const status: unknown = JSON.parse(JSON.stringify(world.parent.status ?? {}), reword);
  const sentence = (_: string, index: string): string => JSON.stringify(former[Number(index)] ?? '').slice(1, -1);
  return {
    given: { hook, world: { ...world, parent: { ...world.parent, status } } },
    back: (answer) => JSON.parse(JSON.stringify(answer).replaceAll(/sentence (\d+) of the last status/g, sentence)) as SyncResponse,
  };
}

const check = (asked: Case): SyncResponse => {
  const answer = answerTo(asked);
  const { given, back } = reworded(asked);
  assert.deepEqual(back(answerTo(given)), JSON.parse(JSON.stringify(answer)));
  return answer;
};

describe('the sentences of a status', () => {
  for (const folder of folders)
    it(`are not read in ${folder}`, () => {
      const { hook, world } = read(folder);
      const { status } = check({ hook, world });
      check({ hook, world: { ...world, parent: { ...world.parent, status } } });
    });
});
