import type { NetworkAttempt } from "../base/network/closed-network.ts";
import { offline, onBehalfOf } from "../base/network/closed-network.ts";
import { systemClock } from "../base/system.ts";
import type { Op } from "../core/program.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Recorded } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Pause, RunResult } from "../model/run-result.ts";
import type { Compiled } from "../plan/compile.ts";
import { checkAnswer } from "../runner/check-answer.ts";
import type { FlujoOptions, ResumeOptions } from "../runner/options.ts";
import { Runs } from "../runner/runs.ts";
import type { Intent, OpHandle, Performer } from "../runtime/performer.ts";
import { FaultSet } from "./faults/faults.ts";
import { ManualClock } from "./manual-clock.ts";
import { memoryState } from "./memory-state.ts";
import type { TestOptions, TestRun } from "./test-run.ts";
import { traceOf } from "./traced-step.ts";

/** How long somebody may work, in milliseconds of the machine's clock, before time moves on all the same: they may wait for it. */
const PATIENCE_MS = 100;

/** Who a run of a test tells what happens. */
export type Listening = Pick<ResumeOptions, "onEvent" | "onProgress">;

/** Drives one run of a test until it rests for good. */
export class TestDrive {
  readonly #compiled: Compiled;
  readonly #options: TestOptions;
  readonly #state: JournalStore;
  readonly #clock: ManualClock;
  readonly #runs: Runs;
  readonly #work = new WorkInProgress();
  readonly #events: RunEvent[] = [];
  readonly #attempts: NetworkAttempt[] = [];
  readonly #listening: Listening = {
    onEvent: (event) => void this.#events.push(event),
    onProgress: (event) => void this.#events.push(event),
  };

  constructor(compiled: Compiled, options: TestOptions) {
    this.#compiled = compiled;
    this.#options = options;
    const { state = memoryState(), clock = new ManualClock(), models, providers, env = {}, resources, hooks } = options;
    this.#state = state;
    this.#clock = clock;
    const given: FlujoOptions = {
      ...(models === undefined ? {} : { models }),
      ...(providers === undefined ? {} : { providers }),
      ...(resources === undefined ? {} : { resources }),
      ...(hooks === undefined ? {} : { hooks }),
    };
    // Whatever waits for nothing but time rests at once, so that what is answered is answered before the time is over.
    this.#runs = new Runs({ ...given, state, clock, env, strict: true, holdMs: 0 }, { around: (inner, run) => this.#around(inner, run) });
  }

  /** Begins, and goes on for as long as there are answers, or moments to wait for. */
  toRest(begin: (runs: Runs, listening: Listening) => Promise<RunResult<unknown>>): Promise<TestRun> {
    const onAttempt = (attempt: NetworkAttempt): void => void this.#attempts.push(attempt);
    return offline(() => this.#toRest(begin), { onAttempt });
  }

  async #toRest(begin: (runs: Runs, listening: Listening) => Promise<RunResult<unknown>>): Promise<TestRun> {
    try {
      let result = await this.#until(begin(this.#runs, this.#listening));
      while (result.status === "paused") {
        const answers = await this.#answersTo(result.pauses);
        if (answers.size === 0 && result.wakeAtMs === null) break;
        if (answers.size === 0) await this.#clock.advance(Math.max(0, (result.wakeAtMs ?? 0) - this.#clock.now()));
        const { runId } = result;
        result = await this.#until(this.#runs.resume({ compiled: this.#compiled, runId, answers, options: this.#listening }));
      }
      return await this.#told(result);
    } finally {
      await this.#until(this.#runs.close());
    }
  }

  async #told(result: RunResult<unknown>): Promise<TestRun> {
    const { runId } = result;
    const entries = await this.#state.entries({ runId });
    const [state, clock] = [this.#state, this.#clock];
    return { result, events: this.#events, entries, trace: traceOf(entries, runId), networkAttempts: this.#attempts, state, clock };
  }

  #until<T>(promise: Promise<T>): Promise<T> {
    return this.#clock.until(promise, () => this.#work.isGoingOn());
  }

  async #answersTo(pauses: readonly Pause[]): Promise<ReadonlyMap<InstancePath, unknown>> {
    const { answers = {} } = this.#options;
    const found = new Map<InstancePath, unknown>();
    for (const pause of pauses) {
      const given = [pause.id, pause.name].find((each) => Object.hasOwn(answers, each));
      if (given === undefined || pause.waitsFor === "time") continue;
      found.set(pause.id, await checkAnswer(this.#compiled, { ...pause, key: pause.id }, answers[given]));
    }
    return found;
  }

  #around(inner: Performer, { runId }: { readonly runId: string }): Performer {
    const { faults } = this.#options;
    const watched = new WatchedPerformer(inner, this.#work);
    if (!(faults instanceof FaultSet)) return watched;
    const { bindings } = this.#compiled;
    return faults.around(watched, {
      crash: () => this.#runs.live.get(runId)?.park(),
      schemaOf: (agent) => bindings.agents.get(agent)?.output ?? null,
    });
  }
}

/** Who works now, and since when nothing of that has moved. */
class WorkInProgress {
  #count = 0;
  #movedAtMs = 0;

  /** Counts a piece of work until it has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#move(1);
    try {
      return await work;
    } finally {
      this.#move(-1);
    }
  }

  isGoingOn(): boolean {
    return this.#count > 0 && systemClock.ticks() - this.#movedAtMs < PATIENCE_MS;
  }

  #move(by: number): void {
    this.#count += by;
    this.#movedAtMs = systemClock.ticks();
  }
}

/** Counts what is being performed; what it wants of the network is named by its path. */
class WatchedPerformer implements Performer {
  readonly #inner: Performer;
  readonly #work: WorkInProgress;

  constructor(inner: Performer, work: WorkInProgress) {
    this.#inner = inner;
    this.#work = work;
  }

  intentOf(op: Op): Intent | null {
    return this.#inner.intentOf(op);
  }

  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    const outcome = onBehalfOf(op.key, () => this.#inner.perform(op, handle));
    return outcome instanceof Promise ? this.#work.during(outcome) : outcome;
  }

  waitOpens(key: InstancePath): void {
    this.#inner.waitOpens?.(key);
  }

  attemptEnded(key: InstancePath): void {
    this.#inner.attemptEnded(key);
  }

  release(): Promise<void> | void {
    return this.#inner.release();
  }
}
