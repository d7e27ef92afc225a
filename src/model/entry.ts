import type { Json } from "../base/json.ts";
import type { Cost } from "./cost.ts";
import type { Failure } from "./failure.ts";
import type { Patch } from "./patch.ts";
import type { InstancePath } from "./path.ts";
import type { StepResult } from "./step-result.ts";
import type { Usage } from "./usage.ts";

/** The kinds of operation there are. */
export type OpKind = "step" | "decide" | "model" | "tool" | "human" | "signal" | "sleep";

/** What came of one operation, as it is journalled. */
export type Recorded<T = unknown> =
  | { readonly status: "succeeded"; readonly value: T; readonly writes?: readonly Patch[]; readonly usage?: Usage; readonly cost?: Cost }
  | { readonly status: "failed"; readonly failure: Failure; readonly usage?: Usage; readonly cost?: Cost };

interface EntryBase {
  /** Position in the run's journal: the order in which the scheduler consumed it. Starts at 0; decisions that share a record leave gaps. */
  readonly seq: number;
  /** When it was consumed, in milliseconds since 1970. */
  readonly atMs: number;
  /** The instance path it is about. */
  readonly key: InstancePath;
}

/** The run exists: its first entry. */
export interface RunStarted extends EntryBase {
  readonly type: "run-started";
  readonly input: unknown;
  readonly context: unknown;
  /** The model every agent of this run uses instead of its own, or null. */
  readonly model: string | null;
  /** The conversation it is part of, or null. */
  readonly thread: string | null;
  /** Of a run that was retried: what it goes on with from there. Left out of every other. */
  readonly retried?: Retried;
}

/** How a run goes on that was made to try another again. */
export interface Retried {
  /** When that was, in milliseconds since 1970: time limits of what had begun before count from then. */
  readonly atMs: number;
  /** By paths without attempts, the idempotency keys of what was tried before and may have had its effect. */
  readonly keys: Readonly<Record<string, string>>;
}

/** An operation is about to start that must not start unrecorded (design law 4). */
export interface OperationIntended extends EntryBase {
  readonly type: "operation-intended";
  readonly op: OpKind;
  readonly fingerprint: string;
  readonly idempotencyKey: string;
  /** What is asked; for a model call, what is new since the call named by `after`. */
  readonly request: unknown;
  readonly requestHash: string;
}

/** An operation has an outcome. */
export interface OperationFinished extends EntryBase {
  readonly type: "operation-finished";
  readonly op: Exclude<OpKind, "decide">;
  /** The name of the node or tool. */
  readonly name: string;
  readonly fingerprint: string;
  readonly startedAtMs: number;
  readonly outcome: Recorded;
}

/** The answer of a user function in a control position. */
export interface Decision {
  /** Its own place in the order of things; a `decisions-made` entry is as late as its last decision. */
  readonly seq: number;
  readonly key: InstancePath;
  readonly fingerprint: string;
  readonly atMs: number;
  readonly outcome: Recorded;
}

/** The decisions of one turn of the scheduler, in one record (design law 5). */
export interface DecisionsMade extends EntryBase {
  readonly type: "decisions-made";
  readonly decisions: readonly Decision[];
}

/** What a run waits for: an answer to a human step, a person's approval of a tool call, a signal, or a moment in time. */
export type WaitKind = "answer" | "approval" | "signal" | "time";

/** A wait begins. */
export interface WaitOpened extends EntryBase {
  readonly type: "wait-opened";
  readonly waitsFor: WaitKind;
  readonly name: string;
  readonly fingerprint: string;
  readonly show: unknown;
  readonly answerSchema: Json;
  /** When it ends by itself, in milliseconds since 1970. Absent: never. */
  readonly wakeAtMs?: number;
}

/** The run was called off: what was under way is told to stop, what is asked for after it does not start. Its key is the root's. */
export interface CancelRequested extends EntryBase {
  readonly type: "cancel-requested";
  /** In the words of whoever did it; empty where they said nothing. */
  readonly reason: string;
}

/** The run goes on with other code than it was begun with (`onCodeChange: "continue"`). Its key is the root's. */
export interface CodeAccepted extends EntryBase {
  readonly type: "code-accepted";
  /** What differs, each in words that begin with a path. */
  readonly changes: readonly string[];
  /** The versions of the code from here on, as in {@link Plan.code}: those that differ. */
  readonly code: Readonly<Record<string, string>>;
}

/** A signal was taken out of the run's mailbox, once and for all. Its key is the root's. */
export interface SignalTaken extends EntryBase {
  readonly type: "signal-taken";
  /** The id of the letter. */
  readonly letter: number;
  readonly name: string;
  /** The instance path of the pause it was for. */
  readonly pause: InstancePath;
  /** Why it was dropped: what it brought does not fit. Null where it answered the pause; the answer is the outcome at that path. */
  readonly problem: string | null;
}

/** A composite has ended: nothing below its key is read again on resume (design law 6). */
export interface FrameDone extends EntryBase {
  readonly type: "frame-done";
  readonly fingerprint: string;
  /** The seq from which on entries below this key may lie; they lie nowhere before it. */
  readonly fromSeq: number;
  readonly result: StepResult;
  /** The seq of the operation below whose value is the output (the result then holds `null` in its place), or null. */
  readonly outputAt: number | null;
}

/** The run has ended. */
export interface RunFinished extends EntryBase {
  readonly type: "run-finished";
  readonly end: RunEnd;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** How a run ended. */
export type RunEnd =
  /** `continuedAs`: the run that goes on in its place (`continueAs`); it has no output of its own then, but null. */
  | { readonly status: "succeeded"; readonly output: unknown; readonly continuedAs?: string }
  | { readonly status: "failed"; readonly failure: Failure }
  /** `reason`: what was given with the cancellation; not there where nobody gave one. */
  | { readonly status: "cancelled"; readonly reason?: string };

/** One line of a run's journal. */
export type Entry =
  | RunStarted
  | OperationIntended
  | OperationFinished
  | DecisionsMade
  | WaitOpened
  | CancelRequested
  | CodeAccepted
  | SignalTaken
  | FrameDone
  | RunFinished;

/** What an entry says, by its type. */
export type EntryType = Entry["type"];
