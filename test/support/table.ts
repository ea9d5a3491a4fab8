/** Table tests: PascalCase name → why the case matters, what is given, what is wanted. */

export interface Case<Given, Want> {
  /** Why the case matters. */
  reason: string;
  given: Given;
  want: Want;
}

export type Cases<Given, Want> = Record<string, Case<Given, Want>>;

/** One mocha test per row; the reason stands in its title. */
export function each<Given, Want>(cases: Cases<Given, Want>, check: (given: Given, want: Want) => void | Promise<void>): void {
  for (const [name, { reason, given, want }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, () => check(given, want));
  }
}
