/** Collaborators for the server under test: fake answers, a fixed clock, a log that can be read. */
import { Writable } from 'node:stream';
import { type Answer, decodeBestie } from '../../src/controllers.ts';
import type { Plan } from '../../src/api/observed.ts';
import type { Condition } from '../../src/api/kubernetes.ts';
import { transitions } from '../../src/status/transitions.ts';
import { witness } from '../../src/status/witness.ts';
import type { Answers, Parts } from '../../src/server/handle.ts';
import type { Settings } from '../../src/server/lifecycle.ts';
import { createGate } from '../../src/server/limits.ts';
import { createLogger, type Level } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

export const NOW = '2026-11-21T08:53:07Z';

export const emptyAnswer: Answer = { response: { status: { conditions: [] }, children: [] } };
export const answering = (answer: (body: unknown, now: string) => Answer): Answers => ({
  sync: answer,
  finalize: answer,
  customize: answer,
});

export const ready = (status: Condition['status']): Condition => ({
  type: 'Ready',
  status,
  reason: status === 'True' ? 'AllReady' : 'Progressing',
  message: 'as told',
  lastTransitionTime: NOW,
});

/** The answer about the Bestie pets/bestie, generation 4, whose Ready goes from one status to another. */
export function answerAbout(from: Condition['status'], to: Condition['status']): Answer {
  const parent = {
    apiVersion: 'pets.bestie.com/v1',
    kind: 'Bestie',
    metadata: { name: 'bestie', namespace: 'pets', uid: 'u1', generation: 4 },
    spec: { size: 1 },
    status: { conditions: [ready(from)] },
  };
  const observed = decodeBestie({ controller: {}, parent, children: {}, related: {}, finalizing: false }, NOW);
  const plan: Plan = { children: [], status: { conditions: [ready(to)] } };
  const changes = transitions(observed.bestie.status, plan.status, witness(plan.children, observed));
  return { response: { status: plan.status, children: [] }, decision: { observed, plan, changes } };
}

export type Line = Record<string, unknown> & { level: string; message: string };

/** A logger whose lines can be read. */
export function readableLog(level: Level = 'debug') {
  const lines: Line[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  return { logger: createLogger(level, stream), lines };
}

/** Parts of a server that answers, with what a test wants otherwise. */
export function fakeParts(wanted: Partial<Parts> & { level?: Level; maxInFlight?: number } = {}) {
  const { level, maxInFlight = 16, ...others } = wanted;
  const { logger, lines } = readableLog(level);
  const gate = createGate(maxInFlight);
  gate.phase = 'serving';
  const parts: Parts = {
    answers: answering(() => emptyAnswer),
    clock: () => NOW,
    authorize: () => undefined,
    body: { maxBytes: 1024, timeoutMs: 5_000 },
    gate,
    logger,
    metrics: createMetrics(),
    ...others,
  };
  return { parts, lines };
}

/** Of a server on any free ports, without TLS or tokens, that leaves at once. */
export const settings: Settings = {
  host: '127.0.0.1',
  hookPort: 0,
  metricsPort: 0,
  maxBodyBytes: 1024,
  maxInFlight: 4,
  authTokenFile: undefined,
  tls: undefined,
  metricsAuthTokenFile: undefined,
  metricsTls: undefined,
  shutdownDelaySeconds: 0,
  shutdownGraceSeconds: 5,
};

/** Waits until something that happens after an answer has happened; fails when it does not within two seconds. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + 2_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** The value of one series as /metrics renders it, such as `bestie_hook_requests_total{hook="sync",code="200"}`. */
export async function series(parts: Pick<Parts, 'metrics'>, name: string): Promise<number | undefined> {
  const line = (await parts.metrics.render(0)).split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
