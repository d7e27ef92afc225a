import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { codeBlocksOf, printsAsShown } from "../../scripts/docs/code-blocks.ts";
import { publicExports } from "../../scripts/docs/public-exports.ts";
import { ReaderProject } from "../../scripts/docs/reader-project.ts";

// Code that is shown is code that works: all of it is type-checked, and run as a reader would run it.

const root = fileURLToPath(new URL("../../", import.meta.url));
const documents = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root }).sort()].filter((file) =>
  existsSync(root + file),
);
const shown = [
  ...documents.flatMap((file) => codeBlocksOf(readFileSync(root + file, "utf8"), { file, line: 1 })),
  ...publicExports().flatMap(({ blocks }) => blocks),
];
const blocks = [...new Map(shown.map((block) => [block.place, block])).values()]; // one declaration may have two names
const fragments = blocks.filter(({ use }) => use === "fragment");
const programs = blocks.filter(({ use }) => use !== "fragment");
const project = new ReaderProject(programs);
afterAll(() => project.remove());

describe("the code in documents and comments", () => {
  test("is there", () => {
    const files = new Set(programs.map(({ place }) => place.replace(/:\d+$/, "")));
    expect([...files]).toEqual(
      expect.arrayContaining(["README.md", "src/dsl/agent.ts", "src/runner/flujo.ts", "src/testing/scripted-model.ts"]),
    );
  });

  test("is in every guide, with what it prints", () => {
    const guides = globSync("docs/guides/*.md", { cwd: root }).sort();
    expect(guides.length).toBeGreaterThanOrEqual(7);
    const shows = (guide: string): boolean => programs.some(({ place, prints }) => place.startsWith(`${guide}:`) && prints !== undefined);
    expect(guides.filter((guide) => !shows(guide))).toEqual([]);
  });

  test("is a whole program, but for the pieces that are named here", () => {
    expect(fragments.map(({ place }) => place.replace(/:\d+$/, ""))).toEqual(["docs/architecture.md"]);
  });

  test("brings its imports with it", () => {
    for (const { place, code } of programs)
      expect(code, place).toMatch(/^import .* from ["'](flujo|flujo\/recipes|flujo\/testing|flujo\/web|zod)["'];$/m);
  });

  test("compiles", { timeout: 120_000 }, () => {
    expect(Object.fromEntries(project.check())).toEqual({});
  });

  test("compiles under `strict` alone, as a reader has it", { timeout: 120_000 }, () => {
    expect(Object.fromEntries(project.check("plain strict"))).toEqual({});
  });

  test("is refused under `strict` alone where a verdict says neither yes nor no, or a redirect goes nowhere", { timeout: 120_000 }, () => {
    const code = [
      'import { plugin, step, withPolicy } from "flujo";',
      'const a = step("a", (text: string) => text);',
      'withPolicy(a, { validate: (text) => ({ ok: text === "" || undefined, feedback: "no" }) });',
      'withPolicy(a, { plugins: [() => ({ ok: undefined, feedback: "no" })] });',
      'plugin("p", (text: string) => (text === "" ? { redirect: undefined } : { ok: true }));',
      'withPolicy(a, { plugins: [(text) => (text === "" ? { redirect: "b" } : { ok: false })], redirects: { c: a } });',
    ].join("\n");
    const reader = new ReaderProject([{ place: "wrong", language: "ts", use: "check", code }]);
    const lines = (reader.check("plain strict").get("wrong") ?? "").match(/^line \d+/gm);
    reader.remove();
    expect([...new Set(lines)]).toEqual(["line 3", "line 4", "line 5", "line 6"]);
  });

  test.each(programs.filter(({ use }) => use === "run").map((block) => [block.place, block] as const))(
    "%s runs to its end",
    { timeout: 90_000 },
    async (_place, block) => {
      const { exit, output } = await project.run(block);
      expect(exit, output).toBe(0);
      if (block.prints !== undefined && !printsAsShown(output, block.prints)) expect(output).toBe(block.prints);
    },
  );
});

test("a documented program reaches nobody but this machine", async () => {
  const code = 'import { connect } from "node:net";\nconnect(443, "192.0.2.1");\n';
  const block = { place: "a.md:1", language: "ts", use: "run", code } as const;
  const reader = new ReaderProject([block]);
  const { exit, output } = await reader.run(block);
  reader.remove();
  expect(output).toContain("A documented program wants to reach 192.0.2.1.");
  expect(exit).toBe(1);
});

describe("a block", () => {
  const from = { file: "a.md", line: 10 };

  test("is found with its place, language and use; other languages are left alone", () => {
    const text = "Text\n```ts\nconst a = 1;\n```\n```sh\nls\n```\n  ```js no-run\n  b();\n    c();\n  ```\n```ts fragment\nd\n```";
    expect(codeBlocksOf(text, from)).toEqual([
      { place: "a.md:11", language: "ts", use: "run", code: "const a = 1;\n" },
      { place: "a.md:17", language: "js", use: "check", code: "b();\n  c();\n" },
      { place: "a.md:21", language: "ts", use: "fragment", code: "d\n" },
    ]);
  });

  test("is followed by what it prints, where that is shown: to the letter, but for … in a line", () => {
    const [block] = codeBlocksOf("```ts\nconst a = 1;\n```\n\n```text\nrun … (1)\ndone\n```", from);
    expect(block?.prints).toBe("run … (1)\ndone");
    expect(printsAsShown("run 0199 (1)\ndone\n", "run … (1)\ndone")).toBe(true);
    for (const other of ["run 0199 (1)", "run\n0199 (1)\ndone", "run 0199 1\ndone"])
      expect(printsAsShown(other, "run … (1)\ndone")).toBe(false);
  });

  test("of an unknown use, or without an end, is refused", () => {
    expect(() => codeBlocksOf("```ts twoslash\n```", from)).toThrow('a.md:10: "twoslash" is neither');
    expect(() => codeBlocksOf("```ts\nconst a = 1;", from)).toThrow("a.md:10: the block is not closed.");
  });
});
