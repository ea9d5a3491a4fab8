/** Selectors of children. A field of others stays if the operator does not set it, or leaves it to them, and it may exclude pods. */
import { isFields, pointerOf, valueAt, type FieldPath } from '../lib/fieldpath.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { deployment } from './deployment.ts';
import { kubectl } from './commands.ts';

/** Fields that a message names; the others are counted. */
const NAMED = 5;
/** Characters of a label key, its prefix included. */
const KEY = 317;

interface Selection {
  /** The labels of the selector. */
  labels: FieldPath;
  /** The expressions of the selector, if it has any. */
  expressions?: FieldPath;
  /** The labels of the objects that it should select. */
  of: { object: (o: Observed) => KubeObject | undefined; path: FieldPath };
}

const pods: Selection['of'] = { object: deployment, path: ['spec', 'template', 'metadata', 'labels'] };
const services: Selection['of'] = {
  object: (o) => o.child(kindKey(kinds.service), names.service(o.bestie.metadata.name)),
  path: ['metadata', 'labels'],
};
const under = (path: FieldPath, of: Selection['of']): Selection => ({
  labels: [...path, 'matchLabels'],
  expressions: [...path, 'matchExpressions'],
  of,
});

const selections: Readonly<Record<string, Selection>> = {
  [kinds.service.kind]: { labels: ['spec', 'selector'], of: pods },
  [kinds.podDisruptionBudget.kind]: under(['spec', 'selector'], pods),
  [kinds.networkPolicy.kind]: under(['spec', 'podSelector'], pods),
  [kinds.serviceMonitor.kind]: under(['spec', 'selector'], services),
};

interface Patch {
  op: 'remove' | 'replace';
  path: string;
  value?: unknown;
}

const fields = (value: unknown): Readonly<Record<string, unknown>> => (isFields(value) ? value : {});

/** Patches that repair the selector. `desired` is the operator's own manifest, `sent` the one with the fields that are left to others. */
function repairs({ labels, expressions, of }: Selection, desired: Manifest, sent: Manifest, live: KubeObject, o: Observed): Patch[] {
  const carried = fields(valueAt(of.object(o), of.path));
  const [wanted, left, applied] = [desired, sent, o.applied(live)].map((object) => fields(valueAt(object, labels)));
  const ofLabels = Object.entries(fields(valueAt(live, labels))).flatMap(([key, value]): Patch[] => {
    const path = pointerOf([...labels, key]);
    if (value == null || carried[key] === value || wanted?.[key] === value) return [];
    // This answer itself repairs a field that is sent as desired, or that was sent before and is no longer desired.
    if (wanted !== undefined && Object.hasOwn(wanted, key))
      return left?.[key] === value ? [{ op: 'replace', path, value: wanted[key] }] : [];
    return applied?.[key] === undefined ? [{ op: 'remove', path }] : [];
  });
  const list = expressions && valueAt(live, expressions);
  const isNarrower =
    expressions !== undefined && Array.isArray(list) && list.length > 0 && valueAt(o.applied(live), expressions) === undefined;
  return isNarrower ? [...ofLabels, { op: 'remove', path: pointerOf(expressions) }] : ofLabels;
}

/** Why an object does not select all that it should; undefined if it does, or if what it should select is not observed. */
export function narrowed(desired: Manifest, sent: Manifest | undefined, live: KubeObject | undefined, o: Observed): Readiness | undefined {
  const { kind, metadata } = desired;
  const selection = Object.hasOwn(selections, kind) ? selections[kind] : undefined;
  if (live === undefined || selection?.of.object(o) === undefined) return undefined;
  const all = repairs(selection, desired, sent ?? desired, live, o);
  if (all.length === 0) return undefined;
  const what = `${kind} ${metadata.name} does not select what it should: others changed`;
  // A key longer than a label key is no label of a pod, and would only make the message long.
  const shown = all.filter(({ path }) => path.length <= KEY + pointerOf(selection.labels).length + 1).slice(0, NAMED);
  if (shown.length === 0) return { status: 'False', reason: 'SelectorChanged', message: `${what} its selector` };
  const more = all.length > shown.length ? ` and ${all.length - shown.length} more` : '';
  // A quote would end the argument of the shell.
  const patch = JSON.stringify(shown).replaceAll("'", '\\u0027');
  const command = kubectl(o, `patch ${kind.toLowerCase()} ${metadata.name} --type json -p '${patch}'`);
  const message = `${what} ${shown.map(({ path }) => path).join(', ')}${more} in its selector; to fix it: ${command}`;
  return { status: 'False', reason: 'SelectorChanged', message };
}
