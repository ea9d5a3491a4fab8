/** The sandbox: an API server, the controllers around it, Metacontroller and a clock that only moves when it is moved. */
import type { KindKey } from '../api/kubernetes.ts';
import { createApiServer } from './apiserver/apiserver.ts';
import type { ApiServer, Client, DeleteOptions, Write } from './apiserver/client.ts';
import { runAutoscalers, type Metrics } from './controllers/autoscalers.ts';
import { collect } from './controllers/collector.ts';
import { controllerConfig, type ControllerConfig } from './metacontroller/controllerconfig.ts';
import { runDeployments } from './controllers/deployments.ts';
import { BESTIE } from './apiserver/discovery.ts';
import type { CallHook } from './metacontroller/hookcall.ts';
import { runJobs } from './controllers/jobs.ts';
import { runKubelets } from './controllers/kubelet.ts';
import { createMetacontroller, type Metacontroller } from './metacontroller/metacontroller.ts';
import type { Draft, Resource } from './apiserver/object.ts';
import { runPgo } from './controllers/pgo.ts';
import { runReplicaSets } from './controllers/replicasets.ts';
import { conditionsOf } from './controllers/objectstatus.ts';

export interface ClusterOptions {
  /** The operator; it is given the clock of the sandbox, which returns RFC 3339 times. */
  hooks: (now: () => string) => CallHook;
  config?: ControllerConfig;
  /** Kinds that are not installed. */
  without?: readonly KindKey[];
  namespaces?: readonly string[];
  metrics?: Metrics;
  /** RFC 3339; the sandbox is deterministic from there. Left out it begins after the nightly backup, which is a day away then. */
  start?: string;
}

export interface Cluster {
  server: ApiServer;
  /** What a user does, with kubectl for instance. */
  user: Client;
  metacontroller: Metacontroller;
  /** Controllers that do not run, by the name under which they write. */
  down: Set<string>;
  /** Image references that can no longer be pulled. */
  missing: Set<string>;
  now(): string;
  /** Lets that many seconds pass, one by one. */
  tick(seconds?: number): Promise<void>;
  /** Until nothing has been written for a while. Throws after `within` seconds, 600 by default. */
  settle(within?: number): Promise<void>;
  /** Until the predicate holds. Throws after `within` seconds, 600 by default, with the words for what was wanted. */
  until(what: string, holds: () => boolean, within?: number): Promise<void>;
  /** A resync of every parent, that many times, so many seconds apart: a period, or, to let days pass, more. */
  resync(times: number, apart?: number): Promise<void>;
  apply(object: Draft): Resource;
  edit(kind: KindKey, namespace: string, name: string, change: (object: Resource) => Draft): Resource;
  remove(kind: KindKey, namespace: string, name: string, options?: DeleteOptions): void;
  /** The writes of Metacontroller since the log had that length. */
  writesSince(length: number): Write[];
}

/** Nothing written for that many seconds counts as quiet: more than any controller here waits between two steps. */
const QUIET = 5;

const show = ({ verb, by, kind, namespace, name, outcome }: Write): string => `${by}: ${verb} ${kind} ${namespace}/${name}: ${outcome}`;

/** The conditions of the Besties that are not True, for an error message. */
const untrue = (client: Client): string =>
  client
    .list(BESTIE)
    .flatMap((bestie) =>
      conditionsOf(bestie).map(({ type, status, reason, message }) => `${bestie.metadata.name} ${type}=${status}/${reason} ${message}`),
    )
    .join('\n  ');

/** A cluster with Namespaces and nothing else. */
export function createCluster({ hooks, config = controllerConfig(['base', 'crunchy', 'ingress']), ...options }: ClusterOptions): Cluster {
  let clock = Date.parse(options.start ?? '2026-01-01T02:00:00Z');
  const time = (): number => clock;
  const now = (): string => new Date(clock).toISOString().replace('.000Z', 'Z');
  const server = createApiServer(now);
  options.without?.forEach((kind) => {
    server.withdraw(kind);
  });
  const user = server.as('user');
  (options.namespaces ?? ['shop']).forEach((name) =>
    user.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } }),
  );
  const metacontroller = createMetacontroller({ server, config, callHook: hooks(now), now: time });

  const metrics = options.metrics ?? 'served';
  const [down, missing] = [new Set<string>(), new Set<string>()];
  const controllers: readonly [by: string, run: (client: Client, now: string) => void][] = [
    ['postgres-operator', runPgo],
    [
      'horizontal-pod-autoscaler',
      (client, at) => {
        runAutoscalers(client, metrics, at);
      },
    ],
    ['deployment-controller', runDeployments],
    ['replicaset-controller', runReplicaSets],
    ['job-controller', runJobs],
    [
      'kubelet',
      (client, at) => {
        runKubelets(client, at, missing);
      },
    ],
    ['generic-garbage-collector', collect],
  ];

  const second = async (): Promise<void> => {
    clock += 1000;
    for (const [by, run] of controllers) if (!down.has(by)) run(server.as(by), now());
    if (!down.has('metacontroller')) await metacontroller.run();
  };
  const tick = async (seconds = 1): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) await second();
  };
  const found = (kind: KindKey, namespace: string, name: string): Resource => {
    const object = user.get(kind, namespace, name);
    if (!object) throw new Error(`there is no ${kind} ${namespace}/${name}`);
    return object;
  };
  const until = async (what: string, holds: () => boolean, within = 600): Promise<void> => {
    for (let passed = 0; !holds(); passed += 1) {
      if (passed >= within)
        throw new Error(`not within ${within} s: ${what}\n  ${untrue(user)}\n  ${server.writes.slice(-5).map(show).join('\n  ')}`);
      await second();
    }
  };

  return {
    server,
    user,
    metacontroller,
    down,
    missing,
    now,
    tick,
    until,
    settle: async (within = 600) => {
      let [length, quiet] = [server.writes.length, 0];
      await metacontroller.run();
      const isQuiet = (): boolean => {
        quiet = server.writes.length === length ? quiet + 1 : 0;
        length = server.writes.length;
        return quiet > QUIET;
      };
      await until('nothing is written any more', isQuiet, within);
    },
    resync: async (times, apart = config.resyncPeriodSeconds) => {
      for (let round = 0; round < times; round += 1) {
        clock += (apart - 1) * 1000;
        metacontroller.resync();
        await second();
      }
    },
    apply: (object) => {
      const before = user.get(`${object.kind}.${object.apiVersion}`, object.metadata.namespace ?? '', object.metadata.name);
      return before ? user.update({ ...before, ...object, metadata: { ...before.metadata, ...object.metadata } }) : user.create(object);
    },
    edit: (kind, namespace, name, change) => user.update(change(found(kind, namespace, name))),
    remove: (kind, namespace, name, options) => {
      user.remove(found(kind, namespace, name), options);
    },
    writesSince: (length) => server.writes.slice(length).filter(({ by }) => by === 'metacontroller'),
  };
}
