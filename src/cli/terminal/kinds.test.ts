import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, type Plan, step, systemClock } from "../../index.ts";
import type { RunView } from "../../model/run-view.ts";
import { viewOf } from "../../model/run-view.ts";
import { scriptedModel } from "../../testing/index.ts";
import { PlanFacts } from "./plan-facts.ts";
import { summaryRows } from "./summary-rows.ts";
import { traceRows } from "./trace-rows.ts";
import type { TreeRow } from "./tree-rows.ts";

const waits = (name: string) =>
  step(name, (_: unknown, { signal }): Promise<number> => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
  });

function failing(name: string, times: number) {
  let calls = 0;
  return step(name, (n: number) => {
    if (calls++ < times) throw new Error("the line was busy");
    return n;
  });
}

function everything() {
  const shaky = pipeline({ name: "shaky" })
    .step("a", (n: number) => n + 1)
    .step(failing("b", 1));
  const writer = agent({ name: "writer", model: scriptedModel(["stiff", "fine"]), instructions: "x", input: z.number() });
  const tone = { name: "tone", check: (text: string) => ({ score: text === "fine" ? 0.9 : 0.2, feedback: "too stiff" }), minScore: 0.5 };
  const inner = pipeline({ name: "research", context: z.object({ topic: z.string() }) }).step("look", (n: number) => n);
  return pipeline({ name: "p", input: z.number() })
    .step(shaky, { retry: { retries: 2, firstDelayMs: 1 } })
    .loop(
      step("inc", (n: number) => n + 1),
      { name: "up", until: (n) => n > 3, maxIterations: 9 },
    )
    .parallel({ fast: step("f", () => 1), slow: waits("s") }, { join: "any", name: "race" })
    .step("one", ({ output }) => output)
    .step(pipeline({ name: "check" }).step(waits("ask")), { timeoutMs: 10, fallback: step("guess", () => 7) })
    .step(writer, { validate: tone, retry: { retries: 1, firstDelayMs: 1 } })
    .step("length", (text) => text.length)
    .step(failing("rate", 9), { onError: { default: 5 } })
    .step(inner, { context: { in: () => ({ topic: "x" }) } })
    .tap("log", () => Promise.reject(new Error("disk full")), { onError: "ignore" })
    .human("ok", { answer: z.boolean(), timeoutMs: 1, default: false })
    .waitFor("paid", { schema: z.number(), timeout: "3 days" });
}

async function rested(program: Parameters<Flujo["run"]>[0]): Promise<{ readonly view: RunView; readonly plan: Plan }> {
  await using flujo = new Flujo();
  await flujo.run(program, 1 as never, { runId: "r" });
  return { view: viewOf(await flujo.entries("r"), "r"), plan: await flujo.planOf("r") };
}

function lines(rows: readonly TreeRow[]): readonly string[] {
  return rows.map(({ prefix, status, name, detail }) => `${prefix}${status} ${name}${detail === "" ? "" : ` | ${detail}`}`);
}

const UNTIL = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;

test("a summary says of each kind how it went: attempts, rounds, races, fallbacks, defaults, waits", async () => {
  const { view, plan } = await rested(everything());
  const rows = summaryRows(view, view.lastAtMs, { readAtMs: systemClock.now(), plan: new PlanFacts(plan) });
  expect(lines(rows).slice(1)).toEqual([
    "  ├ succeeded shaky | 1 retry",
    "  │  ├ succeeded a",
    "  │  └ succeeded b",
    "  ├ succeeded up | 2 times",
    "  │  └ succeeded inc | 2×",
    "  ├ succeeded race | first: fast",
    "  │  ├ succeeded fast: f",
    "  │  └ cancelled slow: s | told to stop: others were enough",
    "  ├ succeeded one",
    "  ├ succeeded check | fallback 1 after timeout",
    "  │  ├ cancelled ask | told to stop: the time was over",
    "  │  └ succeeded fallback: guess",
    "  ├ succeeded writer | scores tone 0.9  1 retry",
    "  ├ succeeded length",
    "  ├ succeeded rate | its default instead: the line was busy",
    "  ├ succeeded research",
    "  │  └ succeeded look",
    "  ├ succeeded log | failed, and was ignored: disk full",
    "  ├ succeeded ok | nobody answered in time",
    expect.stringMatching(`^  └ waiting paid \\| waits for signal paid, until ${UNTIL} \\(in 3 d\\)$`),
  ]);
});

test("a trace has every attempt with what happened in it, and says what became of it", async () => {
  const { view, plan } = await rested(everything());
  const rows = traceRows(view, { nowMs: view.lastAtMs, isGoingOn: false, width: 120, plan: new PlanFacts(plan) });
  expect(lines(rows).slice(2)).toEqual([
    "  ├ succeeded shaky",
    "  │  ├ failed attempt 1",
    "  │  │  ├ succeeded a | 2",
    "  │  │  └ failed b | the line was busy",
    "  │  └ succeeded attempt 2",
    "  │     ├ succeeded a | 2",
    "  │     └ succeeded b | 2",
    "  ├ succeeded up",
    "  │  ├ remark 2 times",
    "  │  ├ succeeded [0] inc | 3",
    "  │  └ succeeded [1] inc | 4",
    "  ├ succeeded race",
    "  │  ├ remark first: fast",
    "  │  ├ succeeded fast: f | 1",
    "  │  └ cancelled slow: s | told to stop: others were enough",
    "  ├ succeeded one | 1",
    "  ├ succeeded check",
    "  │  ├ remark fallback 1 after timeout",
    "  │  ├ cancelled ask | told to stop: the time was over",
    "  │  └ succeeded fallback: guess | 7",
    "  ├ succeeded writer | fine",
    "  │  ├ remark scores tone 0.9",
    "  │  ├ failed attempt 1 | what it gave is not good enough (tone 0.2: too stiff).",
    "  │  │  ├ remark asks scripted:script",
    "  │  │  └ succeeded model call 1 | stiff",
    "  │  └ succeeded attempt 2 | fine",
    "  │     └ succeeded model call 1 | fine",
    "  ├ succeeded length | 4",
    "  ├ succeeded rate | 5",
    "  │  └ remark its default instead: the line was busy",
    "  ├ succeeded research",
    "  │  └ succeeded look | 5",
    "  ├ succeeded log",
    "  │  └ remark failed, and was ignored: disk full",
    "  ├ succeeded ok | { input: 5, answer: false }",
    "  │  └ remark nobody answered in time",
    expect.stringMatching(`^  └ waiting paid \\| waits for signal paid, until ${UNTIL} \\(in 3 d\\)$`),
  ]);
});

/** What a run's summary says of one node after each of its entries, without repetitions. */
async function saidOf(name: string, program: Parameters<Flujo["run"]>[0]): Promise<readonly string[]> {
  await using flujo = new Flujo();
  await flujo.run(program, 1 as never, { runId: "r" });
  const entries = await flujo.entries("r");
  const plan = new PlanFacts(await flujo.planOf("r"));
  const said = entries.flatMap((_, index) => {
    const view = viewOf(entries.slice(0, index + 1), "r");
    return summaryRows(view, view.lastAtMs, { plan }).flatMap((row) => (row.name === name ? [`${row.status} ${row.detail}`] : []));
  });
  return said.filter((text, index) => text !== said[index - 1]);
}

test("while it goes on, the plan tells of how many attempts or iterations there may be, and that a failed attempt is not the last", async () => {
  const retried = pipeline({ name: "p" }).step(failing("try", 2), { retry: { retries: 2, firstDelayMs: 1 } });
  expect(await saidOf("try", retried)).toEqual([
    "running attempt 1 of 3 failed: the line was busy",
    "running attempt 2 of 3 failed: the line was busy",
    "succeeded 2 retries",
  ]);
  const loop = pipeline({ name: "p" }).loop(
    pipeline({ name: "round" }).step("inc", (n: number) => n + 1),
    { name: "up", until: (n) => n > 2, maxIterations: 5 },
  );
  expect(await saidOf("up", loop)).toEqual(["running iteration 1 of at most 5", "running iteration 2 of at most 5", "succeeded 2 times"]);
});

test("a failure that is not tried again is one at once", async () => {
  const refused = step({
    name: "try",
    retry: { retries: 2, firstDelayMs: 1 },
    retryOn: ["timeout"],
    run: (): number => {
      throw new Error("no");
    },
  });
  expect(await saidOf("a: try", pipeline({ name: "p" }).parallel({ a: refused, b: step("b", () => 1) }))).toEqual(["failed no"]);
});

test("what had not stopped in time is abandoned, and said to be", async () => {
  await using flujo = new Flujo({ graceMs: 20 });
  const begun = Promise.withResolvers<void>();
  const { promise: never } = Promise.withResolvers<number>();
  const deaf = step("deaf", () => never);
  const program = pipeline({ name: "p" }).parallel({ deaf, kind: waits("kind") });
  const going = flujo.run(program, 1, { runId: "r", onEvent: ({ family }) => family === "progress" && begun.resolve() });
  await begun.promise;
  await flujo.cancel("r", "too late");
  await going;
  const view = viewOf(await flujo.entries("r"), "r");
  const said = summaryRows(view, view.lastAtMs).map(({ status, name, detail }) => `${status} ${name} | ${detail}`);
  expect(said).toContain("cancelled deaf | abandoned: had not stopped after 20 ms");
  expect(said).toContain("cancelled kind | cancelled");
  expect(said).toContain("cancelled parallel | ");
  const traced = lines(traceRows(view, { nowMs: view.lastAtMs, isGoingOn: false, width: 120 }));
  expect(traced[1]).toMatch(new RegExp(`^  ├ remark called off ${UNTIL}:\\d\\d: too late$`));
});
