/** The numbers of what the spec adds to pods: by path, a spec with such a number, and what stands in the Deployment for it. */
import type { Loose } from './world.ts';

export interface NumberRow {
  /** The spec around the number. */
  spec: (value: number) => Loose;
  /** The kind of child that has it; left out where it only decides. */
  kind?: string;
  /** What stands in the child for the number; the number itself where left out. */
  sent?: (value: number) => string;
}

type Place = readonly [path: string, field: string, spec: (field: Loose) => Loose];

const volume = (source: Loose): Loose => ({ volumes: [{ name: 'data', ...source }] });
const source = (one: Loose): Loose => volume({ projected: { sources: [one] } });
const item = (mode: Loose): Loose[] => [{ key: 'a', path: 'a', ...mode }];
const init = (fields: Loose): Loose => ({ initContainers: [{ name: 'fetch', ...fields }] });
const sidecar = (fields: Loose): Loose => ({ sidecars: [{ name: 'proxy', ...fields }] });

const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe): Place[] => {
  const path = `.sidecars[].${probe}`;
  const checked = (fields: Loose): Loose => sidecar({ [probe]: { tcpSocket: { port: 1 }, ...fields } });
  return [
    ...['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'failureThreshold'].map((field): Place => [
      `${path}.${field}`,
      field,
      checked,
    ]),
    ...['tcpSocket', 'httpGet', 'grpc'].map((handler): Place => [
      `${path}.${handler}.port`,
      'port',
      (port) => sidecar({ [probe]: { [handler]: port } }),
    ]),
  ];
});

const places: readonly Place[] = [
  ['.volumes[].configMap.items[].mode', 'mode', (mode) => volume({ configMap: { name: 'a', items: item(mode) } })],
  ['.volumes[].configMap.defaultMode', 'defaultMode', (mode) => volume({ configMap: { name: 'a', ...mode } })],
  ['.volumes[].secret.items[].mode', 'mode', (mode) => volume({ secret: { secretName: 'a', items: item(mode) } })],
  ['.volumes[].secret.defaultMode', 'defaultMode', (mode) => volume({ secret: { secretName: 'a', ...mode } })],
  [
    '.volumes[].projected.defaultMode',
    'defaultMode',
    (mode) => volume({ projected: { sources: [{ configMap: { name: 'a' } }], ...mode } }),
  ],
  ['.volumes[].projected.sources[].configMap.items[].mode', 'mode', (mode) => source({ configMap: { name: 'a', items: item(mode) } })],
  ['.volumes[].projected.sources[].secret.items[].mode', 'mode', (mode) => source({ secret: { name: 'a', items: item(mode) } })],
  [
    '.volumes[].projected.sources[].serviceAccountToken.expirationSeconds',
    'expirationSeconds',
    (seconds) => source({ serviceAccountToken: { path: 'a', audience: 'b', ...seconds } }),
  ],
  ['.initContainers[].securityContext.runAsUser', 'runAsUser', (user) => init({ securityContext: user })],
  ['.sidecars[].securityContext.runAsUser', 'runAsUser', (user) => sidecar({ securityContext: user })],
  ['.sidecars[].ports[].containerPort', 'containerPort', (port) => sidecar({ ports: [port] })],
  ...probes,
];

export const containerNumbers: Record<string, NumberRow> = {
  ...Object.fromEntries(
    places.map(([path, field, spec]): [string, NumberRow] => [
      path,
      { spec: (value) => spec({ [field]: value }), kind: 'Deployment', sent: (value) => `"${field}":${value}` },
    ]),
  ),
  '.volumes[].emptyDir.sizeLimit': { spec: (sizeLimit) => volume({ emptyDir: { sizeLimit } }) },
  '.initContainers[].resources.requests{}': { spec: (cpu) => init({ resources: { requests: { cpu } } }) },
  '.initContainers[].resources.limits{}': { spec: (cpu) => init({ resources: { limits: { cpu } } }) },
  '.sidecars[].resources.requests{}': { spec: (cpu) => sidecar({ resources: { requests: { cpu } } }) },
  '.sidecars[].resources.limits{}': { spec: (cpu) => sidecar({ resources: { limits: { cpu } } }) },
};
