import { expect, test } from "vitest";
import { FREE } from "../model/cost.ts";
import type { Entry, Recorded, WaitOpened } from "../model/entry.ts";
import { rootPath } from "../model/path.ts";
import type { Progress, RunEvent } from "../model/run-event.ts";
import type { StepFailed } from "../model/step-result.ts";
import type { ModelTurn } from "../model/transcript.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { UiMessageChunk } from "./ui-message-chunk.ts";
import { UiMessageWriter } from "./ui-message-writer.ts";

const TURN = "a/turn[0]";

function told(progress: Progress): RunEvent {
  return { family: "progress", runId: "r", path: rootPath(TURN), name: "a", attempt: 1, atMs: 0, epoch: 1, n: 0, ...progress };
}
const started = told({ type: "operation-started", op: "model" });
const text = (delta: string): RunEvent => told({ type: "text-delta", delta });
const input = (callId: string, delta: string): RunEvent => told({ type: "tool-input-delta", callId, tool: "search", delta });

const EMPTY_TURN: ModelTurn = {
  text: "",
  reasoning: "",
  toolCalls: [],
  finish: "stop",
  messages: [],
  output: { ok: true, value: "" },
};
const FAILED: StepFailed = {
  status: "failed",
  name: "a",
  path: rootPath("a"),
  attempts: 1,
  usage: NO_USAGE,
  cost: FREE,
  startedAtMs: 0,
  latencyMs: 0,
  writes: [],
  metadata: {},
  failure: { code: "step_failed", message: "a: no", path: rootPath("a"), retryable: true },
};

function answered(turn: Partial<ModelTurn>): RunEvent {
  const value: ModelTurn = { ...EMPTY_TURN, ...turn };
  const about = { seq: 2, atMs: 0, key: rootPath(TURN), fingerprint: "f", name: "a", startedAtMs: 0 } as const;
  const entry: Entry = { type: "operation-finished", op: "model", ...about, outcome: { status: "succeeded", value } };
  return { family: "entry", runId: "r", entry };
}

/** The chunks between the first and the end. */
function written(events: readonly RunEvent[]): readonly UiMessageChunk[] {
  const writer = new UiMessageWriter({});
  return events.flatMap((event) => writer.take(event)).slice(2);
}

test("a call that is told again from its beginning takes the place of what was told of it", () => {
  expect(written([started, text("Goo"), input("c1", "{"), started, text("Good day")])).toEqual([
    { type: "text-start", id: `${TURN}/text[0]` },
    { type: "text-delta", id: `${TURN}/text[0]`, delta: "Goo" },
    { type: "tool-input-start", toolCallId: `${TURN}/c1`, toolName: "search" },
    { type: "tool-input-delta", toolCallId: `${TURN}/c1`, inputTextDelta: "{" },
    { type: "reset-step" },
    { type: "text-start", id: `${TURN}/text[0]` },
    { type: "text-delta", id: `${TURN}/text[0]`, delta: "Good day" },
  ]);
});

test("tools that the provider runs are in it with what they gave, told piece by piece or not", () => {
  const call = { type: "tool-call", toolCallId: "s1", toolName: "search", input: { q: "tides" }, providerExecuted: true };
  const result = { type: "tool-result", toolCallId: "s1", toolName: "search", output: { type: "json", value: ["moon"] } };
  const messages = [{ role: "assistant", content: [call, result, { type: "text", text: "The moon." }] }];
  const ran: readonly UiMessageChunk[] = [
    { type: "tool-input-available", toolCallId: `${TURN}/s1`, toolName: "search", input: { q: "tides" }, providerExecuted: true },
    { type: "tool-output-available", toolCallId: `${TURN}/s1`, output: ["moon"], providerExecuted: true },
  ];
  expect(written([started, answered({ text: "The moon.", messages })])).toEqual(expect.arrayContaining([...ran]));
  const live = written([
    started,
    input("s1", '{"q":'),
    input("s1", '"tides"}'),
    text("The moon."),
    answered({ text: "The moon.", messages }),
  ]);
  expect(live.filter(({ type }) => type.startsWith("tool-"))).toEqual([
    { type: "tool-input-start", toolCallId: `${TURN}/s1`, toolName: "search" },
    { type: "tool-input-delta", toolCallId: `${TURN}/s1`, inputTextDelta: '{"q":' },
    { type: "tool-input-delta", toolCallId: `${TURN}/s1`, inputTextDelta: '"tides"}' },
    ...ran,
  ]);
});

test("an answer that does not begin as it was told takes its place", () => {
  const chunks = written([started, text("Let me see. "), text("42"), answered({ text: "42" })]);
  expect(chunks.slice(-4)).toEqual([
    { type: "reset-step" },
    { type: "text-start", id: `${TURN}/text[0]` },
    { type: "text-delta", id: `${TURN}/text[0]`, delta: "42" },
    { type: "text-end", id: `${TURN}/text[0]` },
  ]);
});

test("reasoning between texts is a part of its own, where it was", () => {
  const chunks = written([
    started,
    text("a"),
    told({ type: "reasoning-delta", delta: "hm" }),
    text("b"),
    answered({ text: "ab", reasoning: "hm" }),
  ]);
  expect(chunks.map((chunk) => ("delta" in chunk ? chunk.delta : chunk.type))).toEqual([
    "text-start",
    "a",
    "text-end",
    "reasoning-start",
    "hm",
    "reasoning-end",
    "text-start",
    "b",
    "text-end",
  ]);
});

test("a source that says nothing, or not how the run ended, makes a message all the same", () => {
  expect(new UiMessageWriter({}).end(undefined)).toEqual([
    { type: "start", messageMetadata: { runId: null } },
    { type: "finish", finishReason: "stop", messageMetadata: { runId: null, status: "succeeded" } },
  ]);
});

/** The entry of something that ends, after a wait or a deadline. */
function ended(op: "human" | "signal" | "sleep", path: string, outcome: Recorded): RunEvent {
  const about = { seq: 9, atMs: 9, key: rootPath(path), fingerprint: "f", name: "n", startedAtMs: 0 } as const;
  return { family: "entry", runId: "r", entry: { type: "operation-finished", op, ...about, outcome } };
}

function waits(path: string, about: Pick<WaitOpened, "waitsFor" | "name"> & { readonly wakeAtMs?: number }): RunEvent {
  const wait = { seq: 1, atMs: 0, key: rootPath(path), fingerprint: "f", show: null, answerSchema: {}, ...about } as const;
  return { family: "entry", runId: "r", entry: { type: "wait-opened", ...wait } };
}

test("signals and moments that the run waits for are parts of their own, until they have come; a question that nobody answered is over", () => {
  const late = { code: "timeout", message: "p/ok: nobody answered.", path: rootPath("p/ok"), retryable: true } as const;
  const chunks = new UiMessageWriter({});
  const events = [
    waits("p/paid", { waitsFor: "signal", name: "paid" }),
    waits("p/nap", { waitsFor: "time", name: "nap", wakeAtMs: 5_000 }),
    waits("p/ok", { waitsFor: "answer", name: "ok", wakeAtMs: 9_000 }),
    ended("sleep", "p/a#2/?delay", { status: "succeeded", value: null }),
    ended("signal", "p/paid", { status: "succeeded", value: 3 }),
    ended("sleep", "p/nap", { status: "succeeded", value: null }),
    ended("human", "p/ok", { status: "failed", failure: late }),
  ];
  const told = events.flatMap((event) => chunks.take(event)).filter(({ type }) => type.startsWith("data-"));
  const paid = { wait: "p/paid", waitsFor: "signal", name: "paid" };
  const nap = { wait: "p/nap", waitsFor: "time", name: "nap", wakeAtMs: 5_000 };
  const ok = { pause: "p/ok", name: "ok", show: null, answerSchema: {}, wakeAtMs: 9_000 };
  expect(told).toEqual([
    { type: "data-flujo-wait", id: "p/paid", data: paid },
    { type: "data-flujo-wait", id: "p/nap", data: nap },
    { type: "data-flujo-pause", id: "p/ok", data: ok },
    { type: "data-flujo-wait", id: "p/paid", data: { ...paid, isOver: true } },
    { type: "data-flujo-wait", id: "p/nap", data: { ...nap, isOver: true } },
    { type: "data-flujo-pause", id: "p/ok", data: { ...ok, isOver: true } },
  ]);
});

test("a call that was not run is over when the attempt of its agent is, whichever attempt that was", () => {
  const ofAttempt = (n: number, key: string): readonly RunEvent[] => {
    const agent = n === 1 ? "a" : `a#${n}`;
    const value = { ...EMPTY_TURN, toolCalls: [{ callId: "c", name: "look", input: {} }], output: null };
    const about = { seq: n, atMs: 0, fingerprint: "f", name: "a", startedAtMs: 0 } as const;
    const turn = { type: "operation-finished", op: "model", key: rootPath(`${agent}/turn[0]`), ...about } as const;
    const result = { ...FAILED, path: rootPath(key) };
    const done = { type: "frame-done", seq: n, atMs: 0, key: rootPath(key), fingerprint: "f", fromSeq: 0, result, outputAt: null } as const;
    return [
      { family: "entry", runId: "r", entry: { ...turn, outcome: { status: "succeeded", value } } },
      { family: "entry", runId: "r", entry: done },
    ];
  };
  const told = written([...ofAttempt(1, "a#1"), ...ofAttempt(2, "a#2"), ...ofAttempt(3, "a")]);
  expect(told.filter(({ type }) => type === "tool-output-error")).toEqual([
    { type: "tool-output-error", toolCallId: "a/turn[0]/c", errorText: "It was not run." },
    { type: "tool-output-error", toolCallId: "a#2/turn[0]/c", errorText: "It was not run." },
    { type: "tool-output-error", toolCallId: "a#3/turn[0]/c", errorText: "It was not run." },
  ]);
});
