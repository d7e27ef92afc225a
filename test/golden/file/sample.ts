import type { Golden, GoldenOperation } from "../../../src/golden/golden.ts";
import { type InstancePath, type NodePath, parseInstancePath } from "../../../src/model/path.ts";
import { NO_USAGE } from "../../../src/model/usage.ts";

export const at = (path: string): InstancePath => parseInstancePath(path);

/** A step that was given 1 and gave 2. */
export function stepAt(path: string, over: Partial<GoldenOperation> = {}): GoldenOperation {
  return {
    path: at(path),
    kind: "step",
    about: null,
    waitsFor: null,
    name: path.replace(/.*\//, ""),
    request: { input: 1 },
    response: { status: "succeeded", value: 2, writes: [] },
    nth: null,
    ...over,
  };
}

/** The smallest golden there is, with what a test needs in it. */
export function goldenWith(over: Partial<Golden> = {}): Golden {
  return {
    pipeline: "triage",
    version: null,
    plan: "5d0c2f6f0b1e4a77",
    source: null,
    startsAtMs: Date.UTC(2030, 0, 1),
    seed: "seed-1",
    input: 1,
    context: {},
    model: null,
    thread: null,
    agents: {},
    operations: [],
    events: [],
    result: { status: "succeeded", output: 2, context: {}, continued: false },
    usage: NO_USAGE,
    cost: { kind: "free" },
    ...over,
  };
}

const spent = { ...NO_USAGE, inputTokens: 212, outputTokens: 9, modelCalls: 1 };

/** A golden with one of everything, as a reviewer may see it. */
export const TRIAGE: Golden = goldenWith({
  version: "2026-01",
  source: "triage.ts#triage",
  input: { ticket: { id: 7, subject: "Refund", body: "I was charged twice.\nPlease pay one back." } },
  context: { desk: "north" },
  agents: {
    ["triage/classify" as NodePath]: {
      model: "openai:gpt-5-mini",
      instructions: "Say what the ticket is about.\n\n- billing: money\n- bug: something is broken",
      settings: { temperature: 0, maxOutputTokens: 200 },
      toolChoice: "auto",
      tools: [
        {
          name: "lookup",
          description: "Finds a customer's orders.",
          inputSchema: { type: "object", properties: { customer: { type: "string" } }, required: ["customer"] },
        },
      ],
      providerTools: [{ id: "openai.web_search", name: "web_search", args: {} }],
      outputSchema: { type: "object", properties: { category: { enum: ["billing", "bug"] } }, required: ["category"] },
    },
  },
  operations: [
    stepAt("triage/clean", {
      request: { input: { id: 7, subject: " Refund" } },
      response: {
        status: "succeeded",
        value: { id: 7, subject: "Refund", at: new Date(Date.UTC(2030, 0, 1)) },
        writes: [
          { op: "set", path: ["seen", 0], value: 7 },
          { op: "delete", path: ["draft"] },
          { op: "contribute", field: "log", value: "cleaned" },
        ],
      },
    }),
    stepAt("triage/classify/turn[0]", {
      kind: "model",
      name: "classify",
      request: { after: null, added: [{ role: "user", text: "Refund\n\nI was charged twice." }] },
      response: {
        status: "succeeded",
        value: {
          text: "",
          reasoning: "",
          toolCalls: [{ callId: "call-1", name: "lookup", input: { customer: "Ada" } }],
          finish: "tool-calls",
          messages: [
            { role: "assistant", content: [{ type: "tool-call", toolCallId: "call-1", toolName: "lookup", input: { customer: "Ada" } }] },
          ],
          output: null,
        },
        writes: [],
        usage: spent,
        cost: { kind: "exact", nanoUsd: 123_000 },
      },
    }),
    stepAt("triage/classify/turn[0]/tool[0]", {
      kind: "tool",
      name: "lookup",
      request: { tool: "lookup", input: { customer: "Ada" } },
      response: { status: "succeeded", value: [{ order: 12, cents: 1999n }], writes: [], usage: { ...NO_USAGE, toolCalls: 1 } },
    }),
    stepAt("triage/classify/turn[1]", {
      kind: "model",
      name: "classify",
      request: { after: "triage/classify/turn[0]", added: [] },
      response: {
        status: "succeeded",
        value: {
          text: '{"category":"billing"}',
          reasoning: "",
          toolCalls: [],
          finish: "stop",
          messages: [{ role: "assistant", content: [{ type: "text", text: '{"category":"billing"}' }] }],
          output: { ok: true, value: { category: "billing" } },
        },
        writes: [],
        usage: spent,
        cost: { kind: "estimated", nanoUsd: 2_000_000_000 },
      },
    }),
    stepAt("triage/route/?key", {
      kind: "decide",
      about: "key",
      name: "route",
      request: { value: { category: "billing" } },
      response: { status: "succeeded", value: "billing", writes: [] },
    }),
    stepAt("triage/route/billing/agree", {
      kind: "human",
      waitsFor: "answer",
      request: { shown: { refund: 1999 }, answerSchema: { type: "boolean" } },
      response: { status: "succeeded", value: true, writes: [] },
    }),
    stepAt("triage/route/billing/pay", {
      nth: 6,
      response: {
        status: "failed",
        failure: {
          code: "step_failed",
          message: "The bank is closed.",
          path: at("triage/route/billing/pay"),
          retryable: true,
          thrownAt: "pay.ts:12:9",
          classes: ["BankError"],
          details: { status: 503 },
        },
      },
    }),
    stepAt("triage/route/billing/pay#2", { name: "pay", response: null }),
  ],
  events: [
    { type: "signal-dropped", name: "paid", path: at("triage/wait"), problem: "It is no number." },
    { type: "cancel-requested", reason: "The customer called.", nth: 9 },
  ],
  result: { status: "cancelled", reason: "The customer called.", context: { desk: "north", seen: [7] } },
  usage: { ...spent, inputTokens: 424, outputTokens: 18, modelCalls: 2, toolCalls: 1 },
  cost: { kind: "estimated", nanoUsd: 2_000_123_000 },
});
