import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { MutantReport, Verdict } from "../../scripts/mutate/judge-mutant.ts";
import { verdictOf, whyNotSound } from "../../scripts/mutate/judge-mutant.ts";
import type { Mutant } from "../../scripts/mutate/mutant.ts";
import { mutated } from "../../scripts/mutate/mutant.ts";
import { MUTANTS } from "../../scripts/mutate/mutants/index.ts";
import { runMutants } from "../../scripts/mutate/run-mutants.ts";
import { HANDLERS } from "../../src/core/handlers/index.ts";
import { PlantedTree } from "../walls/planted-tree.ts";

const MUTANT: Mutant = {
  id: "add-takes-away",
  file: "src/add.ts",
  find: "a + b",
  replace: "a - b",
  says: "it takes away",
  prefixes: ["ADD"],
};

describe("the mutants of this project", () => {
  test.each(Object.keys(HANDLERS))("there are three or more of the kind %s, in its own handler", (kind) => {
    const own = (MUTANTS[kind] ?? []).filter(({ file }) => file.startsWith("src/core/"));
    expect(own.length).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.values(MUTANTS).flat())("$id fits the code as it is", (mutant) => {
    expect(mutated(readFileSync(mutant.file, "utf8"), mutant)).toContain(mutant.replace);
  });

  test("no two of them have one id, and each is called after its kind", () => {
    const ids = Object.values(MUTANTS).flatMap((mutants) => mutants.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    const words = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const [kind, mutants] of Object.entries(MUTANTS))
      for (const { id } of mutants) expect(id.startsWith(`${words(kind)}-`), id).toBe(true);
  });
});

describe("a mutant", () => {
  test("is the source with one place changed, to the letter", () => {
    expect(mutated("return a + b;", { ...MUTANT, replace: "$& $1 a" })).toBe("return $& $1 a;");
  });

  test.each([
    ["is not there", "return a * b;", MUTANT, "stands 0 times in src/add.ts"],
    ["is there twice", "a + b; a + b;", MUTANT, "stands 2 times"],
    ["is nothing at all", "return a + b;", { ...MUTANT, find: "" }, "stands 0 times"],
    ["is replaced by itself", "return a + b;", { ...MUTANT, replace: "a + b" }, "changes nothing"],
  ])("whose place %s is refused", (_what, source, mutant, says) => {
    expect(() => mutated(source, mutant)).toThrow(says);
  });
});

const PASSED = { status: "passed", title: "ADD-1: adds" };
const FAILED = { status: "failed", title: "ADD-2, ADD-3: adds more" };
const report = (...assertionResults: readonly { readonly status: string; readonly title: string }[]): MutantReport => {
  const failures = assertionResults.filter(({ status }) => status === "failed").length;
  const status = failures > 0 || assertionResults.length === 0 ? "failed" : "passed";
  return {
    numTotalTests: assertionResults.length,
    numFailedTests: failures,
    testResults: [{ name: "a.test.ts", status, assertionResults }],
  };
};

test.each<[string, MutantReport | null, Verdict]>([
  ["a failed test with an id", report(PASSED, FAILED), { killed: true, by: "ADD-2" }],
  ["tests that all pass", report(PASSED), { killed: false, why: "every test passes" }],
  [
    "a failed test without an id",
    report(PASSED, { status: "failed", title: "something" }),
    { killed: false, why: "no test that failed carries the number of a sentence" },
  ],
  ["tests that cannot be loaded", report(), { killed: false, why: "it keeps the tests from being loaded, which proves no sentence" }],
  ["no report", null, { killed: false, why: "the tests did not come to an end" }],
])("of a mutant, %s: the verdict", (_what, given, verdict) => {
  expect(verdictOf(given)).toEqual(verdict);
});

test("code whose tests fail or are missing is no measure of mutants", () => {
  expect(whyNotSound(report(PASSED))).toBeNull();
  expect(whyNotSound(report(FAILED))).toBe("1 tests fail already, in a.test.ts");
  expect(whyNotSound({ ...report(), testResults: [] })).toBe("there are no tests");
  expect(whyNotSound(null)).toBe("the tests did not come to an end");
});

const PROJECT = {
  "package.json": '{ "type": "module" }',
  "vitest.config.ts":
    'import { defineConfig } from "vitest/config";\nexport default defineConfig({ test: { include: ["test/**/*.test.ts"] } });\n',
  "src/add.ts":
    "export const add = (a: number, b: number): number => a + b;\nexport const most = (a: number, b: number): number => (a > b ? a : b);\n",
  "test/semantics/add.test.ts":
    'import { expect, test } from "vitest";\nimport { add } from "../../src/add.ts";\ntest("ADD-1: adds", () => expect(add(1, 2)).toBe(3));\n',
  "test/semantics/most.test.ts":
    'import { expect, test } from "vitest";\nimport { most } from "../../src/add.ts";\ntest("MOST-1: of two", () => expect(most(2, 1)).toBe(2));\n',
};

/** Two that are noticed, one of them by tests that it does not name, and one that is not. */
const PLANTED: readonly Mutant[] = [
  MUTANT,
  { ...MUTANT, id: "most-takes-the-second", find: "a > b ? a : b", replace: "b", says: "it takes the second" },
  { ...MUTANT, id: "most-takes-the-first", find: "a > b ? a : b", replace: "a", says: "it takes the first" },
];

test("a planted project has its killed mutants and its survivor, and is left as it was", async () => {
  await using tree = await PlantedTree.make(PROJECT);
  const verdicts: string[] = [];
  const { killed, survivors } = await runMutants({
    root: tree.root,
    mutants: PLANTED,
    copies: 2,
    onVerdict: ({ id }, verdict) => verdicts.push(`${id} ${verdict.killed ? verdict.by : verdict.why}`),
  });
  expect({ killed, survivors: survivors.map(({ id }) => id) }).toEqual({ killed: 2, survivors: ["most-takes-the-first"] });
  expect(verdicts.toSorted()).toEqual(["add-takes-away ADD-1", "most-takes-the-first every test passes", "most-takes-the-second MOST-1"]);
  expect(readFileSync(`${tree.root}/src/add.ts`, "utf8")).toBe(PROJECT["src/add.ts"]);
}, 60_000);

test("nothing is tried where the tests fail already, a mutant does not fit, or two have one id", async () => {
  const none = (): never => {
    throw new Error("nothing was to be tried");
  };
  await using tree = await PlantedTree.make(PROJECT);
  const tried = (mutants: readonly Mutant[]) => runMutants({ root: tree.root, mutants, copies: 1, onVerdict: none });
  await expect(tried([{ ...MUTANT, find: "a * b" }])).rejects.toThrow("Mutant add-takes-away: what it replaces stands 0 times");
  await expect(tried([MUTANT, MUTANT])).rejects.toThrow("Two mutants are called add-takes-away.");
  await tree.plant({ "src/add.ts": PROJECT["src/add.ts"].replace("a > b", "a < b") });
  await expect(tried([MUTANT])).rejects.toThrow(/over the code as it is, 1 tests fail already, in .*most\.test\.ts/);
}, 60_000);
