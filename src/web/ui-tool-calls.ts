import type { Approval } from "../model/approval.ts";
import type { Entry, FrameDone, Recorded } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import { withoutAttempt } from "../model/path.ts";
import type { ToolCall } from "../model/transcript.ts";
import type { OtherPart, UiMessage } from "./ui-message.ts";

/** A tool call as the client has it. */
interface UiToolCall extends OtherPart {
  readonly id: string;
  readonly tool: string;
  hasOutcome: boolean;
  /** What the operations of a program called as a tool gave, by seq: its end may only point to one of them. */
  readonly values: Map<number, unknown>;
}

/** The tool calls of a message: from the first piece of their arguments to what came of them. */
export class UiToolCalls {
  readonly #message: UiMessage;
  /** Those that a model is writing: by its call, and the provider's id. */
  readonly #written = new Map<string, Map<string, UiToolCall>>();
  /** Those that were made, by the instance path of the tool. */
  readonly #made = new Map<string, UiToolCall>();

  constructor(message: UiMessage) {
    this.#message = message;
  }

  write(call: InstancePath, piece: { readonly callId: string; readonly tool: string; readonly delta: string }): void {
    const toolCallId = idOf(call, piece.callId);
    const known = this.#written.get(call)?.get(piece.callId);
    const part = known ?? newCall(call, { callId: piece.callId, name: piece.tool });
    if (known === undefined) {
      this.#writtenBy(call).set(piece.callId, part);
      this.#message.change(part, { type: "tool-input-start", toolCallId, toolName: piece.tool }, "anew");
    }
    this.#message.change(part, { type: "tool-input-delta", toolCallId, inputTextDelta: piece.delta }, "more");
  }

  /** A model call has ended, and made these. */
  make(call: InstancePath, calls: readonly ToolCall[]): void {
    for (const [index, { callId, name, input, problem }] of calls.entries()) {
      const part = this.#written.get(call)?.get(callId) ?? newCall(call, { callId, name });
      const about = { toolCallId: part.id, toolName: name, input };
      if (problem === undefined) this.#message.change(part, { type: "tool-input-available", ...about }, "anew");
      else this.#message.change(part, { type: "tool-input-error", ...about, errorText: problem }, "anew");
      part.hasOutcome = problem !== undefined;
      this.#made.set(`${withoutAttempt(call)}/tool[${index}]`, part);
    }
    this.#written.delete(call);
  }

  /** What the provider ran itself is in what the model said, and nowhere else. */
  makeProviderRun(call: InstancePath, messages: unknown): void {
    for (const { type, toolCallId, toolName, input, output, providerExecuted } of partsOf(messages)) {
      if (typeof toolCallId !== "string" || typeof toolName !== "string") continue;
      const known = this.#written.get(call)?.get(toolCallId);
      if (type === "tool-call" && providerExecuted === true) {
        const part = known ?? newCall(call, { callId: toolCallId, name: toolName });
        this.#writtenBy(call).set(toolCallId, part);
        this.#message.change(part, { type: "tool-input-available", toolCallId: part.id, toolName, input, providerExecuted }, "anew");
      } else if (type === "tool-result" && known !== undefined) {
        const { value } = (output ?? {}) as { readonly value?: unknown };
        this.#message.change(
          known,
          { type: "tool-output-available", toolCallId: known.id, output: value ?? null, providerExecuted: true },
          "more",
        );
      }
    }
  }

  /** What a model call wrote is void. */
  forget(call: InstancePath): void {
    this.#written.delete(call);
  }

  /** The agent, or an attempt of it, goes on or has ended: calls of its that were not run never will be. */
  close(agent: string): void {
    for (const [key, part] of this.#made) {
      if (!key.startsWith(`${agent}/turn[`) && !key.startsWith(`${agent}#`)) continue;
      if (!part.hasOutcome) this.#say(part, { errorText: "It was not run." });
      this.#made.delete(key);
    }
  }

  /** Takes what an entry says of a tool call. False where it is about none that the client knows. */
  take(entry: Entry): boolean {
    if (entry.type === "wait-opened") return this.#ask(entry.key);
    if (entry.type === "frame-done") return /#\d+$/.test(entry.key) ? false : this.#programEnded(entry); // its program may be tried again
    if (entry.type !== "operation-finished") return false;
    const { key, op, outcome, seq } = entry;
    if (op === "tool") return this.#ended(this.#made.get(withoutAttempt(key)), outcome);
    const approved = op === "human" ? this.#made.get(parentOf(key)) : undefined;
    if (approved !== undefined && key.endsWith("/approval")) return this.#answered(approved, key, outcome);
    for (const [tool, part] of this.#made) {
      if (!key.startsWith(`${tool}/`)) continue;
      part.values.set(seq, outcome.status === "succeeded" ? outcome.value : undefined);
      if (op === "step" && parentOf(withoutAttempt(key)) === tool) this.#ended(part, outcome);
      return true;
    }
    return false;
  }

  idAt(path: InstancePath): string | undefined {
    return this.#made.get(withoutAttempt(path))?.id;
  }

  #writtenBy(call: InstancePath): Map<string, UiToolCall> {
    const known = this.#written.get(call) ?? new Map<string, UiToolCall>();
    this.#written.set(call, known);
    return known;
  }

  #ask(key: InstancePath): boolean {
    const part = this.#made.get(parentOf(key));
    if (part === undefined || !key.endsWith("/approval")) return false;
    this.#message.change(part, { type: "tool-approval-request", approvalId: key, toolCallId: part.id }, "more");
    return true;
  }

  #answered(part: UiToolCall, approvalId: InstancePath, outcome: Recorded): boolean {
    if (outcome.status === "failed") return true; // the call was told to stop
    const approval = outcome.value as Approval;
    const approved = approval.decision !== "reject";
    const note = "note" in approval && approval.note !== undefined ? { reason: approval.note } : {};
    this.#message.change(part, { type: "tool-approval-response", approvalId, approved, ...note }, "more");
    if (approval.decision === "edit" && this.#message.isCurrent(part)) {
      const edited = { type: "tool-input-available", toolCallId: part.id, toolName: part.tool, input: approval.input } as const;
      this.#message.change(part, edited, "more");
    }
    if (!approved) {
      part.hasOutcome = true;
      this.#message.change(part, { type: "tool-output-denied", toolCallId: part.id }, "more");
    }
    return true;
  }

  #programEnded({ key, result, outputAt }: FrameDone): boolean {
    const part = this.#made.get(parentOf(key));
    if (part === undefined) return [...this.#made.keys()].some((tool) => key.startsWith(`${tool}/`));
    if (result.status === "failed") return this.#ended(part, { status: "failed", failure: result.failure });
    const value = outputAt === null ? result.output : part.values.get(outputAt);
    part.values.clear();
    return this.#ended(part, { status: "succeeded", value });
  }

  #ended(part: UiToolCall | undefined, outcome: Recorded): boolean {
    if (part === undefined) return false;
    if (outcome.status === "failed") this.#say(part, { errorText: withoutPath(outcome.failure) });
    else this.#say(part, { output: outcome.value ?? null });
    return true;
  }

  #say(part: UiToolCall, came: { readonly output: unknown } | { readonly errorText: string }): void {
    part.hasOutcome = true;
    const toolCallId = part.id;
    if ("errorText" in came) this.#message.change(part, { type: "tool-output-error", toolCallId, ...came }, "more");
    else this.#message.change(part, { type: "tool-output-available", toolCallId, ...came }, "more");
  }
}

function newCall(call: InstancePath, { callId, name }: { readonly callId: string; readonly name: string }): UiToolCall {
  return { type: "other", call, chunks: [], id: idOf(call, callId), tool: name, hasOutcome: false, values: new Map() };
}

/** A provider's id says which call of one turn it is; two agents, or two turns, may have the same. */
function idOf(call: InstancePath, callId: string): string {
  return `${call}/${callId}`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Where in a run it was called is nothing to the reader of a message. */
function withoutPath({ message, path }: Failure): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

/** The parts of what a model said, in the words of the AI SDK's prompts. */
function partsOf(messages: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: { readonly content?: unknown }) =>
    Array.isArray(message.content) ? (message.content as Readonly<Record<string, unknown>>[]) : [],
  );
}
