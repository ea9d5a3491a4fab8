/** Counts what Metacontroller wrote: by its audit log where E2E_AUDIT_LOG names one, else by what the API server counts of all that is written. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredResources } from './cluster.ts';
import { kubectl } from './kubectl.ts';

const METACONTROLLER = 'system:serviceaccount:metacontroller:metacontroller';

interface AuditEvent {
  stageTimestamp: string;
  verb: string;
  user: { username: string };
  responseStatus?: { code: number };
  objectRef?: { namespace?: string; resource?: string; subresource?: string; name?: string };
}

/** One line per write of Metacontroller in the Namespace since an RFC 3339 time; those alone that were accepted, where requested. */
export async function auditedWrites(since: string, namespace: string, which: 'all' | 'accepted' = 'all'): Promise<string[]> {
  const path = process.env.E2E_AUDIT_LOG;
  if (path === undefined) return [];
  return (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(METACONTROLLER) && line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.stageTimestamp >= since && event.user.username === METACONTROLLER && event.objectRef?.namespace === namespace)
    .filter(({ responseStatus }) => which === 'all' || (responseStatus?.code ?? 200) < 400)
    .map(
      ({ verb, objectRef }) =>
        `${verb} ${objectRef?.resource ?? ''}${objectRef?.subresource ? `/${objectRef.subresource}` : ''} ${objectRef?.name ?? ''}`,
    );
}

/** PUT, POST and DELETE per resource, as the API server counts them. Only Metacontroller writes these resources by such verbs; kubectl patches. */
async function counted(): Promise<Map<string, number>> {
  const resources = new Set(['besties', ...(await declaredResources()).map((resource) => resource.split('.')[0])]);
  const counts = new Map<string, number>();
  for (const line of (await kubectl('get', '--raw', '/metrics')).split('\n')) {
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    if (!line.startsWith('apiserver_request_total{') || !/verb="(PUT|POST|DELETE)"/.test(line) || !resources.has(label('resource')))
      continue;
    if (label('subresource') === 'status' && label('resource') !== 'besties') continue;
    const key = `${label('verb')} ${label('resource')} ${label('subresource')}`.trim();
    counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return counts;
}

/** One line per write of Metacontroller, or per kind of write where there is no audit log, while nothing happens for that many seconds. */
export async function writesAtRest(namespace: string, seconds: number): Promise<string[]> {
  const since = new Date().toISOString();
  const before = process.env.E2E_AUDIT_LOG === undefined ? await counted() : new Map<string, number>();
  await sleep(seconds * 1000);
  if (process.env.E2E_AUDIT_LOG !== undefined) return auditedWrites(since, namespace);
  return [...(await counted())].filter(([key, count]) => count !== (before.get(key) ?? 0)).map(([key]) => key);
}

/** The same without refused attempts and without the Events in which Metacontroller reports them; all writes where there is no audit log. */
export async function acceptedWrites(namespace: string, seconds: number): Promise<string[]> {
  if (process.env.E2E_AUDIT_LOG === undefined) return writesAtRest(namespace, seconds);
  const since = new Date().toISOString();
  await sleep(seconds * 1000);
  return (await auditedWrites(since, namespace, 'accepted')).filter((write) => !/^\w+ events /.test(write));
}
