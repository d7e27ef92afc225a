import type { Failure } from "../model/failure.ts";
import type { Resources } from "./resources.ts";
import type { ContextDraft, ContextValue, ContributionTo, ReducedFields } from "./context-types.ts";

/** What a selector may look at beside the value. */
export interface DecisionAbout<Ctx = unknown> {
  /** The context as it is now; read-only. */
  readonly context: ContextValue<Ctx>;
  /** What the run began with, as text. */
  readonly initialPrompt: string;
}

/** What the functions of a loop may look at beside the output. */
export interface LoopAbout<Ctx = unknown> extends DecisionAbout<Ctx> {
  /** Which time around it was, from 0. */
  readonly iteration: number;
}

/** What a function that says how long or until when may look at beside the value. */
export interface SleepAbout<Ctx = unknown> extends DecisionAbout<Ctx> {
  /** When it was entered, in milliseconds since 1970: the same after a crash. */
  readonly nowMs: number;
}

/** What the functions of a policy may look at beside an output or a failure. */
export interface PolicyAbout<Value, Ctx = unknown> extends DecisionAbout<Ctx> {
  /** What the program was given. */
  readonly input: Value;
}

/** What is there to be shown to a person. */
export interface HumanAbout<Value, Ctx = unknown> extends DecisionAbout<Ctx> {
  /** What the step before returned. */
  readonly output: Value;
}

/** What every function that does work may know of the call it is. */
interface WorkAbout<Opened> {
  /** What the run began with, as text. */
  readonly initialPrompt: string;
  readonly runId: string;
  /** Where in the run: `triage/tickets[3]/classify#2` for a step, `…/classify/turn[1]/tool[0]` for a tool. */
  readonly path: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The same for every attempt at this work, also after a crash: give it to services that can tell a repetition. */
  readonly idempotencyKey: string;
  /** Aborted when the work is no longer wanted; its `reason` says why. Give it to `fetch`. */
  readonly signal: AbortSignal;
  /**
   * What was opened for it, by the names under which it is declared, beside what the Flujo that runs it was given:
   * `new Flujo({ resources })`. Never stored.
   */
  readonly resources: Resources & Opened;
  /**
   * Tells whoever watches the run how far it is: a `work-reported` progress event. Never stored, lost where nobody
   * listens, and it costs nothing then.
   */
  readonly report: (value: unknown) => void;
}

/**
 * What a tool is given beside its arguments. What changes a run as a whole is left to steps: a tool neither writes to the
 * context nor goes on as another run (`continueAs`), since its agent would end in the middle of a turn, with calls beside
 * this one under way. Let it return what the step after the agent decides by.
 *
 * @typeParam Ctx - The context it needs.
 * @typeParam Opened - What its own `resources` open to.
 */
export interface ToolContext<Ctx = unknown, Opened = unknown> extends WorkAbout<Opened> {
  /** The context as it is now; read-only. A tool cannot write to it. */
  readonly context: ContextValue<Ctx>;
}

/**
 * What a function step is given beside its input. Take what you need by name: a copy made by `...rest` or spreading holds only part of it.
 *
 * @typeParam Ctx - The context it needs.
 * @typeParam Opened - What its own `resources` open to.
 */
export interface StepContext<Ctx = unknown, Opened = unknown> extends WorkAbout<Opened> {
  /** The context as it is now, this attempt's own writes included; read-only. */
  readonly context: ContextValue<Ctx>;
  /**
   * Writes plain fields: change the draft, do not replace it. The writes of an attempt that fails vanish.
   *
   * @throws {FlujoError} `context_invalid` for a field that has a reducer, and after the step has ended.
   */
  readonly update: (change: (draft: ContextDraft<Ctx>) => void) => void;
  /**
   * Writes a field that has a reducer.
   *
   * @throws {FlujoError} `context_invalid` for a field that has none, and after the step has ended.
   */
  readonly contribute: <Field extends ReducedFields<Ctx>>(field: Field, value: ContributionTo<Ctx[Field]>) => void;
  /** Why the attempt before this one failed, its own or that of a program it is part of; null at the first. */
  readonly feedback: Failure | null;
  /**
   * Ends the run here, as succeeded, and goes on as another run of the same line: with this input, and with the context as it
   * is now. For agents without an end, whose journal would only grow. Returns nowhere, like a `throw`: write
   * `return continueAs(input)`. Nothing catches it, no retry and no fallback.
   *
   * @example
   * ```ts
   * import { Flujo, step } from "flujo";
   *
   * const count = step("count", (n: number, { continueAs }) => (n < 3 ? continueAs(n + 1) : `counted to ${n}`));
   * const flujo = new Flujo();
   * console.log((await flujo.run(count, 1)).unwrap()); // counted to 3
   * await flujo.close();
   * ```
   */
  readonly continueAs: (input: unknown) => never;
}

/**
 * {@link StepContext} of a step that says what of the context it `reads` and `writes`: there is no more of it.
 *
 * @typeParam Seen - What it reads, and what it writes.
 * @typeParam Written - What it writes.
 * @typeParam Opened - What its own `resources` open to.
 */
export interface LimitedStepContext<Seen, Written, Opened> extends Omit<StepContext<unknown, Opened>, "context" | "update" | "contribute"> {
  readonly context: StepContext<Seen>["context"];
  readonly update: StepContext<Written>["update"];
  readonly contribute: StepContext<Written>["contribute"];
}
