/** What the rules of the customize hook select. */
import assert from 'node:assert/strict';
import type { RelatedRule } from '../../src/api/hook.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { HookVersion } from '../../src/sandbox/metacontroller/objectmap.ts';
import { checkRule, selects, typeOf } from '../../src/sandbox/metacontroller/relatedobjects.ts';

const object = (kind: string, name: string, namespace?: string, labels?: Record<string, string>): Resource => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, labels, uid: name, resourceVersion: '1', creationTimestamp: 't' },
});
const parent = object('Bestie', 'bestie', 'shop');
const pods = { apiVersion: 'v1', resource: 'pods' };
const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
const labelSelector = { matchLabels: { app: 'a' } };

const cases: readonly { name: string; reason: string; rule: RelatedRule; object: Resource; version?: HookVersion; want: boolean }[] = [
  { name: 'Everything', reason: 'no condition at all', rule: pods, object: object('Pod', 'x', 'other'), want: true },
  {
    name: 'EverythingInVersionOne',
    reason: 'only its own namespace',
    rule: pods,
    object: object('Pod', 'x', 'other'),
    version: 'v1',
    want: false,
  },
  { name: 'Namespace', reason: 'of the rule', rule: { ...pods, namespace: 'shop' }, object: object('Pod', 'x', 'shop'), want: true },
  {
    name: 'OtherNamespace',
    reason: 'not of the rule',
    rule: { ...pods, namespace: 'shop' },
    object: object('Pod', 'x', 'other'),
    want: false,
  },
  { name: 'OtherKind', reason: 'not of the rule', rule: pods, object: object('Service', 'x', 'shop'), want: false },
  {
    name: 'Label',
    reason: 'matches',
    rule: { ...pods, labelSelector },
    object: object('Pod', 'x', 'shop', { app: 'a', b: 'c' }),
    want: true,
  },
  {
    name: 'OtherLabel',
    reason: 'does not match',
    rule: { ...pods, labelSelector },
    object: object('Pod', 'x', 'shop', { app: 'b' }),
    want: false,
  },
  { name: 'Name', reason: 'is named', rule: { ...pods, names: ['x'] }, object: object('Pod', 'x', 'shop'), want: true },
  { name: 'OtherName', reason: 'is not named', rule: { ...pods, names: ['y'] }, object: object('Pod', 'x', 'shop'), want: false },
  {
    name: 'ClusterScoped',
    reason: 'its rule may name a namespace',
    rule: { ...namespaces, namespace: 'shop', names: ['shop'] },
    object: object('Namespace', 'shop'),
    want: true,
  },
];

describe('sandbox/metacontroller/relatedobjects', () => {
  for (const { name, reason, rule, object: candidate, version = 'v2', want } of cases) {
    it(`${name}: ${reason}`, () => {
      assert.equal(
        selects(
          rule,
          typeOf(rule, () => true),
          parent,
          candidate,
          version,
        ),
        want,
      );
    });
  }

  it('NamesAndSelector: refused', () => {
    assert.throws(() => {
      checkRule({ ...pods, names: ['a'], labelSelector }, parent, 'v2');
    }, /both names and labelSelector/);
  });

  it('ForeignNamespace: refused under v1 only', () => {
    assert.throws(() => {
      checkRule({ ...pods, namespace: 'other' }, parent, 'v1');
    }, /differs from parent object namespace shop/);
    assert.doesNotThrow(() => {
      checkRule({ ...pods, namespace: 'other' }, parent, 'v2');
    });
  });

  it('UnknownKind: refused', () => {
    assert.throws(() => typeOf(pods, () => false), /discovery: can't find resource pods/);
  });
});
