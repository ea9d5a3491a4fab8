/**
 * Builds a kustomization without kustomize: the part of it that our overlays use (resources, components, JSON 6902 patches).
 * Anything else in a kustomization throws, so that nothing is left out in silence; where a real kustomize is on the PATH,
 * test/manifests/overlays.test.ts compares the two.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [field: string]: unknown };
  [field: string]: unknown;
}

export interface Operation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

interface Patch {
  target?: { kind: string; name?: string };
  patch: string;
}

export interface Kustomization {
  kind: 'Kustomization' | 'Component';
  resources?: string[];
  components?: string[];
  patches?: Patch[];
  [field: string]: unknown;
}

const understood = new Set(['apiVersion', 'kind', 'resources', 'components', 'patches']);

/** All objects of a YAML file. */
export const documents = (file: string): Resource[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Resource);

export const kustomization = (directory: string): Kustomization =>
  parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8')) as Kustomization;

/** The operations of a kustomization's own JSON 6902 patches on objects of this kind. */
export const operationsOn = (kind: string, { patches = [] }: Kustomization): Operation[] =>
  patches.filter(({ target }) => target?.kind === kind).flatMap(({ patch }) => parse(patch) as Operation[]);

function apply(target: unknown, { op, path, value }: Operation): void {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  let holder = target as Record<string, unknown>;
  for (const key of keys) holder = holder[key] as Record<string, unknown>;
  if (last === undefined || typeof holder !== 'object') throw new Error(`no such place: ${path}`);
  if (op !== 'add' && !(last in holder)) throw new Error(`nothing to ${op} at ${path}`);
  if (op === 'remove') Reflect.deleteProperty(holder, last);
  else if (Array.isArray(holder) && last === '-') holder.push(structuredClone(value));
  else if (Array.isArray(holder)) throw new Error(`not understood here: ${op} ${path}`);
  else holder[last] = structuredClone(value);
}

function add(directory: string, resources: Resource[]): void {
  const { kind, components = [], patches = [], ...rest } = kustomization(directory);
  const strange = Object.keys(rest).filter((field) => !understood.has(field));
  if (strange.length > 0) throw new Error(`${directory}: ${strange.join(', ')} of a ${kind} is not understood here`);
  for (const entry of rest.resources ?? []) {
    const path = join(directory, entry);
    if (statSync(path).isDirectory()) resources.push(...resolve(path));
    else resources.push(...documents(path));
  }
  for (const component of components) add(join(directory, component), resources);
  for (const { target, patch } of patches) {
    if (target === undefined) throw new Error(`${directory}: a patch without target is not understood here`);
    const found = resources.filter(
      (resource) => resource.kind === target.kind && (target.name === undefined || resource.metadata.name === target.name),
    );
    if (found.length === 0) throw new Error(`${directory}: nothing is ${target.kind} ${target.name ?? ''}`);
    for (const resource of found) for (const operation of parse(patch) as Operation[]) apply(resource, operation);
  }
}

/** The objects of a kustomization. */
export function resolve(directory: string): Resource[] {
  const resources: Resource[] = [];
  add(directory, resources);
  return resources;
}

const present = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const builders: Record<string, string[]> = {
  ...(present('kustomize', 'version') && { kustomize: ['build'] }),
  ...(present('kubectl', 'version', '--client') && { kubectl: ['kustomize'] }),
};

/** The real tools on this machine. */
export const tools: readonly string[] = Object.keys(builders);
if (tools.length === 0) {
  console.log(
    'SKIPPED: neither kustomize nor kubectl is on the PATH; the overlays are built by test/support/kustomize.ts alone, authentication not at all.',
  );
}

/** The objects of a kustomization, as a real tool builds them. */
export function built(tool: string, directory: string): Resource[] {
  const output = execFileSync(tool, [...(builders[tool] ?? []), directory], { encoding: 'utf8', stdio: 'pipe' });
  return parseAllDocuments(output).map((document) => document.toJS() as Resource);
}

/** The only object of that kind and, where it is given, that name. */
export function only(resources: readonly Resource[], kind: string, name?: string): Resource {
  const found = resources.filter((resource) => resource.kind === kind && (name === undefined || resource.metadata.name === name));
  const [resource] = found;
  if (resource === undefined || found.length > 1) throw new Error(`${found.length} objects are ${kind} ${name ?? ''}`);
  return resource;
}
