/** One part of `npm test`. */
export interface Check {
  /** What it is called here and in the scripts of package.json. */
  readonly name: string;
  /** What is true when it passes. */
  readonly says: string;
}

/** Cheapest first: what a second can tell need not wait for minutes. The tests are the one check that brings figures of its own. */
export const CHECKS: readonly Check[] = [
  { name: "format", says: "every file is formatted" },
  { name: "lint", says: "the linter has nothing to say, types included" },
  { name: "types", says: "sources, tests and type tests compile" },
  { name: "walls", says: "no import goes through a wall, and none runs in a circle" },
  { name: "dead", says: "no file, export or dependency is unused" },
  { name: "unit", says: "every test file ran, and no test was skipped" },
  { name: "package", says: "the package builds, and resolves for whoever imports it" },
];
