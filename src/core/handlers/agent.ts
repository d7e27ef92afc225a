import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { AgentNode } from "../../model/node.ts";
import type { InstancePath } from "../../model/path.ts";
import { attemptPath, childPath, itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ModelTurn, ToolAnswer, ToolCall, TranscriptItem } from "../../model/transcript.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { fork, perform } from "../program.ts";
import { Tally } from "../tally.ts";
import type { Attempted } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";

/** What one turn of the conversation knows. */
interface Turn {
  readonly frame: ExecutionFrame<AgentNode>;
  readonly tally: Tally;
  readonly key: InstancePath;
}

/**
 * Model call, tool calls in parallel, model call … until there is an output that fits: one operation each. An output
 * that does not fit, and a tool that fails, is told to the model and costs a turn.
 */
export function* runAgent(frame: ExecutionFrame<AgentNode>): Program<StepResult> {
  const { node } = frame;
  const tally = new Tally(frame);
  const transcript: TranscriptItem[] = [];
  let request: { readonly after: InstancePath | null; readonly added: Json } = { after: null, added: [] };
  let problem = "it went on calling tools";
  for (let number = 0; number < node.maxTurns; number++) {
    const turn: Turn = { frame, tally, key: itemPath(childPath(frame.key, "turn"), number) };
    const asked = yield* askModel(turn, [...transcript], request);
    tally.note("turns", number + 1);
    if (!asked.ok) return tally.failed(asked.failure);
    const { output, messages, toolCalls } = asked.value;
    if (output?.ok === true) return tally.succeeded(output.value);
    transcript.push({ role: "assistant", messages });
    request = { after: turn.key, added: [] };
    if (output?.ok === false) {
      problem = output.problem;
      const text = `Your answer was not valid: ${problem}. Answer again, in full, so that it is valid.`;
      transcript.push({ role: "user", text });
      request = { after: turn.key, added: [{ role: "user", text }] };
    } else if (toolCalls.length > 0) {
      const answers = yield* runTools(turn, toolCalls);
      if (!answers.ok) return tally.failed(answers.failure);
      transcript.push({ role: "tools", answers: answers.value });
    }
  }
  return tally.failed({
    code: "turn_limit_exceeded",
    message: `${frame.key}: no valid output after ${node.maxTurns} model ${node.maxTurns === 1 ? "call" : "calls"}; at the last, ${problem}.`,
    path: frame.key,
    retryable: false,
    details: { maxTurns: node.maxTurns },
  });
}

function* askModel(
  turn: Turn,
  transcript: readonly TranscriptItem[],
  request: { readonly after: InstancePath | null; readonly added: Json },
): Program<Attempted<ModelTurn>> {
  const { frame, tally } = turn;
  const { node } = frame;
  return yield* withRetry(node.retry, function* (which) {
    const outcome: Outcome<ModelTurn> = yield* perform({
      kind: "model",
      key: attemptPath(turn.key, which.number),
      fingerprint: node.fingerprint,
      name: node.name,
      node,
      input: frame.input,
      transcript,
      request,
      attempt: which.number,
      delayMs: which.delayMs,
    });
    tally.count(outcome);
    if (which.number > 1) tally.attempted(which.number);
    const { outcome: came } = outcome;
    return came.status === "succeeded" ? { ok: true, value: came.value } : { ok: false, failure: came.failure };
  });
}

type Answers = { readonly ok: true; readonly value: readonly ToolAnswer[] } | { readonly ok: false; readonly failure: Failure };

function* runTools(turn: Turn, calls: readonly ToolCall[]): Program<Answers> {
  const results = yield* fork<ToolResult>({
    count: calls.length,
    concurrency: calls.length,
    start: (index) => runTool(turn, calls, index),
    stopsAfter: () => false,
  });
  const answers: ToolAnswer[] = [];
  for (const result of results) {
    if (result === undefined) continue;
    if (result.stopped !== null) return { ok: false, failure: result.stopped };
    answers.push(result.answer);
  }
  return { ok: true, value: answers };
}

interface ToolResult {
  readonly answer: ToolAnswer;
  /** Set where the tool did not fail but was told to stop: then there is nobody left to tell the model. */
  readonly stopped: Failure | null;
}

function* runTool(turn: Turn, calls: readonly ToolCall[], index: number): Program<ToolResult> {
  const { frame, tally } = turn;
  const call = calls[index];
  const tool = frame.node.tools.find((known) => known.name === call?.name);
  if (call === undefined || tool === undefined) {
    const name = call?.name ?? "";
    return {
      answer: { callId: call?.callId ?? "", name, output: { type: "error", message: `There is no tool "${name}".` } },
      stopped: null,
    };
  }
  const key = itemPath(childPath(turn.key, "tool"), index);
  const attempted = yield* withRetry(tool.retry, function* (which) {
    const outcome = yield* perform({
      kind: "tool",
      key: attemptPath(key, which.number),
      fingerprint: tool.fingerprint,
      name: tool.name,
      node: frame.node,
      tool,
      call,
      context: frame.context,
      attempt: which.number,
      delayMs: which.delayMs,
    });
    tally.count(outcome);
    return outcome.outcome.status === "succeeded"
      ? { ok: true, value: outcome.outcome.value }
      : { ok: false, failure: outcome.outcome.failure };
  });
  const about = { callId: call.callId, name: call.name };
  if (attempted.ok) return { answer: { ...about, output: { type: "value", value: attempted.value } }, stopped: null };
  const stopped = attempted.failure.code === "cancelled" ? attempted.failure : null;
  return { answer: { ...about, output: { type: "error", message: withoutPath(attempted.failure) } }, stopped };
}

/** Where in a run a tool was called is nothing to the model. */
function withoutPath({ message, path }: Failure): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}
