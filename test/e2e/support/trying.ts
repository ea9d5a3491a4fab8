/** Objects that the API server is only asked about: `kubectl proxy` and requests with dryRun, hundreds of which take seconds. */
import { spawn } from 'node:child_process';
import type { Closing } from '../../support/closing.ts';

export interface Answer {
  code: number;
  /** Empty where the object is taken. */
  message: string;
}

export type Try = (apiVersion: string, resource: string, object: object) => Promise<Answer>;

/** Starts the proxy, which ends with what `closing` closes. The objects are tried in the Namespace. */
export async function trying(namespace: string, closing: Closing): Promise<Try> {
  const proxy = closing.child(spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] }));
  let address: string | undefined;
  for await (const line of proxy.stdout) {
    address = /127\.0\.0\.1:\d+/.exec(String(line))?.[0];
    if (address !== undefined) break;
  }
  return async (apiVersion, resource, object) => {
    const group = apiVersion.includes('/') ? 'apis' : 'api';
    const url = `http://${String(address)}/${group}/${apiVersion}/namespaces/${namespace}/${resource}?dryRun=All&fieldValidation=Strict`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(object) });
    const { message = '' } = (await response.json()) as { message?: string };
    return { code: response.status, message: response.ok ? '' : message };
  };
}
