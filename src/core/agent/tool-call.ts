import type { Approval, ApprovalRequest } from "../../model/approval.ts";
import { approvalSchema } from "../../model/approval.ts";
import type { Failure } from "../../model/failure.ts";
import { isFinal } from "../../model/failure.ts";
import { filesIn } from "../../model/files-in.ts";
import type { FlujoFile } from "../../model/flujo-file.ts";
import type { PlanNode, ToolSpec } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { attemptPath, childPath } from "../../model/path.ts";
import { promptOf } from "../../model/prompt.ts";
import type { ToolAnswer, ToolCall } from "../../model/transcript.ts";
import type { Program } from "../program.ts";
import { call as enter, perform } from "../program.ts";
import type { Attempted } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";
import type { Conversation } from "./conversation.ts";
import { question, withoutPath } from "./conversation.ts";

/** What came of one tool call. */
export interface ToolResult {
  readonly answer: ToolAnswer;
  /** What the model is to know beside the answer: that a person changed its arguments. */
  readonly note: string | null;
  /** Set where the agent ends with it: the tool's failure is the agent's, or the call was told to stop. */
  readonly stopped: Failure | null;
  /** What a program called as a tool wrote to the context. */
  readonly writes: readonly Patch[];
}

/** One tool call on its way. */
interface Calling {
  readonly conversation: Conversation;
  readonly key: InstancePath;
  readonly call: ToolCall;
  readonly tool: ToolSpec;
}

/** One call of a tool: refused, put before a person, or run, as the tool's rules say. What the model is told of it. */
export function* runToolCall(conversation: Conversation, key: InstancePath, call: ToolCall): Program<ToolResult> {
  if (call.problem !== undefined) return told(call, call.problem);
  const tool = conversation.tools.find(({ name }) => name === call.name);
  if (tool === undefined) return told(call, unknownTool(call.name, conversation.tools));
  const calling: Calling = { conversation, key, call, tool };
  if (tool.approval === "never" && tool.runner.kind !== "program") return yield* run(calling, { input: call.input, isChecked: false });
  const checked = yield* checkArguments(calling, key, call.input);
  if (!checked.ok) return failed(calling, checked.failure);
  if (!(yield* needsApproval(calling, checked.value))) return yield* run(calling, { input: checked.value, isChecked: true });
  return yield* askApproval(calling, checked.value);
}

function unknownTool(name: string, tools: readonly ToolSpec[]): string {
  const known = tools.length === 0 ? "There are no tools at all." : `Those there are: ${tools.map((tool) => tool.name).join(", ")}.`;
  return `There is no tool "${name}". ${known}`;
}

function* checkArguments({ conversation, tool }: Calling, below: InstancePath, input: unknown): Program<Attempted<unknown>> {
  const checked = yield* perform(question(conversation.frame, { about: "arguments", value: { tool: tool.name, input }, below }));
  conversation.tally.count(checked);
  const { outcome } = checked;
  return outcome.status === "succeeded" ? { ok: true, value: outcome.value } : { ok: false, failure: outcome.failure };
}

function* needsApproval(calling: Calling, input: unknown): Program<boolean> {
  const { conversation, key, tool } = calling;
  if (tool.approval !== "decided") return tool.approval === "always";
  const { runner } = tool;
  const served = runner.kind === "server" ? { served: { server: runner.server, tool: runner.tool } } : {};
  const value = { tool: tool.name, input, ...served };
  const decided = yield* perform(question(conversation.frame, { about: "approval", value, below: key }));
  conversation.tally.count(decided);
  return decided.outcome.status === "failed" || decided.outcome.value !== false; // where nobody can say, a person is asked
}

function* askApproval(calling: Calling, input: unknown): Program<ToolResult> {
  const { conversation, key, call, tool } = calling;
  const { frame, tally } = conversation;
  const show: ApprovalRequest = { agent: frame.node.name, tool: tool.name, description: tool.description, input };
  const { fingerprint, name, inputSchema } = tool;
  const waiting = { kind: "human", key: childPath(key, "approval"), fingerprint, name, waitsFor: "approval" } as const;
  const asked = yield* perform({ ...waiting, show, answerSchema: approvalSchema(inputSchema), wakeAtMs: null, spreadMs: 0 });
  tally.count(asked);
  if (asked.outcome.status === "failed") return failed(calling, asked.outcome.failure);
  const approval = asked.outcome.value as Approval;
  switch (approval.decision) {
    case "approve":
      return yield* run(calling, { input, isChecked: true });
    case "reject": {
      const reason = approval.note ?? "";
      const answer: ToolAnswer = { callId: call.callId, name: call.name, output: { type: "denied", reason } };
      return { answer, note: null, stopped: null, writes: NO_PATCHES };
    }
    case "edit": {
      const edited = yield* checkArguments(calling, childPath(key, "approval"), approval.input);
      if (!edited.ok) return failed(calling, edited.failure);
      const why = approval.note === undefined || approval.note === "" ? "" : ` Their note: ${approval.note}`;
      const note = `A person changed the arguments of your call of ${tool.name} to ${promptOf(approval.input)} before it ran.${why}`;
      return yield* run(calling, { input: edited.value, isChecked: true, note });
    }
  }
}

/** What a tool is run with. */
interface Running {
  readonly input: unknown;
  /** Whether that is what the tool's schema made of the arguments. */
  readonly isChecked: boolean;
  /** What the model is to know beside the answer. */
  readonly note?: string;
}

function* run(calling: Calling, running: Running): Program<ToolResult> {
  const { call, tool } = calling;
  const { input, note = null } = running;
  if (tool.runner.kind === "program") return yield* runProgramTool(calling, { node: tool.runner.node, input, note });
  const attempted = yield* attemptTool(calling, running);
  if (!attempted.ok) return failed(calling, attempted.failure);
  return { answer: answerOf(call, attempted.value), note, stopped: null, writes: NO_PATCHES };
}

function answerOf({ callId, name }: ToolCall, { value, files }: ToolValue): ToolAnswer {
  return { callId, name, output: files.length === 0 ? { type: "value", value } : { type: "value", value, files } };
}

interface ToolValue {
  readonly value: unknown;
  readonly files: readonly FlujoFile[];
}

function* attemptTool({ conversation, key, call, tool }: Calling, { input, isChecked }: Running): Program<Attempted<ToolValue>> {
  const { frame, tally } = conversation;
  return yield* withRetry({ policy: tool.retry, frame, tally, key, of: tool.name }, function* (which) {
    const outcome = yield* perform({
      kind: "tool",
      key: attemptPath(key, which.number),
      fingerprint: tool.fingerprint,
      name: tool.name,
      node: frame.node,
      tool,
      call: { ...call, input },
      isChecked,
      context: conversation.context,
      attempt: which.number,
      delay: which.delay,
    });
    tally.count(outcome);
    const { outcome: came } = outcome;
    if (came.status === "failed") return { ok: false, failure: came.failure };
    return {
      ok: true,
      value: tool.runner.kind === "server" ? (came.value as ToolValue) : { value: came.value, files: filesIn(came.value) },
    };
  });
}

function* runProgramTool(
  calling: Calling,
  { node, input, note }: { readonly node: PlanNode; readonly input: unknown; readonly note: string | null },
): Program<ToolResult> {
  const { conversation, key, call } = calling;
  const { frame, tally, context } = conversation;
  const result = yield* enter(frame.child(node, { input, context, atMs: tally.atMs, below: key }));
  tally.include(result);
  if (result.status === "failed") return failed(calling, result.failure);
  const answer = answerOf(call, { value: result.output, files: filesIn(result.output) });
  return { answer, note, stopped: null, writes: result.writes };
}

/** A failure that is told to the model, unless the tool's is the agent's, or there is nobody left to tell. */
function failed({ call, tool }: Calling, failure: Failure): ToolResult {
  const stops = tool.onError === "fail" || isFinal(failure);
  return { ...told(call, withoutPath(failure)), stopped: stops ? failure : null };
}

function told(call: ToolCall, message: string): ToolResult {
  const answer: ToolAnswer = { callId: call.callId, name: call.name, output: { type: "error", message } };
  return { answer, note: null, stopped: null, writes: NO_PATCHES };
}
