import type { AnyStep, Entry, JournalStore, RunOptions, RunRecord, RunResult } from "../../../src/index.ts";
import { Flujo, step } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../../src/testing/index.ts";

export const RUN_ID = "run-1";

/** One run over one store, on a clock that stands still, in as many processes as a test wants: each {@link flujo} is one. */
export class Stage {
  readonly store: JournalStore = memoryStore();
  readonly clock = new ManualClock();
  /** What functions noted, in order. */
  readonly notes: string[] = [];
  #isDoorOpen = false;
  #doorReached = Promise.withResolvers<void>();

  flujo(): Flujo {
    return new Flujo({ state: this.store, clock: this.clock });
  }

  note(what: string): void {
    this.notes.push(what);
  }

  /** Runs a program to its rest; time passes where somebody waits for it. */
  run(program: AnyStep, input: unknown = "in", options: RunOptions = {}): Promise<RunResult<unknown>> {
    return this.clock.until(this.start(program, input, options));
  }

  /** Sets a run going. Time stands still meanwhile. */
  start(program: AnyStep, input: unknown = "in", options: RunOptions = {}): Promise<RunResult<unknown>> {
    return this.flujo().run(program, input as never, { runId: RUN_ID, ...options });
  }

  /** Goes on in another process. */
  resume(program: AnyStep): Promise<RunResult<unknown>> {
    return this.clock.until(this.flujo().resume(program, RUN_ID));
  }

  /** Answers in another process. */
  answer(program: AnyStep, value: unknown, pause?: string): Promise<RunResult<unknown>> {
    return this.clock.until(this.flujo().answer(program, RUN_ID, pause === undefined ? { value } : { pause, value }));
  }

  cancel(reason = ""): Promise<RunRecord> {
    return this.flujo().cancel(RUN_ID, reason);
  }

  entries(): Promise<readonly Entry[]> {
    return this.flujo().entries(RUN_ID);
  }

  /** Lets later processes through the door. {@link park} does so too. */
  open(): void {
    this.#isDoorOpen = true;
  }

  /** A step at which the first process stands still; {@link park} closes it there, and later ones go through. */
  door<T = unknown>(name = "door") {
    return step(name, (value: T): T | Promise<T> => {
      this.note(name);
      if (this.#isDoorOpen) return value;
      this.#doorReached.resolve();
      return new Promise<never>(() => undefined);
    });
  }

  /** Runs a program up to its door, and closes the process there: what is in flight counts as never finished. */
  async park(program: AnyStep, input: unknown = "in", options: RunOptions = {}): Promise<void> {
    const flujo = this.flujo();
    const going = flujo.run(program, input as never, { runId: RUN_ID, ...options });
    await Promise.race([this.#doorReached.promise, going]);
    await flujo.close();
    const { status } = await going;
    if (status !== "stopped") throw new Error(`It should stand at its door, but is ${status}.`);
    this.open();
  }
}

/** A step that notes when it begins, goes on until its signal is aborted, notes why it was, and throws. */
export function patient(stage: Stage, name: string) {
  return step(name, (_: unknown, { signal }): Promise<string> => {
    stage.note(`${name} begins`);
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        stage.note(`${name} is told: ${String(signal.reason)}`);
        reject(new Error("told to stop"));
      }),
    );
  });
}

/** A step that puts its name before what it is given. */
export function echo<const Name extends string>(name: Name) {
  return step(name, (value: unknown) => `${name} ${String(value)}`);
}

/** A step that throws. */
export function fails<const Name extends string>(name: Name) {
  return step(name, (): string => {
    throw new Error(`${name} fails`);
  });
}

/** Lets everything that is ready go on. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}
