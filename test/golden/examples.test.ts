import { globSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Workshop } from "../cli/harness.ts";

// Every example is kept by goldens, which the command line checks as a reader would.

const EXAMPLES = fileURLToPath(new URL("../../examples", import.meta.url));
const goldens = globSync("goldens/**/*.golden.yaml", { cwd: EXAMPLES }).sort();

/** What has `goldens` of its own: whatever exports a whole program. The rest are parts of these, and programs that start them. */
const PROGRAMS = [
  "agents/chat.ts#clerk",
  "agents/desk.ts#desk",
  "agents/inbox.ts#inbox",
  "approval/expense.ts#expense",
  "archives/archives.ts#report",
  "code-review/code-review.ts#codeReview",
  "documents/documents.ts#documents",
  "game-of-24/game-of-24.ts#byModel",
  "game-of-24/game-of-24.ts#byRules",
  "hello/hello.js#classify",
  "hello/hello.ts#classify",
  "refund/refund.ts#refund",
  "research/research.ts#research",
  "review/review.ts#reviewed",
  "triage/triage.ts#ticket",
  "triage/triage.ts#triage",
];

test("every program among the examples has a golden", () => {
  const sources = goldens.map((file) => (parse(readFileSync(join(EXAMPLES, file), "utf8")) as { readonly source: string }).source);
  expect([...new Set(sources)].sort()).toEqual(PROGRAMS);
  const started = globSync("*/*.{ts,js}", { cwd: EXAMPLES, exclude: (name) => name === "node_modules" }).filter((file) =>
    /^export const \w+ = (?:pipeline|agent)\(\{ ?(?:name|$)/m.test(readFileSync(join(EXAMPLES, file), "utf8")),
  );
  const kept = PROGRAMS.map((program) => program.slice(0, program.indexOf("#")));
  expect(started.filter((file) => !kept.includes(file)).sort()).toEqual(["research/investigate.ts", "triage/classify.ts"]); // parts of other programs
});

test("all of them are clean, in whatever time zone", { timeout: 60_000 }, async () => {
  using workshop = new Workshop();
  const ended = await workshop.flujo(["golden", "check", EXAMPLES, "--json"], { env: { TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8" } });
  const { goldens: checked } = JSON.parse(ended.stdout) as {
    readonly goldens: readonly { readonly file: string; readonly status: string }[];
  };
  expect(checked.filter(({ status }) => status !== "clean")).toEqual([]);
  expect(checked.map(({ file }) => relative(EXAMPLES, resolve(workshop.folder, file))).sort()).toEqual(goldens);
  expect(ended.code).toBe(0);
});
