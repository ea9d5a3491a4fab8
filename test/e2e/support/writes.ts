/** Counts what Metacontroller wrote: by its audit log where E2E_AUDIT_LOG names one, else by the times that the API server keeps of its changes. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredResources } from './cluster.ts';
import { kubectl } from './kubectl.ts';

const METACONTROLLER = 'system:serviceaccount:metacontroller:metacontroller';

interface AuditEvent {
  stageTimestamp: string;
  verb: string;
  user: { username: string };
  objectRef?: { namespace?: string; resource?: string; subresource?: string; name?: string };
}

/** One line per write of Metacontroller in the Namespace since an RFC 3339 time. */
export async function auditedWrites(since: string, namespace: string): Promise<string[]> {
  const path = process.env.E2E_AUDIT_LOG;
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

/** When Metacontroller last changed each object, as the API server keeps it with the ownership of fields. */
async function changes(namespace: string): Promise<Map<string, string>> {
  const resources = ['besties', ...(await declaredResources())].join(',');
  const text = await kubectl('-n', namespace, 'get', resources, '-o', 'json', '--show-managed-fields');
  const { items } = JSON.parse(text) as {
    items: { kind: string; metadata: { name: string; managedFields?: { manager: string; time: string }[] } }[];
  };
  return new Map(
    items.map(({ kind, metadata }) => {
      const ours = (metadata.managedFields ?? []).filter(({ manager }) => manager === 'metacontroller');
      return [`${kind} ${metadata.name}`, ours.map(({ time }) => time).join()];
    }),
  );
}

/** Everything that changed, and every write that was audited, while nothing happens for that many seconds. */
export async function writesAtRest(namespace: string, seconds: number): Promise<string[]> {
  const before = await changes(namespace);
  const since = new Date().toISOString();
  await sleep(seconds * 1000);
  const after = await changes(namespace);
  const changed = [...after].filter(([object, time]) => before.get(object) !== time).map(([object]) => `changed ${object}`);
  return [...changed, ...(await auditedWrites(since, namespace))];
}
