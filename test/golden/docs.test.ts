import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Workshop } from "../cli/harness.ts";
import { blocksOf, DocumentSession } from "./support/document-session.ts";

// docs/golden.md is followed to the letter: every file is written, every change is made, every command is run, and what is
// printed is what is shown.

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const THREE = "Three changes, and what is said of them";
const blocks = blocksOf("docs/golden.md");
const walk = blocks.filter(({ heading }) => heading !== THREE);
const three = blocks.filter(({ heading }) => heading === THREE);

test("a newcomer who follows docs/golden.md sees what it shows", { timeout: 120_000 }, async () => {
  using workshop = new Workshop();
  const session = new DocumentSession(workshop);
  for (const [at, block] of walk.entries()) {
    const { line, printed, shown } = await session.follow(block, walk[at + 1]);
    expect(printed, `line ${line}`).toBe(shown);
    expect(printed, `line ${line}`).not.toMatch(/gives exit code \d/);
  }
  expect(session.commands).toBeGreaterThanOrEqual(18);
  expect(readFileSync(workshop.path("golden.xml"), "utf8")).toContain('<failure type="request"');
  const golden = readFileSync(workshop.path("goldens/refund/charged-twice.golden.yaml"), "utf8");
  expect(golden).not.toContain("ada@example.com");
  const excerpts = walk.filter(({ language, heading }) => language === "yaml" && heading === "The file");
  expect(excerpts).toHaveLength(1);
  for (const { text } of excerpts) expect(golden).toContain(text);
});

const changes = three.filter(({ language }) => language === "diff");

test("there are the three changes of the triage example", () => {
  expect(three.map(({ language }) => language)).toEqual(changes.flatMap(() => ["diff", "sh", "text"]));
  expect(changes).toHaveLength(3);
});

test.each(changes.map((change) => [change.line, change] as const))(
  "the change of line %d is told of as docs/golden.md shows it",
  { timeout: 60_000 },
  async (_line, change) => {
    using workshop = new Workshop();
    for (const part of ["triage", "goldens", "package.json"]) cpSync(EXAMPLES + part, workshop.path(part), { recursive: true });
    const session = new DocumentSession(workshop);
    const [, check, shown] = three.slice(three.indexOf(change));
    await session.follow(change, check);
    if (check === undefined) throw new Error("No command follows the change.");
    const told = await session.follow(check, shown);
    expect(told.printed).toBe(told.shown);
    expect(session.commands).toBe(1);
  },
);

test("the CI file that is shown is the one to copy, and runs what the walk has run", () => {
  const file = readFileSync(`${EXAMPLES}ci/golden.yml`, "utf8");
  expect(walk.filter(({ language }) => language === "yaml")[0]?.text).toBe(file.trimEnd());
  const { jobs } = parse(file) as { readonly jobs: { readonly goldens: { readonly steps: readonly { readonly run?: string }[] } } };
  const runs = jobs.goldens.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  expect(runs).toEqual(["npm ci --ignore-scripts", "npx flujo golden check --junit golden.xml"]);
  expect(walk.filter(({ language }) => language === "sh").map(({ text }) => text)).toContain(`CI=true ${runs[1]} # exit code 1`);
});
