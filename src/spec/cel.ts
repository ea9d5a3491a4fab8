/** Expressions of CEL, as Kubernetes evaluates them in a CustomResourceDefinition or in a ValidatingAdmissionPolicy. */
import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { Quantity, quantityFunctions } from './celquantity.ts';
import { replacedFunctions, Sets, textFunctions } from './celtext.ts';

/** Evaluates with its variables bound. Throws where CEL has an error instead of a value. */
export type Program = (variables: Readonly<Record<string, unknown>>) => unknown;

const nameOf = (signature: string): string => /(\w+)\(/.exec(signature)?.[1] ?? '';
const replacements = new Map(Object.entries(replacedFunctions).map(([name, { signature }]) => [name, nameOf(signature)]));

function createEnvironment(): Environment {
  // The rules of the CRD are trusted, so no limits are needed: the API server has its own.
  const limits = { maxAstNodes: 10_000 };
  const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, limits });
  environment.registerType('Quantity', Quantity);
  environment.registerType('Sets', Sets);
  environment.registerConstant('sets', 'Sets', new Sets());
  for (const [signature, handler] of Object.entries({ ...quantityFunctions, ...textFunctions }))
    environment.registerFunction(signature, handler);
  for (const { signature, handler } of Object.values(replacedFunctions)) environment.registerFunction(signature, handler);
  return environment;
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

/** Calls the operator's function if the library's one of that name differs: the library does not allow to replace its own. */
function substitute(value: unknown): void {
  if (Array.isArray(value)) value.forEach(substitute);
  if (!isNode(value)) return;
  if (value.op === 'call' || value.op === 'rcall') value.args[0] = replacements.get(value.args[0]) ?? value.args[0];
  substitute(value.args);
}

/** Made at the first use: it takes longer than the rest of a start. */
let environment: Environment | undefined;

/** Throws for a text that is no CEL. */
export function compileCel(expression: string): Program {
  environment ??= createEnvironment();
  const parsed = environment.parse(expression);
  substitute(parsed.ast);
  const { error } = parsed.check();
  if (error !== undefined) throw error;
  return parsed;
}
