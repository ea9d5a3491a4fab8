/**
 * Golden cases: one folder of test/cases each, data only. What is observed goes in, the whole answer comes out.
 *
 *   bestie.yaml    the Bestie, with a line that says what the case shows
 *   observed.yaml  what exists: children and pods; left out, nothing does
 *                  `overlay` names what is installed (default), `hook` who asks (sync)
 *                  HASH in a name stands for the hash of the Job that this Bestie asks for
 *   want.yaml      the answer; UPDATE=1 writes it
 */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { answers } from '../src/answer.ts';
import type { SyncResponse } from '../src/api/hook.ts';
import { POD } from '../src/api/kinds.ts';
import { kindKey, type KubeObject } from '../src/api/kubernetes.ts';
import { checkAnswer, isWhole } from './support/checks.ts';
import { NOW, overlays, request, type World } from './support/world.ts';
import { validateChild, validateStatus } from './support/schemas.ts';

interface Seen {
  overlay?: keyof typeof overlays;
  hook?: 'sync' | 'finalize';
  objects?: KubeObject[];
}

const root = new URL('cases/', import.meta.url);
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

function worldOf(bestie: string, observed: string): { hook: 'sync' | 'finalize'; world: World } {
  const { overlay = 'default', hook = 'sync', objects = [] } = (parse(observed) ?? {}) as Seen;
  const isPod = (object: KubeObject): boolean => kindKey(object) === POD;
  return {
    hook,
    world: {
      parent: parse(bestie) as KubeObject,
      children: objects.filter((object) => !isPod(object)),
      related: objects.filter(isPod),
      declared: overlays[overlay],
      now: NOW,
    },
  };
}

/** The hash in the name of the Job that would be asked for if there were none yet. */
function wantedHash({ world }: ReturnType<typeof worldOf>): string {
  const before = { ...world, children: world.children.filter(({ kind }) => kind !== 'Job'), related: [] };
  const { children } = answers.sync(request(before), NOW).response as SyncResponse;
  return children.find(({ kind }) => kind === 'Job')?.metadata.name.slice(-8) ?? '00000000';
}

function read(folder: string): ReturnType<typeof worldOf> {
  const file = (name: string): string => {
    const url = new URL(`${folder}/${name}`, root);
    return existsSync(url) ? readFileSync(url, 'utf8') : '';
  };
  const [bestie, observed] = [file('bestie.yaml'), file('observed.yaml')];
  return worldOf(bestie, observed.includes('HASH') ? observed.replaceAll('HASH', wantedHash(worldOf(bestie, observed))) : observed);
}

describe('golden cases', () => {
  it('are there', () => {
    assert.ok(folders.length >= 20);
  });

  for (const folder of folders) {
    describe(folder, () => {
      const { hook, world } = read(folder);
      const answer = answers[hook](request(world, 'v2', hook === 'finalize'), NOW).response as SyncResponse;

      it('is answered as want.yaml says', () => {
        checkAnswer(answer, world);
        const url = new URL(`${folder}/want.yaml`, root);
        if (process.env.UPDATE !== undefined) writeFileSync(url, stringify(answer, { lineWidth: 0, aliasDuplicateObjects: false }));
        assert.deepEqual(answer, parse(readFileSync(url, 'utf8')));
      });

      it('is answered in the same way with keys of hook version v1', () => {
        assert.deepEqual(answers[hook](request(world, 'v1', hook === 'finalize'), NOW).response, answer);
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
