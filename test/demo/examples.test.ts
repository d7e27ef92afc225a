import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { runFile } from "./run-process.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

test.each(["hello.ts", "hello.js"])("%s classifies a sentence", { timeout: 30_000 }, async (file) => {
  const { code, stdout, stderr } = await runFile(`examples/hello/${file}`, { cwd: freshFolder() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^billing \{/);
});

test.each([
  { word: "yes", becomes: "paid Ada" },
  { word: "no", becomes: "told Ada no" },
])("a run asked in one process is answered $word in another", { timeout: 30_000 }, async ({ word, becomes }) => {
  const cwd = freshFolder();
  const asked = await runFile("examples/approval/ask.ts", { cwd });
  expect(asked.stdout).toContain("Ada spent $84.50 on a train ticket?");
  const runId = /answer\.ts (\S+) yes/.exec(asked.stdout)?.[1] ?? "";
  const answered = await runFile("examples/approval/answer.ts", { cwd, args: [runId, word] });
  expect({ code: answered.code, stdout: answered.stdout.trim() }).toEqual({ code: 0, stdout: becomes });
});

test("examples import what a user can import: flujo, zod, Node's own modules and each other", () => {
  const files = globSync("**/*.{ts,js}", { cwd: EXAMPLES, exclude: (name) => name === "node_modules" });
  expect(files.length).toBeGreaterThan(9);
  const imported = files.flatMap((file) =>
    [...readFileSync(join(EXAMPLES, file), "utf8").matchAll(/ from "([^"]+)"/g)].map((match) => match[1] ?? ""),
  );
  expect(imported.filter((name) => !/^(?:flujo|zod|node:[\w/]+|\.\/.+)$/.test(name))).toEqual([]);
});

test("every file that the examples' README names is there", () => {
  const links = [...readFileSync(join(EXAMPLES, "README.md"), "utf8").matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? "");
  expect(links.filter((link) => !existsSync(join(EXAMPLES, link)))).toEqual([]);
});
