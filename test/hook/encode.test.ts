import { strict as assert } from 'node:assert';
import { EVENT, kinds } from '../../src/api/kinds.ts';
import type { Plan } from '../../src/api/observed.ts';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { encodeCustomize, encodePlan } from '../../src/hook/encode.ts';
import { HookError } from '../../src/hook/errors.ts';
import { sync } from '../../src/plan/sync.ts';
import { deepFreeze } from '../support/freeze.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { NAMESPACE, observe, overlaid, world, type Loose } from '../support/world.ts';

const o = observe(ready());
const plan = sync(o);
const bounds = { namespace: NAMESPACE, manages: o.manages };
const refused = (error: unknown): boolean => error instanceof HookError && error.code === 'ImpossibleAnswer' && error.status === 500;

const child = (patch: Loose): Manifest => overlaid({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'more' } }, patch);
const withChild = (patch: Loose): Plan => ({ ...plan, children: [...plan.children, child(patch)] });
const changed = (patch: Loose): Plan => overlaid(plan, patch);

describe('hook/encode', () => {
  it('lets a sound answer through as it is', () => {
    assert.deepEqual(encodePlan(deepFreeze(plan), bounds, 'sync'), plan);
  });

  describe('refuses', () => {
    each<Plan, string>(
      {
        NoChildren: { reason: 'Metacontroller would delete every child', given: changed({ children: undefined }), want: 'children' },
        NullChildren: { reason: 'the same', given: changed({ children: null }), want: 'children' },
        NullChild: { reason: 'Metacontroller would crash', given: changed({ children: [null] }), want: '/children/0' },
        NoStatus: { reason: 'the status would be wiped', given: changed({ status: undefined }), want: 'status' },
        NullStatus: { reason: 'the same', given: changed({ status: null }), want: '/status' },
        NoConditions: {
          reason: 'kstatus readers would take it for ready',
          given: changed({ status: { conditions: [] } }),
          want: '/status/conditions',
        },
        NullInStatus: {
          reason: 'the API server drops it: one write per sync',
          given: changed({ status: { url: null } }),
          want: '/status/url is null or undefined',
        },
        UndefinedInStatus: {
          reason: 'JSON drops it',
          given: { ...plan, status: { ...plan.status, url: undefined as unknown as string } },
          want: '/status/url',
        },
        UnknownKey: {
          reason: 'in strict mode the whole answer fails',
          given: { ...plan, childrens: [] } as Plan,
          want: 'additional properties',
        },
        NoKind: { reason: 'the whole answer fails', given: withChild({ kind: undefined }), want: 'kind' },
        NoApiVersion: { reason: 'the child is lost', given: withChild({ apiVersion: undefined }), want: 'apiVersion' },
        NoName: { reason: 'refused by the API server at every sync', given: withChild({ metadata: { name: undefined } }), want: 'name' },
        EmptyName: { reason: 'the same', given: withChild({ metadata: { name: '' } }), want: 'name' },
        GenerateName: {
          reason: 'a new object at every sync',
          given: withChild({ metadata: { generateName: 'x-' } }),
          want: 'additional properties',
        },
        Finalizers: {
          reason: 'no controller would remove them again',
          given: withChild({ metadata: { finalizers: ['x'] } }),
          want: 'additional properties',
        },
        DeletionTimestamp: {
          reason: 'only the API server sets it',
          given: withChild({ metadata: { deletionTimestamp: 'x' } }),
          want: 'additional properties',
        },
        StatusOfChild: { reason: 'ignored, and written again at every sync', given: withChild({ status: {} }), want: '/status' },
        LabelNotText: { reason: 'the answer fails early', given: withChild({ metadata: { labels: { a: 1 } } }), want: 'labels' },
        ControllerUid: {
          reason: 'Metacontroller sets it, and refuses another',
          given: withChild({ metadata: { labels: { 'controller-uid': 'x' } } }),
          want: 'controller-uid',
        },
        OtherNamespace: {
          reason: 'created and collected without end',
          given: withChild({ metadata: { namespace: 'elsewhere' } }),
          want: 'another namespace',
        },
        Undeclared: {
          reason: 'created, but never seen again',
          given: withChild({ apiVersion: 'v1', kind: 'ConfigMap' }),
          want: 'not declared',
        },
        OtherVersion: {
          reason: 'deleted and created without end',
          given: withChild({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' }),
          want: 'not declared',
        },
        Twice: {
          reason: 'the last one would win',
          given: { ...plan, children: [...plan.children, child({}), child({})] },
          want: 'is listed twice',
        },
        NullInChild: { reason: 'differs at every sync', given: withChild({ spec: { a: [{ b: null }] } }), want: '/spec/a/0/b' },
        ZeroResync: { reason: 'means never', given: changed({ resyncAfterSeconds: 0 }), want: 'resyncAfterSeconds' },
        NegativeResync: { reason: 'means never', given: changed({ resyncAfterSeconds: -1 }), want: 'resyncAfterSeconds' },
        NotFinite: { reason: 'JSON turns it into null', given: changed({ resyncAfterSeconds: Infinity }), want: 'resyncAfterSeconds' },
        FinalizedInSync: { reason: 'the finalizer would come and go without end', given: { ...plan, finalized: true }, want: 'finalized' },
        FinalizedFalse: { reason: 'left out where it is not true', given: changed({ finalized: false }), want: 'finalized' },
      },
      (given, want) => {
        assert.throws(
          () => encodePlan(given, bounds, 'sync'),
          (error) => refused(error) && (error as Error).message.includes(want),
        );
      },
    );
  });

  describe('allows', () => {
    each<Plan, 'sync' | 'finalize'>(
      {
        Finalized: { reason: 'the finalize hook says so', given: { ...plan, finalized: true }, want: 'finalize' },
        Event: { reason: 'sent, never declared', given: withChild({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }), want: 'sync' },
        OwnNamespace: { reason: 'spelled out it is the same', given: withChild({ metadata: { namespace: NAMESPACE } }), want: 'sync' },
        NoMoreChildren: { reason: 'a full answer may have none', given: { ...plan, children: [] }, want: 'finalize' },
        Resync: { reason: 'a deadline', given: changed({ resyncAfterSeconds: 0.5 }), want: 'sync' },
      },
      (given, hook) => {
        assert.deepEqual(encodePlan(deepFreeze(given), bounds, hook), given);
      },
    );

    it('Event: whatever the request declares', () => {
      assert.ok(!o.manages(EVENT));
      assert.ok(!observe(world({}, { declared: [] })).manages(kinds.service.kind));
    });
  });

  describe('encodeCustomize', () => {
    const rule = { apiVersion: 'v1', resource: 'pods', namespace: NAMESPACE, names: ['x'] };

    it('passes on rules that name the Namespace', () => {
      assert.deepEqual(encodeCustomize([rule]), { relatedResources: [rule] });
    });

    it('refuses a rule for every Namespace', () => {
      assert.throws(() => encodeCustomize([{ apiVersion: 'v1', resource: 'pods' }]), refused);
    });

    it('refuses nulls', () => {
      assert.throws(() => encodeCustomize([{ ...rule, names: [null as unknown as string] }]), refused);
    });
  });
});
