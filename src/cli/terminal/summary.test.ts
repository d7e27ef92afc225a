import { expect, test } from "vitest";
import { Flujo, pipeline, step } from "../../index.ts";
import { viewOf } from "../../model/run-view.ts";
import { summaryRows } from "./summary-rows.ts";
import { tally } from "./summary.ts";
import { traceRows } from "./trace-rows.ts";

test.each([
  [["a", "b", "a"], "a 2 · b 1"],
  [[true, false, true], "true 2 · false 1"],
  [["a", "b", "c"], ""],
  [["a", 1], ""],
  [["a".repeat(30), "a".repeat(30)], ""],
  [["a", "b", "c", "d", "e", "f", "a"], ""],
])("%j is counted as %j", (values, expected) => {
  expect(tally(values)).toBe(expected);
});

const each = pipeline()
  .step("look", (n: number) => ({ area: n % 3 === 0 ? ("bug" as const) : ("billing" as const), n }))
  .branch(({ area }) => area, {
    bug: step("fix", ({ n }: { n: number }) => {
      if (n === 9) throw new Error("too hard");
      return n;
    }),
    billing: pipeline().parallel({ left: step("l", () => 1), right: step("r", () => 2) }),
  });

async function viewOfRun() {
  await using flujo = new Flujo();
  const program = pipeline({ name: "p" }).map(each, { name: "items", onFailure: "collect", concurrency: 1 });
  await flujo.run(
    program,
    Array.from({ length: 12 }, (_, n) => n),
    { runId: "r" },
  );
  return viewOf(await flujo.entries("r"), "r");
}

test("a run is summed up: each node of the plan once, outputs and keys counted, failures told where they began", async () => {
  const view = await viewOfRun();
  const rows = summaryRows(view, view.lastAtMs).map(({ prefix, status, name, detail }) => `${prefix}${status} ${name} | ${detail}`);
  expect(rows).toEqual([
    expect.stringMatching(/^succeeded p \| run r {2}\d+ operations recorded$/),
    "  └ succeeded items | 12 items",
    "     └ failed each | 12×  1 failed",
    "        ├ succeeded look | 12×  billing 8 · bug 4",
    "        └ failed branch | 12×  → billing 8 · bug 4  1 failed",
    expect.stringMatching(/├ failed bug: fix \| 4× {2}1 failed: too hard$/),
    "           └ succeeded billing | 8×",
    "              └ succeeded parallel | 8×",
    "                 ├ succeeded left: l | 8×",
    "                 └ succeeded right: r | 8×",
  ]);
});

test("a trace leaves nothing out, and has items in their order", async () => {
  const view = await viewOfRun();
  const rows = traceRows(view, view.lastAtMs);
  expect(rows.filter(({ name }) => name.startsWith("[")).map(({ name }) => name)).toEqual(
    Array.from({ length: 12 }, (_, n) => `[${n}] each`),
  );
  expect(rows.filter(({ name }) => name === "look")).toHaveLength(12);
  expect(rows.find(({ status, name }) => status === "failed" && name === "bug: fix")?.detail).toContain("too hard");
});
