import type { Failure } from "../../model/failure.ts";
import type { AgentNode } from "../../model/node.ts";
import type { InstancePath } from "../../model/path.ts";
import { childPath, itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ToolCall } from "../../model/transcript.ts";
import { askModel, endedBadly } from "../agent/ask-model.ts";
import { beginConversation, remember } from "../agent/begin.ts";
import type { Conversation } from "../agent/conversation.ts";
import { processOutput } from "../agent/processors.ts";
import { listServedTools } from "../agent/served-tools.ts";
import type { ToolResult } from "../agent/tool-call.ts";
import { runToolCall } from "../agent/tool-call.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { fork } from "../program.ts";
import { Tally } from "../tally.ts";

/**
 * Model call, tool calls in parallel, model call … until there is an output that fits: one operation each. What ends
 * otherwise is told to the model, tried again or fails, as the agent declares; a turn that is told costs a turn.
 */
export function* runAgent(frame: ExecutionFrame<AgentNode>): Program<StepResult> {
  const { node } = frame;
  const tally = new Tally(frame);
  const begun = yield* beginConversation(frame, tally);
  if (!begun.ok) return tally.failed(begun.failure);
  const conversation = begun.value;
  let problem = "it went on calling tools";
  for (let number = 0; number < node.maxTurns; number++) {
    const key = itemPath(childPath(frame.key, "turn"), number);
    const unlisted = yield* listServedTools(conversation, key);
    if (unlisted !== null) return tally.failed(unlisted);
    const asked = yield* askModel(conversation, key, number === 0 || node.toolChoice === "none" ? node.toolChoice : "auto");
    tally.note("turns", number + 1);
    if (!asked.ok) return tally.failed(asked.failure);
    const { output, toolCalls } = asked.value;
    conversation.said(key, asked.value);
    if (output?.ok === true) return yield* succeed(conversation, output.value);
    if (output?.ok === false) {
      if (node.endings[output.ending] === "fail") return tally.failed(endedBadly(key, output));
      problem = output.problem;
      conversation.tell(`Your answer was not valid: ${problem}. Answer again, in full, so that it is valid.`);
    } else {
      const stopped = yield* runTools(conversation, key, toolCalls);
      if (stopped !== null) return tally.failed(stopped);
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

function* succeed(conversation: Conversation, given: unknown): Program<StepResult> {
  const processed = yield* processOutput(conversation, given);
  if (!processed.ok) return conversation.tally.failed(processed.failure);
  const { value: output } = processed;
  const kept = yield* remember(conversation);
  return kept.ok ? conversation.tally.succeeded(output, conversation.writes) : conversation.tally.failed(kept.failure);
}

/** All calls of a turn at the same time. Gives the failure that ends the agent, where there is one. */
function* runTools(conversation: Conversation, key: InstancePath, calls: readonly ToolCall[]): Program<Failure | null> {
  const results = yield* fork<ToolResult>({
    count: calls.length,
    concurrency: calls.length,
    start: (index) => runToolCall(conversation, itemPath(childPath(key, "tool"), index), calls[index] as ToolCall),
    stopsAfter: ({ stopped }) => stopped !== null,
  });
  const known = results.filter((result) => result !== undefined);
  const stopped = known.flatMap((result) => (result.stopped === null ? [] : [result.stopped]));
  const [first] = stopped;
  if (first !== undefined)
    return stopped.find(({ code }) => code === "continued") ?? stopped.find(({ code }) => code !== "cancelled") ?? first; // the others were told to stop because of it
  conversation.answer(known.map(({ answer }) => answer));
  const notes = known.flatMap(({ note }) => (note === null ? [] : [note]));
  if (notes.length > 0) conversation.tell(notes.join("\n"));
  return yield* conversation.write(
    key,
    known.map(({ answer, writes }) => ({ name: answer.name, writes })),
  );
}
