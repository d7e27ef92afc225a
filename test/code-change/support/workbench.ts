import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AnyStep,
  Entry,
  FlujoOptions,
  JournalStore,
  OnCodeChange,
  Plan,
  ResumeOptions,
  RunOptions,
  RunResult,
} from "../../../src/index.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";

/** Where the journals of a test are. */
export type Kept = "memory" | "sqlite";

export const KEPT: readonly Kept[] = ["memory", "sqlite"];

export const RUN_ID = "run-1";

/** One run that is begun by one program and gone on with by others, each in a process of its own. Counts what is called. */
export class Workbench implements AsyncDisposable {
  readonly #folder: string | null;
  readonly #store: JournalStore | null;
  readonly #open: Flujo[] = [];
  #calls: string[] = [];

  constructor(kept: Kept) {
    this.#store = kept === "memory" ? memoryStore() : null;
    this.#folder = kept === "memory" ? null : mkdtempSync(join(tmpdir(), "flujo-code-change-"));
  }

  /** Notes that a function was called, and gives back what it is given. */
  readonly call = <T>(name: string, value: T): T => {
    this.#calls.push(name);
    return value;
  };

  /** What was called since this was asked last, in order. */
  called(): readonly string[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  flujo(options: Omit<FlujoOptions, "state"> = {}): Flujo {
    const state = this.#store ?? (`sqlite:${join(this.#folder ?? "", "state.db")}` as const);
    const flujo = new Flujo({ durability: "normal", ...options, state });
    this.#open.push(flujo);
    return flujo;
  }

  run(program: AnyStep, input: unknown, options: RunOptions = {}): Promise<RunResult<unknown>> {
    return this.flujo().run(program, input as never, { runId: RUN_ID, ...options });
  }

  resume(program: AnyStep, onCodeChange?: OnCodeChange, runId: string = RUN_ID): Promise<RunResult<unknown>> {
    return this.flujo().resume(program, runId, optionsFor(onCodeChange));
  }

  answer(
    program: AnyStep,
    value: unknown,
    about: { readonly runId?: string; readonly pause?: string; readonly onCodeChange?: OnCodeChange } = {},
  ) {
    const { runId = RUN_ID, pause, onCodeChange } = about;
    const answer = { value, options: optionsFor(onCodeChange), ...(pause === undefined ? {} : { pause }) };
    return this.flujo().answer(program, runId, answer);
  }

  entries(runId: string = RUN_ID): Promise<readonly Entry[]> {
    return this.flujo().entries(runId);
  }

  /** The plan that a program has. */
  plan(program: AnyStep): Promise<Plan> {
    return this.flujo().check(program);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const flujo of this.#open) await flujo.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true });
  }
}

function optionsFor(onCodeChange: OnCodeChange | undefined): ResumeOptions {
  return onCodeChange === undefined ? {} : { onCodeChange };
}
