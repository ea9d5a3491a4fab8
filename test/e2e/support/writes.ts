/** Counts what Metacontroller wrote: by its audit log where E2E_AUDIT_LOG names one, else by the resourceVersions of what it manages. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredResources } from './cluster.ts';
import { list } from './kubectl.ts';

const METACONTROLLER = 'system:serviceaccount:metacontroller:metacontroller';

interface AuditEvent {
  stageTimestamp: string;
  verb: string;
  user: { username: string };
  objectRef?: { namespace?: string; resource?: string; subresource?: string; name?: string };
}

/** One line per write of Metacontroller in the Namespace since an RFC 3339 time. */
export async function auditedWrites(since: string, namespace: string): Promise<string[]> {
  const path = process.env['E2E_AUDIT_LOG'];
  if (path === undefined) return [];
  return (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(METACONTROLLER) && line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.stageTimestamp >= since && event.user.username === METACONTROLLER && event.objectRef?.namespace === namespace)
    .map(
      ({ verb, objectRef }) =>
        `${verb} ${objectRef?.resource ?? ''}${objectRef?.subresource ? `/${objectRef.subresource}` : ''} ${objectRef?.name ?? ''}`,
    );
}

async function versions(namespace: string): Promise<Map<string, string>> {
  const objects = await list(namespace, 'besties', ...(await declaredResources()));
  return new Map(objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]));
}

/** Everything that changed, and every write that was audited, while nothing happens for that many seconds. */
export async function writesAtRest(namespace: string, seconds: number): Promise<string[]> {
  const before = await versions(namespace);
  const since = new Date().toISOString();
  await sleep(seconds * 1000);
  const after = await versions(namespace);
  const changed = [...after].filter(([object, version]) => before.get(object) !== version).map(([object]) => `changed ${object}`);
  return [...changed, ...(await auditedWrites(since, namespace))];
}
