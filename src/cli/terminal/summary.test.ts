import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool } from "../../index.ts";
import { scriptedModel } from "../../testing/index.ts";
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
  const rows = traceRows(view, { nowMs: view.lastAtMs, isGoingOn: false, width: 120 });
  expect(rows.filter(({ name }) => name.startsWith("[")).map(({ name }) => name)).toEqual(
    Array.from({ length: 12 }, (_, n) => `[${n}] each`),
  );
  expect(rows.filter(({ name }) => name === "look")).toHaveLength(12);
  expect(rows.find(({ status, name }) => status === "failed" && name === "bug: fix")?.detail).toContain("too hard");
});

test("what an interrupted map has not begun is missing, not done", async () => {
  await using flujo = new Flujo();
  const price = step("price", (n: number) => n);
  const program = pipeline({ name: "shop" })
    .step("list", (n: number) => Array.from({ length: n }, (_, index) => index))
    .map(price, { name: "prices", concurrency: 1 })
    .map(
      pipeline({ name: "look" }).step("see", (n: number) => n),
      { name: "views", concurrency: 1 },
    );
  await flujo.run(program, 30, { runId: "r" });
  const entries = await flujo.entries("r");
  const rowsUntil = (path: string) => {
    const cut = entries.findIndex(({ key }) => key === path);
    const view = viewOf(entries.slice(0, cut), "r");
    return summaryRows(view, view.lastAtMs).map(({ status, name, detail }) => `${status} ${name} | ${detail}`);
  };
  expect(rowsUntil("shop/prices[10]").slice(2)).toEqual(["running prices | 10/30 items", "running price | 10/30×"]);
  expect(rowsUntil("shop/views[7]/see").slice(4)).toEqual(["running views | 7/30 items", "running look | 7/30×", "running see | 7×"]);
});

test("a tool call that never ran is told with the turn that made it; one that failed tells why without its path", async () => {
  const weather = tool({ name: "weather", description: "w", input: z.object({ city: z.string() }), run: ({ city }) => `sunny in ${city}` });
  const model = scriptedModel(({ turn }) =>
    turn === 0
      ? {
          calls: [
            { tool: "weather", input: { city: "Rome" } },
            { tool: "wether", input: { city: "Rome" } },
          ],
        }
      : turn === 1
        ? { calls: [{ tool: "weather", input: { town: "Rome" } }] }
        : { text: "Sunny." },
  );
  await using flujo = new Flujo();
  await flujo.run(agent({ name: "helper", model, instructions: "x", tools: [weather] }), "how is it?", { runId: "r" });
  const view = viewOf(await flujo.entries("r"), "r");
  const told = traceRows(view, { nowMs: view.lastAtMs, isGoingOn: false, width: 80 }).map(
    ({ status, name, detail }) => `${status} ${name} | ${detail}`,
  );
  expect(told).toEqual([
    "title  | ",
    "succeeded helper | Sunny.",
    "remark asks scripted:script | ",
    "succeeded model call 1 | calls weather, wether",
    'succeeded weather | city: "Rome" → sunny in Rome',
    'failed wether | city: "Rome" → There is no tool "wether".',
    "succeeded model call 2 | calls weather",
    expect.stringMatching(/^failed weather \| town: "Rome" → the input does not fit its schema: city/),
    "succeeded model call 3 | Sunny.",
  ]);
  const summed = summaryRows(view, view.lastAtMs).map(({ status, name, detail }) => `${status} ${name} | ${detail}`);
  expect(summed.slice(1)).toEqual([
    expect.stringMatching(/^failed weather \| 2 calls {2}1 failed: the input does not fit/),
    'failed wether | There is no tool "wether".',
  ]);
});
