import type { NetworkAttempt } from "../base/network/closed-network.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Entry } from "../model/entry.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunResult } from "../model/run-result.ts";
import type { FlujoOptions, RunOptionsOf } from "../runner/options.ts";
import type { Faults } from "./faults/faults.ts";
import type { ManualClock } from "./manual-clock.ts";
import type { TracedStep } from "./traced-step.ts";

/** What a run for a test has to do with, whether it begins or is gone on with. Everything has a default. */
export interface TestOptions extends Pick<FlujoOptions, "models" | "providers" | "env" | "resources" | "hooks"> {
  /** Where its journal is. @defaultValue a new {@link memoryState} */
  readonly state?: JournalStore;
  /** Its time, which moves by itself. @defaultValue a new {@link ManualClock} */
  readonly clock?: ManualClock;
  /** What goes wrong. Default: nothing. */
  readonly faults?: Faults;
  /**
   * What people answer and signals bring, by the name or the id of what waits. Where nothing is here for a pause, its time
   * passes, if it has one; else the run stays `paused`. Default: none.
   */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/** What {@link runForTest} runs a program with. */
export type TestRunOptions<P> = TestOptions & Pick<RunOptionsOf<P>, "context" | "runId" | "model" | "thread" | "signal">;

/** What a run for a test has come to. */
export interface TestRun<Out = unknown> {
  readonly result: RunResult<Out>;
  /** What it told while it went on: entries and progress. */
  readonly events: readonly RunEvent[];
  /** Its whole journal, what was recorded before a resume included. */
  readonly entries: readonly Entry[];
  /** Every node that began, in that order, each before what is in it. */
  readonly trace: readonly TracedStep[];
  /** Whatever wanted to reach a network, also where the program kept to itself that it failed. */
  readonly networkAttempts: readonly NetworkAttempt[];
  /** Where its journal is: for `new Flujo({ state })`, and {@link resumeForTest}. */
  readonly state: JournalStore;
  readonly clock: ManualClock;
}

/** What {@link resumeForTest} goes on with. */
export type TestResumeOptions = TestOptions & Required<Pick<TestOptions, "state">> & Pick<RunOptionsOf<unknown>, "signal">;
