/** Keys that every JavaScript object seems to have: in any map that comes from outside they are keys like all others. */
import { strict as assert } from 'node:assert';
import { request as post } from 'node:http';
import fc from 'fast-check';
import { answers } from '../../src/controllers.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { annotations as OUR_ANNOTATIONS } from '../../src/api/names.ts';
import { listening } from '../server/running.ts';
import { fakeParts } from '../server/parts.ts';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { migrated, ready, usable } from '../support/stages.ts';
import { overlays, request, without, world, type Loose, type World } from '../support/world.ts';

const keys = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'length', 'name'],
  ...['then', '__defineGetter__', '__lookupSetter__', 'propertyIsEnumerable', 'toLocaleString'],
] as const;
const key = fc.constantFrom(...keys);
const some = fc.uniqueArray(key, { minLength: 1, maxLength: 4 });

/** Spread, assignment and literals treat `__proto__` in ways of their own; entries do not. */
const mapOf = <T>(names: readonly string[], value: T): Record<string, T> => Object.fromEntries(names.map((name) => [name, value]));
const withKeys = (object: unknown, names: readonly string[], value: unknown): object =>
  Object.fromEntries([...Object.entries(object ?? {}), ...Object.entries(mapOf(names, value))]);

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;

/** A value that the schema takes for a required field beside the map. */
function sample({ type, enum: [first] = [], minimum = 1 }: Schema & { enum?: unknown[]; minimum?: number }): unknown {
  const byType: Loose = { integer: minimum, object: {}, array: [] };
  return first ?? byType[type ?? ''] ?? 'zone';
}

/** A spec with that map at that path of the schema, and the fields that are required beside it. */
function around(schema: Schema, path: readonly string[], map: Loose): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return map;
  const name = step.replace('[]', '');
  const { [name]: child = {}, ...others } = schema.properties ?? {};
  const inner = step.endsWith('[]') ? [around(child.items ?? {}, rest, map)] : around(child, rest, map);
  const required = (schema.required ?? []).filter((field) => field !== name);
  return { ...Object.fromEntries(required.map((field) => [field, sample(others[field] ?? {})])), [name]: inner };
}

const specSchema = bestieSchema.properties?.spec ?? {};
const maps = everySchema(specSchema)
  .filter(([, { additionalProperties }]) => typeof additionalProperties === 'object')
  .map(([path]) => path.split('.').slice(1));

/** Whether some map in the value has all those keys of its own, with that value. */
const holds = (value: unknown, names: readonly string[], wanted: string): boolean =>
  isObject(value) &&
  (names.every((name) => Object.hasOwn(value, name) && value[name] === wanted) ||
    Object.values(value).some((child) => holds(child, names, wanted)));

interface Reply {
  status: number;
  body: SyncResponse;
}

async function sender(): Promise<(hook: string, body: object) => Promise<Reply>> {
  const port = await listening(fakeParts({ answers, body: { maxBytes: 10_000_000, timeoutMs: 5_000 } }).parts);
  return (hook, body) =>
    new Promise((resolve, reject) => {
      const options = { port, path: `/${hook}`, method: 'POST', headers: { 'content-type': 'application/json' } };
      const sent = post(options, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as SyncResponse });
        });
      });
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
}

const isInvalid = ({ status }: SyncResponse): boolean =>
  status.conditions.some(({ type, status: value, reason }) => type === 'Stalled' && value === 'True' && reason === 'InvalidSpec');

const everything = (from: (w: World) => World): World => from(world({ monitoring: { enabled: true } }, { declared: overlays.everything }));
/** A NetworkPolicy is made on request alone. */
const switchedOn = ({ networkPolicy, ...spec }: Loose): Loose => ({
  ...spec,
  ...(isObject(networkPolicy) && { networkPolicy: { ...networkPolicy, enabled: true } }),
});
const parameters = { seed: 20260101, numRuns: 12 };

describe('properties of keys', function () {
  this.timeout(60_000);

  it('knows the maps of the spec', () => {
    assert.ok(maps.length >= 12, String(maps.length));
  });

  for (const path of maps) {
    it(`spec.${path.join('.')}: such a key reaches a child with its value, or the spec is called invalid`, async () => {
      const send = await sender();
      // What only the Job has is sent while there is none.
      const w = everything(path[0] === 'migration' ? (from) => without(usable(from), 'Job') : migrated);
      await fc.assert(
        fc.asyncProperty(some, async (names) => {
          const spec = switchedOn({ size: 1, ...(around(specSchema, path, mapOf(names, '1')) as Loose) });
          const { status, body } = await send('sync', request({ ...w, parent: { ...w.parent, spec } }));
          assert.equal(status, 200, JSON.stringify(body));
          assert.ok(isInvalid(body) || holds(body.children, names, '1'), `${names.join(', ')} is lost`);
        }),
        parameters,
      );
    });
  }

  it('takes a request and a limit of such a name for two quantities of one resource', async () => {
    const send = await sender();
    const w = everything(migrated);
    const ask = (requests: Loose, limits: Loose): Promise<Reply> =>
      send('sync', request({ ...w, parent: { ...w.parent, spec: { size: 1, resources: { requests, limits } } } }));
    for (const name of keys) {
      const less = await ask(mapOf([name], '1'), {});
      const more = await ask(mapOf([name], '2'), mapOf([name], '1'));
      assert.deepEqual([less.status, more.status], [200, 200], name);
      assert.ok(isInvalid(more.body), name);
    }
  });

  /** A key in an item of a list that is replaced as a whole is a field that was changed: it is recorded, and the list sent again. */
  const withoutContests = (body: unknown): unknown => {
    const { children, status, resyncAfterSeconds: _, ...rest } = body as SyncResponse;
    const { pendingChanges: __, ...said } = status;
    const plain = children.map(({ metadata: { annotations = {}, ...metadata }, ...child }) => {
      const { [OUR_ANNOTATIONS.contested]: ___, ...others } = annotations;
      return { ...child, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
    });
    return { ...rest, status: said, children: plain };
  };

  it('of observed objects, pods and the Bestie itself ask for nothing else, wherever they stand', async () => {
    const send = await sender();
    const w = everything(ready);
    const plain = await send('sync', request(w));
    const dressed = (object: unknown, names: readonly string[], value: unknown): unknown => {
      if (Array.isArray(object)) return object.map((item) => dressed(item, names, value));
      if (!isObject(object)) return object;
      // A key in a selector is what is selected by, and reported.
      const isSelector = (name: string): boolean => name === 'selector' || name === 'podSelector';
      const inner = Object.fromEntries(
        Object.entries(object).map(([name, child]) => [name, isSelector(name) ? child : dressed(child, names, value)]),
      );
      return withKeys(inner, names, value);
    };
    const value = fc.constantFrom<unknown>('x', null, 7, true, {}, { a: 'x' }, ['x']);
    await fc.assert(
      fc.asyncProperty(some, value, async (names, given) => {
        const others = names.filter((name) => name !== 'name');
        const { children, related, ...rest } = request(w);
        const groups = (all: unknown): object =>
          Object.fromEntries(
            Object.entries(all as Record<string, Record<string, unknown>>).map(([kind, objects]) => [
              kind,
              Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, dressed(object, others, given)])),
            ]),
          );
        const parent = Object.fromEntries(
          Object.entries(w.parent).map(([name, field]) => [name, name === 'spec' ? field : dressed(field, others, given)]),
        );
        const body = withKeys({ ...rest, parent, children: groups(children), related: groups(related) }, others, given);
        const answer = await send('sync', body);
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        assert.deepEqual(withoutContests(answer.body), withoutContests(plain.body));
      }),
      parameters,
    );
  });

  it('as a kind among the children are refused by name, and ignored among what is related', async () => {
    const send = await sender();
    const w = everything(ready);
    const plain = await send('sync', request(w));
    for (const name of keys) {
      const { children, related, ...rest } = request(w);
      const strange = await send('sync', { ...rest, children: withKeys(children, [name], {}), related });
      assert.equal(strange.status, 400, name);
      const ignored = await send('sync', { ...rest, children, related: withKeys(related, [name], {}) });
      assert.deepEqual(ignored, plain, name);
    }
  });

  it('in the record of a child are kept while the spec is unacceptable', async () => {
    const send = await sender();
    const w = everything(ready);
    const children = w.children.map((child) => {
      const text = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}';
      const record = JSON.parse(text) as { metadata: { annotations?: Loose; labels?: Loose } };
      const { annotations, labels } = record.metadata;
      const metadata = { ...record.metadata, annotations: withKeys(annotations, keys, 'x'), labels: withKeys(labels, keys, 'x') };
      const kept = JSON.stringify({ ...record, metadata });
      return { ...child, metadata: { ...child.metadata, annotations: { ...child.metadata.annotations, [LAST_APPLIED_ANNOTATION]: kept } } };
    });
    const { status, body } = await send('sync', request({ ...w, children, parent: { ...w.parent, spec: { size: 0 } } }));
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(isInvalid(body));
    for (const { kind, metadata } of body.children.filter(({ spec }) => spec !== undefined))
      for (const map of [metadata.annotations, metadata.labels])
        assert.deepEqual(
          keys.filter((name) => !Object.hasOwn(map ?? {}, name) || map?.[name] !== 'x'),
          [],
          kind,
        );
  });
});
