/** One call of a hook: what is sent, what comes back, and how Metacontroller reads it. */
import type { RelatedRule } from '../../api/hook.ts';
import { answers, type HookName } from '../../controllers.ts';
import { HookError } from '../../hook/errors.ts';
import { isFields, type Draft, type Fields } from '../apiserver/object.ts';

export interface HookReply {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The seam to the operator: in this process, over HTTP, or a test's own. It rejects on a time-out or a broken connection. */
export type CallHook = (hook: HookName, body: string) => Promise<HookReply>;

/** The operator's own answers, without a server in between. `now` is an RFC 3339 time; `prepare` sees each parsed request first. */
export const inProcess =
  (now: () => string, prepare: (request: unknown) => unknown = (request) => request): CallHook =>
  (hook, body) => {
    const json = (status: number, value: unknown): HookReply => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    try {
      return Promise.resolve(json(200, answers[hook](prepare(JSON.parse(body)), now()).response));
    } catch (error) {
      if (error instanceof HookError) return Promise.resolve(json(error.status, { code: error.code, message: error.message }));
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };

/** The operator behind its real server. `url` is where the hooks are, without a path. Metacontroller waits 10 seconds. */
export const overHttp =
  (url: string): CallHook =>
  async (hook, body) => {
    const response = await fetch(`${url}/${hook}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };

/** 429: ask again after that many seconds; nothing is changed and no Event is written. */
export class TooManyRequests extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`too many requests: again after ${seconds} s`);
    this.name = 'TooManyRequests';
    this.seconds = seconds;
  }
}

/** What kills the Metacontroller process, and with it every controller that it runs. */
export class Crash extends Error {}

/** Whole seconds or an HTTP date; anything else counts as 0: the hook is called again at once. */
export function retryAfterSeconds(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  if (/^[+-]?\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.ceil((date - now) / 1000);
}

function parsed(reply: HookReply, known: readonly string[], now: number): Fields {
  if (reply.status === 429) throw new TooManyRequests(retryAfterSeconds(reply.headers['retry-after'], now));
  if (reply.status !== 200) throw new Error(`unsupported status code: ${reply.status} body: ${reply.body}`);
  const body: unknown = JSON.parse(reply.body);
  if (body === null) return {};
  if (!isFields(body)) throw new Error('the answer is not an object');
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`strict validation failed: unknown field ${unknown}`);
  return body;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isList = <T>(value: unknown): value is (T | null)[] => Array.isArray(value);

function typed<T>(body: Fields, key: string, fits: (value: unknown) => value is T): T | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (!fits(value)) throw new Error(`can't unmarshal the answer: ${key} has the wrong type`);
  return value;
}

/** An answer of sync or finalize after Metacontroller has read it: children that are missing are an empty list, which deletes everything. */
export interface Decoded {
  status: Fields;
  children: Draft[];
  resyncAfterSeconds: number;
  finalized: boolean;
}

/** Reads an answer in strict mode. Throws TooManyRequests; Crash for a null child; Error for everything else that makes Metacontroller change nothing. */
export function decodeAnswer(reply: HookReply, now: number): Decoded {
  const body = parsed(reply, ['status', 'children', 'resyncAfterSeconds', 'finalized'], now);
  const decoded = {
    status: typed(body, 'status', isFields) ?? {},
    children: typed(body, 'children', isList<Draft>) ?? [],
    resyncAfterSeconds: typed(body, 'resyncAfterSeconds', isNumber) ?? 0,
    finalized: typed(body, 'finalized', isBoolean) ?? false,
  };
  const kindless = (child: Draft | null): boolean => child !== null && (!isFields(child) || typeof child.kind !== 'string');
  if (decoded.children.some(kindless)) throw new Error("Object 'Kind' is missing");
  return { ...decoded, children: decoded.children.map(dereferenced<Draft>) };
}

function dereferenced<T>(element: T | null): T {
  if (element === null) throw new Crash('a null element is dereferenced: the Metacontroller process dies');
  return element;
}

/** Reads an answer of customize. */
export function decodeRules(reply: HookReply, now: number): readonly RelatedRule[] {
  const body = parsed(reply, ['relatedResources'], now);
  return (typed(body, 'relatedResources', isList<RelatedRule>) ?? []).map(dereferenced<RelatedRule>);
}
