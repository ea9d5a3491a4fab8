/** Pods that a former release made: what keeps them, and what replaces them. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SyncResponse } from '../../src/api/hook.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { podShapes, throughPooler } from '../../src/children/podshapes.ts';
import { ready as readyWithin, readyThroughPooler } from '../../src/children/scripts.ts';
import { version } from '../../src/version.ts';
import { migrated } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { carriedOut, edited, manifestOf, overlaid, patched, syncOf, type Loose, type World } from '../support/world.ts';

interface Template {
  spec: { containers: [Loose & { env: { name: string; value?: string }[] }] };
}

const templateOf = (world: World): Template => (manifestOf(syncOf(world), 'Deployment')?.spec as { template: Template }).template;
const isNew = (world: World): boolean => templateOf(world).spec.containers[0].command !== undefined;

const wanted = (release: string, file: string): SyncResponse =>
  parse(readFileSync(new URL(`../releases/${release}/ready/${file}`, import.meta.url), 'utf8')) as SyncResponse;

/** A Bestie whose Deployment has the pods that release 0.1.0 gave it. */
function former(): World {
  const world = carriedOut(carriedOut(migrated()));
  const made = wanted('0.1.0', 'want.yaml').children.find(({ kind }) => kind === 'Deployment');
  const { template } = made?.spec as { template: Template };
  const live = world.children.find(({ kind }) => kind === 'Deployment');
  const record = JSON.parse(live?.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as { spec: object };
  const text = JSON.stringify({ ...record, spec: { ...record.spec, template } });
  return patched(world, 'Deployment', { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: text } }, spec: { template } });
}

const annotated = (value: string): World => {
  const world = former();
  return { ...world, parent: overlaid(world.parent, { metadata: { annotations: { 'pets.bestie.com/adopt-release': value } } }) };
};

describe('children/podshapes', () => {
  each<World, boolean>(
    {
      LeftAlone: { reason: 'an upgrade of the operator restarts no pod', given: former(), want: false },
      SizeChanged: { reason: 'the pods do not differ by their number', given: edited(former(), { size: 3 }), want: false },
      EnvironmentChanged: {
        reason: 'the pods are replaced anyway',
        given: edited(former(), { env: [{ name: 'A', value: 'x' }] }),
        want: true,
      },
      ResourcesChanged: { reason: 'likewise', given: edited(former(), { resources: { limits: { cpu: '1' } } }), want: true },
      Adopted: { reason: 'the annotation names this release', given: annotated(podShapes[0].release), want: true },
      AdoptedLater: { reason: 'a later release has the same shape', given: annotated('99.0.0'), want: true },
      FormerNamed: { reason: 'a release whose shape the pods have asks for nothing', given: annotated('0.1.0'), want: false },
      Unreadable: { reason: 'what is no version asks for nothing', given: annotated('latest'), want: false },
    },
    (given, want) => {
      assert.equal(isNew(given), want);
    },
  );

  it('writes what was last applied, to the letter, as long as nothing changes', () => {
    const world = former();
    const live = world.children.find(({ kind }) => kind === 'Deployment');
    const { spec } = JSON.parse(live?.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as { spec: { template: Template } };
    assert.deepEqual(templateOf(world), spec.template);
  });

  it('names releases that were made, the one of today first', () => {
    assert.equal(podShapes[0].release, version, 'a shape that is new belongs to the release that is being made');
    // Shapes of earlier builds of that release are kept, too.
    for (const { release } of podShapes.filter((shape) => shape.release !== version))
      assert.ok(existsSync(new URL(`../releases/${release}/`, import.meta.url)), `test/releases has no ${release}`);
  });

  for (const shape of podShapes)
    it(`${shape.release}${shape.recordsImage ? '' : ' without the image'}: the address is that of a pooler, and all else of the environment as it was`, () => {
      const pooled = throughPooler(shape, { uri: 'U', host: 'H', port: 'P' });
      const keys = Object.entries(shape.databaseEnvironment).map(([name, key]) => [name, { uri: 'U', host: 'H', port: 'P' }[key] ?? key]);
      assert.deepEqual(Object.entries(pooled.databaseEnvironment), keys);
      assert.deepEqual((pooled.web.readinessProbe as { exec: object }).exec, { command: ['python', '-c', readyThroughPooler(5)] });
      assert.deepEqual(pooled.readyWithin?.(9), { command: ['python', '-c', readyThroughPooler(9)] });
      const { readyWithin: _, ...rest } = shape;
      const { readyWithin: __, ...back } = {
        ...pooled,
        databaseEnvironment: shape.databaseEnvironment,
        web: { ...pooled.web, readinessProbe: shape.web.readinessProbe },
      };
      assert.deepEqual(back, rest);
    });

  it('a full PgBouncer is no reason to be unready, in the words of a full Postgres either', () => {
    const words = (script: string): string[] => /re\.search\("(.*?)"/.exec(script)?.[1]?.split('|') ?? [];
    const postgres = ['too many clients', 'too many connections', 'remaining connection slots'];
    assert.deepEqual([words(readyWithin(5)), words(readyThroughPooler(5)).slice(0, 3)], [postgres, postgres]);
    for (const said of ['no more connections allowed (max_client_conn)', 'client connections exceeded (max_db_client_connections)'])
      assert.ok(
        words(readyThroughPooler(5)).some((word) => said.includes(word)) && !words(readyWithin(5)).some((word) => said.includes(word)),
        said,
      );
  });
});
