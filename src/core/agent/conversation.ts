import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { AgentNode, ToolSpec } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { decisionPath } from "../../model/path.ts";
import type { ModelTurn, ToolAnswer, TranscriptItem } from "../../model/transcript.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import { conflictFailure } from "../context/conflict.ts";
import { contestedFields } from "../context/contributions.ts";
import { mergeWrites } from "../context/merge-writes.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { DecideOp, DecisionAbout, Program } from "../program.ts";
import { reduceContributions } from "../reduce-contributions.ts";
import type { Tally } from "../tally.ts";

/** What a model call's intent says: which call it follows, and what the transcript has that no outcome since then holds. */
export interface Request {
  readonly after: InstancePath | null;
  readonly added: Json;
}

/** One agent's talk with its model, as far as it has come. Lives in one handler. */
export class Conversation {
  readonly frame: ExecutionFrame<AgentNode>;
  readonly tally: Tally;
  readonly instructions: string;
  /** What is said in place of the input; null where it is the input. */
  readonly prompt: string | null;
  /** What the thread had before. */
  readonly history: readonly TranscriptItem[];
  readonly #transcript: TranscriptItem[] = [];
  readonly #writes: Patch[] = [];
  #context: ContextState;
  #request: Request = { after: null, added: [] };
  /** What its tool servers offer, as of the last time they were asked. */
  served: { readonly hash: string; readonly tools: readonly ToolSpec[] } | null = null;

  constructor(parts: {
    readonly frame: ExecutionFrame<AgentNode>;
    readonly tally: Tally;
    readonly instructions: string;
    readonly prompt: string | null;
    readonly history: readonly TranscriptItem[];
  }) {
    this.frame = parts.frame;
    this.tally = parts.tally;
    this.instructions = parts.instructions;
    this.prompt = parts.prompt;
    this.history = parts.history;
    this.#context = parts.frame.context;
  }

  /** What was said since the input: a copy, since operations keep it. */
  get transcript(): readonly TranscriptItem[] {
    return [...this.#transcript];
  }

  get request(): Request {
    return this.#request;
  }

  /** With what the programs it called as tools have written. */
  get context(): ContextState {
    return this.#context;
  }

  get writes(): readonly Patch[] {
    return this.#writes;
  }

  /** The tools its model may call now. */
  get tools(): readonly ToolSpec[] {
    return this.served === null ? this.frame.node.tools : [...this.frame.node.tools, ...this.served.tools];
  }

  /** Adds what the model said in a turn. One that said nothing leaves nothing: providers refuse empty messages. */
  said(key: InstancePath, { messages }: ModelTurn): void {
    if (!Array.isArray(messages) || messages.length > 0) this.#transcript.push({ role: "assistant", messages });
    this.#request = { after: key, added: [] };
  }

  /** Adds what the model is told next, in words. */
  tell(text: string): void {
    this.#transcript.push({ role: "user", text });
    const { after, added } = this.#request;
    this.#request = { after, added: [...(added as readonly Json[]), { role: "user", text }] };
  }

  answer(answers: readonly ToolAnswer[]): void {
    this.#transcript.push({ role: "tools", answers });
  }

  /** Takes in what programs called as tools have written, in the order of the calls. Gives the failure where two contradict each other. */
  *write(key: InstancePath, branches: readonly BranchWrites[]): Program<Failure | null> {
    const merged = mergeWrites(branches, "update");
    if (!merged.ok) return conflictFailure(key, merged.conflict, "the tools ");
    if (merged.writes.length === 0) return null;
    const { frame, tally, context } = this;
    const fields = contestedFields(branches, context.reducers);
    const { writes } = merged;
    const reduced = fields === null ? merged : yield* reduceContributions({ frame, tally, key, context, writes, fields });
    if (!reduced.ok) return reduced.failure;
    this.#writes.push(...reduced.writes);
    this.#context = context.with(reduced.writes);
    return null;
  }
}

/** A question of this agent to what stands outside the program. */
export function question(
  frame: ExecutionFrame<AgentNode>,
  asked: { readonly about: DecisionAbout; readonly value: unknown; readonly below?: InstancePath },
): DecideOp {
  const { node, key, context } = frame;
  const { fingerprint, name, path } = node;
  const { about, value, below = key } = asked;
  return { kind: "decide", key: decisionPath(below, about), fingerprint, name, node: path, about, value, context };
}

/** A failure in words for a model, to which its place in the run is nothing. */
export function withoutPath({ message, path }: Failure): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}
