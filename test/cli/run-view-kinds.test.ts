import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, type RunEvent, step, tool, withPolicy } from "../../src/index.ts";
import { applyEntry, applyEvent, EMPTY_VIEW, type NodeView, type RunView, viewOf } from "../../src/model/run-view.ts";
import { parseInstancePath } from "../../src/model/path.ts";
import { nodeAt } from "../../src/model/view-tree.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";

const DAY = 86_400_000;

function at(view: RunView, path: string): NodeView {
  const node = view.root === null ? null : nodeAt(view.root, path);
  if (node === null) throw new Error(`There is nothing at ${path}.`);
  return node;
}

/** Fails the first so many times. */
function failing(name: string, times: number) {
  let calls = 0;
  return step(name, (n: number) => {
    if (calls++ < times) throw new Error("busy");
    return n;
  });
}

/** Ends when it is told to stop, and not before. */
const endless = (name: string) =>
  step(name, (_: unknown, { signal }): Promise<number> => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
  });

/** Runs a program, and makes sure that its history comes to the same view however it is told, and wherever it is cut. */
async function viewed(program: Parameters<Flujo["run"]>[0], options: { readonly clock?: ManualClock } = {}) {
  await using flujo = new Flujo(options);
  const events: RunEvent[] = [];
  const result = await flujo.run(program, 1 as never, { runId: "r", onEvent: (event) => events.push(event) });
  const entries = await flujo.entries("r");
  const view = viewOf(entries, "r");
  expect(events.reduce(applyEvent, EMPTY_VIEW)).toEqual(view);
  for (let cut = 0; cut <= entries.length; cut++)
    expect(entries.slice(cut).reduce(applyEntry, viewOf(entries.slice(0, cut), "r"))).toEqual(view);
  return { view, result, entries };
}

test("attempts of a composite stand below it, each with what happened in it; of one that needed a single attempt nothing but that is seen", async () => {
  const body = pipeline({ name: "body" })
    .step("a", (n: number) => n + 1)
    .step(failing("b", 1));
  const once = pipeline({ name: "once" }).step("c", (n: number) => n);
  const program = pipeline({ name: "p" })
    .step(body, { retry: { retries: 2, firstDelayMs: 1 } })
    .step(once, { retries: 2 });
  const { view, result } = await viewed(program);
  expect(result).toMatchObject({ status: "succeeded", output: 2 });
  const tried = at(view, "p/body");
  expect(tried).toMatchObject({ status: "succeeded", attempts: 2, output: 2, attempt: null });
  expect(tried.outcomes.map(({ attempt, failure }) => [attempt, failure?.code ?? null])).toEqual([
    [1, "step_failed"],
    [2, null],
  ]);
  expect([...tried.children.values()].map(({ segment, attempt, path, status }) => [segment, attempt, path, status])).toEqual([
    ["#1", 1, "p/body#1", "failed"],
    ["#2", 2, "p/body#2", "succeeded"],
  ]);
  expect(tried.children.get("#1")?.children.get("b")).toMatchObject({ status: "failed", path: "p/body/b" });
  expect(at(view, "p/body#2/b")).toMatchObject({ status: "succeeded", path: "p/body#2/b", output: 2 });
  expect([...at(view, "p/once").children.keys()]).toEqual(["c"]);
  expect(at(view, "p/once")).toMatchObject({ attempts: 1, outcomes: [] });
});

test("items of a map that is tried again, and turns of an agent that is, stand in their attempt; its calls are over with it", async () => {
  const list = pipeline({ name: "list" })
    .step("make", () => [1, 2])
    .map(failing("each", 1), { name: "m", concurrency: 1 });
  const look = tool({ name: "look", description: "d", input: z.object({}), onError: "fail", run: () => "seen" });
  const model = scriptedModel([
    {
      calls: [
        { tool: "look", input: {} },
        { tool: "nowhere", input: {} },
      ],
    },
    { text: "stiff" },
    { text: "fine" },
  ]);
  const writer = agent({ name: "writer", model, instructions: "x", input: z.array(z.number()), tools: [look] });
  const tone = { name: "tone", check: (text: string) => ({ score: text === "fine" ? 0.9 : 0.2, feedback: "too stiff" }), minScore: 0.5 };
  const program = pipeline({ name: "p" })
    .step(withPolicy(list, { retry: { retries: 1, firstDelayMs: 1 } }))
    .step(withPolicy(writer, { retry: { retries: 1, firstDelayMs: 1 }, validate: tone }));
  const { view, result } = await viewed(program);
  expect(result).toMatchObject({ status: "succeeded", output: "fine" });
  expect(at(view, "p/list#2/m")).toMatchObject({ kind: "map", items: 2 });
  expect([...at(view, "p/list#2/m").children.keys()]).toEqual(["m[0]", "m[1]"]);
  const wrote = at(view, "p/writer");
  expect(wrote).toMatchObject({ kind: "agent", attempts: 2, output: "fine", metadata: { scores: { tone: 0.9 } } });
  expect(wrote.outcomes.map(({ failure }) => failure?.message ?? null)).toEqual([
    "p/writer: what it gave is not good enough (tone 0.2: too stiff).",
    null,
  ]);
  const [first, second] = [...wrote.children.values()];
  expect(first).toMatchObject({ kind: "agent", attempt: 1, status: "failed" });
  expect([...(first?.children.get("turn[0]")?.children.values() ?? [])].map(({ name, status }) => [name, status])).toEqual([
    ["look", "succeeded"],
    ["nowhere", "failed"],
  ]);
  expect(second).toMatchObject({ kind: "agent", attempt: 2, status: "succeeded", output: "fine" });
  expect([...(second?.children.keys() ?? [])]).toEqual(["turn[0]"]);
});

test("deadlines are no nodes: what they stop is cancelled, the attempt has timed out, and the fallback stands below its node", async () => {
  const program = pipeline({ name: "p" }).step(pipeline({ name: "slow" }).step(endless("wait")), {
    timeoutMs: 20,
    totalTimeoutMs: 60_000,
    fallback: step("guess", () => 7),
  });
  const { view, entries } = await viewed(program);
  expect(entries.some(({ key }) => key === "p/slow/?time")).toBe(true);
  const slow = at(view, "p/slow");
  expect([...slow.children.values()].map(({ segment, name, status, failure }) => [segment, name, status, failure?.code ?? null])).toEqual([
    ["wait", "wait", "cancelled", "cancelled"],
    ["fallback", "guess", "succeeded", null],
  ]);
  expect(slow).toMatchObject({ status: "succeeded", output: 7, metadata: { fallback: 1 } });
  expect(slow.outcomes).toMatchObject([{ attempt: 1, failure: { code: "timeout" } }]);
});

test("a step that failed goes on with what takes its place", async () => {
  const program = pipeline({ name: "p" }).step(withPolicy(failing("try", 9), { fallback: pipeline().step("guess", () => 7) }));
  const { view, entries } = await viewed(program);
  expect(at(view, "p/try")).toMatchObject({ kind: "step", status: "succeeded", output: 7, metadata: { fallback: 1 } });
  const until = entries.findIndex(({ key }) => key === "p/try/fallback/guess");
  const meanwhile = viewOf(entries.slice(0, until + 1), "r");
  expect(at(meanwhile, "p/try")).toMatchObject({ status: "running", endedAtMs: null, failure: { code: "step_failed" } });
});

test("loops, joins, sleeps, taps, nested contexts and defaults are known for what they are", async () => {
  const inner = pipeline({ name: "research", context: z.object({ topic: z.string() }) }).step("look", (n: number) => n);
  const program = pipeline({ name: "p" })
    .loop(
      step("inc", (n: number) => n + 1),
      { name: "up", until: (n) => n > 3 },
    )
    .sleep("nap", 5)
    .sleepUntil("then", () => 0)
    .parallel({ fast: step("f", () => 1), slow: endless("s") }, { join: "any", name: "race" })
    .step("one", ({ output }) => output)
    .step(failing("rate", 9), { onError: { default: 5 } })
    .step(inner, { context: { in: () => ({ topic: "x" }) } })
    .tap("log", () => Promise.reject(new Error("full")), { onError: "ignore" })
    .human("ok", { answer: z.boolean(), timeoutMs: 1, default: false })
    .waitFor("paid", { schema: z.number(), timeoutMs: 1, onTimeout: step("unpaid", () => "unpaid") });
  const { view, result } = await viewed(program);
  expect(result).toMatchObject({ status: "succeeded", output: "unpaid" });
  expect([...(view.root?.children.values() ?? [])].map(({ name, kind, status }) => [name, kind, status])).toEqual([
    ["up", "loop", "succeeded"],
    ["nap", "sleep", "succeeded"],
    ["then", "sleep", "succeeded"],
    ["race", "parallel", "succeeded"],
    ["one", "step", "succeeded"],
    ["rate", "step", "succeeded"],
    ["research", "nested", "succeeded"],
    ["log", "tap", "succeeded"],
    ["ok", "human", "succeeded"],
    ["paid", "signal", "succeeded"],
  ]);
  expect(at(view, "p/up")).toMatchObject({ metadata: { iterations: 3 }, items: null });
  expect([...at(view, "p/up").children.keys()]).toEqual(["up[0]", "up[1]", "up[2]"]);
  expect(at(view, "p/then").metadata["lateMs"]).toBeGreaterThan(0);
  expect(at(view, "p/race")).toMatchObject({ metadata: { winners: ["fast"] } });
  expect(at(view, "p/race/slow")).toMatchObject({ status: "cancelled", failure: { details: { reason: "lost-race" } } });
  expect(at(view, "p/rate")).toMatchObject({ output: 5, outcomes: [{ failure: { code: "step_failed" } }] });
  expect(at(view, "p/rate").metadata["defaulted"]).toContain("busy");
  expect(at(view, "p/log/run")).toMatchObject({ status: "failed" });
  expect(at(view, "p/ok")).toMatchObject({ output: { answer: false }, metadata: { timedOut: true }, wait: { waitsFor: "answer" } });
  expect(at(view, "p/paid/timeout")).toMatchObject({ name: "unpaid", status: "succeeded" });
  expect(view.pauses).toEqual([]);
});

test("before a loop is asked whether that is enough, it looks like a map; it never does again", async () => {
  const program = pipeline({ name: "p" }).loop(
    pipeline({ name: "body" }).step("inc", (n: number) => n + 1),
    { name: "up", until: (n) => n > 2 },
  );
  const { entries } = await viewed(program);
  const kinds = entries.map((_, index) => {
    const { root } = viewOf(entries.slice(0, index + 1), "r");
    return root === null ? undefined : nodeAt(root, "p/up")?.kind;
  });
  const first = entries.findIndex(({ type }) => type === "decisions-made");
  expect(kinds.slice(1, first)).toEqual(entries.slice(1, first).map(() => "map"));
  expect(new Set(kinds.slice(first))).toEqual(new Set(["loop"]));
});

test("what a run that rests waits for, since when, and until when, is in its nodes; the end of a wait takes it out of the pauses", async () => {
  const clock = new ManualClock();
  const program = pipeline({ name: "p" }).parallel({
    paid: pipeline({ name: "a" }).waitFor("paid", { schema: z.number(), timeout: "3 days" }),
    sure: pipeline({ name: "b" }).human("sure", { answer: z.boolean() }),
    nap: pipeline({ name: "c" }).sleep("nap", "2 days"),
  });
  const sinceMs = clock.now();
  const { view, result, entries } = await viewed(program, { clock });
  expect(result).toMatchObject({ status: "paused", wakeAtMs: sinceMs + 2 * DAY });
  const paths = ["p/parallel/paid/paid", "p/parallel/sure/sure", "p/parallel/nap/nap"];
  expect([...view.pauses].sort()).toEqual([...paths].sort());
  const [paid, sure, nap] = paths.map((path) => at(view, path));
  expect(paid).toMatchObject({ kind: "signal", status: "waiting", wait: { waitsFor: "signal", wakeAtMs: sinceMs + 3 * DAY } });
  expect(paid?.question).toMatchObject({ answerSchema: { type: "number" } });
  expect(sure).toMatchObject({ kind: "human", status: "waiting", wait: { waitsFor: "answer", wakeAtMs: null } });
  expect(nap).toMatchObject({ kind: "sleep", status: "waiting", wait: { waitsFor: "time", wakeAtMs: sinceMs + 2 * DAY }, question: null });
  const about = { seq: entries.length, atMs: sinceMs + 2 * DAY, fingerprint: "f", name: "nap", startedAtMs: sinceMs } as const;
  const key = parseInstancePath("p/parallel/nap/nap");
  const woken = applyEntry(view, { type: "operation-finished", op: "sleep", key, ...about, outcome: { status: "succeeded", value: null } });
  expect(woken.pauses).not.toContain("p/parallel/nap/nap");
});

test("a run that is called off says so until it has ended; what was told to stop is cancelled, and so is the run", async () => {
  await using flujo = new Flujo();
  const program = pipeline({ name: "p" }).parallel({ a: endless("a"), b: endless("b") });
  const begun = Promise.withResolvers<void>();
  const going = flujo.run(program, 1, { runId: "r", onEvent: ({ family }) => family === "progress" && begun.resolve() });
  await begun.promise;
  await flujo.cancel("r", "too late");
  await going;
  const entries = await flujo.entries("r");
  const view = viewOf(entries, "r");
  expect(view).toMatchObject({ cancelRequested: { reason: "too late" }, end: { status: "cancelled" }, root: { status: "cancelled" } });
  for (const path of ["p/parallel", "p/parallel/a", "p/parallel/b"]) expect(at(view, path)).toMatchObject({ status: "cancelled" });
  const requested = entries.findIndex(({ type }) => type === "cancel-requested");
  expect(viewOf(entries.slice(0, requested), "r").cancelRequested).toBeNull();
  expect(viewOf(entries.slice(0, requested + 1), "r")).toMatchObject({ cancelRequested: { reason: "too late" }, end: null });
});

test("a run that goes on as another one has neither failed nor been cancelled", async () => {
  await using flujo = new Flujo();
  const program = pipeline({ name: "p", input: z.number() }).step("count", (n, { continueAs }): number => (n < 2 ? continueAs(n + 1) : n));
  expect(await flujo.run(program, 1, { runId: "r" })).toMatchObject({ status: "succeeded", output: 2 });
  const view = viewOf(await flujo.entries("r"), "r");
  expect(view).toMatchObject({ root: { status: "continued" }, end: { status: "succeeded", continuedAs: "r.2" } });
  expect(at(view, "p/count")).toMatchObject({ status: "continued" });
});
