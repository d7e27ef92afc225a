import type { Json } from "../base/json.ts";
import type { Completed } from "../model/completed.ts";
import type { Cost } from "../model/cost.ts";
import { addCost, FREE } from "../model/cost.ts";
import type { Failure } from "../model/failure.ts";
import type { Patch } from "../model/patch.ts";
import { NO_PATCHES } from "../model/patch.ts";
import type { Said } from "../model/said.ts";
import type { StepFailed, StepResult, StepSucceeded } from "../model/step-result.ts";
import type { Usage } from "../model/usage.ts";
import { addUsage, NO_USAGE } from "../model/usage.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Outcome } from "./program.ts";

const NOTHING_SAID: readonly Said[] = Object.freeze([]);
const NO_METADATA: Readonly<Record<string, Json>> = Object.freeze({});

/** Adds up what one frame used, cost and wrote, and knows when its last outcome came. Lives in one handler. */
export class Tally {
  readonly #frame: ExecutionFrame;
  #usage: Usage = NO_USAGE;
  #cost: Cost = FREE;
  #attempts = 1;
  #metadata = NO_METADATA;
  #completed: Completed[] | null = null;
  #said: Said[] | null = null;
  /** The journal's time of the last outcome seen, in milliseconds since 1970. */
  atMs: number;

  constructor(frame: ExecutionFrame) {
    this.#frame = frame;
    this.atMs = frame.enteredAtMs;
  }

  /** Counts an operation's outcome, whether it succeeded or not. */
  count(outcome: Outcome): void {
    const { usage, cost } = outcome.outcome;
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
    if (cost !== undefined) this.#cost = addCost(this.#cost, cost);
    if (outcome.atMs > this.atMs) this.atMs = outcome.atMs;
  }

  /** Counts a child's result, whether it succeeded or not, and keeps what was said in it where it did. */
  include(result: StepResult): void {
    this.#usage = addUsage(this.#usage, result.usage);
    this.#cost = addCost(this.#cost, result.cost);
    const endedAtMs = result.startedAtMs + result.latencyMs;
    if (endedAtMs > this.atMs) this.atMs = endedAtMs;
    if (result.completed !== undefined) for (const each of result.completed) this.complete(each);
    if (result.status === "succeeded" && result.said !== undefined) for (const each of result.said) this.say(each);
  }

  /** {@link include}, and takes over what the child noted of how it went: the node itself, seen from its policy. */
  adopt(result: StepResult): void {
    this.include(result);
    this.attempted(result.attempts);
    for (const [key, value] of Object.entries(result.metadata)) this.note(key, value);
  }

  /** Notes that there was an attempt of this number; the highest counts. */
  attempted(attempts: number): void {
    this.#attempts = Math.max(this.#attempts, attempts);
  }

  /** Notes a fact about how it went. */
  note(key: string, value: Json): void {
    this.#metadata = { ...this.#metadata, [key]: value };
  }

  /** Keeps something that a saga may have to undo: it is part of the frame's result, however that ends. */
  complete(completed: Completed): void {
    this.#completed ??= [];
    this.#completed.push(completed);
  }

  /** What it has kept for a saga, and forgets: whoever takes it undoes it, or says that it stays. */
  takeCompleted(): readonly Completed[] {
    const completed = this.#completed ?? [];
    this.#completed = null;
    return completed;
  }

  /** Keeps what an agent has said, for the loop around it: it is part of the frame's result where that is a success. */
  say(said: Said): void {
    this.#said ??= [];
    this.#said.push(said);
  }

  /** What it has kept for a loop, and forgets: the loop itself takes it. */
  takeSaid(): readonly Said[] {
    const said = this.#said ?? NOTHING_SAID;
    this.#said = null;
    return said;
  }

  /** Keeps of all that was said only what was said in this result: that of the attempt, or what ran in its place, that counts. */
  speakFor(result: StepResult): void {
    this.#said = result.status === "succeeded" && result.said !== undefined ? [...result.said] : null;
  }

  succeeded(output: unknown, writes: readonly Patch[] = NO_PATCHES): StepSucceeded {
    const frame = this.#frame;
    const result: StepSucceeded = {
      status: "succeeded",
      name: frame.node.name,
      path: frame.key,
      attempts: this.#attempts,
      usage: this.#usage,
      cost: this.#cost,
      startedAtMs: frame.enteredAtMs,
      latencyMs: this.atMs - frame.enteredAtMs,
      writes,
      metadata: this.#metadata,
      output,
    };
    const kept = this.#completed === null ? result : { ...result, completed: this.#completed };
    return this.#said === null ? kept : { ...kept, said: this.#said };
  }

  failed(failure: Failure): StepFailed {
    const frame = this.#frame;
    const result: StepFailed = {
      status: "failed",
      name: frame.node.name,
      path: frame.key,
      attempts: this.#attempts,
      usage: this.#usage,
      cost: this.#cost,
      startedAtMs: frame.enteredAtMs,
      latencyMs: this.atMs - frame.enteredAtMs,
      writes: NO_PATCHES,
      metadata: this.#metadata,
      failure,
    };
    return this.#completed === null ? result : { ...result, completed: this.#completed };
  }
}
