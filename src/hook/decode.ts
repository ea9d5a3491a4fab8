/** From a request body to plain values: shapes checked, keys of either hook version understood. */
import type { CustomizeRequest, ObjectMap } from '../api/hook.ts';
import { kindKey, type KindKey, type KubeObject } from '../api/kubernetes.ts';
import { firstError } from '../lib/ajv.ts';
import { HookError } from './errors.ts';
import { isCustomizeRequest, isSyncRequest } from './schema.ts';

export type ByKind = ReadonlyMap<KindKey, ReadonlyMap<string, KubeObject>>;

/** A controller: its parent kind, and the kinds of children that a request may declare. */
export interface Subject {
  parent: { apiVersion: string; kind: string };
  children: ReadonlySet<KindKey>;
}

/** A request of sync or finalize: objects by kind and name. */
export interface HookRequest {
  parent: KubeObject & { metadata: { namespace: string; uid: string } };
  children: ByKind;
  related: ByKind;
}

/** By kind and `metadata.name`, whatever the version of the keys; objects of other namespaces are left out. */
function byName(objects: ObjectMap, namespace: string): ByKind {
  const ours = ({ metadata }: KubeObject): boolean => (metadata.namespace ?? namespace) === namespace;
  return new Map(
    Object.entries(objects).map(([kind, keyed]) => [
      kind,
      new Map(
        Object.values(keyed)
          .filter(ours)
          .map((object) => [object.metadata.name, object]),
      ),
    ]),
  );
}

function checkKinds(children: ObjectMap, known: ReadonlySet<KindKey>): void {
  for (const [kind, objects] of Object.entries(children)) {
    if (!known.has(kind)) throw new HookError('UnknownChildKind', kind.slice(0, 100));
    const stranger = Object.values(objects).find((object) => kindKey(object) !== kind);
    if (stranger !== undefined) throw new HookError('InvalidRequest', `/children/${kind} has an object of another kind`);
  }
}

function checkParent(parent: KubeObject, expected: Subject['parent']): void {
  if (kindKey(parent) !== kindKey(expected)) throw new HookError('UnknownParent');
}

/** Decodes a request of sync or finalize. Throws HookError for anything that is not such a request. */
export function decodeSync(body: unknown, subject: Subject): HookRequest {
  if (!isSyncRequest(body)) throw new HookError('InvalidRequest', firstError(isSyncRequest.errors));
  checkParent(body.parent, subject.parent);
  checkKinds(body.children, subject.children);
  const parent = body.parent as HookRequest['parent'];
  const { namespace } = parent.metadata;
  return { parent, children: byName(body.children, namespace), related: byName(body.related, namespace) };
}

/** Decodes a request of customize. Throws HookError for anything else. */
export function decodeCustomize(body: unknown, { parent }: Subject): CustomizeRequest {
  if (!isCustomizeRequest(body)) throw new HookError('InvalidRequest', firstError(isCustomizeRequest.errors));
  checkParent(body.parent, parent);
  return body;
}
