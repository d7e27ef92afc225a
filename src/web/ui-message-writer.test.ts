import { expect, test } from "vitest";
import type { Entry } from "../model/entry.ts";
import { rootPath } from "../model/path.ts";
import type { Progress, RunEvent } from "../model/run-event.ts";
import type { ModelTurn } from "../model/transcript.ts";
import type { UiMessageChunk } from "./ui-message-chunk.ts";
import { UiMessageWriter } from "./ui-message-writer.ts";

const TURN = "a/turn[0]";

function told(progress: Progress): RunEvent {
  return { family: "progress", runId: "r", path: rootPath(TURN), name: "a", attempt: 1, atMs: 0, epoch: 1, n: 0, ...progress };
}
const started = told({ type: "operation-started", op: "model" });
const text = (delta: string): RunEvent => told({ type: "text-delta", delta });
const input = (callId: string, delta: string): RunEvent => told({ type: "tool-input-delta", callId, tool: "search", delta });

function answered(turn: Partial<ModelTurn>): RunEvent {
  const value: ModelTurn = {
    text: "",
    reasoning: "",
    toolCalls: [],
    finish: "stop",
    messages: [],
    output: { ok: true, value: "" },
    ...turn,
  };
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
