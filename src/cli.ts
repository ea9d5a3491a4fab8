#!/usr/bin/env node
/** The `bestie` command, for people; one thin subcommand each. */
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { answers } from './controllers.ts';
import { readConfig } from './config.ts';
import { goOn, whenReaderGone } from './outputs.ts';
import { runDemo, type Tone } from './sandbox/demo/demo.ts';
import { overHttp } from './sandbox/metacontroller/hookcall.ts';
import { isFields, type Draft } from './sandbox/apiserver/object.ts';
import { isScenario, scenarios } from './sandbox/demo/scenarios.ts';
import { start } from './server/lifecycle.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';

/** A mistake that the user can correct: one sentence, exit code 2. */
class UsageError extends Error {}

/** The file that was started; a bundle has no import.meta to ask. */
const program = realpathSync(process.argv[1] ?? '.');

/** The program is one folder below the root of the package, as source and as bundle. */
const SAMPLE = join(dirname(program), '../manifests/samples/bestie.yaml');

/** Where the command writes to. */
interface Streams {
  out: (text: string) => void;
  err: (text: string) => void;
}

const usage = `Usage: bestie COMMAND

  demo [FILE] [--bestie NAME] [--scenario NAME]
        plays the life of the Bestie in FILE (YAML; the sample where left out) in an in-memory cluster,
        against the real HTTP server; --bestie chooses one where FILE has several
  help  this text

Scenarios of the demo:
${Object.entries(scenarios)
  .map(([name, { summary }]) => `  ${name.padEnd(20)} ${summary}`)
  .join('\n')}
`;

const styles = { title: 'bold', good: 'green', bad: 'red', change: 'cyan', faint: 'dim', plain: 'reset' } as const;

/** Colour only for a terminal, and only if NO_COLOR is not set (https://no-color.org). */
function painter(): (tone: Tone, text: string) => string {
  const coloured = process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '';
  return coloured ? (tone, text) => styleText(styles[tone], text) : (_, text) => text;
}

type Named = Draft & { metadata: { name: string } };

const isNamedBestie = (value: unknown): value is Named =>
  isFields(value) &&
  value.apiVersion === 'pets.bestie.com/v1' &&
  value.kind === 'Bestie' &&
  isFields(value.metadata) &&
  typeof value.metadata.name === 'string';

/** The Bestie of that name in a YAML file, or the only one; other objects in the file are left alone. */
async function readBestie(file: string, name?: string): Promise<Draft> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  });
  const documents = parseAllDocuments(text);
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw new UsageError(`${file} is not YAML: ${broken.message.split('\n')[0] ?? ''}`);
  const besties = documents.map((document) => document.toJS() as unknown).filter(isNamedBestie);
  const names = besties.map(({ metadata }) => metadata.name).join(', ');
  if (names === '') throw new UsageError(`${file} has no Bestie of pets.bestie.com/v1 with a name.`);
  const [chosen, other] = besties.filter(({ metadata }) => name === undefined || metadata.name === name);
  if (!chosen) throw new UsageError(`${file} has no Bestie ${name ?? ''}; it has ${names}.`);
  if (other) throw new UsageError(`${file} has several Besties: ${names}; choose one with --bestie NAME.`);
  return chosen;
}

interface DemoOptions {
  bestie?: string | undefined;
  scenario?: string | undefined;
}

async function demo(
  { out }: Streams,
  positionals: readonly string[],
  { bestie: name, scenario = 'lifecycle' }: DemoOptions,
): Promise<number> {
  if (positionals.length > 1) throw new UsageError('demo takes one FILE at most.');
  if (!isScenario(scenario)) throw new UsageError(`${scenario} is not a scenario; there are ${Object.keys(scenarios).join(', ')}.`);
  const bestie = await readBestie(positionals[0] ?? SAMPLE, name);
  // The server uses the clock of the sandbox, because the age of its pods is measured with that clock.
  let clock = (): string => new Date(0).toISOString();
  const config = readConfig({ HOST: '127.0.0.1', HOOK_PORT: '0', METRICS_PORT: '0', SHUTDOWN_DELAY_SECONDS: '0' });
  const service = await start(config, {
    answers,
    clock: () => clock(),
    logger: createLogger('error', process.stderr),
    metrics: createMetrics(),
  });
  try {
    const converged = await runDemo({
      scenario,
      bestie,
      hooks: (now) => {
        clock = now;
        return overHttp(`http://127.0.0.1:${service.hookPort}`);
      },
      print: (line) => {
        out(`${line}\n`);
      },
      paint: painter(),
    });
    return converged ? 0 : 1;
  } finally {
    await service.drain();
  }
}

/** Runs a command line without the program's name and returns its exit code. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { bestie: { type: 'string' }, scenario: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    const [command, ...rest] = positionals;
    if (values.help === true || command === 'help') {
      streams.out(usage);
      return 0;
    }
    if (command === 'demo') return await demo(streams, rest, values);
    throw new UsageError(`${command === undefined ? 'Which command?' : `${command} is not a command.`}\n\n${usage}`);
  } catch (error) {
    const isUsage =
      error instanceof UsageError || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (!isUsage) throw error;
    streams.err(`${error.message}\n`);
    return 2;
  }
}

/** What a shell reports of a program whose reader is gone: 128 and the number of SIGPIPE. */
const READER_GONE_EXIT_CODE = 141;

if (/^cli\.(ts|cjs)$/.test(basename(program))) {
  const to = (stream: NodeJS.WriteStream) => (text: string) => {
    stream.write(text);
  };
  // The server of the demo has no caller but the demo, so nothing is left to be answered.
  whenReaderGone(process.stdout, () => process.exit(READER_GONE_EXIT_CODE));
  whenReaderGone(process.stderr, goOn);
  void run(process.argv.slice(2), { out: to(process.stdout), err: to(process.stderr) }).then((code) => {
    process.exitCode = code;
  });
}
