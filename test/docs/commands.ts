/** The commands that pages say to type, in their order, with what the page says that they print. */
import { readdirSync } from 'node:fs';
import { text } from './markdown.ts';

/** Why a block is not run, by the word after `skip=` on its fence. */
export const skipReasons = {
  cluster: 'makes a cluster of containers',
  container: 'needs a container that runs: its log, a shell in it, or a port of it',
  example: 'shows trouble that the commands before it do not make',
  gateway: 'needs a Gateway and its controller',
  metacontroller: 'is about the Metacontroller that the tests need',
  order: 'shows lines whose order differs from run to run',
  overlay: 'is about a webhook that runs in the cluster',
  prometheus: 'needs Prometheus, Alertmanager or Grafana',
  alertmanager: 'is run by test/docs/observability.test.ts',
  watch: 'does not end by itself',
  webhook: 'starts the webhook, which runs already',
} as const;

export interface Block {
  /** Line of the fence, from 1. */
  line: number;
  language: string;
  content: string;
  skip?: string;
}

export interface Command {
  page: string;
  line: number;
  /** What is typed, for bash. */
  typed: string;
  /** What the page says that it prints. */
  output?: string;
  skip?: string;
}

/** The pages whose commands are run, in the order in which a reader comes by. */
export const commandPages: readonly string[] = [
  'docs/tasks/install.md',
  'docs/user-guide.md',
  'docs/tasks/upgrade.md',
  'docs/tasks/failed-upgrade.md',
  'docs/tasks/debug.md',
  'docs/tasks/upgrade-the-operator.md',
  'docs/tasks/move-to-gateway.md',
  'docs/tasks/back-up.md',
  'docs/tasks/verify-backups.md',
  'docs/tasks/restore.md',
  'docs/tasks/copy.md',
  'docs/tasks/keep-the-data.md',
  'docs/tasks/delete.md',
  'docs/tasks/gitops.md',
  'docs/tasks/monitor.md',
  'docs/tasks/collect-logs.md',
  'docs/uninstall.md',
];

/** Every page about a task. */
export const taskPages = (): string[] => readdirSync('docs/tasks').map((name) => `docs/tasks/${name}`);

/** The fenced blocks of a page, without the indentation that a list gives them. */
export function fences(page: string): Block[] {
  const found = [...text(page).matchAll(/^( *)```(\w*)(?: +skip=(\S+))?[^\n]*\n([\s\S]*?)^ *```$/gm)];
  return found.map(({ index, 1: indent = '', 2: language = '', 3: skip, 4: content = '' }) => ({
    line: text(page).slice(0, index).split('\n').length,
    language,
    content: content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    ...(skip !== undefined && { skip }),
  }));
}

/** The lines behind `$ ` of a session, each with what is printed until the next one. A line that ends with a pipe or a backslash continues. */
function session(content: string): { typed: string; output: string }[] {
  const entries = content.split(/^\$ /m).filter((entry) => entry !== '');
  return entries.map((entry) => {
    const lines = entry.split('\n');
    const last = lines.findIndex((line) => !/[|\\]$/.test(line));
    return { typed: lines.slice(0, last + 1).join('\n'), output: lines.slice(last + 1).join('\n') };
  });
}

/** The commands of a page. A block `text` right below a block `sh` is its output. */
export function commands(page: string): Command[] {
  const all = fences(page);
  return all.flatMap(({ line, language, content, skip }, index): Command[] => {
    const where = { page, line, ...(skip !== undefined && { skip }) };
    if (language === 'console') return session(content).map((entry) => ({ ...where, ...entry }));
    if (language !== 'sh') return [];
    const below = all[index + 1];
    const isOutput = below?.language === 'text' && below.skip === undefined && below.line === line + content.split('\n').length + 2;
    return [{ ...where, typed: content, ...(isOutput && { output: below.content }) }];
  });
}
