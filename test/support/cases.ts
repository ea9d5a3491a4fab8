/** The golden cases: how a folder of test/cases becomes a world and a question. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { answers } from '../../src/controllers.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { POD } from '../../src/api/kinds.ts';
import { kindKey, type KubeObject, type Manifest } from '../../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { annotations } from '../../src/api/names.ts';
import { webTemplate } from '../../src/children/deployment.ts';
import { mergeValues } from '../../src/sandbox/metacontroller/merge.ts';
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

export const root = new URL('../cases/', import.meta.url);
export const folders: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
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

/** The case that those texts describe. */
export function caseOf(bestie: string, observed: string): Case {
  const { overlay = 'default', hook = 'sync', objects = [], related = [] } = (parse(observed) ?? {}) as Seen;
  const world: World = {
    parent: parse(bestie) as KubeObject,
    children: objects.filter((object) => !isPod(object)),
    related: [...objects.filter(isPod), ...related],
    declared: overlays[overlay],
    now: NOW,
  };
  const known = { ...world, children: world.children.map((child) => withTemplate(child, world)) };
  const { children: manifests } = answers.sync(request(known), NOW).response as SyncResponse;
  return { hook, world: { ...known, children: known.children.map((child) => completed(child, manifests)) } };
}

/** The hash in the name of the Job that would be asked for if there were none yet. */
export function wantedHash(world: World): string {
  const before = {
    ...world,
    children: world.children.filter(({ kind }) => kind !== 'Job'),
    related: world.related.filter((object) => !isPod(object)),
  };
  const { children } = answers.sync(request(before), NOW).response as SyncResponse;
  return children.find(({ kind }) => kind === 'Job')?.metadata.name.slice(-8) ?? '00000000';
}

/** The text of one file of a case; empty where there is none. */
export function textOf(folder: string, file: string): string {
  const url = new URL(`${folder}/${file}`, root);
  return existsSync(url) ? readFileSync(url, 'utf8') : '';
}

export function read(folder: string): Case {
  const texts = [textOf(folder, 'bestie.yaml'), textOf(folder, 'observed.yaml')] as const;
  if (!texts.some((text) => text.includes('HASH'))) return caseOf(...texts);
  const hash = wantedHash(caseOf(...texts).world);
  return caseOf(texts[0].replaceAll('HASH', hash), texts[1].replaceAll('HASH', hash));
}

/** The answer to a case, in the keys of that hook version. */
export const answerTo = ({ hook, world }: Case, version: 'v1' | 'v2' = 'v2'): SyncResponse =>
  answers[hook](request(world, version, hook === 'finalize'), NOW).response as SyncResponse;
