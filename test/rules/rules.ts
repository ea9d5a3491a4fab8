/** The rules of a PrometheusRule, and promtool on them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { documents, only } from '../support/kustomize.ts';
import { tool } from '../support/tools.ts';

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Group {
  name: string;
  interval?: string;
  rules: Rule[];
}

export const manifest = 'manifests/monitoring/prometheusrule.yaml';

/** The groups of the operator's own rules. */
export const groups: readonly Group[] = (only(documents(manifest), 'PrometheusRule').spec as { groups: Group[] }).groups;

export const rules: readonly Rule[] = groups.flatMap((group) => group.rules);
export const alertNames: readonly string[] = rules.flatMap(({ alert }) => alert ?? []);
export const recordedNames: readonly string[] = [...new Set(rules.flatMap(({ record }) => record ?? []))];

/** Those of both versions of Prometheus; where one is missing its tests are skipped, and say so. */
export const promtoolVersions: readonly { name: string; program: string | undefined }[] = ['promtool', 'promtool3'].map((name) => ({
  name,
  program: tool(name),
}));

/** What begins the title of a test that needs this program. */
export const skippedWithout = ({ name, program }: { name: string; program: string | undefined }): string =>
  program === undefined ? `SKIPPED without ${name}: ` : `${name}: `;

/** What promtool says about these files, written into a folder of their own; undefined where it has no objection. */
export function complaint(program: string, args: readonly string[], files: Readonly<Record<string, unknown>>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bestie-rules-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), stringify(content, { lineWidth: 0 }));
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (error) throw error;
    return status === 0 ? undefined : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
