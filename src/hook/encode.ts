/** From a plan to an answer. An answer that Metacontroller would misread, or that must never be applied, is refused here: then nothing is applied. */
import type { CustomizeResponse, RelatedRule, SyncResponse } from '../api/hook.ts';
import { EVENT } from '../api/kinds.ts';
import type { Plan } from '../api/observed.ts';
import { kindKey, type KindKey, type Manifest } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { HookError } from './errors.ts';
import { firstError } from '../lib/ajv.ts';
import { isSyncResponse } from './schema.ts';

/** The path of the first null or undefined in a value, as a JSON pointer; undefined if there is none. The path is built on the way back only. */
function findNothing(value: unknown): string | undefined {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return undefined;
  for (const key in value) {
    const found = findNothing((value as Record<string, unknown>)[key]);
    if (found !== undefined) return `/${key}${found}`;
  }
  return undefined;
}

const impossible = (detail: string): HookError => new HookError('ImpossibleAnswer', detail);

/** The Namespace of the parent, and the kinds that the request declares. */
interface Bounds {
  namespace: string;
  manages: (kind: KindKey) => boolean;
}

function checkChildren(children: readonly Manifest[], { namespace, manages }: Bounds): void {
  const seen = new Set<string>();
  for (const child of children) {
    const kind = kindKey(child);
    const name = `${kind} ${child.metadata.name}`;
    if (!manages(kind) && kind !== EVENT) throw impossible(`${name} is of a kind that was not declared`);
    if (seen.has(name)) throw impossible(`${name} is listed twice`);
    if ((child.metadata.namespace ?? namespace) !== namespace) throw impossible(`${name} is in another namespace`);
    if (child.metadata.labels?.[CONTROLLER_UID_LABEL] !== undefined) throw impossible(`${name} carries the label ${CONTROLLER_UID_LABEL}`);
    seen.add(name);
  }
}

/** Encodes an answer of sync or finalize. Throws HookError ImpossibleAnswer for an answer that fails a check. */
export function encodePlan(plan: Plan, bounds: Bounds, hook: 'sync' | 'finalize'): SyncResponse {
  const response: SyncResponse = { ...plan };
  if (!isSyncResponse(response)) throw impossible(firstError(isSyncResponse.errors));
  const nothing = findNothing(response);
  if (nothing !== undefined) throw impossible(`${nothing} is null or undefined`);
  if (response.finalized !== undefined && hook !== 'finalize') throw impossible('finalized outside of finalize');
  checkChildren(response.children, bounds);
  return response;
}

/** Encodes an answer of customize. A rule without a namespace would select in every namespace. */
export function encodeCustomize(relatedResources: readonly RelatedRule[]): CustomizeResponse {
  const nothing = findNothing(relatedResources);
  if (nothing !== undefined) throw impossible(`${nothing} is null or undefined`);
  if (relatedResources.some(({ namespace }) => namespace === undefined)) throw impossible('a rule without a namespace');
  return { relatedResources };
}
