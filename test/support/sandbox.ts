/** Worlds for the tests of the sandbox: clusters with a tiny hook of the test's own, and with the operator's own answers. */
import type { HookName } from '../../src/controllers.ts';
import { createCluster, type Cluster, type ClusterOptions } from '../../src/sandbox/cluster.ts';
import { controllerConfig, type ControllerConfig } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';
import { inProcess, type CallHook, type HookReply } from '../../src/sandbox/metacontroller/hookcall.ts';
import { deepFreeze, type Draft, type Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf } from '../../src/sandbox/controllers/objectstatus.ts';

export interface TinyRequest {
  parent: Resource;
  children: Record<string, Record<string, Resource>>;
  related: Record<string, Record<string, Resource>>;
  finalizing: boolean;
}

export type TinyAnswer = Partial<{
  status: object;
  children: readonly unknown[] | null;
  relatedResources: readonly object[];
  finalized: boolean;
  resyncAfterSeconds: number;
}>;

export const reply = (status: number, body: unknown, headers: Record<string, string> = {}): HookReply => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** A hook of the test's own; it answers with values, not text. */
export const tiny = (answer: (hook: HookName, request: TinyRequest) => TinyAnswer) => (): CallHook => (hook, body) =>
  Promise.resolve(reply(200, answer(hook, JSON.parse(body) as TinyRequest)));

export const SAMPLE: Draft = {
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  metadata: { name: 'bestie', namespace: 'shop' },
  spec: { size: 3, image: 'quay.io/opdev/bestie', maxReplicas: 10, version: '1.3' },
};

/** The sample with another spec, name or namespace. */
export const sample = (spec: object = {}, metadata: object = {}): Draft => ({
  ...SAMPLE,
  metadata: { ...SAMPLE.metadata, ...metadata },
  spec: { ...SAMPLE.spec, ...spec },
});

export const configured = (hooks: readonly HookName[], changes: Partial<ControllerConfig> = {}): ControllerConfig =>
  controllerConfig(['base', 'crunchy', 'ingress'], { hooks, ...changes });

/** A cluster with the operator's own answers; every request is frozen, so that no builder can change what the next one sees. */
export function operated(
  options: Omit<ClusterOptions, 'hooks'> & { wrap?: (call: CallHook, now: () => string) => CallHook; skewSeconds?: number } = {},
): Cluster {
  const { wrap = (call: CallHook) => call, skewSeconds = 0, ...rest } = options;
  return createCluster({ ...rest, hooks: (now) => wrap(inTurn(now, skewSeconds), now) });
}

/** Two replicas that answer in turn, the clock of the second so many seconds ahead. */
function inTurn(now: () => string, skewSeconds: number): CallHook {
  const ahead = (): string => new Date(Date.parse(now()) + skewSeconds * 1000).toISOString().replace('.000Z', 'Z');
  const replicas = [inProcess(now, deepFreeze), inProcess(ahead, deepFreeze)] as const;
  let asked = 0;
  const next = (): 0 | 1 => (asked++ % 2 === 0 ? 0 : 1);
  return (hook, body) => replicas[skewSeconds === 0 ? 0 : next()](hook, body);
}

export const bestieOf = (cluster: Cluster, name = 'bestie', namespace = 'shop'): Resource | undefined =>
  cluster.user.get(BESTIE, namespace, name);

/** Everything that a deletion must take along; Events go when their time is up. */
export const standing = (cluster: Cluster): Resource[] => cluster.user.everything().filter(({ kind }) => kind !== 'Event');

/** `status/reason` of a condition, or undefined. */
export function conditionOf(cluster: Cluster, type: string, name = 'bestie'): string | undefined {
  const bestie = bestieOf(cluster, name);
  const found = bestie && conditionsOf(bestie).find((condition) => condition.type === type);
  return found && `${found.status}/${found.reason}`;
}

export const isReady =
  (cluster: Cluster, name = 'bestie') =>
  (): boolean =>
    conditionOf(cluster, 'Ready', name) === 'True/AllReady' &&
    bestieOf(cluster, name)?.status?.observedGeneration === bestieOf(cluster, name)?.metadata.generation;

/** An annotation of ours on the Bestie. */
export const annotate = (cluster: Cluster, key: string, value: string): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
    ...bestie,
    metadata: { ...bestie.metadata, annotations: { ...bestie.metadata.annotations, [`pets.bestie.com/${key}`]: value } },
  }));
};
