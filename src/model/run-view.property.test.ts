import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../base/json.ts";
import type { Entry, RunEnd } from "./entry.ts";
import { parseInstancePath } from "./path.ts";
import type { RunEvent } from "./run-event.ts";
import type { RunView } from "./run-view.ts";
import { applyEvent, EMPTY_VIEW, ViewFold } from "./run-view.ts";
import { NO_USAGE } from "./usage.ts";

const anyPath = fc
  .constantFrom("p", "p/a", "p/m", "p/m[0]", "p/m[1]", "p/m[1]/b", "p/m[1]/b#2", "p/m[0][3]/c", "p/agent", "p/turn[0]")
  .map(parseInstancePath);
/** Of composites that are tried several times: what is in an attempt, the attempts themselves, what runs in their place. */
const anyTried = fc
  .constantFrom(
    "p/m#2",
    "p/m#2[0]",
    "p/m#2[1]#3",
    "p/m[1]#2/b",
    "p/m/fallback",
    "p/m#1",
    "p#1",
    "p#2/a",
    "p#3/m#2[0]/b",
    "p/m[1]/b#1",
    "p/agent#1",
    "p/agent#2",
    "p/agent/fallback-2",
    "p/a/fallback",
    "p/a#1",
  )
  .map(parseInstancePath);
const anyDeadline = fc
  .constantFrom("p/?total", "p/m/?time", "p/m#2/?time", "p/m#2/?delay", "p/a/?time", "p/agent/?time", "p/agent#2/?time")
  .map(parseInstancePath);
const anyTurn = fc
  .constantFrom("p/agent/turn[0]", "p/agent/turn[1]", "p/agent/turn[1]#2", "p/m[0]/agent/turn[0]", "p/agent#2/turn[0]", "p/agent#2/turn[1]")
  .map(parseInstancePath);
const anyTool = fc.constantFrom("p/agent/turn[0]/tool[0]", "p/agent/turn[0]/tool[1]", "p/agent/turn[0]/tool[1]#2").map(parseInstancePath);
const anyApproval = anyTool.map((tool) => parseInstancePath(`${tool.replace("#2", "")}/approval`));
/** Of a program that is a tool: a step, a pipeline, an agent with turns of its own. */
const anyInTool = fc
  .constantFrom("", "/step", "/step#2", "/m[1]/deep")
  .map((below) => parseInstancePath(`p/agent/turn[0]/tool[1]/sub${below}`));
const anyInnerTurn = fc
  .constantFrom("turn[0]", "turn[1]", "summary")
  .map((turn) => parseInstancePath(`p/agent/turn[0]/tool[1]/sub/${turn}`));
const atMs = fc.nat(1_000);
const anyUsage = fc.constantFrom(NO_USAGE, { ...NO_USAGE, inputTokens: 3, outputTokens: 1, modelCalls: 1 });
const anyCost = fc.constantFrom({ kind: "free" as const }, { kind: "unknown" as const }, { kind: "exact" as const, nanoUsd: 5 });
const anyFailure = fc.constantFrom("step_failed", "cancelled", "continued", "timeout").map((code) => {
  return { code, message: "no", path: parseInstancePath("p/a"), retryable: true } as const;
});
const anyCalls = fc.array(
  fc.record(
    { callId: fc.constant("c"), name: fc.constantFrom("look", "unknown"), input: fc.jsonValue(), problem: fc.constantFrom("no JSON") },
    { requiredKeys: ["callId", "name", "input"] },
  ),
  { maxLength: 3 },
);
const anyTurnValue = fc.record({
  text: fc.constant(""),
  finish: fc.constant("stop"),
  toolCalls: anyCalls,
  output: fc.constantFrom(null, { ok: false, ending: "misfit", problem: "no" }, { ok: true, value: 1 }),
});
const anyApprovalValue = fc.constantFrom(
  { decision: "approve" },
  { decision: "reject", note: "no" },
  { decision: "edit", input: { a: 1 } },
);
const anyOutcome = fc.oneof(
  fc.record({
    status: fc.constant("succeeded" as const),
    value: fc.oneof(fc.jsonValue(), anyTurnValue, anyApprovalValue),
    usage: anyUsage,
    cost: anyCost,
  }),
  fc.record({ status: fc.constant("failed" as const), failure: anyFailure, usage: anyUsage, cost: anyCost }),
);
const anyOperation = fc.oneof(
  fc.record({
    op: fc.constantFrom("step" as const, "human" as const, "signal" as const, "sleep" as const),
    key: fc.oneof(anyPath, anyTried, anyInTool),
  }),
  fc.record({ op: fc.constant("human" as const), key: anyApproval }),
  fc.record({ op: fc.constant("model" as const), key: fc.oneof(anyTurn, anyInnerTurn) }),
  fc.record({ op: fc.constant("tool" as const), key: anyTool }),
);
const anyQuestion = fc
  .constantFrom(
    "p/b/?key",
    "p/h/?show",
    "p/?end",
    "p/agent/?instructions",
    "p/agent/?history",
    "p/agent/summary/?remember",
    "p/agent/?remember",
    "p/m[0]/?until",
    "p/m#2[0]/?next",
    "p/m[1]/?output",
    "p/a/?wake",
    "p/g/?enter",
    "p/g#2/?leave",
    "p/m#2/?key",
    "p/m/?validate how it sounds",
    "p/m#2/?validate x",
    "p/m/?retryOn",
    "p/m/?failed",
    "p/m/?default",
    "p/agent#2/?instructions",
  )
  .chain((own) =>
    fc.constantFrom(
      own,
      ...["tool[0]/?arguments", "tool[1]/?approval", "tool[0]/approval/?arguments", "?tools"].map((of) => `p/agent/turn[0]/${of}`),
    ),
  )
  .map(parseInstancePath);
const about = { seq: fc.nat(50), atMs };

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    ...about,
    type: fc.constant("run-started" as const),
    key: fc.constant(parseInstancePath("p")),
    input: fc.jsonValue(),
    context: fc.constant({}),
    model: fc.constant(null),
    thread: fc.constant(null),
  }),
  fc
    .tuple(anyOperation, fc.record({ ...about, startedAtMs: atMs, outcome: anyOutcome }))
    .map(([operation, rest]) => ({ type: "operation-finished" as const, name: "n", fingerprint: "f", ...operation, ...rest })),
  fc
    .record({ ...about, key: anyDeadline, startedAtMs: atMs, outcome: anyOutcome })
    .map((rest) => ({ type: "operation-finished" as const, op: "sleep" as const, name: "n", fingerprint: "f", ...rest })),
  fc.record({
    ...about,
    type: fc.constant("cancel-requested" as const),
    key: fc.constant(parseInstancePath("p")),
    reason: fc.constantFrom("", "why"),
  }),
  fc.record({
    ...about,
    type: fc.constant("code-accepted" as const),
    key: fc.constant(parseInstancePath("p")),
    changes: fc.constantFrom([], ["p/a: its function"]),
    code: fc.constant({}),
  }),
  fc.tuple(anyOperation, fc.record(about)).map(([operation, rest]) => ({
    type: "operation-intended" as const,
    fingerprint: "f",
    idempotencyKey: "i",
    request: { a: 1 },
    requestHash: "h",
    ...operation,
    ...rest,
  })),
  fc.record({
    ...about,
    type: fc.constant("decisions-made" as const),
    key: anyPath,
    decisions: fc.array(
      fc.record({
        ...about,
        key: anyQuestion,
        fingerprint: fc.constant("f"),
        outcome: anyOutcome,
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record(
    {
      ...about,
      type: fc.constant("wait-opened" as const),
      waitsFor: fc.constantFrom("answer" as const, "approval" as const, "signal" as const, "time" as const),
      key: fc.oneof(anyPath, anyTried, anyApproval, anyInTool),
      name: fc.constant("h"),
      fingerprint: fc.constant("f"),
      show: fc.jsonValue(),
      answerSchema: fc.constant({}),
      wakeAtMs: atMs,
    },
    { requiredKeys: ["seq", "atMs", "type", "waitsFor", "key", "name", "fingerprint", "show", "answerSchema"] },
  ),
  fc
    .tuple(
      fc.oneof(anyPath, anyTried, anyInTool),
      fc.record({
        ...about,
        outputAt: fc.option(fc.nat(50)),
        failure: fc.option(anyFailure),
        metadata: fc.constantFrom<Record<string, Json>[]>(
          {},
          { items: 3 },
          { key: "x" },
          { turns: 2 },
          { iterations: 2 },
          { winners: ["a"] },
          { ignored: ["b"] },
          { ignored: "why" },
          { wakeAtMs: 3, lateMs: 1 },
          { fallback: 1 },
          { scores: { x: 0.5 } },
          { defaulted: true },
          { timedOut: true },
        ),
      }),
    )
    .map(([key, { metadata, failure, ...rest }]) => ({
      type: "frame-done" as const,
      key,
      fingerprint: "f",
      fromSeq: 0,
      ...rest,
      result: {
        ...(failure === null ? { status: "succeeded" as const, output: null } : { status: "failed" as const, failure }),
        name: "n",
        path: key,
        attempts: 1,
        usage: NO_USAGE,
        cost: { kind: "free" as const },
        startedAtMs: 1,
        latencyMs: 2,
        writes: [],
        metadata,
      },
    })),
  fc.record({
    ...about,
    type: fc.constant("run-finished" as const),
    key: fc.constant(parseInstancePath("p")),
    end: fc.constantFrom<RunEnd[]>(
      { status: "cancelled", reason: "why" },
      { status: "succeeded", output: 1 },
      { status: "succeeded", output: null, continuedAs: "r2" },
    ),
    usage: anyUsage,
    cost: anyCost,
  }),
);

const anyProgress: fc.Arbitrary<RunEvent> = fc
  .tuple(anyOperation, fc.record({ attempt: fc.integer({ min: 1, max: 3 }), atMs }))
  .map(([{ op, key }, rest]) => ({
    family: "progress" as const,
    epoch: 1,
    n: 0,
    runId: "r",
    type: "operation-started" as const,
    op,
    path: key,
    name: "n",
    ...rest,
  }));

const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  { weight: 4, arbitrary: anyEntry.map((entry) => ({ family: "entry" as const, runId: "r", entry })) },
  { weight: 1, arbitrary: anyProgress },
);
const anyHistory = fc.array(anyEvent, { maxLength: 40 });

function fold(from: RunView, events: readonly RunEvent[]): RunView {
  const folding = new ViewFold(from);
  for (const event of events) folding.apply(event);
  return folding.view;
}

test("a history may be cut anywhere: the first part's view carried on is the view of the whole", () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(40), (events, cut) => {
      const whole = fold(EMPTY_VIEW, events);
      expect(fold(fold(EMPTY_VIEW, events.slice(0, cut)), events.slice(cut))).toEqual(whole);
      expect(events.reduce(applyEvent, EMPTY_VIEW)).toEqual(whole);
    }),
  );
});

test("a view that was given is not changed by what comes after it", () => {
  fc.assert(
    fc.property(anyHistory, anyHistory, (before, after) => {
      const view = fold(EMPTY_VIEW, before);
      const copy = structuredClone(view);
      fold(view, after);
      expect(view).toEqual(copy);
    }),
  );
});
