import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { CHECKS } from "../../scripts/checks/checks.ts";
import { PlantedTree } from "../walls/planted-tree.ts";

const PASSING = 'import { test } from "vitest";\ntest("one", () => {});\ntest("two", () => {});\n';
const all = CHECKS.length;

/** A folder whose checks pass at once, and whose tests are real ones. */
function folder(files: Readonly<Record<string, string>>, scripts: Readonly<Record<string, string>> = {}): Promise<PlantedTree> {
  const passing = Object.fromEntries(CHECKS.map(({ name }) => [name, "true"]));
  return PlantedTree.make({
    "package.json": JSON.stringify({ type: "module", scripts: { ...passing, unit: "vitest run", ...scripts } }),
    "a.test.ts": PASSING,
    ...files,
  });
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly lastLine: string;
}

async function npmTest(tree: PlantedTree, ...checks: readonly string[]): Promise<Ended> {
  const script = resolve("scripts/test.ts");
  // The runner of these tests marks its own children; the one under test is to start as if by hand.
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = process.env;
  return new Promise((done) => {
    execFile(process.execPath, [script, ...checks], { cwd: tree.root, env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "" }),
    );
  });
}

test("where all is well, the last line has the checks and the tests, and the exit code is 0", async () => {
  await using tree = await folder({});
  expect(await npmTest(tree)).toMatchObject({ code: 0, lastLine: `${all + 2} passed, 0 failed` });
});

const FAILING = 'import { test } from "vitest";\ntest("no", () => { throw new Error("planted"); });\n';

test.each([
  { what: "a failing test", source: FAILING, passed: all - 1 + 2, failed: 2, says: "1 test failed." },
  {
    what: "a skipped test",
    source: 'import { test } from "vitest";\ntest.skip("no", () => {});\n',
    passed: all - 1 + 2,
    failed: 1,
    says: "1 test was skipped.",
  },
  {
    what: "a test to do",
    source: 'import { test } from "vitest";\ntest.todo("no");\n',
    passed: all - 1 + 2,
    failed: 1,
    says: "1 test is still to do.",
  },
  {
    what: "a file that throws when it is loaded",
    source: 'throw new Error("planted");',
    passed: all - 1 + 2,
    failed: 2,
    says: "1 test failed.",
  },
])("$what fails the run and is said in a sentence", async ({ source, passed, failed, says }) => {
  await using tree = await folder({ "b.test.ts": source });
  const { code, output, lastLine } = await npmTest(tree);
  expect({ code, lastLine }).toEqual({ code: 1, lastLine: `${passed} passed, ${failed} failed` });
  expect(output).toContain(says);
});

test("a test file that the runner never collects fails the run", async () => {
  await using tree = await folder({
    "deep/b.test.ts": PASSING,
    "vitest.config.ts":
      'import { defineConfig } from "vitest/config";\nexport default defineConfig({ test: { include: ["*.test.ts"] } });\n',
  });
  const { code, output, lastLine } = await npmTest(tree);
  expect({ code, lastLine }).toEqual({ code: 1, lastLine: `${all - 1 + 2} passed, 1 failed` });
  expect(output).toMatch(/deep\/b\.test\.ts was not collected/);
});

test("a runner that dies before its report fails the run", async () => {
  await using tree = await folder({}, { unit: "false" });
  expect(await npmTest(tree)).toMatchObject({ code: 1, lastLine: `${all - 1} passed, 1 failed` });
});

test("a failing check shows what it printed and stops none of the others", async () => {
  await using tree = await folder({}, { lint: "echo 'src/a.ts: planted finding' && exit 3", unit: "true" });
  const { code, output, lastLine } = await npmTest(tree, "lint", "types");
  expect({ code, lastLine }).toEqual({ code: 1, lastLine: "1 passed, 1 failed" });
  expect(output).toContain("src/a.ts: planted finding");
  expect(output).toMatch(/✔ types/);
});

test("a check that there is none of is refused by name", async () => {
  await using tree = await folder({});
  const { code, output } = await npmTest(tree, "lunt");
  expect(code).not.toBe(0);
  expect(output).toContain("No check is called lunt. There are format, lint,");
});

test("every check is a script of package.json, which can be run alone", async () => {
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(CHECKS.map(({ name }) => name)));
});
