/** The in-memory cluster against the real one: the same Bestie ends in the same children, after the same writes to them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { EVENT } from '../../src/api/kinds.ts';
import { createCluster } from '../../src/sandbox/cluster.ts';
import { inProcess } from '../../src/sandbox/metacontroller/hookcall.ts';
import type { Draft } from '../../src/sandbox/apiserver/object.ts';
import { apply, becomes, declaredResources, namespace } from './support/cluster.ts';
import { eventually, kubectl, list } from './support/kubectl.ts';
import { auditedWrites, writesAtRest } from './support/writes.ts';

const NS = 'e2e-sandbox';
const BESTIE = 'Bestie.pets.bestie.com/v1';
const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';

interface Child {
  apiVersion: string;
  kind: string;
  metadata: { name: string; uid: string; annotations?: Record<string, string>; ownerReferences?: { uid: string; controller?: boolean }[] };
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
};

/** What was applied to each child, by kind and name, without what differs by chance: uids, the hashes over them, and that of the roles. */
function applied(children: readonly Child[], bestie: string): Record<string, unknown> {
  const database = children.find(({ kind }) => kind === 'PostgresCluster')?.metadata.uid ?? 'none';
  const anonymous = (text: string): string =>
    text
      .replaceAll(bestie, '<uid>')
      .replaceAll(bestie.slice(0, 8), '<uid8>')
      .replaceAll(database, '<database>')
      .replace(/-job-[0-9a-f]{8}/g, '-job-<hash>')
      .replace(/("pets\.bestie\.com\/database-revision":")[^"]*/g, '$1<revision>');
  return Object.fromEntries(
    children
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid, controller }) => uid === bestie && controller === true))
      .map(({ kind, metadata }) => [
        anonymous(`${kind} ${metadata.name}`),
        sorted(JSON.parse(anonymous(metadata.annotations?.[LAST_APPLIED] ?? '{}'))),
      ]),
  );
}

const ofChildren = (writes: readonly string[]): string[] => writes.map((write) => write.replace(/-job-[0-9a-f]{8}/, '-job-<hash>')).sort();

describe('the sandbox', () => {
  let sample: Draft;
  before(async () => {
    await namespace(NS);
    sample = parse(await readFile('manifests/samples/bestie.yaml', 'utf8')) as Draft;
  });

  it('ends in the same children after the same number of writes to them as the real control plane', async () => {
    const cluster = createCluster({ hooks: (now) => inProcess(now), namespaces: [NS] });
    cluster.apply({ ...sample, metadata: { ...sample.metadata, namespace: NS } });
    await cluster.settle();
    const played = cluster.user.get(BESTIE, NS, sample.metadata.name);
    const kinds = new Set(cluster.server.writes.map(({ kind }) => kind).filter((kind) => kind !== EVENT));
    const playedChildren = [...kinds].flatMap((kind) => cluster.user.list(kind) as unknown as Child[]);

    const since = new Date().toISOString();
    await apply(NS, sample);
    const real = await becomes(NS, sample.metadata.name, 'Ready', 'True');
    await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
    const realChildren = await list(NS, ...(await declaredResources()));

    assert.deepEqual(applied(realChildren, real.metadata.uid), applied(playedChildren, played?.metadata.uid ?? ''));
    if (process.env.E2E_AUDIT_LOG === undefined) return;
    const realWrites = ofChildren((await auditedWrites(since, NS)).filter((write) => !write.includes(' besties')));
    const playedWrites = cluster.writesSince(0).filter(({ kind, outcome }) => kind !== BESTIE && kind !== EVENT && outcome === 'ok');
    assert.equal(realWrites.filter((write) => !write.includes('events')).length, playedWrites.length, realWrites.join('\n'));
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
