import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

// docs/requirements.md says what is there and what proves it. Here it is held to that.

const ASKED = [
  "FSD-9 golden transcripts",
  "FSD-2 agent registry",
  "cost controls",
  "FSD-7 health and metrics",
  "secrets",
  "RBAC",
  "pipeline registry",
  "live debugger",
  "durable state",
  "FSD-6 performance",
  "FSD-5 circuit breaker",
  "REQ-CORE-001",
  "REQ-CORE-002",
  "REQ-CORE-003",
  "REQ-CTX-001",
  "REQ-CTX-002",
  "REQ-SER-001",
  "REQ-SER-002",
  "REQ-GOV-001",
  "REQ-GOV-002",
  "REQ-GOV-003",
  "NFR-TEST-001",
  "NFR-PERF-001",
  "NFR-DOCS-001",
];

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string): string => readFileSync(root + file, "utf8");

interface Row {
  readonly id: string;
  readonly asked: string;
  readonly where: string;
  readonly proof: string;
}

interface Proof {
  readonly file: string;
  readonly title: string;
}

function rowsOf(markdown: string): readonly Row[] {
  return markdown.split("\n").flatMap((line) => {
    const [, id, asked, where, proof] = line.split("|").map((cell) => cell.trim());
    if (id === undefined || asked === undefined || where === undefined || proof === undefined) return [];
    return id === "id" || id.startsWith("---") ? [] : [{ id, asked, where, proof }];
  });
}

/** Files, not routes or names: they have a folder or stand in the root, and end in what files end in. */
function filesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([\w./-]+\.(?:ts|mjs|md|json))`/g)].flatMap(([, file]) => (file === undefined ? [] : [file]));
}

function proofsIn(cell: string): readonly Proof[] {
  return [...cell.matchAll(/`([\w./-]+\.ts)`: "([^"]+)"/g)].flatMap(([, file, title]) =>
    file === undefined || title === undefined ? [] : [{ file, title }],
  );
}

/** Whether a test is called so: its title stands between quotes of any kind, first in the brackets of a call. */
function hasTitle(file: string, title: string): boolean {
  const source = read(file).replace(/\(\s+/g, "(");
  return ['"', "'", "`"].some((quote) => source.includes(`(${quote}${title}${quote},`));
}

const rows = rowsOf(read("docs/requirements.md"));

test("every requirement has one row, and no row is about anything else", () => {
  expect(rows.map(({ id }) => id)).toEqual(ASKED);
});

describe.each(rows)("$id", ({ asked, where, proof }) => {
  test("names files that exist", () => {
    expect([...filesIn(where), ...filesIn(proof)].filter((file) => !existsSync(root + file))).toEqual([]);
  });

  test("names tests that exist, by their titles", () => {
    expect(proofsIn(proof).filter(({ file, title }) => !hasTitle(file, title))).toEqual([]);
  });

  test("has a proof, or says that there is none yet", () => {
    expect(asked).not.toBe("");
    expect(where).toMatch(/not yet|`/);
    expect(proofsIn(proof).length === 0).toBe(proof === "not yet");
  });
});

test("the architecture page describes the execution core and names no legacy module", () => {
  const page = read("docs/architecture.md");
  expect(page).toContain("## Execution Core");
  for (const noun of ["ExecutorCore.execute(frame)", "ExecutionFrame", "StepExecutor", "call(frame.child("]) expect(page).toContain(noun);
  expect(page).not.toMatch(/step_logic|legacy/i);
});
