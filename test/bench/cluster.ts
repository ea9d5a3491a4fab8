/**
 * `npm run bench:cluster -- [--count N]`: from apply to Ready on the cluster in KUBECONFIG, with the operator installed and idle.
 * E2E_AUDIT_LOG names the audit log of the API server; without it the writes are not counted.
 * METRICS_URLS names, separated by commas, the /metrics of Metacontroller and of the webhook, whose CPU seconds are then reported.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { eventually, kubectl, kubectlStdin } from '../e2e/support/kubectl.ts';
import { auditedWrites } from '../e2e/support/writes.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '1' } } });
const count = Number(values.count);
const NS = `bench-${count}`;
/** The watches end after that. */
const PATIENCE_MS = 600_000;
const urls = (process.env.METRICS_URLS ?? '').split(',').filter(Boolean);

const items = Array.from({ length: count }, (_, index) => ({
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  metadata: { name: `bestie-${index}`, namespace: NS },
  spec: { size: 3, image: 'quay.io/opdev/bestie', maxReplicas: 10, version: '1.3' },
}));

/** The sum of one metric over all URLs. */
async function total(metric: string): Promise<number> {
  const texts = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  return texts.reduce((sum, text) => sum + Number(new RegExp(`^${metric} (.*)$`, 'm').exec(text)?.[1] ?? 0), 0);
}

/** Waits until no write was audited for ten seconds. */
async function quiet(): Promise<void> {
  await eventually('it is quiet', 300, async () => {
    const since = new Date().toISOString();
    await sleep(10_000);
    return (await auditedWrites(since, NS)).length === 0;
  });
}

/**
 * Reports when a watch of the resource has shown all of them as True, `status` being the JSONPath of that. A watch misses no moment and takes
 * little CPU from what is measured.
 */
async function reported(what: string, resource: string, status: string): Promise<void> {
  const output = `jsonpath={.metadata.name} ${status}{"\\n"}`;
  const args = ['-n', NS, 'get', resource, '--watch', '-o', output];
  const watch = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE_MS });
  process.once('exit', () => watch.kill());
  const yes = new Set<string>();
  for await (const line of createInterface(watch.stdout)) {
    const [name = '', value] = line.split(' ');
    if (value === 'True') yes.add(name);
    else yes.delete(name);
    if (yes.size === count) break;
  }
  watch.kill();
  if (yes.size < count) throw new Error(`the watch of ${resource} ended at ${yes.size} of ${count}`);
  console.log(`all ${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=300s');
await kubectlStdin({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } }, 'apply');
const cpu = await total('process_cpu_seconds_total');
const since = new Date().toISOString();
const begun = performance.now();
await Promise.all([
  kubectlStdin({ apiVersion: 'v1', kind: 'List', items }, 'create'),
  reported('Deployments created', 'deployments', 'True'),
  reported('Ready', 'besties', '{.status.conditions[?(@.type=="Ready")].status}'),
]);
await quiet();
console.log(`writes of Metacontroller until quiet: ${(await auditedWrites(since, NS)).length}`);
console.log(`CPU until quiet: ${((await total('process_cpu_seconds_total')) - cpu).toFixed(1)} s`);
console.log(`resident memory: ${((await total('process_resident_memory_bytes')) / 1e6).toFixed(0)} MB`);

const touched = new Date().toISOString();
for (const { metadata } of items) {
  const patch = JSON.stringify({ status: { currentMetrics: [], currentReplicas: 3, desiredReplicas: 3, observedGeneration: 2 } });
  await kubectl('-n', NS, 'patch', 'hpa', `${metadata.name}-hpa`, '--subresource=status', '--type=merge', '-p', patch);
}
await sleep(5000);
console.log(`writes after a status change of each HorizontalPodAutoscaler: ${(await auditedWrites(touched, NS)).length}`);
await kubectl('delete', 'namespace', NS, '--wait=false');
