/** The real kubectl, against the cluster in KUBECONFIG. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ClusterObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  spec?: Record<string, unknown>;
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[]; [field: string]: unknown };
}

/** Runs kubectl; rejects with its own error text. */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, { maxBuffer: 64 << 20 });
  return stdout;
}

/** Runs kubectl with a document on standard input; what it says, and what it warns of. */
export async function kubectlBoth(document: object | string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const child = run('kubectl', [...args, '-f', '-'], { maxBuffer: 64 << 20 });
  child.child.stdin?.end(typeof document === 'string' ? document : JSON.stringify(document));
  return child;
}

/** Runs kubectl with a document on standard input. */
export const kubectlStdin = async (document: object | string, ...args: string[]): Promise<string> =>
  (await kubectlBoth(document, ...args)).stdout;

/** The object, or undefined where there is none. */
export async function get(namespace: string, resource: string, name: string): Promise<ClusterObject | undefined> {
  const text = await kubectl('-n', namespace, 'get', resource, name, '-o', 'json', '--ignore-not-found');
  return text === '' ? undefined : (JSON.parse(text) as ClusterObject);
}

export async function list(namespace: string, ...resources: string[]): Promise<ClusterObject[]> {
  const text = await kubectl('-n', namespace, 'get', resources.join(','), '-o', 'json');
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}

/** How many times longer than on a quick machine things may take. */
const patience = Number(process.env.E2E_PATIENCE ?? 1);

/** Asks again until the answer is there; fails with what was last seen. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>, everyMs = 250): Promise<T> {
  const end = Date.now() + seconds * patience * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(everyMs);
  }
  throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
}

/**
 * What Metacontroller could not do in a Namespace. Left out are its own races about a Bestie that its cache still shows and that is gone: there
 * is nothing to add its finalizer to, before it asks any hook, or to take it from, after it asked the finalize hook once more.
 */
export async function syncErrors(namespace: string): Promise<string[]> {
  const text = await kubectl('-n', namespace, 'get', 'events', '--field-selector=reason=SyncError', '-o', 'json');
  const messages = (JSON.parse(text) as { items: { message: string }[] }).items.map(({ message }) => message);
  return messages.filter((message) => !/can't (sync|remove) finalizer .* not found/.test(message));
}

export const condition = (object: ClusterObject | undefined, type: string) =>
  object?.status?.conditions?.find((found) => found.type === type);
