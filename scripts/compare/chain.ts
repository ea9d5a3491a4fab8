/** A few questions about one Bestie, one after the other, to both builds; each sees the status that it wrote itself. */
import { deepFreeze } from '../../test/support/freeze.ts';
import { answerText, type Body, type Checkout, type Given } from './checkout.ts';
import { differencesOf, type Difference } from './difference.ts';
import { objectOf, type JsonObject } from './json.ts';
import { customizeBody, RECORD, withApplied, withStatus, writtenStatus } from './metacontroller.ts';

export interface Pair<T> {
  before: T;
  after: T;
}

/** What happens between two questions: the world that is shown next, and when. */
export interface Between {
  /** Seconds that pass. */
  seconds: number;
  /** Whether the answered children are applied. */
  applies: boolean;
  /** Whether each build's status is lost before it is written. */
  losesStatus?: boolean;
  /** Whether the build after sees the status that the build before wrote, as after an upgrade of the operator. */
  handsOver?: boolean;
  /** What else changes in the world; the parent's status is none of it. */
  change?: (body: Body) => Body;
}

export interface Chain {
  id: string;
  /** What each build is shown first: one world, in which only the Bestie's status may differ. */
  first: Pair<Given>;
  between: readonly Between[];
}

export interface Found extends Difference {
  id: string;
  /** The number of the question, from 1, and its request. */
  step: number;
  hook: string;
  /** The Bestie's name, which messages repeat. */
  name: string;
  /** Whether one status was shown to both builds, in this question or an earlier one: what one of them wrote, the other had to understand. */
  sharedStatus: boolean;
}

interface Asked {
  text: Pair<string>;
  found: Difference[];
}

/** The answers of both builds and where they differ; equal texts are not looked into. */
function ask(builds: Pair<Checkout>, hook: 'sync' | 'finalize' | 'customize', bodies: Pair<JsonObject>, now: string): Asked {
  const before = answerText(builds.before, hook, deepFreeze(bodies.before), now);
  const after = answerText(builds.after, hook, deepFreeze(bodies.after), now);
  if (before === after) return { text: { before, after }, found: [] };
  return { text: { before, after }, found: differencesOf(JSON.parse(before) as JsonObject, JSON.parse(after) as JsonObject) };
}

const later = (now: string, seconds: number): string => new Date(Date.parse(now) + seconds * 1000).toISOString().replace('.000Z', 'Z');

/** The hook that Metacontroller asks about such a parent. */
const hookFor = (body: Body): 'sync' | 'finalize' => (body.parent.metadata.deletionTimestamp == null ? 'sync' : 'finalize');

/** What was last applied as an object, because the order of its keys means nothing; the text where it is no JSON. */
function recordOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The request without the status, and with readable records. */
const readable = (body: Body): JsonObject =>
  JSON.parse(JSON.stringify(withStatus(body, undefined)), (key: string, value: unknown): unknown =>
    key === RECORD && typeof value === 'string' ? recordOf(value) : value,
  ) as JsonObject;

const isShared = ({ before, after }: Pair<Given>): boolean =>
  before.body.parent.status !== undefined && before.body.parent.status === after.body.parent.status;

/** The chain without any status that both builds would be shown: each sees none, and then its own. */
export function apart({ id, first, between }: Chain): Chain {
  const without = (given: Given): Given => ({ ...given, body: withStatus(given.body, undefined) });
  return {
    id,
    first: isShared(first) ? { before: without(first.before), after: without(first.after) } : first,
    between: between.map((each) => ({ ...each, handsOver: false })),
  };
}

/** Asks both builds the whole chain; how many answers were compared, and where they differ. */
export function play(builds: Pair<Checkout>, { id, first, between }: Chain): { compared: number; found: Found[] } {
  const found: Found[] = [];
  let world = first.before.body;
  let statuses = { before: first.before.body.parent.status, after: first.after.body.parent.status };
  let { hook, now } = first.before;
  let compared = 0;
  let sharedStatus = isShared(first);
  const note = (step: number, asked: string, differences: readonly Difference[], at: readonly string[] = []): void => {
    const { name } = world.parent.metadata;
    for (const difference of differences)
      found.push({ ...difference, path: [...at, ...difference.path], id, step, hook: asked, name, sharedStatus });
  };
  const differing = differencesOf(readable(first.before.body), readable(first.after.body));
  note(
    1,
    hook,
    differing.filter(({ what }) => what !== 'order'),
    ['request'],
  );
  for (let step = 1; step <= between.length + 1; step++) {
    const bodies = { before: withStatus(world, statuses.before), after: withStatus(world, statuses.after) };
    const { text, found: differences } = ask(builds, hook, bodies, now);
    note(step, hook, differences);
    const related = { before: customizeBody(bodies.before), after: customizeBody(bodies.after) };
    note(step, 'customize', ask(builds, 'customize', related, now).found);
    compared += 2;
    const next = between[step - 1];
    if (next === undefined) break;
    const answers = { before: JSON.parse(text.before) as JsonObject, after: JSON.parse(text.after) as JsonObject };
    if (next.losesStatus !== true) {
      const before = writtenStatus(answers.before, bodies.before);
      sharedStatus ||= next.handsOver === true;
      statuses = { before, after: next.handsOver === true ? before : writtenStatus(answers.after, bodies.after) };
    }
    if (next.applies && objectOf(answers.before).children !== undefined) world = withApplied(world, answers.before, now);
    world = next.change?.(world) ?? world;
    now = later(now, next.seconds);
    hook = hookFor(world);
    world = { ...world, finalizing: hook === 'finalize' };
  }
  return { compared, found };
}
