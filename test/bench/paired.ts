/**
 * `npm run bench -- --before DIR`: two builds in one run. In each round both run beside each other in fresh processes and take turns of a few
 * requests, so that whatever else the machine does falls on both.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { payload } from './payload.ts';
import { CONNECTIONS, load, start, type Measured } from './process.ts';
import type { Size } from './sizes.ts';
import { meanRatio, median } from './statistics.ts';

/** Rounds of fresh processes: how a process was compiled and laid out in memory stays with it. An even number: each build starts first as often. */
const ROUNDS = 6;
/** Turns that each build takes in a round. */
const TURNS = 20;

type Build = 'before' | 'after';
const builds: readonly Build[] = ['before', 'after'];

interface Round {
  microseconds: number;
  idle: number;
  readyAfter: number;
}
type Pair<T> = Record<Build, T>;

/** The server of a checkout that was built, or of its dist. */
function scriptIn(folder: string): string {
  const candidates = ['dist/main.cjs', 'main.cjs'].map((file) => resolve(folder, file));
  const script = candidates.find((candidate) => existsSync(candidate));
  if (script === undefined) throw new Error(`${folder} has no dist/main.cjs and no main.cjs: run npm run build there`);
  return script;
}

async function turn(server: Measured, body: Buffer, requests: number): Promise<number> {
  const before = await server.cpu();
  await load(server.hookPort, body, requests, CONNECTIONS);
  return (await server.cpu()) - before;
}

/** One round. Which build starts first alternates by round and by turn. */
async function measure(
  scripts: Pair<string>,
  body: Buffer,
  size: { warmUp: number; requests: number },
  round: number,
): Promise<Pair<Round>> {
  const order = (index: number): readonly Build[] => (index % 2 === 0 ? builds : [...builds].reverse());
  const servers: Partial<Pair<Measured>> = {};
  const idle: Partial<Pair<number>> = {};
  try {
    for (const build of order(round)) {
      const server = await start(scripts[build]);
      servers[build] = server;
      idle[build] = await server.memory();
    }
    const { before, after } = servers as Pair<Measured>;
    const running = { before, after };
    const seconds = { before: 0, after: 0 };
    const [warmUp, requests] = [Math.ceil(size.warmUp / TURNS), Math.ceil(size.requests / TURNS)];
    for (let index = 0; index < TURNS; index++)
      for (const build of order(index)) await load(running[build].hookPort, body, warmUp, CONNECTIONS);
    for (let index = 0; index < TURNS; index++)
      for (const build of order(index)) seconds[build] += await turn(running[build], body, requests);
    const result = (build: Build): Round => ({
      microseconds: (seconds[build] / (requests * TURNS)) * 1e6,
      idle: idle[build] ?? NaN,
      readyAfter: running[build].readyAfter,
    });
    return { before: result('before'), after: result('after') };
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

/** The figures of both builds and the ratio of each round. */
function row(rounds: readonly Pair<Round>[], field: keyof Round, digits: number): object {
  const { mean, error } = meanRatio(rounds.map(({ before, after }) => after[field] / before[field]));
  const [before, after] = builds.map((build) => median(rounds.map((round) => round[build][field])).toFixed(digits));
  return { before, after, ratio: mean.toFixed(3), '±': error.toFixed(3) };
}

/** Measures all sizes and prints CPU per request, resident memory at rest and time to the first probe of both builds. */
export async function paired(
  before: string,
  after: string,
  { sizes, quick, rounds = quick ? 2 : ROUNDS }: { sizes: readonly Size[]; quick: boolean; rounds?: number },
): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 2) throw new Error('--rounds takes a number from 2 on');
  const scripts = { before: scriptIn(before), after };
  const all: Pair<Round>[] = [];
  const cpu: Record<string, object> = {};
  for (const { name, pods, warmUp, requests } of sizes) {
    const body = payload(pods);
    const measured: Pair<Round>[] = [];
    for (let round = 0; round < rounds; round++)
      measured.push(await measure(scripts, body, { warmUp: quick ? Math.min(warmUp, 1000) : warmUp, requests }, round));
    all.push(...measured);
    cpu[`CPU µs per request, ${name}`] = row(measured, 'microseconds', 0);
    const ratios = measured.map((round) => (round.after.microseconds / round.before.microseconds).toFixed(3));
    console.log(`${name}: ${pods} pods, ${(body.length / 1000).toFixed(0)} kB; ratio of CPU in each round: ${ratios.join(' ')}`);
  }
  console.table({ ...cpu, 'RSS idle MB': row(all, 'idle', 1), 'ready after ms': row(all, 'readyAfter', 0) });
  console.log(`ratio: geometric mean of ${rounds} rounds (of all sizes for the last two rows); ±: two standard errors`);
}
