import { fingerprintOf } from "../../base/hash.ts";
import { FlujoError, messageOf } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import { canonicalJson } from "../../base/json.ts";
import type { Schema } from "../../base/schema.ts";
import { checkWith, describeIssues } from "../../base/schema.ts";
import { endedBadly } from "../../core/agent/ask-model.ts";
import type { ModelOp } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import { promptOf } from "../../model/prompt.ts";
import type { ModelTurn, TranscriptItem } from "../../model/transcript.ts";
import type { BoundAgent } from "../../plan/bindings.ts";
import type { ModelPort, ModelReply, ModelRequest } from "../model-port.ts";
import type { Intent, OpHandle } from "../performer.ts";
import { filesIn } from "../../model/files-in.ts";
import { parseMended } from "./mend-json.ts";
import { misfitOutcome, thrownOutcome } from "./outcomes.ts";

/** What a model call needs beside its Op. */
export interface ModelCall {
  readonly op: ModelOp;
  readonly agent: BoundAgent;
  readonly port: ModelPort;
  /** The model every agent of this run uses instead of its own, or null. */
  readonly override: string | null;
  readonly handle: OpHandle;
}

/** What is asked, as it is written down before the call: only what no entry before it says already. */
export function modelIntent(op: ModelOp, model: string): Intent {
  const { after, added } = op.request;
  const asked = after === null ? [userItemOf(op.input, op.prompt), ...(added as readonly Json[])] : added;
  const request = { model, after, added: asked, ...(op.history.length === 0 ? {} : { history: op.history.length }) };
  return { request, requestHash: fingerprintOf(op.fingerprint + canonicalJson(request)) };
}

/** What an agent's input is to its model: text, and the files that are in it. What is said in place of the input, too, stands beside its files. */
export function userItemOf(input: unknown, prompt?: string): TranscriptItem & { readonly role: "user" } {
  const files = filesIn(input);
  if (files.length === 0) return { role: "user", text: prompt ?? promptOf(input) };
  return { role: "user", text: prompt ?? (files[0] === input ? "" : promptOf(input)), files };
}

/** One call of a model, its answer checked against the agent's output schema. */
export async function callModel(call: ModelCall): Promise<Recorded<ModelTurn> | Recorded> {
  const { op, agent, port } = call;
  try {
    const input = await inputOf(call);
    if ("status" in input) return input;
    const came = await port.call(requestOf(call, input.item));
    if (!came.ok) {
      const { code, message, remedy, retryable, details, usage, cost } = came.problem;
      const more = { ...(remedy === undefined ? {} : { remedy }), ...(details === undefined ? {} : { details }) };
      return { status: "failed", failure: { code, message: `${op.key}: ${message}`, path: op.key, retryable, ...more }, usage, cost };
    }
    const turn = await turnOf(came.reply, op.asks === "turn" ? agent.output : null);
    const { usage, cost } = came.reply;
    if (op.asks === "summary" && turn.output?.ok !== true) return { status: "failed", failure: noSummary(op, turn), usage, cost };
    return { status: "succeeded", value: turn, usage, cost };
  } catch (error) {
    return thrownOutcome(op.key, error, "model_call_failed");
  }
}

/** Without its summary an agent would forget what it was told; better that it fails. */
function noSummary(op: ModelOp, { output }: ModelTurn) {
  const why = output?.ok === false ? output : { ending: "malformed" as const, problem: "it called a tool where a summary was asked for" };
  return { ...endedBadly(op.key, why), retryable: true };
}

function requestOf({ op, agent, override, handle }: ModelCall, item: TranscriptItem): ModelRequest {
  const isTurn = op.asks === "turn";
  return {
    model: override ?? agent.model,
    instructions: op.instructions,
    transcript: [...op.history, item, ...op.transcript],
    tools: op.tools,
    providerTools: isTurn ? op.node.providerTools : [],
    toolChoice: op.toolChoice,
    outputSchema: isTurn ? op.node.outputSchema : null,
    settings: op.node.settings,
    signal: handle.signal,
    onProgress: isTurn ? handle.report : null,
    onSending: (spent) => handle.billIfAborted(spent),
  };
}

async function inputOf({ op, agent }: ModelCall): Promise<Recorded | { readonly item: TranscriptItem }> {
  if (agent.input === null || op.asks === "summary") return { item: userItemOf(op.input, op.prompt) };
  const checked = await checkWith(agent.input, op.input);
  if (checked.ok) return { item: userItemOf(checked.value, op.prompt) };
  return misfitOutcome(op.key, checked.issues, { code: "input_invalid", what: "the agent's input", retryable: false });
}

/** What a reply comes to: its text, checked against what is asked for, unless there is more to come. */
export async function turnOf(reply: Omit<ModelReply, "usage" | "cost">, output: Schema | null): Promise<ModelTurn> {
  const { text, reasoning, toolCalls, finish, messages } = reply;
  const goesOn = toolCalls.length > 0 || finish === "paused";
  return { text, reasoning, toolCalls, finish, messages, output: goesOn ? null : await checkText(reply, output) };
}

async function checkText({ text, finish }: Pick<ModelReply, "text" | "finish">, schema: Schema | null): Promise<ModelTurn["output"]> {
  if (finish === "refusal") return { ok: false, ending: "refused", problem: "the model refused to answer" };
  if (finish === "content-filter") return { ok: false, ending: "filtered", problem: "the provider's content filter stopped it" };
  if (finish === "length" && schema === null) return CUT_OFF;
  if (text.trim() === "") return finish === "length" ? CUT_OFF : { ok: false, ending: "empty", problem: "it was empty" };
  if (schema === null) return { ok: true, value: text };
  let value: unknown;
  try {
    value = parseMended(text);
  } catch (error) {
    return finish === "length" ? CUT_OFF : { ok: false, ending: "malformed", problem: `it is not JSON (${messageOf(error)})` };
  }
  const checked = await checkWith(schema, value);
  if (checked.ok) return { ok: true, value: checked.value };
  return finish === "length" ? CUT_OFF : { ok: false, ending: "misfit", problem: describeIssues(checked.issues) };
}

const CUT_OFF = Object.freeze({ ok: false, ending: "cut-off", problem: "it was cut off because it was too long; be shorter" });

/** A tool's arguments or a step's input, for its intent. */
export function callIntent(fingerprint: string, request: unknown): Intent {
  return { request, requestHash: fingerprintOf(fingerprint + textOf(request)) };
}

function textOf(request: unknown): string {
  try {
    return canonicalJson(request) ?? "";
  } catch (cause) {
    throw new FlujoError(
      "value_unstorable",
      `An operation with an intent was given something that has no JSON text (${messageOf(cause)}).`,
      { cause },
    );
  }
}
