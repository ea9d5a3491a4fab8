/** `npm run bench:metrics`: how long /metrics of the built server takes, and what it holds, once it was asked about `--count` Besties (10,000). */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SyncRequest } from '../../src/api/hook.ts';
import { load, start } from './process.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000' } } });
const COUNT = Number(values.count);
const SCRAPES = 15;
/** Milliseconds, for 10,000 Besties. */
const [GATE, GOAL] = [150, 20];

const captured = JSON.parse(readFileSync(new URL('request.json', import.meta.url), 'utf8')) as SyncRequest;

/** The captured Bestie under another name, whose children are not there yet: a small request. */
function bodyOf(index: number): Buffer {
  const { parent, children } = captured;
  const metadata = { ...parent.metadata, name: `bestie-${index}`, namespace: `team-${index % 100}` };
  const none = Object.fromEntries(Object.keys(children).map((kind) => [kind, {}]));
  return Buffer.from(JSON.stringify({ ...captured, parent: { ...parent, metadata }, children: none, related: {} }));
}

const server = await start('dist/main.cjs');
try {
  const scrape = async (): Promise<{ ms: number; bytes: number; series: number }> => {
    const sent = performance.now();
    const text = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
    return {
      ms: performance.now() - sent,
      bytes: text.length,
      series: text.split('\n').filter((line) => line.startsWith('bestie_')).length,
    };
  };
  const before = { ...(await scrape()), memory: await server.memory() };
  for (let index = 0; index < COUNT; index++) await load(server.hookPort, bodyOf(index), 1, 1);
  const scrapes = [];
  for (let taken = 0; taken < SCRAPES; taken++) scrapes.push(await scrape());
  const times = scrapes.map(({ ms }) => ms).sort((a, b) => a - b);
  const [median = NaN, worst = NaN] = [times[Math.floor(SCRAPES / 2)], times.at(-1)];
  const { bytes = NaN, series = NaN } = scrapes.at(-1) ?? {};
  console.table({
    Besties: COUNT,
    'series of ours': series,
    'series per Bestie': ((series - before.series) / COUNT).toFixed(1),
    'scrape in MB': (bytes / 1e6).toFixed(1),
    'median of a scrape in ms': `${median.toFixed(0)} (gate ${GATE}, goal ${GOAL}, for 10,000)`,
    'slowest scrape in ms': worst.toFixed(0),
    'memory before in MB': before.memory.toFixed(0),
    'memory after in MB': (await server.memory()).toFixed(0),
  });
  process.exitCode = median > GATE * Math.max(1, COUNT / 10_000) ? 1 : 0;
} finally {
  await server.stop();
}
