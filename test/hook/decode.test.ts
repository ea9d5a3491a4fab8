import { strict as assert } from 'node:assert';
import { answers, bestie as subject, decodeBestie, holdable } from '../../src/controllers.ts';
import { kinds } from '../../src/api/kinds.ts';
import { kindKey } from '../../src/api/kubernetes.ts';
import { decodeCustomize } from '../../src/hook/decode.ts';
import { HookError, type ErrorCode } from '../../src/hook/errors.ts';
import { bestieSchema, type Schema } from '../support/crd.ts';
import { deepFreeze } from '../support/freeze.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { bestie, childOf, finalizeOf, NAMESPACE, NOW, observe, overlaid, patched, request, world, type Loose } from '../support/world.ts';

const sound = request(ready());
const changed = (patch: Loose): Loose => deepFreeze(overlaid(sound, patch));
const parent = (patch: Loose): Loose => changed({ parent: patch });
const metadata = (patch: Loose): Loose => parent({ metadata: patch });

const hookError =
  (code: ErrorCode, detail = '') =>
  (error: unknown): boolean => {
    assert.ok(error instanceof HookError, String(error));
    assert.equal(error.code, code);
    assert.ok(error.message.includes(detail), error.message);
    return true;
  };

/** The defaults of a schema, filled into a value as the API server does it. */
function defaulted(schema: Schema | undefined, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => defaulted(schema?.items, item));
  if (typeof value !== 'object' || value === null) return value;
  const filled: Loose = { ...(value as Loose) };
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (filled[name] === undefined && property.default !== undefined) filled[name] = structuredClone(property.default);
    if (filled[name] !== undefined) filled[name] = defaulted(property, filled[name]);
  }
  return filled;
}

describe('hook/decode', () => {
  describe('what is no request of sync', () => {
    each<unknown, [code: ErrorCode, detail?: string]>(
      {
        Nothing: { reason: 'an empty body', given: undefined, want: ['InvalidRequest'] },
        Null: { reason: 'JSON, but no request', given: null, want: ['InvalidRequest'] },
        List: { reason: 'JSON, but no object', given: [], want: ['InvalidRequest'] },
        Text: { reason: 'JSON, but no object', given: 'sync', want: ['InvalidRequest'] },
        Empty: { reason: 'answered, it would delete every child', given: {}, want: ['InvalidRequest', 'parent'] },
        NoParent: { reason: 'no object to answer for', given: changed({ parent: undefined }), want: ['InvalidRequest', 'parent'] },
        NullParent: { reason: 'no object to answer for', given: changed({ parent: null }), want: ['InvalidRequest', '/parent'] },
        NoChildren: { reason: 'what exists is not known', given: changed({ children: undefined }), want: ['InvalidRequest', 'children'] },
        NullChildren: { reason: 'what exists is not known', given: changed({ children: null }), want: ['InvalidRequest', '/children'] },
        LongName: {
          reason: 'it would stand in metrics and logs',
          given: changed({ parent: overlaid(bestie(), { metadata: { name: 'b'.repeat(254) } }) }),
          want: ['InvalidRequest', '/parent/metadata/name'],
        },
        LongNamespace: {
          reason: 'it would stand in metrics and logs',
          given: changed({ parent: overlaid(bestie(), { metadata: { namespace: 'n'.repeat(64) } }) }),
          want: ['InvalidRequest', '/parent/metadata/namespace'],
        },
        NoRelated: { reason: 'customize did not run', given: changed({ related: undefined }), want: ['InvalidRequest', 'related'] },
        ChildrenList: { reason: 'the shape of another hook', given: changed({ children: [] }), want: ['InvalidRequest', '/children'] },
        NullKind: {
          reason: 'a kind without objects is an empty object',
          given: changed({ children: { 'Service.v1': null } }),
          want: ['InvalidRequest', 'Service.v1'],
        },
        NullChild: {
          reason: 'what exists is not known',
          given: changed({ children: { 'Service.v1': { 'pets/x': null } } }),
          want: ['InvalidRequest', 'x'],
        },
        NullRelated: { reason: 'the same', given: changed({ related: { 'Pod.v1': { 'pets/x': null } } }), want: ['InvalidRequest', 'x'] },
        ChildWithoutName: {
          reason: 'it cannot be distinguished',
          given: changed({ children: { 'Service.v1': { 'pets/x': { apiVersion: 'v1', kind: 'Service', metadata: {} } } } }),
          want: ['InvalidRequest', 'name'],
        },
        NoUid: { reason: 'an owner without uid owns nothing', given: metadata({ uid: undefined }), want: ['InvalidRequest', 'uid'] },
        NullUid: { reason: 'the same', given: metadata({ uid: null }), want: ['InvalidRequest', 'uid'] },
        EmptyUid: { reason: 'the same', given: metadata({ uid: '' }), want: ['InvalidRequest', 'uid'] },
        NoName: { reason: 'children are named after it', given: metadata({ name: undefined }), want: ['InvalidRequest', 'name'] },
        NoNamespace: { reason: 'children are in it', given: metadata({ namespace: undefined }), want: ['InvalidRequest', 'namespace'] },
        NoMetadata: { reason: 'all three', given: parent({ metadata: null }), want: ['InvalidRequest', 'metadata'] },
        Finalizing: { reason: 'a flag is true or false', given: changed({ finalizing: 'yes' }), want: ['InvalidRequest', 'finalizing'] },
        OtherKind: { reason: 'another controller posts here', given: parent({ kind: 'Pet' }), want: ['UnknownParent'] },
        OtherVersion: {
          reason: 'its fields may mean something else',
          given: parent({ apiVersion: 'pets.bestie.com/v2' }),
          want: ['UnknownParent'],
        },
        UnknownChildKind: {
          reason: 'it would be deleted as unwanted',
          given: changed({ children: { 'ConfigMap.v1': {} } }),
          want: ['UnknownChildKind', 'ConfigMap.v1'],
        },
        OtherVersionOfChild: {
          reason: 'it would be deleted and created without end',
          given: changed({ children: { 'Deployment.apps/v1beta1': {} } }),
          want: ['UnknownChildKind'],
        },
        MisplacedChild: {
          reason: 'two objects would be taken for one',
          given: changed({
            children: { 'Service.v1': { 'pets/x': { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } } } },
          }),
          want: ['InvalidRequest', 'Service.v1'],
        },
      },
      (given, [code, detail]) => {
        assert.throws(() => decodeBestie(given, NOW), hookError(code, detail));
        assert.throws(() => answers.sync(given, NOW), hookError(code, detail));
        assert.throws(() => answers.finalize(given, NOW), hookError(code, detail));
      },
    );

    it('says the same words to the same request', () => {
      const message = (): string => {
        try {
          decodeBestie(metadata({ uid: undefined }), NOW);
          return '';
        } catch (error) {
          return (error as HookError).message;
        }
      };
      assert.equal(message(), "the body is not a request of this hook: /parent/metadata must have required property 'uid'");
      assert.equal(message(), message());
    });
  });

  describe('what is no request of customize', () => {
    const customize = { controller: { spec: { childResources: [{ apiVersion: 'v1', resource: 'services' }] } }, parent: bestie() };
    each<unknown, ErrorCode>(
      {
        NoController: {
          reason: 'it decides by the declared kinds',
          given: overlaid(customize, { controller: undefined }),
          want: 'InvalidRequest',
        },
        NoChildResources: {
          reason: 'the same',
          given: overlaid(customize, { controller: { spec: { childResources: null } } }),
          want: 'InvalidRequest',
        },
        HalfResource: {
          reason: 'a resource has an API',
          given: overlaid(customize, { controller: { spec: { childResources: [{ resource: 'x' }] } } }),
          want: 'InvalidRequest',
        },
        NoParent: { reason: 'no object to answer for', given: overlaid(customize, { parent: undefined }), want: 'InvalidRequest' },
        OtherParent: {
          reason: 'another controller posts here',
          given: overlaid(customize, { parent: { kind: 'Pet' } }),
          want: 'UnknownParent',
        },
      },
      (given, want) => {
        assert.throws(() => decodeCustomize(deepFreeze(given), subject), hookError(want));
      },
    );

    it('takes what Metacontroller sends', () => {
      assert.equal(decodeCustomize(deepFreeze(customize), subject), customize);
    });
  });

  describe('keys', () => {
    it('understands both versions', () => {
      const w = ready(world({ maxReplicas: 5 }));
      assert.deepEqual(answers.sync(request(w, 'v1'), NOW).response, answers.sync(request(w, 'v2'), NOW).response);
    });

    it('leaves out what is in another Namespace', () => {
      const stray = overlaid(childOf(ready(), 'Service'), { metadata: { name: 'stray', namespace: 'elsewhere' } });
      const o = decodeBestie(changed({ children: { 'Service.v1': { 'elsewhere/stray': stray } } }), NOW);
      assert.equal(o.child('Service.v1', 'stray'), undefined);
      assert.ok(o.child('Service.v1', 'bestie-service'));
    });

    it('keeps what has no Namespace', () => {
      const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, uid: 'n' } };
      const o = decodeBestie(changed({ related: { 'Namespace.v1': { [NAMESPACE]: space } } }), NOW);
      assert.equal(o.related.get('Namespace.v1')?.get(NAMESPACE)?.metadata.uid, 'n');
    });

    it('knows a declared kind by its key, even without objects', () => {
      const o = observe(world());
      assert.ok(o.manages(kindKey(kinds.ingress)));
      assert.ok(!o.manages(kindKey(kinds.route)));
    });
  });

  describe('spec', () => {
    each<Loose, Loose>(
      {
        Minimal: { reason: 'only the size has no default', given: { size: 1 }, want: { size: 1 } },
        Partly: {
          reason: 'a default inside a map that is given only in part',
          given: { size: 2, podSecurityContext: { runAsUser: 7 }, resources: { limits: { cpu: '1' } } },
          want: { size: 2, podSecurityContext: { runAsUser: 7 }, resources: { limits: { cpu: '1' } } },
        },
        Nulls: {
          reason: 'the API server takes null for left out',
          given: { size: 1, image: null, version: null, exposure: { host: null }, database: null },
          want: { size: 1, exposure: {} },
        },
        Session: {
          reason: 'a default in a map that has none itself',
          given: { size: 1, sessionSecret: { name: 's' } },
          want: { size: 1, sessionSecret: { name: 's' } },
        },
      },
      (given, want) => {
        const { bestie: decoded, invalid } = observe(world(given));
        assert.deepEqual(invalid, []);
        assert.deepEqual(decoded.spec, defaulted(bestieSchema.properties?.spec, want));
      },
    );

    it('drops the empty lists and maps that the API server would drop from the children', () => {
      const { spec } = observe(world({ env: [], nodeSelector: {}, monitoring: { labels: {} }, tolerations: [] })).bestie;
      assert.deepEqual(
        [spec.env, spec.nodeSelector, spec.monitoring.labels, spec.tolerations],
        [undefined, undefined, undefined, undefined],
      );
    });

    each<unknown, string>(
      {
        NoSize: { reason: 'the one required field', given: {}, want: "spec must have required property 'size'" },
        Null: { reason: 'no spec at all', given: null, want: "spec must have required property 'size'" },
        Text: { reason: 'not even an object', given: 'three', want: 'spec must be object' },
        SizeZero: { reason: 'the issue of the sample', given: { size: 0 }, want: 'spec/size must be >= 1' },
        SizeText: { reason: 'nothing is coerced', given: { size: '3' }, want: 'spec/size must be integer' },
        EmptyVersion: {
          reason: 'an empty version is refused, not defaulted',
          given: { size: 1, version: '' },
          want: 'spec/version must NOT have fewer than 1 characters',
        },
        Tag: { reason: 'a tag cannot begin with a dot', given: { size: 1, version: '.1' }, want: 'spec/version must match pattern' },
        ImageWithTag: {
          reason: 'the tag is a field of its own',
          given: { size: 1, image: 'quay.io/opdev/bestie:1.3' },
          want: 'spec/image must match pattern',
        },
        Enum: {
          reason: 'the sentence names what is allowed',
          given: { size: 1, serviceType: 'None' },
          want: 'spec/serviceType must be equal to one of the allowed values (ClusterIP, NodePort, LoadBalancer)',
        },
        NegativeRequest: {
          reason: 'a negative number of cores',
          given: { size: 1, resources: { requests: { cpu: -1 } } },
          want: 'spec/resources/requests/cpu must be >= 0',
        },
        NegativeQuantity: {
          reason: 'the same as text',
          given: { size: 1, resources: { requests: { cpu: '-1' } } },
          want: 'spec/resources/requests/cpu must match pattern',
        },
        Int32: { reason: 'the API server knows no widths but bounds', given: { size: 2 ** 40 }, want: 'spec/size must be <= 2147483647' },
        NullInList: { reason: 'a list keeps its nulls', given: { size: 1, env: [null] }, want: 'spec/env/0 must be object' },
      },
      (given, want) => {
        const { invalid } = observe({ ...world(), parent: { ...bestie(), spec: given } });
        assert.equal(invalid.length, 1);
        assert.ok(invalid[0]?.startsWith(want), invalid[0]);
      },
    );

    it('takes a registry with a port and a digest', () => {
      assert.deepEqual(observe(world({ image: 'registry.example.com:5000/a/b', version: `sha256:${'0'.repeat(64)}` })).invalid, []);
    });

    it('does not change what it was given', () => {
      const body = structuredClone(request(world({ env: [] })));
      decodeBestie(body, NOW);
      assert.deepEqual(body, request(world({ env: [] })));
    });
  });

  describe('holdable', () => {
    const invalid = patched(ready(world({ size: 2 })), 'None', {});
    const broken = { ...invalid, parent: overlaid(invalid.parent, { spec: { maxReplicas: 1 } }) };
    const bare = (annotations: null | undefined) => ({
      ...broken,
      children: broken.children.map((child) => overlaid(child, { metadata: { annotations } })),
    });

    it('is a world whose children say what was applied', () => {
      assert.equal(holdable(observe(broken)).invalid.length, 1);
    });

    it('is a world without children', () => {
      holdable(observe({ ...broken, children: [] }));
    });

    it('is no world in which no child says so: an echo would strip every field', () => {
      assert.throws(() => holdable(observe(bare(undefined))), hookError('UnsupportedApplyStrategy'));
      assert.throws(() => answers.sync(request(bare(null)), NOW), hookError('UnsupportedApplyStrategy'));
    });

    it('is no such world of a paused Bestie either', () => {
      const paused = overlaid(invalid.parent, { metadata: { annotations: { 'pets.bestie.com/paused': 'true' } } });
      assert.throws(() => holdable(observe({ ...bare(undefined), parent: paused })), hookError('UnsupportedApplyStrategy'));
    });

    it('is any world whose spec is acceptable', () => {
      const o = observe({ ...bare(undefined), parent: invalid.parent });
      assert.equal(holdable(o), o);
    });

    it('is not asked of a Bestie that is being deleted: nothing but the database is kept, by its name', () => {
      const w = bare(undefined);
      const { apiVersion, kind, metadata } = childOf(w, 'PostgresCluster');
      assert.deepEqual(finalizeOf({ ...w, parent: overlaid(w.parent, { metadata: { deletionTimestamp: NOW } }) }).children, [
        { apiVersion, kind, metadata: { name: metadata.name } },
      ]);
    });
  });
});
