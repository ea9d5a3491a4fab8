/** The numbers of what the spec adds to the NetworkPolicy, as in containernumbers.ts. */
import type { NumberRow } from './containernumbers.ts';
import type { Loose } from './world.ts';

const row = (field: string, name: string, spec: (value: number) => Loose): [string, NumberRow] => [
  `.networkPolicy.${field}[].ports[].${name}`,
  {
    spec: (value) => ({ networkPolicy: { enabled: true, [field]: [{ ports: [spec(value)] }] } }),
    kind: 'NetworkPolicy',
    sent: (value) => `"${name}":${value}`,
  },
];

export const networkNumbers: Record<string, NumberRow> = Object.fromEntries(
  ['extraIngress', 'extraEgress'].flatMap((field) => [
    row(field, 'port', (port) => ({ port })),
    row(field, 'endPort', (endPort) => ({ port: 1, endPort })),
  ]),
);
