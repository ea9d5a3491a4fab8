/**
 * `npm run bench`: /sync of the built server against a bare-Node floor, in pairs of fresh processes, in one run.
 * Ratios carry over to another machine, absolute figures do not. `--quick` takes two pairs and a short warm-up, `--only small` one size.
 * `--before DIR` compares with another build instead of the floor: a checkout that was built, or its dist; `--rounds N` takes more or fewer rounds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { paired } from './paired.ts';
import { payload } from './payload.ts';
import { CONNECTIONS, load, start, type Measured } from './process.ts';
import { sizes } from './sizes.ts';
import { at, median } from './statistics.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    before: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const PAIRS = values.quick ? 2 : 5;

const servers = { floor: 'test/bench/floor.mjs', bestie: 'dist/main.cjs' };
type Name = keyof typeof servers;

interface Run {
  microseconds: number;
  p99: number;
  idle: number;
  peak: number;
  readyAfter: number;
  probe: number;
}

/** How long the probe takes at its 99th percentile, in milliseconds, while the load is on. */
async function probing(server: Measured, work: Promise<unknown>): Promise<number> {
  const probes: number[] = [];
  const done = new AbortController();
  const finished = work.finally(() => {
    done.abort();
  });
  while (!done.signal.aborted) {
    probes.push(await server.probe());
    await sleep(20);
  }
  await finished;
  return at(
    probes.sort((a, b) => a - b),
    0.99,
  );
}

async function measure(name: Name, body: Buffer, warmUp: number, requests: number): Promise<Run> {
  const server = await start(servers[name]);
  try {
    const idle = await server.memory();
    await load(server.hookPort, body, values.quick ? Math.min(warmUp, 1000) : warmUp, CONNECTIONS);
    const before = await server.cpu();
    const latencies = await load(server.hookPort, body, requests, CONNECTIONS);
    const microseconds = (((await server.cpu()) - before) / requests) * 1e6;
    const probe = await probing(server, load(server.hookPort, body, Math.ceil(requests / 4), CONNECTIONS));
    return { microseconds, p99: at(latencies, 0.99), idle, peak: await server.memory(), readyAfter: server.readyAfter, probe };
  } finally {
    await server.stop();
  }
}

const chosen = sizes.filter((size) => values.only === undefined || size.name === values.only);
if (values.before !== undefined) {
  const rounds = values.rounds === undefined ? {} : { rounds: Number(values.rounds) };
  await paired(values.before, servers.bestie, { sizes: chosen, quick: values.quick, ...rounds });
  process.exit();
}

const ratios: { name: string; ratio: number }[] = [];
const slope: Record<Name, number[]> = { floor: [], bestie: [] };
let failed = false;

for (const { name, pods, warmUp, requests, gate, goal } of chosen) {
  const body = payload(pods);
  const runs: Record<Name, Run[]> = { floor: [], bestie: [] };
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const server of Object.keys(servers) as Name[]) runs[server].push(await measure(server, body, warmUp, requests));
  }
  const of = (server: Name, field: keyof Run): number => median(runs[server].map((run) => run[field]));
  const pairs = runs.bestie.map((run, index) => run.microseconds / (runs.floor[index]?.microseconds ?? NaN));
  const ratio = median(pairs);
  for (const server of Object.keys(servers) as Name[]) slope[server].push(of(server, 'microseconds'));
  ratios.push({ name, ratio });
  failed ||= ratio > gate;
  console.log(`\n${name}: ${pods} pods, ${(body.length / 1000).toFixed(0)} kB`);
  console.table({
    'CPU µs per request': {
      floor: of('floor', 'microseconds').toFixed(0),
      bestie: of('bestie', 'microseconds').toFixed(0),
      ratio: ratio.toFixed(2),
      gate,
      goal,
    },
    'p99 ms': {
      floor: of('floor', 'p99').toFixed(1),
      bestie: of('bestie', 'p99').toFixed(1),
      ratio: (of('bestie', 'p99') / of('floor', 'p99')).toFixed(2),
      gate: 2,
      goal: 1.3,
    },
    'RSS idle MB': {
      floor: of('floor', 'idle').toFixed(0),
      bestie: of('bestie', 'idle').toFixed(0),
      ratio: (of('bestie', 'idle') / of('floor', 'idle')).toFixed(2),
      gate: 1.8,
      goal: 1.4,
    },
    'RSS after load MB': { floor: of('floor', 'peak').toFixed(0), bestie: of('bestie', 'peak').toFixed(0) },
    'ready after ms': {
      floor: of('floor', 'readyAfter').toFixed(0),
      bestie: of('bestie', 'readyAfter').toFixed(0),
      ratio: (of('bestie', 'readyAfter') / of('floor', 'readyAfter')).toFixed(2),
      gate: 3.5,
      goal: 2.2,
    },
    '/healthz p99 ms under load': {
      floor: of('floor', 'probe').toFixed(0),
      bestie: of('bestie', 'probe').toFixed(0),
      gate: 250,
      goal: 100,
    },
  });
  console.log(`ratio of each pair: ${pairs.map((pair) => pair.toFixed(2)).join(' ')}`);
}

const growth = (server: Name): number => ((slope[server][2] ?? NaN) - (slope[server][1] ?? NaN)) / 90;
console.log(
  `\nCPU µs per further pod: floor ${growth('floor').toFixed(1)}, bestie ${growth('bestie').toFixed(1)}, ratio ${(growth('bestie') / growth('floor')).toFixed(2)} (gate 1.2, goal 1.0)`,
);
console.log(
  'CPU of a request:',
  ratios.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(', '),
  failed ? '— over a gate' : '— within the gates; the other rows are reported, not judged',
);
process.exitCode = failed ? 1 : 0;
