/** What the spec names and the cluster must have before a pod can be created. */
import type { Observed } from '../api/observed.ts';
import { kubectl } from './commands.ts';

type Field = 'serviceAccountName' | 'priorityClassName' | 'runtimeClassName';

/** One row per field. `refusal`: what the API server writes when it refuses a pod for lack of it. */
const rows: readonly { field: Field; words: string; resource: string; refusal: (name: string) => string }[] = [
  {
    field: 'serviceAccountName',
    words: 'service account',
    resource: 'serviceaccounts',
    // Source: plugin/pkg/admission/serviceaccount/admission.go of Kubernetes
    refusal: (name) => `serviceaccount "${name}" not found`,
  },
  {
    field: 'priorityClassName',
    words: 'priority class',
    resource: 'priorityclasses',
    // Source: plugin/pkg/admission/priority/admission.go of Kubernetes
    refusal: (name) => `no PriorityClass with name ${name} was found`,
  },
  {
    field: 'runtimeClassName',
    words: 'runtime class',
    resource: 'runtimeclasses',
    // Source: plugin/pkg/admission/runtimeclass/admission.go of Kubernetes
    refusal: (name) => `RuntimeClass "${name}" not found`,
  },
];

interface Need {
  /** As `service account "shop"`. */
  words: string;
  field: Field;
  refusal: string;
  /** The command that lists what there is. */
  list: string;
}

const needs = (o: Observed): Need[] =>
  rows.flatMap(({ field, words, resource, refusal }) => {
    const name = o.bestie.spec[field];
    if (name === undefined) return [];
    return [{ words: `${words} "${name}"`, field, refusal: refusal(name), list: kubectl(o, `get ${resource}`) }];
  });

/** The clause about what may be missing, for a refusal that the operator cannot read; empty where the spec names nothing. */
export function mayBeMissing(o: Observed): string {
  const named = needs(o).map(({ words }) => words);
  return named.length === 0 ? '' : `, or ${named.join(' or ')}, which the spec names, does not exist`;
}

/** The clause about what a Job without pods may have lacked; empty where the spec names nothing. */
export function mayHaveLacked(o: Observed): string {
  const named = needs(o).map(({ words }) => words);
  return named.length === 0 ? '' : `; the spec names ${named.join(' and ')}, which must exist`;
}

/** Whether the spec names anything that may be missing. */
export const hasNeeds = (o: Observed): boolean => needs(o).length > 0;

/**
 * What was missing by the words of the API server, and what to do; undefined if they are about something else. A Deployment keeps the words of
 * the first refusal for as long as its pods are refused, whatever for.
 */
export function missingNeed(refusal: string | undefined, o: Observed): string | undefined {
  const missing = needs(o).find((need) => refusal?.includes(need.refusal));
  if (missing === undefined) return undefined;
  const now = kubectl(o, 'get events --field-selector reason=FailedCreate');
  return (
    `when the first was refused, ${missing.words} did not exist; create it, or change spec.${missing.field}; which exist: ${missing.list}; ` +
    `why they are refused now: ${now}`
  );
}

/** The clause about the pull secrets of the spec; empty where it names none. The kubelet pulls without a Secret that does not exist, and its own error names none. */
export function pullSecrets(o: Observed): string {
  const names = (o.bestie.spec.imagePullSecrets ?? []).map(({ name }) => name);
  if (names.length === 0) return '';
  return `; pull secrets of the spec: ${names.join(', ')}; check that they exist: ${kubectl(o, `get secret ${names.join(' ')}`)}`;
}
