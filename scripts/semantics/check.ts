// Holds docs/semantics.md and the titles of the tests to each other. `node scripts/semantics/check.ts` prints what is wrong.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { complaintsOf } from "./compare.ts";
import { sectionsOf } from "./ids.ts";
import { titlesIn } from "./titles.ts";

const PAGE = "docs/semantics.md";
const TESTS = "test/**/*.test.ts";
const FIXTURES = ["**/fixtures/**", "**/node_modules/**"];

/** What is wrong with the page of a project, a sentence each; empty where all is well. */
export function checkSemantics(root: string): readonly string[] {
  const page = readFileSync(join(root, PAGE), "utf8");
  const files = globSync(TESTS, { cwd: root, exclude: FIXTURES }).toSorted();
  const tests = files.flatMap((file) => titlesIn(readFileSync(join(root, file), "utf8")).map((title) => ({ file, title })));
  return complaintsOf(sectionsOf(page), tests);
}

if (import.meta.main) {
  const complaints = checkSemantics(process.cwd());
  for (const complaint of complaints) console.log(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
