/**
 * Golden cases: one folder of test/cases each, data only. What is observed goes in, the whole answer comes out.
 *
 *   bestie.yaml    the Bestie, with a line that says what the case shows
 *   observed.yaml  what exists: `objects` are its children and pods, `related` what is shown besides; left out, nothing is
 *                  `overlay` names what is installed (default), `hook` who asks (sync)
 *                  HASH in a name stands for the hash of the Job that this Bestie asks for
 *                  TEMPLATE in the record of a Deployment stands for the pods that this Bestie asks for
 *   want.yaml      the answer; UPDATE=1 writes it
 */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { SyncResponse } from '../src/api/hook.ts';
import { answerTo, folders, read, root, textOf } from './support/cases.ts';
import { checkAnswer, isWhole } from './support/checks.ts';
import { validateChild, validateStatus } from './support/schemas.ts';

describe('golden cases', () => {
  it('are there', () => {
    assert.ok(folders.length >= 20);
  });

  for (const folder of folders) {
    describe(folder, () => {
      const asked = read(folder);
      const answer = answerTo(asked);

      it('is answered as want.yaml says', () => {
        checkAnswer(answer, asked.world);
        const url = new URL(`${folder}/want.yaml`, root);
        if (process.env.UPDATE !== undefined) writeFileSync(url, stringify(answer, { lineWidth: 0, aliasDuplicateObjects: false }));
        assert.deepEqual(answer, parse(textOf(folder, 'want.yaml')));
      });

      it('is answered in the same way with keys of hook version v1', () => {
        assert.deepEqual(answerTo(asked, 'v1'), answer);
      });

      it('has children and a status that the API server takes', async () => {
        await Promise.all(answer.children.filter(isWhole).map(validateChild));
        validateStatus(answer.status);
      });
    });
  }

  it('would notice a wrong child', async () => {
    await assert.rejects(validateChild({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replicas: 'two' } }));
    assert.throws(() => {
      validateStatus({ conditions: [], more: 1 } as unknown as SyncResponse['status']);
    });
  });
});
