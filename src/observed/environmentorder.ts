/**
 * The order of the environment. A variable that refers to another one as $(NAME) gets its value only if that one comes before it, and the list
 * of an existing object keeps the order in which its entries were first applied: the pods may get another value than the spec means.
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Live, Readiness } from '../api/kubernetes.ts';
import { kubectl } from './commands.ts';

interface Variable {
  name: string;
  value?: string;
}

export interface PodParts {
  spec: { template: { spec: { containers: { name: string; env: Variable[] }[] } } };
}

/** The names that a value refers to; a doubled dollar sign starts no reference. */
export function referencesOf(value: string): string[] {
  return [...value.matchAll(/\$\$|\$\(([^()]*)\)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

type Environment = readonly Variable[];

const indexOf = (environment: Environment, name: string): number => environment.findIndex((variable) => variable.name === name);

/** Whether the reference is resolved in that environment. */
function isResolved(environment: Environment, from: string, to: string): boolean {
  const at = indexOf(environment, to);
  return at !== -1 && at < indexOf(environment, from);
}

/** The first variable with another value in the live list than in the desired one, with the one that it refers to. */
export function misordered(live: Environment, wanted: Environment): { variable: string; refersTo: string } | undefined {
  const pairs = wanted.flatMap(({ name, value = '' }) => referencesOf(value).map((refersTo) => ({ variable: name, refersTo })));
  return pairs.find(({ variable, refersTo }) => {
    // A variable that has not been applied yet proves nothing about the order.
    if (indexOf(live, variable) === -1 || indexOf(live, refersTo) === -1) return false;
    return isResolved(live, variable, refersTo) !== isResolved(wanted, variable, refersTo);
  });
}

const environments = (object: Live<PodParts>): Map<string, Environment> =>
  new Map((object.spec?.template?.spec?.containers ?? []).map((each) => [each?.name ?? '', (each?.env ?? []).filter(isVariable)]));

const isVariable = (variable: Live<Variable> | null): variable is Variable => typeof variable?.name === 'string';

/** What is wrong with the order in the live Deployment; undefined if every variable has the value of the spec. */
export function environmentOrder(live: KubeObject, wanted: object, o: Observed): Readiness | undefined {
  const there = environments(live as Live<PodParts>);
  for (const [name, environment] of environments(wanted)) {
    const found = misordered(there.get(name) ?? [], environment);
    if (found === undefined) continue;
    const message =
      `variable ${found.variable} refers to ${found.refersTo}, and the two are in another order in Deployment ${live.metadata.name} than in spec.env, ` +
      'because a list keeps the order in which its entries were first applied: the pods get another value than the spec means; to ' +
      `recreate the Deployment while its pods keep serving: ${kubectl(o, `delete deployment ${live.metadata.name} --cascade=orphan --wait=false`)}`;
    return { status: 'False', reason: 'EnvironmentOutOfOrder', message };
  }
  return undefined;
}
