/** The golden cases: how a folder of test/cases becomes a world and a question. */
import { readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { answers } from '../../src/controllers.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { POD } from '../../src/api/kinds.ts';
import { kindKey, type KubeObject, type Manifest } from '../../src/api/kubernetes.ts';
import { annotations } from '../../src/api/names.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { webTemplate } from '../../src/children/deployment.ts';
import { mergeValues } from '../../src/sandbox/metacontroller/merge.ts';
import { withRecord, type Shown } from './applied.ts';
import { at, BASES, decoded, root } from './bases.ts';
import { NOW, observe, overlaid, overlays, request, type World } from './world.ts';

interface Seen {
  overlay?: keyof typeof overlays;
  hook?: 'sync' | 'finalize';
  objects?: KubeObject[];
  related?: KubeObject[];
}

export interface Case {
  hook: 'sync' | 'finalize';
  world: World;
}

export const folders: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== BASES)
  .map(({ name }) => name)
  .sort();

const isPod = (object: KubeObject): boolean => kindKey(object) === POD;

/** The record of a Deployment with the pods that this Bestie asks for, of the image that it says, in place of TEMPLATE. */
function withTemplate(child: KubeObject, world: World): KubeObject {
  const record = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (record?.includes('"TEMPLATE"') !== true) return child;
  const { metadata } = JSON.parse(record) as KubeObject;
  const template = JSON.stringify(webTemplate(metadata.annotations?.[annotations.running] ?? '', observe(world)));
  return overlaid(child, { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: record.replace('"TEMPLATE"', () => template) } } });
}

/** The record of a child, or, where the case leaves it or its spec out, what the operator would have applied. A database may have been made by others. */
function recordOf(child: KubeObject, manifests: readonly Manifest[]): object | undefined {
  const text = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  const record = text === undefined ? undefined : (JSON.parse(text) as Partial<Manifest>);
  const isWanted = ({ kind, metadata, spec }: Manifest): boolean =>
    kind === child.kind && metadata.name === child.metadata.name && spec !== undefined;
  const isLeftOut = record?.spec === undefined && child.kind !== 'PostgresCluster' && child.kind !== 'Job';
  const wanted = isLeftOut ? manifests.find(isWanted) : undefined;
  return wanted === undefined ? record : overlaid(wanted, record);
}

/** The child as the API server holds it: a case only shows what matters about it. */
function completed(child: KubeObject, manifests: readonly Manifest[]): KubeObject {
  const record = recordOf(child, manifests);
  if (record === undefined) return child;
  const { namespace, labels } = child.metadata;
  const applied = overlaid(record, { metadata: { ...(namespace != null && { namespace }), ...(labels && { labels }) } });
  const live = mergeValues(applied, {}, child) as KubeObject;
  return overlaid(live, { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: JSON.stringify(applied) } } });
}

/** The case that those values describe: a Bestie, and what is observed. */
function caseFrom(bestie: unknown, observed: unknown): Case {
  const { overlay = 'default', hook = 'sync', objects = [], related = [] } = observed as Seen;
  const world: World = {
    parent: bestie as KubeObject,
    children: objects.filter((object) => !isPod(object)),
    related: [...objects.filter(isPod), ...related],
    declared: overlays[overlay],
    now: NOW,
  };
  const known = { ...world, children: world.children.map((child) => withTemplate(child, world)) };
  const { children: manifests } = answers.sync(request(known), NOW).response as SyncResponse;
  return { hook, world: { ...known, children: known.children.map((child) => completed(child, manifests)) } };
}

/** The case that those texts describe, which are whole. */
export const caseOf = (bestie: string, observed: string): Case => caseFrom(parse(bestie), parse(observed) ?? {});

/** The hash in the name of the Job that would be requested if there were none yet. */
export function wantedHash(world: World): string {
  const before = {
    ...world,
    children: world.children.filter(({ kind }) => kind !== 'Job'),
    related: world.related.filter((object) => !isPod(object)),
  };
  const { children } = answers.sync(request(before), NOW).response as SyncResponse;
  return children.find(({ kind }) => kind === 'Job')?.metadata.name.slice(-8) ?? '00000000';
}

/** What is observed in that case, with the records of what was applied. */
function observedIn(folder: string): unknown {
  const seen = decoded(folder, 'observed.yaml') as { objects?: Shown[] };
  return { ...seen, objects: at(`${folder}/observed.yaml`, () => seen.objects?.map(withRecord)) };
}

/** The case of that folder. Throws a sentence where a patch does not fit its base. */
export function read(folder: string): Case {
  const values = [decoded(folder, 'bestie.yaml'), observedIn(folder)] as const;
  const text = JSON.stringify(values);
  if (!text.includes('HASH')) return caseFrom(...values);
  const hash = wantedHash(caseFrom(...values).world);
  return caseFrom(...(JSON.parse(text.replaceAll('HASH', hash)) as [unknown, unknown]));
}

/** The answer to a case, in the keys of that hook version. */
export const answerTo = ({ hook, world }: Case, version: 'v1' | 'v2' = 'v2'): SyncResponse =>
  answers[hook](request(world, version, hook === 'finalize'), NOW).response as SyncResponse;
