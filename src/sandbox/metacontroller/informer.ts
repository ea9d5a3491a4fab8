/** Metacontroller's view of the cluster: a copy that lags behind the API server for as long as a test holds events back. */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import type { ApiServer, WatchEvent } from '../apiserver/client.ts';
import { keyOf, type Resource } from '../apiserver/object.ts';

export interface Informer {
  get(kind: KindKey, key: string): Resource | undefined;
  list(kind: KindKey): Resource[];
  /** Takes in what has happened since, except of the kinds that are held, and returns it in order. */
  deliver(): WatchEvent[];
  /** Events of these kinds wait until the next call of `hold`. */
  hold(kinds: readonly KindKey[]): void;
}

export function createInformer(server: ApiServer): Informer {
  const seen = new Map<KindKey, Map<string, Resource>>();
  let waiting: WatchEvent[] = server
    .as('metacontroller')
    .everything()
    .map((object) => ({ type: 'ADDED', object }));
  let held: ReadonlySet<KindKey> = new Set();
  server.watch((event) => {
    waiting.push(event);
  });

  const take = ({ type, object }: WatchEvent): void => {
    const kind = kindKey(object);
    const copies = seen.get(kind) ?? new Map<string, Resource>();
    seen.set(kind, copies);
    if (type === 'DELETED') copies.delete(keyOf(object));
    else copies.set(keyOf(object), object);
  };

  return {
    get: (kind, key) => seen.get(kind)?.get(key),
    list: (kind) => [...(seen.get(kind)?.values() ?? [])],
    deliver: () => {
      const due = waiting.filter(({ object }) => !held.has(kindKey(object)));
      waiting = waiting.filter(({ object }) => held.has(kindKey(object)));
      due.forEach(take);
      return due;
    },
    hold: (kinds) => {
      held = new Set(kinds);
    },
  };
}
