/**
 * The order of init containers is the order in which they start, and Metacontroller's merge keeps that of a live list: what is new comes last. A
 * sidecar that the database is reached through would start after the container that waits for the database. So a list in another order is
 * removed first and sent anew with the next answer; the Deployment is paused in between, so no pod is made of the template without them.
 * Source: pkg/dynamic/apply/apply.go of Metacontroller
 */
import type { KubeObject, Live } from '../api/kubernetes.ts';
import { isEqual } from '../lib/equal.ts';
import { isRolloutPaused } from '../observed/stopped.ts';

interface DeploymentSpec {
  template: { spec: { initContainers?: readonly object[] } };
}

const namesOf = (object: unknown): string[] =>
  (
    (object ?? {}) as Live<{ spec: { template: { spec: { initContainers: { name: string }[] } } } }>
  ).spec?.template?.spec?.initContainers?.map((each) => each?.name ?? '') ?? [];

/** The names in the order that the merge with the live list yields; entries of others are left out. */
function mergedOrder(live: readonly string[], wanted: readonly string[]): string[] {
  const known = live.filter((name) => wanted.includes(name));
  return [...known, ...wanted.filter((name) => !known.includes(name))];
}

/**
 * Whether the init containers of the live Deployment, updated to that spec, would start in another order than the spec has. `applied` is what
 * Metacontroller last applied: with an order that was applied as it is wanted, another owner has made the live one, and with no list there the
 * first step is done.
 */
export function isOutOfOrder(live: KubeObject, applied: unknown, spec: DeploymentSpec): boolean {
  const [before, wanted] = [namesOf(applied), namesOf({ spec })];
  return before.length > 0 && !isEqual(before, wanted) && !isEqual(mergedOrder(namesOf(live), wanted), wanted);
}

/**
 * The spec that removes the init containers of a Deployment, and keeps it from rolling that out. One that a user has paused stays so: with
 * `paused` of our own, the next answer would take the user's away.
 */
export function withoutInitContainers(live: KubeObject, spec: DeploymentSpec): object {
  const { initContainers: _, ...pod } = spec.template.spec;
  return { ...spec, ...(!isRolloutPaused(live) && { paused: true }), template: { ...spec.template, spec: pod } };
}
