/** A sandbox in which things break: writes, answers, caches and processes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HookName } from '../../src/controllers.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE, DEPLOYMENT, JOB, POD, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { Crash, type CallHook } from '../../src/sandbox/metacontroller/hookcall.ts';
import { operated, reply } from './sandbox.ts';

/** What may go wrong, each for one write or one call, or for some seconds. */
export type Fault =
  | { at: 'write'; what: 'Conflict' | 'InternalError' | 'crash'; skip: number }
  | { at: 'status'; what: 'Conflict' | 'InternalError' | 'crash'; skip: number }
  | { at: 'hook'; what: 'timeout' | 'lost answer' | 'twice' | '500' | '429'; skip: number }
  | { at: 'cache'; kinds: readonly string[]; seconds: number }
  | { at: 'outage'; of: Outage; seconds: number };

/** Who does nothing at all for a while; those are the names of the sandbox. */
const outages = ['hook', 'metacontroller', 'postgres-operator'] as const;
type Outage = (typeof outages)[number];

export interface Chaos {
  cluster: Cluster;
  inject: (fault: Fault) => void;
  /** Seconds pass; a process that crashes is started again. */
  pass: (seconds: number) => Promise<void>;
  /** All that did nothing go on. */
  calm: () => void;
  /** Seconds, so far, in which one of them did nothing, or an old state was seen. */
  lost: () => number;
  /** Children in answers that are not named after their Bestie: objects of another one. */
  strangers: readonly string[];
}

/** The children in an answer that have not the name of the Bestie before their own. */
function strangersIn(body: string, answer: string): string[] {
  const { parent } = JSON.parse(body) as { parent?: { metadata: { name: string } } };
  const { children } = JSON.parse(answer) as { children?: { kind: string; metadata: { name: string } }[] | null };
  const name = parent?.metadata.name ?? '';
  const isOfIt = (child: string): boolean => child === name || child.startsWith(`${name}-`) || child.startsWith(`${name}.`);
  return (children ?? [])
    .filter(({ metadata }) => !isOfIt(metadata.name))
    .map(({ kind, metadata }) => `${kind} ${metadata.name} of ${name}`);
}

export function chaos(options: Parameters<typeof operated>[0] = {}): Chaos {
  const until = new Map<Outage, number>();
  let clock = 0;
  const isOut = (outage: Outage): boolean => (until.get(outage) ?? 0) > clock;
  let hookFault: { what: string; left: number } | undefined;
  const due = (pending: { left: number } | undefined): boolean => pending !== undefined && pending.left-- === 0;
  const strangers: string[] = [];
  const watched =
    (call: CallHook): CallHook =>
    async (hook, body) => {
      const answer = await call(hook, body);
      strangers.push(...strangersIn(body, answer.body));
      return answer;
    };
  const wrap =
    (given: CallHook): CallHook =>
    async (hook: HookName, body: string) => {
      const call = watched(given);
      if (isOut('hook')) throw new Error('connection refused');
      if (!due(hookFault)) return call(hook, body);
      const answer = await call(hook, body);
      if (hookFault?.what === '500') return reply(500, '{}');
      if (hookFault?.what === '429') return reply(429, '{}', { 'retry-after': '1' });
      if (hookFault?.what !== 'twice') throw new Error('timeout');
      assert.equal((await call(hook, body)).body, answer.body, 'the same question, another answer');
      return answer;
    };
  const cluster = operated({ wrap, config: controllerConfig(overlays.monitoring), ...options });
  const writeFaults: { status: boolean; what: 'Conflict' | 'InternalError' | 'crash'; left: number }[] = [];
  cluster.server.fault = ({ by, verb }) => {
    if (by !== 'metacontroller') return undefined;
    const hit = writeFaults.filter(({ status }) => status === (verb === 'update status')).find(due);
    if (hit?.what === 'crash') throw new Crash('killed between two writes');
    return hit?.what;
  };
  let release = 0;
  let lost = 0;
  /** What a person has switched off stays off. */
  const switchOver = (): void => {
    for (const outage of outages.filter((each) => until.has(each) && !isOut(each))) {
      until.delete(outage);
      cluster.down.delete(outage);
      if (outage === 'metacontroller') cluster.metacontroller.restart();
    }
    if (clock < release || cluster.down.size > 0 || isOut('hook')) lost += 1;
  };
  return {
    cluster,
    inject: (fault) => {
      if (fault.at === 'hook') hookFault = { what: fault.what, left: fault.skip };
      else if (fault.at === 'cache') {
        cluster.metacontroller.informer.hold(fault.kinds);
        release = clock + fault.seconds;
      } else if (fault.at === 'outage') {
        until.set(fault.of, clock + fault.seconds);
        if (fault.of !== 'hook') cluster.down.add(fault.of);
      } else writeFaults.push({ status: fault.at === 'status', what: fault.what, left: fault.skip });
    },
    pass: async (seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        clock += 1;
        if (clock >= release) cluster.metacontroller.informer.hold([]);
        switchOver();
        await cluster.tick().catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          cluster.metacontroller.restart();
        });
      }
    },
    calm: () => {
      for (const outage of until.keys()) until.set(outage, 0);
      switchOver();
    },
    lost: () => lost,
    strangers,
  };
}

const skip = fc.nat({ max: 4 });
const refusal = fc.constantFrom('Conflict', 'InternalError', 'crash');
export const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ at: fc.constant('write'), what: refusal, skip }),
  fc.record({ at: fc.constant('status'), what: refusal, skip }),
  fc.record({ at: fc.constant('hook'), what: fc.constantFrom('timeout', 'lost answer', 'twice', '500', '429'), skip }),
  fc.record({
    at: fc.constant('cache'),
    kinds: fc.subarray([SERVICE, DEPLOYMENT, JOB, POSTGRES_CLUSTER, POD, BESTIE, 'HorizontalPodAutoscaler.autoscaling/v2'], {
      minLength: 1,
    }),
    seconds: fc.integer({ min: 1, max: 10 }),
  }),
  fc.record({ at: fc.constant('outage'), of: fc.constantFrom(...outages), seconds: fc.integer({ min: 5, max: 60 }) }),
);

export const life = fc.array(fc.record({ fault: faults, wait: fc.nat({ max: 5 }) }), { minLength: 4, maxLength: 12 });
