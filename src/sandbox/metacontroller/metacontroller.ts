/** Metacontroller's CompositeController for Besties: which event causes a sync of which parent, and what follows a sync that failed. */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import type { ApiServer, WatchEvent } from '../apiserver/client.ts';
import { generatedSelector } from './claimchildren.ts';
import type { ControllerConfig } from './controllerconfig.ts';
import { createCustomizer, NotSynced, type Customizer } from './customize.ts';
import { BESTIE } from '../apiserver/discovery.ts';
import { Crash, TooManyRequests, type CallHook } from './hookcall.ts';
import { createInformer, type Informer } from './informer.ts';
import { controllerOf, keyOf, matchesLabels, type Resource } from '../apiserver/object.ts';
import { createQueue } from './queue.ts';
import { syncParent } from './sync.ts';

/** One sync that took place. `problem` is what the user reads in the SyncError event, or why it was delayed. */
export interface SyncRecord {
  key: string;
  at: number;
  outcome: 'ok' | 'error' | 'too many requests' | 'not synced';
  problem?: string;
}

export interface Metacontroller {
  readonly informer: Informer;
  readonly syncs: readonly SyncRecord[];
  /** Why the controller has not started: a declared kind that the API server does not serve. It starts by itself once every kind is served. */
  createError(): string | undefined;
  /** Takes in events and syncs every parent that is due, until none is due. Throws Crash when the process dies. */
  run(): Promise<void>;
  /** Requests a sync of every parent, as each resync period does. */
  resync(): void;
  /** A new process: queue and caches are empty, every parent is due. */
  restart(): void;
  /** When each waiting parent is due, in milliseconds. */
  pending: () => ReadonlyMap<string, number>;
}

export interface MetacontrollerContext {
  server: ApiServer;
  config: ControllerConfig;
  callHook: CallHook;
  now: () => number;
}

/** More syncs than that without time passing are a hot loop. */
const HOT = 500;

export function createMetacontroller(context: MetacontrollerContext): Metacontroller {
  const { server, config, now } = context;
  const client = server.as('metacontroller');
  const informer = createInformer(server);
  const queue = createQueue(now);
  const syncs: SyncRecord[] = [];
  const childKinds = new Set<KindKey>(config.children.map(kindKey));
  let started = false;
  let customizer: Customizer = createCustomizer({ ...context, informer });
  let nextResync = now() + config.resyncPeriodSeconds * 1000;

  const enqueue = (parent: Resource): void => {
    queue.add(keyOf(parent));
  };

  /** A child belongs to its owner; an orphan to every parent that would adopt it. */
  const parentsOf = (child: Resource, gone: boolean): Resource[] => {
    const parents = informer.list(BESTIE).filter(({ metadata }) => metadata.namespace === child.metadata.namespace);
    const owner = controllerOf(child);
    if (owner) return parents.filter(({ metadata }) => metadata.uid === owner.uid);
    return gone ? [] : parents.filter((parent) => matchesLabels(child, generatedSelector(parent)));
  };

  const route = async ({ type, object, before }: WatchEvent): Promise<void> => {
    const kind = kindKey(object);
    if (kind === BESTIE) enqueue(object);
    if (childKinds.has(kind)) parentsOf(object, type === 'DELETED' || object.metadata.deletionTimestamp !== undefined).forEach(enqueue);
    const versions = before ? [before, object] : [object];
    (await customizer.interestedIn(versions, informer.list(BESTIE))).forEach(enqueue);
  };

  const attempt = async (key: string): Promise<Omit<SyncRecord, 'key' | 'at'>> => {
    const parent = informer.get(BESTIE, key);
    if (!parent) return { outcome: 'ok' };
    const resyncAfter = (seconds: number): void => {
      queue.addAfter(key, seconds * 1000);
    };
    try {
      await syncParent({ ...context, client, informer, customizer, resyncAfter }, parent);
    } catch (error) {
      if (error instanceof Crash) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      if (error instanceof TooManyRequests) {
        queue.addAfter(key, error.seconds * 1000);
        return { outcome: 'too many requests', problem };
      }
      queue.addRateLimited(key);
      return { outcome: error instanceof NotSynced ? 'not synced' : 'error', problem };
    }
    queue.forget(key);
    return { outcome: 'ok' };
  };

  const createError = (): string | undefined => {
    const missing = started ? undefined : config.children.find((child) => server.serves(kindKey(child)) === undefined);
    return missing && `discovery: can't find resource ${missing.resource} in apiVersion ${missing.apiVersion}`;
  };

  const resync = (): void => {
    informer.list(BESTIE).forEach(enqueue);
  };

  return {
    informer,
    syncs,
    resync,
    createError,
    pending: queue.pending,
    restart: () => {
      queue.clear();
      started = false;
      customizer = createCustomizer({ ...context, informer });
      resync();
    },
    run: async () => {
      if (createError() !== undefined) return;
      started = true;
      if (now() >= nextResync) {
        nextResync = now() + config.resyncPeriodSeconds * 1000;
        resync();
      }
      for (let round = 0; ; round += 1) {
        for (const event of informer.deliver()) await route(event);
        const key = queue.take();
        if (key === undefined) return;
        if (round === HOT) throw new Error(`a hot loop: ${HOT} syncs without time passing, the last of ${key}`);
        const at = now();
        syncs.push({ key, at, ...(await attempt(key)) });
      }
    },
  };
}
