/** What GitOps tools make of a Bestie: by the health check for Argo CD in a Lua interpreter, and by the program in test/gitops/verdicts. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tool } from '../support/tools.ts';
import type { Loose } from '../support/world.ts';

export const HEALTH = 'manifests/argocd/health.lua';
/** The interpreters; undefined where they are not installed. Argo CD's own is for Lua 5.1. */
export const lua = tool('lua5.1');
export const judge = tool('bestie-verdicts');

/** What begins the title of a test that needs a program which is not there. */
export const skippedWithout = (name: string, program: string | undefined): string =>
  program === undefined ? `SKIPPED without ${name}: ` : '';

/** Runs a program that reads from standard input. Throws with what it complains about. */
function answer(program: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const quoted = (text: string): string => `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`;

/** A JSON value as Lua writes it; null is nil, as for Argo CD. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, child]) => `[${quoted(key)}]=${literal(child)}`)
      .join(',')}}`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** The health of an object. Throws where the program is not there. */
export function healthOf(object: Loose): { status: string; message: string } {
  const check = `(function() ${readFileSync(HEALTH, 'utf8')}\nend)()`;
  const program = `obj = ${literal(object)}\nlocal health = ${check}\nio.write(health.status, "\\n", health.message)`;
  const [status = '', message = ''] = answer(lua ?? 'lua5.1', ['-'], program).split('\n');
  return { status, message };
}

/** CEL of a Kustomization's spec.healthCheckExprs. */
export interface Expressions {
  current: string;
  inProgress?: string;
  failed?: string;
}

/** Statuses of kstatus: by itself, and by the expressions. */
export const verdictsOn = (
  objects: readonly Loose[],
  expressions: Expressions,
): { kstatus: string; message: string; expressions: string }[] =>
  JSON.parse(answer(judge ?? 'bestie-verdicts', [], JSON.stringify({ expressions, objects }))) as {
    kstatus: string;
    message: string;
    expressions: string;
  }[];
