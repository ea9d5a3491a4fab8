/** Fields of a pod that the spec of a Bestie has as the Pod API has them. */
import type { BestieSpec } from '../api/bestie.ts';
import type { Observed } from '../api/observed.ts';
import type { Component } from '../api/names.ts';

/** Passed on as they are, to the pods of the application and of its migrations. */
const passedOn = [
  'imagePullSecrets',
  'priorityClassName',
  'serviceAccountName',
  'automountServiceAccountToken',
  'runtimeClassName',
  'schedulerName',
  'dnsConfig',
  'hostAliases',
] as const satisfies readonly (keyof BestieSpec)[];

/** A single migration has no requests to finish. */
const ofTheApplication = ['terminationGracePeriodSeconds'] as const satisfies readonly (keyof BestieSpec)[];

/** What the spec sets of them for pods with that role. */
export function podFields({ bestie: { spec } }: Observed, component: Component): object {
  const fields = component === 'web' ? [...passedOn, ...ofTheApplication] : passedOn;
  const set = fields.filter((field) => spec[field] !== undefined).map((field): [string, unknown] => [field, spec[field]]);
  // The API server keeps the name under its former field as well, and would take it from there once the spec names no account any more.
  const former = spec.serviceAccountName === undefined ? {} : { serviceAccount: spec.serviceAccountName };
  return { ...Object.fromEntries(set), ...former };
}

/** The same of the operator's containers. */
export const containerFields = ({ bestie: { spec } }: Observed): object =>
  spec.imagePullPolicy === undefined ? {} : { imagePullPolicy: spec.imagePullPolicy };
