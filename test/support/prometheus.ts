/** A real Prometheus, with rules of the operator, that scrapes on this machine and twice a second unless it is said otherwise. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Closing } from './closing.ts';

export interface Target {
  address: string;
  labels: Readonly<Record<string, string>>;
}

export interface Sample {
  metric: Record<string, string>;
  value: [time: number, value: string];
}

export interface FiringAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
}

export interface Prometheus {
  /** Instant query; rejects with what Prometheus says of a bad expression. */
  query: (expr: string) => Promise<Sample[]>;
  alerts: () => Promise<FiringAlert[]>;
}

async function freePort({ listening }: Closing): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function ask<T>(url: string): Promise<T> {
  const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: T };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data;
}

/** Where it differs from a Prometheus that scrapes the webhook twice a second. */
export interface Setup {
  global?: object;
  scrapeConfigs: readonly object[];
  groups: readonly object[];
  flags?: readonly string[];
}

/** Starts `program` with these targets of the webhook and these rule groups, and waits until it is ready; `scope` ends it. */
export const startPrometheus = (
  program: string,
  targets: readonly Target[],
  groups: readonly object[],
  scope: Closing,
): Promise<Prometheus> => {
  const static_configs = targets.map(({ address, labels }) => ({ targets: [address], labels }));
  return runPrometheus(program, { groups, scrapeConfigs: [{ job_name: 'bestie-operator', honor_labels: true, static_configs }] }, scope);
};

export async function runPrometheus(
  program: string,
  { global, scrapeConfigs, groups, flags = [] }: Setup,
  scope: Closing,
): Promise<Prometheus> {
  const folder = scope.folder();
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '400ms', evaluation_interval: '500ms', ...global },
    rule_files: ['rules.yaml'],
    scrape_configs: scrapeConfigs,
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }, { lineWidth: 0 }));
  const address = `127.0.0.1:${await freePort(scope)}`;
  const child = scope.child(
    spawn(
      program,
      ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`, '--log.level=error', ...flags],
      { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] },
    ),
  );
  const isReady = (): Promise<boolean> =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let waited = 0; !(await isReady()); waited += 100) {
    if (child.exitCode !== null || waited > 20_000) throw new Error('Prometheus did not become ready');
    await sleep(100);
  }
  return {
    query: async (expr) => (await ask<{ result: Sample[] }>(`http://${address}/api/v1/query?query=${encodeURIComponent(expr)}`)).result,
    alerts: async () => (await ask<{ alerts: FiringAlert[] }>(`http://${address}/api/v1/alerts`)).alerts,
  };
}
