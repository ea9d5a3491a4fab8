/** A checkout of this project, asked through its own modules: nothing of one build is shared with the other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Arbitrary } from 'fast-check';
import { parse } from 'yaml';
import { cloned, type Json, type JsonObject } from './json.ts';

export type Hook = 'sync' | 'finalize' | 'customize';

export interface Metadata extends JsonObject {
  name: string;
}

/** An object as the API server holds it. */
export interface Resource extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

/** What Metacontroller posts to sync and finalize. */
export interface Body extends JsonObject {
  parent: Resource;
  children: Record<string, Record<string, Resource>>;
  related: Record<string, Record<string, Resource>>;
  finalizing: boolean;
}

/** What one checkout is asked first, by the files of a case. */
export interface Given {
  hook: 'sync' | 'finalize';
  now: string;
  body: Body;
}

/** The same with what a release answered to it. */
export interface Released extends Given {
  former: JsonObject;
}

/** A world of the checkout's own tests: only its helpers look into it. */
export interface World {
  parent: JsonObject;
  now: string;
}
interface Case {
  hook: 'sync' | 'finalize';
  world: World;
}

export interface Checkout {
  folder: string;
  /** The answer of a hook; throws what the build throws. */
  ask: (hook: Hook, body: unknown, now: string) => unknown;
  /** The golden cases and those of the releases by name; each is read when it is called. */
  cases: ReadonlyMap<string, () => Given>;
  releases: ReadonlyMap<string, () => Released>;
  /** The body of a world of this checkout's arbitraries. */
  bodyOf: (world: World, version: 'v1' | 'v2') => Body;
  arbitraries: Record<'anyWorld' | 'anyEditedWorld', Arbitrary<World>> & Record<'validSpec' | 'invalidSpec', Arbitrary<unknown>>;
}

type Answers = Record<Hook, (body: unknown, now: string) => { response: unknown }>;
interface CaseModule {
  folders: readonly string[];
  read: (folder: string) => Case;
  caseOf: (bestie: string, observed: string) => Case;
}
interface WorldModule {
  request: (world: World, version: 'v1' | 'v2', finalizing: boolean) => unknown;
}

/** Imports the first of these files that the checkout has, and checks that it exports what is asked of it. */
async function importOf<T extends object>(folder: string, paths: readonly string[], names: readonly (keyof T & string)[]): Promise<T> {
  const path = paths.find((candidate) => existsSync(resolve(folder, candidate)));
  if (path === undefined) throw new Error(`${folder} has no ${paths.join(' and no ')}`);
  const module = (await import(pathToFileURL(resolve(folder, path)).href)) as Partial<T>;
  const missing = names.filter((name) => module[name] === undefined);
  if (missing.length > 0) throw new Error(`${folder}/${path} does not export ${missing.join(', ')}`);
  return module as T;
}

/** The same function, which reads once. */
function onceRead<T>(read: () => T): () => T {
  let value: { read: T } | undefined;
  return () => (value ??= { read: read() }).read;
}

const foldersIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];

/** Loads the checkout in that folder. Throws where it lacks a module or an export that the comparison needs. */
export async function load(folder: string): Promise<Checkout> {
  const { answers } = await importOf<{ answers: Answers }>(folder, ['src/controllers.ts', 'src/answer.ts'], ['answers']);
  const { folders, read, caseOf } = await importOf<CaseModule>(folder, ['test/support/cases.ts'], ['folders', 'read', 'caseOf']);
  const { request } = await importOf<WorldModule>(folder, ['test/support/world.ts'], ['request']);
  const arbitraries = await importOf<Checkout['arbitraries']>(
    folder,
    ['test/support/arbitrary.ts'],
    ['anyWorld', 'anyEditedWorld', 'validSpec', 'invalidSpec'],
  );
  const given = ({ hook, world }: Case): Given => ({
    hook,
    now: world.now,
    body: cloned(request(world, 'v2', hook === 'finalize')) as Body,
  });
  const releases = resolve(folder, 'test/releases');
  const released = (path: string): Released => {
    const text = (file: string): string => readFileSync(resolve(releases, path, file), 'utf8');
    return { ...given(caseOf(text('bestie.yaml'), text('observed.yaml'))), former: parse(text('want.yaml')) as JsonObject };
  };
  return {
    folder,
    ask: (hook, body, now) => answers[hook](body, now).response,
    cases: new Map(folders.map((name) => [name, onceRead(() => given(read(name)))])),
    releases: new Map(
      foldersIn(releases)
        .flatMap((release) => foldersIn(resolve(releases, release)).map((name) => `${release}/${name}`))
        .map((name) => [name, onceRead(() => released(name))]),
    ),
    bodyOf: (world, version) => cloned(request(world, version, false)) as Body,
    arbitraries,
  };
}

/** The answer of a checkout as JSON text: what it answered, or code and message of the error that it threw. */
export function answerText(checkout: Pick<Checkout, 'ask'>, hook: Hook, body: Json, now: string): string {
  try {
    return JSON.stringify(checkout.ask(hook, body, now));
  } catch (error) {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    return JSON.stringify({ error: { code: code ?? name, message } });
  }
}
