/** Plays a scenario in a sandbox and prints what is written and which conditions change. */
import { abnormalWhenTrue } from '../../api/condition.ts';
import type { Write } from '../apiserver/client.ts';
import { createCluster, type Cluster } from '../cluster.ts';
import { controllerConfig, overlays } from '../metacontroller/controllerconfig.ts';
import { BESTIE, EVENT } from '../apiserver/discovery.ts';
import type { CallHook } from '../metacontroller/hookcall.ts';
import type { Draft, Fields } from '../apiserver/object.ts';
import { scenarios, type Scenario, type ScenarioName } from './scenarios.ts';
import { conditionsOf, fieldsOf } from '../controllers/objectstatus.ts';
import { newPhase, wordsOf } from './restorephases.ts';
import type { Stage, Step } from './steps.ts';

/** What a piece of text is, which decides its colour. */
export type Tone = 'title' | 'good' | 'bad' | 'change' | 'faint' | 'plain';

export interface DemoOptions {
  scenario: ScenarioName;
  bestie: Draft;
  /** The operator; it is given the clock of the sandbox, which returns RFC 3339 times. */
  hooks: (now: () => string) => CallHook;
  /** Takes one line. */
  print: (line: string) => void;
  paint: (tone: Tone, text: string) => string;
}

/** Where a Bestie without a Namespace is put: under another name than its own, as the quick start does. */
const NAMESPACE = 'shop';
const WIDTH = 110;

/** What of an Event of ours is shown. */
interface ShownEvent {
  type: string;
  reason: string;
  note: string;
}

function toneOf(type: string, status: string): Tone {
  if (status === 'Unknown') return 'change';
  return (status === 'True') === (abnormalWhenTrue as ReadonlySet<string>).has(type) ? 'bad' : 'good';
}

const shortened = (text: string): string => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
/** The text in lines of that width, broken between words. */
const wrapped = (text: string): string[] => text.match(new RegExp(`\\S.{0,${WIDTH - 1}}(?=\\s|$)|\\S+`, 'g')) ?? [];
const kindOf = ({ kind }: Write): string => kind.split('.')[0] ?? kind;

/** The writes that a reader follows: those of users and of Metacontroller, without status and Events, which are printed on their own. */
const isShown = ({ by, verb, kind }: Write): boolean =>
  (by === 'user' || by === 'metacontroller') && verb !== 'update status' && kind !== EVENT;

function narrate(cluster: Cluster, { print, paint }: DemoOptions): { writes: () => void } {
  const start = Date.parse(cluster.now());
  const clock = (at: string): string => paint('faint', `${String((Date.parse(at) - start) / 1000).padStart(6)} s `);
  let shown = cluster.server.writes.length;
  const writes = (): void => {
    const fresh = cluster.server.writes.slice(shown);
    shown = cluster.server.writes.length;
    for (const write of fresh.filter(isShown)) {
      const { at, by, verb, name, outcome } = write;
      const refused = outcome === 'ok' ? '' : paint('bad', ` ${outcome}`);
      print(`${clock(at)} ${by.padEnd(14)} ${verb} ${kindOf(write)} ${name}${refused}`);
    }
  };
  cluster.server.watch(({ type: change, object, before }) => {
    writes();
    if (object.kind === 'Event') {
      const { type, reason, note } = object as unknown as ShownEvent;
      const tone = type === 'Warning' ? 'bad' : 'good';
      print(
        `${clock(cluster.now())}   ${paint('change', 'Event'.padEnd(20))} ${paint(tone, type.padEnd(7))} ${reason} ${paint('faint', shortened(note))}`,
      );
    }
    if (object.kind !== 'Bestie' || change === 'DELETED') return;
    const phase = newPhase(before, object);
    if (phase)
      print(
        `${clock(cluster.now())}   ${paint('change', `restore ${phase.id}`.padEnd(20))} ${paint('title', phase.phase)}: ${wordsOf(phase)}`,
      );
    const was = new Map((before ? conditionsOf(before) : []).map(({ type, status, reason }) => [type, `${status}/${reason}`]));
    for (const { type, status, reason, message } of conditionsOf(object)) {
      if (was.get(type) === `${status}/${reason}`) continue;
      print(
        `${clock(cluster.now())}   ${paint('change', type.padEnd(20))} ${paint(toneOf(type, status), status.padEnd(7))} ${reason} ${paint('faint', shortened(message))}`,
      );
    }
  });
  return { writes };
}

async function play(step: Step, stage: Stage): Promise<string> {
  const { cluster } = stage;
  const [length, from] = [cluster.server.writes.length, Date.parse(cluster.now())];
  const syncsBefore = cluster.metacontroller.syncs.length;
  await step.act(stage);
  await cluster.until(step.wants, () => step.holds(stage));
  const seconds = (Date.parse(cluster.now()) - from) / 1000;
  await cluster.settle();
  const written = cluster.writesSince(length).length;
  if (step.writes === 'none' && written > 0) throw new Error(`${written} writes by Metacontroller, and none were wanted`);
  const failed = cluster.metacontroller.syncs.slice(syncsBefore).filter(({ outcome }) => outcome !== 'ok');
  if (step.writes === 'none' && failed.length > 0) throw new Error(`${failed.length} syncs failed at rest`);
  return `${step.wants} (${seconds} s, writes by Metacontroller: ${written})`;
}

/** The spec without a Bestie to copy: there is one Bestie in the beginning. A bucket is played as if it held what is named. */
function withoutOrigin(spec: Fields): Fields {
  const { dataSource, ...database } = fieldsOf(spec.database);
  return fieldsOf(dataSource).bestie === undefined ? spec : { ...spec, database };
}

const WITHOUT_ORIGIN =
  'database.dataSource.bestie is left out here, because there is no other Bestie; a copy is played with --scenario clone.';

/** Runs the scenario; true where every step reached what it wanted. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { print, paint, hooks, bestie } = options;
  const scenario: Scenario = scenarios[options.scenario];
  const namespace = bestie.metadata.namespace ?? NAMESPACE;
  const { name } = bestie.metadata;
  const cluster = createCluster({ hooks, config: controllerConfig(overlays[scenario.overlay]), namespaces: [namespace] });
  const narrator = narrate(cluster, options);
  const wanted = scenario.spec?.(bestie.spec ?? {}) ?? bestie.spec ?? {};
  const spec = withoutOrigin(wanted);
  const applied: Draft = { ...bestie, spec, metadata: { ...bestie.metadata, namespace } };
  const stage: Stage = { cluster, name, namespace, bestie: applied };

  print(paint('title', `Bestie ${namespace}/${name}: ${scenario.summary}`));
  print(paint('faint', 'An in-memory cluster plays Metacontroller, the API server and the controllers around it; seconds are its own.'));
  if (spec !== wanted) print(paint('faint', WITHOUT_ORIGIN));
  let number = 0;
  for (const step of scenario.steps) {
    number += 1;
    print('');
    print(paint('title', `${number}. ${step.title}`));
    try {
      if (number === 1) cluster.apply(applied);
      const result = await play(step, stage);
      narrator.writes();
      print(`${paint('good', '✓')} ${result}`);
      for (const line of (step.notes?.(stage) ?? []).flatMap(wrapped)) print(`  ${line}`);
    } catch (error) {
      narrator.writes();
      print(`${paint('bad', '✗')} ${error instanceof Error ? error.message : String(error)}`);
      const problems = cluster.metacontroller.syncs.filter(({ outcome }) => outcome === 'error').flatMap(({ problem }) => problem ?? []);
      if (problems.length > 0) print(paint('bad', `  the last sync error: ${problems.at(-1) ?? ''}`));
      return false;
    }
  }
  const { user } = cluster;
  print('');
  print(paint('good', `Converged: ${scenario.steps.length} of ${scenario.steps.length} steps, ${user.list(BESTIE).length} Besties left.`));
  return true;
}
