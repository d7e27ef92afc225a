import type { Entry, OperationFinished, WaitOpened } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import { withoutAttempt } from "../model/path.ts";
import type { ProgressEvent, RunEvent } from "../model/run-event.ts";
import type { ModelTurn } from "../model/transcript.ts";
import type { AtRest } from "./run-events.ts";
import type { ToldError } from "./stream-response.ts";
import type { OtherPart } from "./ui-message.ts";
import { UiMessage } from "./ui-message.ts";
import type { UiFinishReason, UiMessageChunk } from "./ui-message-chunk.ts";
import { UiToolCalls } from "./ui-tool-calls.ts";

/** What of a run is in the message. */
export interface UiMessageOptions {
  /** The id of the message. Default: the client makes one. */
  readonly messageId?: string;
  /**
   * The names of the agents whose text and tool calls are in it. Default: all but those that other agents call as tools,
   * which are that call's output.
   */
  readonly agents?: readonly string[];
}

/** A question that the client has before it, or something else that the run waits for. */
interface OpenWait {
  readonly type: "data-flujo-pause" | "data-flujo-wait";
  readonly part: OtherPart;
  readonly data: object;
}

/**
 * One run as one message of the AI SDK's UI message stream protocol. A pure fold: the same events always give the same
 * message, so that a client which connects again and reads from the first entry has what it had.
 *
 * Every model call that begins while no other is under way begins a step. What a call has said is taken back when it
 * turns out to be void: its attempt failed, or its answer could not be used.
 */
export class UiMessageWriter {
  readonly #agents: ReadonlySet<string> | null;
  readonly #messageId: string | undefined;
  readonly #message = new UiMessage();
  readonly #tools = new UiToolCalls(this.#message);
  /** The model calls under way. */
  readonly #calls = new Set<InstancePath>();
  readonly #waits = new Map<InstancePath, OpenWait>();
  #runId: string | null = null;
  #isStarted = false;
  #failure: ToldError | null = null;
  #cancelled = false;

  constructor({ messageId, agents }: UiMessageOptions) {
    this.#messageId = messageId;
    this.#agents = agents === undefined ? null : new Set(agents);
  }

  take(event: RunEvent): readonly UiMessageChunk[] {
    this.#start(event.runId);
    if (event.family === "entry") this.#takeEntry(event.entry);
    else this.#takeProgress(event);
    return this.#message.drain();
  }

  end(rest: AtRest | undefined): readonly UiMessageChunk[] {
    this.#start(null);
    for (const call of this.#calls) this.#message.retract(call); // it was parked in the middle of them
    this.#message.endStep();
    if (this.#failure !== null) this.#error(this.#failure);
    if (this.#cancelled) this.#message.say({ type: "abort", reason: "cancelled" });
    const status = rest?.status ?? (this.#failure === null ? "succeeded" : "failed");
    const messageMetadata = { runId: this.#runId, status };
    this.#message.say({ type: "finish", finishReason: finishReasonOf(status, rest), messageMetadata });
    return this.#message.drain();
  }

  /** The run cannot be read on. */
  fail(error: ToldError): readonly UiMessageChunk[] {
    this.#start(null);
    this.#message.endStep();
    this.#error(error);
    return this.#message.drain();
  }

  #start(runId: string | null): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#runId = runId;
    const id = this.#messageId === undefined ? {} : { messageId: this.#messageId };
    this.#message.say({ type: "start", ...id, messageMetadata: { runId } });
  }

  #error({ code, message }: ToldError): void {
    this.#message.say({ type: "error", errorText: `${message} [${code}]` });
  }

  #takeProgress(event: ProgressEvent): void {
    const { path, name } = event;
    switch (event.type) {
      case "operation-started":
        if (event.op === "model" && this.#isShown(path, name)) this.#beginCall(path);
        if (event.op === "step") this.#tellStep(path, { name, status: "running" });
        return;
      case "text-delta":
      case "reasoning-delta":
        if (this.#isUnderWay(path, name)) this.#message.speak(path, event.type === "text-delta" ? "text" : "reasoning", event.delta);
        return;
      case "tool-input-delta":
        if (this.#isUnderWay(path, name)) this.#tools.write(path, event);
        return;
      case "work-reported": {
        const toolCallId = this.#tools.idAt(path);
        if (toolCallId === undefined && isInTool(path)) return;
        const data = { path: withoutAttempt(path), name, value: event.value, ...(toolCallId === undefined ? {} : { toolCallId }) };
        this.#message.say({ type: "data-flujo-report", data, transient: true });
      }
    }
  }

  #takeEntry(entry: Entry): void {
    if (entry.type === "run-finished") {
      const { end } = entry;
      this.#cancelled = end.status === "cancelled";
      if (end.status === "failed") this.#failure = end.failure;
    } else if (entry.type === "operation-finished" && entry.op === "model") this.#answered(entry);
    else if (this.#tools.take(entry)) return;
    else if (entry.type === "wait-opened") this.#tellWait(entry);
    else if (entry.type === "frame-done")
      this.#tools.close(entry.key.replace(/#1$/, "")); // a first attempt has the path of its node
    else if (entry.type === "operation-finished") this.#finished(entry);
  }

  #finished(entry: OperationFinished): void {
    const { op, key, name, outcome } = entry;
    if (op === "step") this.#tellStep(key, { name, status: outcome.status });
    this.#endWait(key, op === "human" && outcome.status === "succeeded" ? { answer: outcome.value } : { isOver: true });
  }

  #beginCall(path: InstancePath): void {
    const isAnew = this.#calls.has(path); // it is told again, from its beginning
    if (isAnew) {
      this.#message.retract(path);
      this.#tools.forget(path);
      return;
    }
    this.#tools.close(path.replace(/\/turn\[\d+\](?:#\d+)?$/, ""));
    if (this.#calls.size === 0) this.#message.beginStep();
    this.#calls.add(path);
  }

  #isUnderWay(path: InstancePath, name: string): boolean {
    if (this.#calls.has(path)) return true;
    if (!this.#isShown(path, name)) return false;
    this.#beginCall(path);
    return true;
  }

  #answered({ key, name, outcome }: OperationFinished): void {
    if (!this.#isUnderWay(key, name)) return;
    this.#calls.delete(key);
    const turn = outcome.status === "succeeded" ? (outcome.value as ModelTurn) : null;
    if (turn === null || turn.output?.ok === false) {
      this.#message.retract(key);
      this.#tools.forget(key);
      return;
    }
    this.#complete(key, turn);
    this.#tools.makeProviderRun(key, turn.messages);
    this.#tools.make(key, turn.toolCalls);
    this.#message.settle(key);
  }

  /** Says what was not told piece by piece. Where what was told is not how the answer begins, the answer takes its place. */
  #complete(key: InstancePath, { text, reasoning }: ModelTurn): void {
    const said = this.#message.textOf(key, "text");
    const fits = text.startsWith(said);
    if (!fits) {
      this.#message.retract(key);
      this.#tools.forget(key);
    }
    if (reasoning !== "" && this.#message.textOf(key, "reasoning") === "") this.#message.speak(key, "reasoning", reasoning);
    const rest = fits ? text.slice(said.length) : text;
    if (rest !== "") this.#message.speak(key, "text", rest);
  }

  #tellStep(path: InstancePath, about: { readonly name: string; readonly status: string }): void {
    if (!isInTool(path)) this.#message.say({ type: "data-flujo-step", data: { path: withoutAttempt(path), ...about }, transient: true });
  }

  #tellWait({ key, name, show, answerSchema, waitsFor, wakeAtMs }: WaitOpened): void {
    const until = wakeAtMs === undefined ? {} : { wakeAtMs };
    const wait: OpenWait = {
      part: { type: "other", call: null, chunks: [] },
      ...(waitsFor === "signal" || waitsFor === "time"
        ? { type: "data-flujo-wait", data: { wait: key, waitsFor, name, ...until } }
        : { type: "data-flujo-pause", data: { pause: key, name, show, answerSchema, ...until } }),
    };
    this.#waits.set(key, wait);
    this.#message.change(wait.part, { type: wait.type, id: key, data: wait.data }, "anew");
  }

  /** It was answered, or has come to an end otherwise. */
  #endWait(key: InstancePath, end: { readonly answer: unknown } | { readonly isOver: true }): void {
    const wait = this.#waits.get(key);
    if (wait === undefined) return;
    this.#waits.delete(key);
    this.#message.change(wait.part, { type: wait.type, id: key, data: { ...wait.data, ...end } }, "anew");
  }

  #isShown(path: InstancePath, name: string): boolean {
    return /\/turn\[\d+\](?:#\d+)?$/.test(path) && !isInTool(path) && (this.#agents?.has(name) ?? true);
  }
}

/** Whether something happens inside of a program that an agent has called as a tool. */
function isInTool(path: string): boolean {
  return /\/turn\[\d+\](?:#\d+)?\/tool\[\d+\]\//.test(path);
}

function finishReasonOf(status: AtRest["status"], rest: AtRest | undefined): UiFinishReason {
  switch (status) {
    case "succeeded":
      return "stop";
    case "failed":
      return "error";
    case "paused":
      return rest?.pauses?.some(({ waitsFor }) => waitsFor === "approval") === true ? "tool-calls" : "other";
    case "cancelled":
      return "other";
    case "stopped":
    case "running":
      return "interrupted";
  }
}
