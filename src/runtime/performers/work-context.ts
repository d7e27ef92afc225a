import { deepFreeze } from "../../base/deep-freeze.ts";
import { FlujoError } from "../../base/errors.ts";
import type { ContextState } from "../../core/context/context-state.ts";
import type { StepOp, ToolOp } from "../../core/program.ts";
import type { Failure } from "../../model/failure.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import type { OpHandle } from "../performer.ts";
import { withAfters } from "../../core/context/contributions.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { limitedView, refuseOutside } from "./context-limits.ts";
import { ContinueAs } from "./continue-as.ts";
import { plainOf, recordPatches } from "./context-draft.ts";
import { aftersOf, contextOf, isOwn } from "./own-reducers.ts";

/** What every operation of a run may know about the run. */
export interface RunFacts {
  readonly runId: string;
  readonly initialPrompt: string;
  /** The conversation the run is part of, or null. */
  readonly thread: string | null;
  /** What the user gave to all steps and tools. */
  readonly resources: object;
}

/** What a function step or a tool is called with, beside what it is asked. */
export interface WorkFacts {
  readonly run: RunFacts;
  readonly bindings: Bindings;
}

/** The context's value as user functions see it: frozen, so that what one writes past the rules reaches nobody. */
export function visibleContext(state: ContextState): unknown {
  const value = deepFreeze(state.value());
  return state.limits.length === 0 ? value : limitedView(value, state.limits);
}

/**
 * What a function step or a tool is given beside its input. Everything is worked out when it is looked at, since most
 * functions look at little. After its attempt has ended, writes are refused.
 */
export class WorkContext {
  readonly #op: StepOp | ToolOp;
  readonly #handle: OpHandle;
  readonly #known: WorkFacts;
  #state: ContextState;
  /** What it has made of fields with a reducer of the author's own. */
  #afters: Map<string, unknown> | null = null;
  #writes: Patch[] | null = null;
  #resources: object | null = null;
  #isOver = false;

  constructor(op: StepOp | ToolOp, handle: OpHandle, known: WorkFacts) {
    this.#op = op;
    this.#handle = handle;
    this.#known = known;
    this.#state = op.context;
  }

  get context(): unknown {
    return visibleContext(this.#state);
  }

  get initialPrompt(): string {
    return this.#op.context.nested?.initialPrompt ?? this.#known.run.initialPrompt;
  }

  /** Ends the run and goes on as another of the same line. Throws what nothing may catch, so that it returns nowhere. */
  get continueAs(): (input: unknown) => never {
    return (input) => {
      if (this.#op.kind === "tool") throw misuse(this.#op, "a tool cannot go on as another run; let the step after the agent do it");
      const { nested } = this.#state;
      throw new ContinueAs(nested === null ? { input, context: this.#state.value() } : { input });
    };
  }

  get runId(): string {
    return this.#known.run.runId;
  }

  get path(): InstancePath {
    return this.#op.key;
  }

  get attempt(): number {
    return this.#op.attempt;
  }

  get idempotencyKey(): string {
    return this.#handle.idempotencyKey;
  }

  get signal(): AbortSignal {
    return this.#handle.signal;
  }

  get feedback(): Failure | null {
    return this.#op.kind === "step" ? this.#op.feedback : null;
  }

  get resources(): object {
    return this.#resources ?? this.#known.run.resources;
  }

  /** Gives it what was opened for it, beside what all are given. */
  use(opened: Readonly<Record<string, unknown>>): void {
    this.#resources = { ...this.#known.run.resources, ...opened };
  }

  /** Made when it is looked at, like the rest: few functions report. */
  get report(): (value: unknown) => void {
    return (value) => {
      if (!this.#isOver) this.#handle.report?.({ type: "work-reported", value });
    };
  }

  get update(): (change: (draft: unknown) => void) => void {
    return (change) => this.#update(change);
  }

  #update(change: (draft: unknown) => void): void {
    const patches = recordPatches(visibleContext(this.#state), change);
    for (const patch of patches) {
      const field = patch.op === "contribute" ? patch.field : patch.path[0];
      if (Object.hasOwn(this.#state.reducers, field))
        throw misuse(
          this.#op,
          `the field "${field}" has a reducer (${this.#state.reducers[field]}); it is written by contribute("${field}", …), not by update`,
        );
    }
    this.#write(patches);
  }

  get contribute(): (field: string, value: unknown) => void {
    return (field, value) => this.#contribute(field, value);
  }

  #contribute(field: string, value: unknown): void {
    if (!Object.hasOwn(this.#state.reducers, field))
      throw misuse(this.#op, `the field "${field}" has no reducer; it is written by update(draft => …), not by contribute`);
    const patch = { op: "contribute", field, value: plainOf(value) } as const;
    this.#write([isOwn(this.#state, field) ? this.#reduced(patch) : patch]);
  }

  #reduced(patch: Patch & { readonly op: "contribute" }): Patch {
    const afters = aftersOf(contextOf(this.#known.bindings, this.#state), this.#state, [patch]);
    this.#afters ??= new Map();
    for (const [field, after] of afters) this.#afters.set(field, after);
    return { ...patch, after: { value: afters.get(patch.field) } };
  }

  #write(patches: readonly Patch[]): void {
    if (this.#isOver) throw misuse(this.#op, "it wrote to the context after it had ended; await everything before you return");
    if (this.#op.kind === "tool") throw misuse(this.#op, "a tool cannot write to the context; let the step after the agent do it");
    refuseOutside(this.#state.limits, patches);
    this.#writes ??= [];
    for (const patch of patches) this.#writes.push(patch);
    this.#state = this.#state.with(patches);
  }

  /** Ends the attempt: what was written by then. */
  end(): readonly Patch[] {
    this.#isOver = true;
    if (this.#writes === null) return NO_PATCHES;
    return this.#afters === null ? this.#writes : withAfters(this.#writes, this.#afters);
  }
}

function misuse(op: StepOp | ToolOp, what: string): FlujoError {
  return new FlujoError("context_invalid", `${op.key}: ${what}.`, { remedy: "Mend the step." });
}
