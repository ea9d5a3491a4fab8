/** Request bodies: one that was captured on a real control plane, with as many pods as requested. */
import { readFileSync } from 'node:fs';
import type { SyncRequest } from '../../src/api/hook.ts';

const captured = readFileSync(new URL('request.json', import.meta.url), 'utf8');

/** The captured request with that many pods of the application besides the one of the migration. */
export function payload(pods: number): Buffer {
  const request = JSON.parse(captured) as SyncRequest;
  const related = request.related['Pod.v1'] ?? {};
  const isWeb = ([, pod]: [string, { metadata: { labels?: Record<string, string> | null } }]): boolean =>
    pod.metadata.labels?.['app.kubernetes.io/component'] === 'web';
  const [first] = Object.entries(related).filter(isWeb);
  if (first === undefined) throw new Error('the captured request has no pod of the application');
  const others = Object.entries(related).filter((entry) => !isWeb(entry));
  const [, { metadata }] = first;
  const clones = Array.from({ length: pods }, (_, index) => {
    const name = metadata.name.slice(0, -5) + String(index).padStart(5, '0');
    return [`${metadata.namespace ?? ''}/${name}`, JSON.parse(JSON.stringify(first[1]).replaceAll(metadata.name, name)) as unknown];
  });
  request.related['Pod.v1'] = Object.fromEntries([...others, ...clones]) as typeof related;
  return Buffer.from(JSON.stringify(request));
}
