import { fingerprintOf } from "../../base/hash.ts";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { canonicalJson } from "../../base/json.ts";
import type { Schema } from "../../base/schema.ts";
import { checkWith, describeIssues } from "../../base/schema.ts";
import type { ModelOp } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { ModelTurn } from "../../model/transcript.ts";
import { promptOf } from "../../model/prompt.ts";
import type { BoundAgent } from "../../plan/bindings.ts";
import type { ModelPort, ModelReply } from "../model-port.ts";
import type { Intent, OpHandle } from "../performer.ts";
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

/** What is asked, as it is written down before the call: only what the calls before it do not say already. */
export function modelIntent(op: ModelOp, model: string): Intent {
  const first = op.request.after === null;
  const request = { model, ...op.request, added: first ? [{ role: "user", text: promptOf(op.input) }] : op.request.added };
  return { request, requestHash: fingerprintOf(op.fingerprint + canonicalJson(request)) };
}

/** One call of a model, its answer checked against the agent's output schema. */
export async function callModel(call: ModelCall): Promise<Recorded<ModelTurn> | Recorded> {
  const { op, agent, port, override, handle } = call;
  try {
    const prompt = await inputOf(call);
    if (typeof prompt !== "string") return prompt;
    const came = await port.call({
      model: override ?? agent.model,
      instructions: op.node.instructions,
      transcript: [{ role: "user", text: prompt }, ...op.transcript],
      tools: op.node.tools,
      outputSchema: op.node.outputSchema,
      signal: handle.signal,
    });
    if (came.ok) return await turnOf(came.reply, agent.output);
    const { message, retryable, details, usage, cost } = came.problem;
    const failure = { code: "model_call_failed" as const, message: `${op.key}: ${message}`, path: op.key, retryable };
    return { status: "failed", failure: details === undefined ? failure : { ...failure, details }, usage, cost };
  } catch (error) {
    return thrownOutcome(op.key, error, "model_call_failed");
  }
}

async function inputOf({ op, agent }: ModelCall): Promise<string | Recorded> {
  if (agent.input === null) return promptOf(op.input);
  const checked = await checkWith(agent.input, op.input);
  if (checked.ok) return promptOf(checked.value);
  return misfitOutcome(op.key, checked.issues, { code: "input_invalid", what: "the agent's input", retryable: false });
}

async function turnOf(reply: ModelReply, output: Schema | null): Promise<Recorded<ModelTurn>> {
  const { text, toolCalls, finish, messages, usage, cost } = reply;
  const goesOn = toolCalls.length > 0 || finish === "tool-calls";
  const turn: ModelTurn = { text, toolCalls, finish, messages, output: goesOn ? null : await checkText(reply, output) };
  return { status: "succeeded", value: turn, usage, cost };
}

async function checkText({ text, finish }: ModelReply, schema: Schema | null): Promise<ModelTurn["output"]> {
  if (finish === "length") return { ok: false, problem: "it was cut off because it was too long" };
  if (finish === "content-filter") return { ok: false, problem: "the provider's content filter stopped it" };
  if (schema === null) return text === "" ? { ok: false, problem: "it was empty" } : { ok: true, value: text };
  let value: unknown;
  try {
    value = JSON.parse(unfenced(text));
  } catch (error) {
    return { ok: false, problem: `it is not JSON (${messageOf(error)})` };
  }
  const checked = await checkWith(schema, value);
  return checked.ok ? { ok: true, value: checked.value } : { ok: false, problem: describeIssues(checked.issues) };
}

/** Some models put their JSON into a Markdown fence however they are asked. */
function unfenced(text: string): string {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text);
  return fenced?.[1] ?? text;
}

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
