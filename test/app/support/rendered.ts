/** What the operator renders, read from the golden cases. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

export interface ProbeSpec {
  httpGet?: { path: string; port: string | number };
  tcpSocket?: { port: string | number };
  exec?: { command: string[] };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface ContainerSpec {
  name: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  ports?: { name: string; containerPort: number }[];
  resources?: { limits?: { cpu?: string; memory?: string } };
  startupProbe?: ProbeSpec;
  livenessProbe?: ProbeSpec;
  readinessProbe?: ProbeSpec;
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
}

export interface PodSpec {
  initContainers?: ContainerSpec[];
  containers: ContainerSpec[];
  terminationGracePeriodSeconds?: number;
}

interface Child {
  kind: string;
  spec?: { template?: { spec: PodSpec } };
}

/** The children of a golden case that have pods. */
function children(folder: string): Child[] {
  const text = readFileSync(new URL(`../../cases/${folder}/want.yaml`, import.meta.url), 'utf8');
  return (parse(text) as { children: Child[] }).children;
}

/** The pods of the only child of that kind in a golden case with a container of that name. */
export function podOf(folder: string, kind: 'Job' | 'Deployment', container: string): PodSpec {
  const pods = children(folder).flatMap((child) => (child.kind === kind && child.spec?.template ? [child.spec.template.spec] : []));
  const found = pods.find(({ containers }) => containers.some(({ name }) => name === container));
  if (found === undefined) throw new Error(`test/cases/${folder}/want.yaml has no ${kind} with a container ${container}`);
  return found;
}

/** The image's own command, for a container without one. */
const IMAGE_COMMAND = ['/bin/sh', '-c', 'gunicorn app:app'];

export function commandOf({ command, args }: ContainerSpec): string[] {
  if (command === undefined) return args ?? IMAGE_COMMAND;
  return [...command, ...(args ?? [])];
}

const UNITS: Readonly<Record<string, number>> = { m: 1e-3, '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** The number that a quantity stands for. */
export function quantity(text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(digits) * (UNITS[unit] ?? NaN);
}
