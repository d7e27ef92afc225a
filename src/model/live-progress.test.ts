import { expect, test } from "vitest";
import type { Entry } from "./entry.ts";
import { foldProgress, NO_PROGRESS, ProgressFold, retellProgress } from "./live-progress.ts";
import { rootPath } from "./path.ts";
import type { Progress, RunEvent } from "./run-event.ts";

let count = 0;

function told(path: string, progress: Progress, epoch = 1): RunEvent {
  const n = count++;
  return { family: "progress", runId: "r", path: rootPath(path), name: "a", attempt: 1, atMs: 1_000 + n, epoch, n, ...progress };
}
const started = (path: string, epoch?: number): RunEvent => told(path, { type: "operation-started", op: "model" }, epoch);
const text = (path: string, delta: string, epoch?: number): RunEvent => told(path, { type: "text-delta", delta }, epoch);

function ended(path: string, status: "succeeded" | "failed"): RunEvent {
  const key = rootPath(path);
  const failure = { code: "model_call_failed", message: "m", path: key, retryable: true } as const;
  const outcome = status === "succeeded" ? ({ status, value: "v" } as const) : ({ status, failure } as const);
  const about = { seq: 1, atMs: 2_000, key, fingerprint: "f", name: "a", startedAtMs: 0 } as const;
  const entry: Entry = { type: "operation-finished", op: "model", ...about, outcome };
  return { family: "entry", runId: "r", entry };
}

function texts(events: readonly RunEvent[], from = NO_PROGRESS): Readonly<Record<string, string>> {
  const { operations } = events.reduce(foldProgress, from);
  return Object.fromEntries([...operations].map(([path, { text }]) => [path, text]));
}

test("text, reasoning and tool input grow by path; of reports the last counts", () => {
  const events = [
    started("a"),
    told("a", { type: "reasoning-delta", delta: "Hm" }),
    told("a", { type: "reasoning-delta", delta: "m." }),
    text("a", "Hel"),
    started("b"),
    text("a", "lo"),
    told("a", { type: "tool-input-delta", callId: "1", tool: "look", delta: '{"x"' }),
    told("a", { type: "tool-input-delta", callId: "2", tool: "see", delta: "{" }),
    told("a", { type: "tool-input-delta", callId: "1", tool: "look", delta: ":1}" }),
    told("b", { type: "work-reported", value: 1 }),
    told("b", { type: "work-reported", value: { done: 2 } }),
  ];
  const { operations, epoch } = events.reduce(foldProgress, NO_PROGRESS);
  expect(epoch).toBe(1);
  expect([...operations.keys()]).toEqual(["a", "b"]);
  expect(operations.get(rootPath("a"))).toMatchObject({
    text: "Hello",
    reasoning: "Hmm.",
    toolInputs: [
      { callId: "1", tool: "look", text: '{"x":1}' },
      { callId: "2", tool: "see", text: "{" },
    ],
  });
  expect(operations.get(rootPath("b"))).toMatchObject({ reported: { done: 2 } });
});

test.each(["succeeded", "failed"] as const)("all that an operation told is dropped when its entry says that it %s", (status) => {
  expect(texts([started("a"), text("a", "x"), started("b"), text("b", "y"), ended("a", status)])).toEqual({ b: "y" });
});

test("what starts anew, and what another owner does, makes void what was told before; who has lost the run is not heard", () => {
  expect(texts([started("a"), text("a", "x"), started("a"), text("a", "y")])).toEqual({ a: "y" });
  expect(texts([started("a"), text("a", "x"), started("b", 2), text("a", "late", 1)])).toEqual({ b: "" });
});

test("the end of a run leaves nothing", () => {
  const { usage, cost } = { usage: {}, cost: {} } as never;
  const end: Entry = { type: "run-finished", seq: 9, atMs: 9, key: rootPath("p"), end: { status: "cancelled" }, usage, cost };
  expect(texts([started("a"), text("a", "x"), { family: "entry", runId: "r", entry: end }])).toEqual({});
});

test("decisions start too, and are nothing that one could watch", () => {
  expect(texts([told("a/?key", { type: "operation-started", op: "decide" })])).toEqual({});
});

test("the pure fold changes nothing it was given, and comes to the same as the one that works in place", () => {
  const first = [started("a"), text("a", "x"), told("a", { type: "tool-input-delta", callId: "1", tool: "t", delta: "{" })];
  const before = first.reduce(foldProgress, NO_PROGRESS);
  const kept = structuredClone(before);
  const more = [text("a", "y"), told("a", { type: "tool-input-delta", callId: "1", tool: "t", delta: "}" }), started("b")];
  const after = more.reduce(foldProgress, before);
  expect(before).toEqual(kept);
  const fold = new ProgressFold();
  for (const event of [...first, ...more]) fold.apply(event);
  expect(fold.progress).toEqual(after);
  const onTop = new ProgressFold(before);
  for (const event of more) onTop.apply(event);
  expect([onTop.progress, before]).toEqual([after, kept]);
});

test("whoever is told it again has the same before his eyes", () => {
  const events = [
    started("a"),
    told("a", { type: "reasoning-delta", delta: "why" }),
    text("a", "te"),
    text("a", "xt"),
    told("a", { type: "tool-input-delta", callId: "1", tool: "t", delta: "{" }),
    started("b"),
    told("b", { type: "work-reported", value: 3 }),
  ];
  const progress = events.reduce(foldProgress, NO_PROGRESS);
  const again = retellProgress(progress, "r");
  expect(again.map(({ type }) => type)).toEqual([
    "operation-started",
    "reasoning-delta",
    "text-delta",
    "tool-input-delta",
    "operation-started",
    "work-reported",
  ]);
  expect(again.reduce(foldProgress, NO_PROGRESS)).toEqual(progress);
  expect(again.reduce(foldProgress, progress)).toEqual(progress); // also to somebody who had some of it
});
