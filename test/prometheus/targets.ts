/** Targets in the text format of Prometheus whose samples have times of their own, so that minutes of scrapes take seconds. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parse } from 'yaml';
import type { Closing } from '../support/closing.ts';

interface Exports {
  counters?: Record<string, number>;
  young?: Record<string, number>;
  gauges?: Record<string, number>;
  growing?: Record<string, number>;
  ago?: Record<string, number>;
  histograms?: Record<string, Record<string, number>>;
}

export type World = Record<'webhook' | 'metacontroller' | 'cluster' | 'application' | 'database' | 'replica', Exports>;
export const trouble = parse(readFileSync(new URL('world.yaml', import.meta.url), 'utf8')) as World;

/** How many scrapes there are, and how many seconds lie between two of them in the time of the samples. */
export interface Clock {
  scrapes: number;
  apart: number;
}

const nameOf = (series: string): string => series.split('{')[0] ?? '';
const insideOf = (series: string): string => /\{(.*)\}$/.exec(series)?.[1] ?? '';
const labelled = (series: string, suffix: string, ...more: string[]): string =>
  `${nameOf(series)}${suffix}{${[insideOf(series), ...more].filter((label) => label !== '').join(',')}}`;

/** The text format of Prometheus, and OpenMetrics, which names counters otherwise and says when they began. */
export type Format = 'text' | 'openmetrics';

const YOUTH = 180;

interface Moment {
  /** Seconds since the counters began. */
  elapsed: number;
  /** Seconds until the last scrape. */
  left: number;
  /** Unix time of the last scrape. */
  end: number;
}

/** Lines `series value`, by the name of their family; a bucket has observations of one second each. */
function families(
  { counters = {}, young = {}, gauges = {}, growing = {}, ago = {}, histograms = {} }: Exports,
  { elapsed, left, end }: Moment,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (type: string, family: string, ...lines: string[]): void => {
    found.set(family, [...(found.get(family) ?? [`# TYPE ${family} ${type}`]), ...lines]);
  };
  for (const [series, rate] of Object.entries(counters)) add('counter', nameOf(series), `${series} ${rate * elapsed}`);
  for (const [series, rate] of Object.entries(young))
    if (left < YOUTH) add('counter', nameOf(series), `${series} ${1 + rate * (YOUTH - left)}`);
  for (const [series, value] of Object.entries(gauges)) add('gauge', nameOf(series), `${series} ${value}`);
  for (const [series, rate] of Object.entries(growing)) add('gauge', nameOf(series), `${series} ${rate * elapsed}`);
  for (const [series, seconds] of Object.entries(ago)) add('gauge', nameOf(series), `${series} ${end - seconds}`);
  for (const [series, buckets] of Object.entries(histograms)) {
    const all = (buckets['+Inf'] ?? 0) * elapsed;
    const lines = Object.entries(buckets).map(([le, rate]) => `${labelled(series, '_bucket', `le="${le}"`)} ${rate * elapsed}`);
    add('histogram', nameOf(series), ...lines, `${labelled(series, '_sum')} ${all}`, `${labelled(series, '_count')} ${all}`);
  }
  return found;
}

/** Seconds that a counter had counted at the first scrape. */
const BEFORE = 1000;

/**
 * The time of the n-th scrape, in seconds: before `end` they are as far apart as the clock says, whenever they come; after it they continue in real
 * time, so that the latest sample is never old however busy the machine is.
 */
export const timeOf = (scrape: number, { scrapes, apart }: Clock, end: number, now: number): number =>
  scrape < scrapes ? end - (scrapes - 1 - scrape) * apart : end + Math.max(0, Math.floor((now - end) / apart)) * apart;

/** What a target exports at that time. */
export function exposed(target: Exports, time: number, { scrapes, apart }: Clock, end: number, format: Format): string {
  const left = end - time;
  const lines = [...families(target, { elapsed: BEFORE + (scrapes - 1) * apart - left, left, end }).values()].flat();
  if (format === 'text') return `${lines.map((line) => (line.startsWith('#') ? line : `${line} ${time * 1000}`)).join('\n')}\n`;
  const timed = lines.map((line) => (line.startsWith('#') ? line.replace(/_total counter$/, ' counter') : `${line} ${time}`));
  return `${timed.join('\n')}\n# EOF\n`;
}

const contentType: Record<Format, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Serves each target by its name as path, a replica or pod as query (`/webhook?a`); `areDone` once each that was asked has had its last scrape. */
export async function serveWorld(
  world: World,
  clock: Clock,
  format: Format,
  scope: Closing,
): Promise<{ address: string; areDone: () => boolean }> {
  const end = Math.floor(Date.now() / 1000);
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const scrape = asked.get(url) ?? 0;
    asked.set(url, scrape + 1);
    const target = world[(/\w+/.exec(url)?.[0] ?? '') as keyof World];
    response.setHeader('content-type', contentType[format]);
    response.end(exposed(target, timeOf(scrape, clock, end, Date.now() / 1000), clock, end, format));
  });
  const port = await scope.listening(server);
  return {
    address: `127.0.0.1:${port}`,
    areDone: () => asked.size > 0 && [...asked.values()].every((count) => count > clock.scrapes),
  };
}
