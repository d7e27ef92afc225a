import { systemClock } from "../../base/system.ts";
import type { Op } from "../../core/program.ts";
import type { NetworkAttempt } from "../../base/network/closed-network.ts";
import { FlujoError } from "../../base/errors.ts";
import { memoryStore } from "../../journal/memory/memory-store.ts";
import type { Entry, RunStarted, WaitOpened } from "../../model/entry.ts";
import type { InstancePath } from "../../model/path.ts";
import { rootPath } from "../../model/path.ts";
import { FREE } from "../../model/cost.ts";
import type { Pause, RunResult } from "../../model/run-result.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { Compiled } from "../../plan/compile.ts";
import type { FlujoOptions } from "../../runner/options.ts";
import { checkAnswer } from "../../runner/check-answer.ts";
import { Runs } from "../../runner/runs.ts";
import type { Performer } from "../../runtime/performer.ts";
import type { Golden, GoldenOperation } from "../golden.ts";
import { Questions } from "../trace/questions.ts";
import { traced } from "../trace/trace-run.ts";
import { inClosedSandbox, keepClosedSandboxes } from "../sandbox/closed-sandbox.ts";
import { AnswerBook } from "./answer-book.ts";
import { GoldenPerformer } from "./golden-performer.ts";
import { StandingTime } from "./standing-time.ts";

/** What a run begins with, checked already. */
export type Beginning = Pick<Golden, "input" | "context" | "model" | "thread" | "source" | "startsAtMs" | "seed">;

/** How a run is driven. */
export interface StandingRun {
  readonly compiled: Compiled;
  readonly begins: Beginning;
  /** What it is answered from. */
  readonly answers: Golden;
  /** Whether models and tools are asked: then work takes the time it takes. */
  readonly isReal: boolean;
  /** Whether an operation that a golden answers is asked for real. */
  readonly isAskedForReal: (op: Op, recorded: GoldenOperation | null) => boolean;
  /** What people and signals bring where the golden has no answer; `undefined` for what nobody answers. */
  readonly answer: ((pause: Pick<Pause, "id" | "name">) => unknown) | null;
  /** Where models and providers are. */
  readonly options: Pick<FlujoOptions, "models" | "providers" | "env" | "resources">;
}

/** The id of the one run of a golden: what is made of it (idempotency keys) is the same each time. */
const RUN_ID = "golden";
/** How much longer than what was recorded a run may get before it counts as one that does not end. */
const MOST_TIMES_LONGER = 20;
const MOST_MORE = 1_000;

/** Runs the code now loaded with time standing still, and reads what it has left in its journal. */
export async function runInStandingTime(run: StandingRun): Promise<Golden> {
  const letGo = keepClosedSandboxes();
  try {
    return await new Drive(run).toEnd();
  } finally {
    systemClock.soon(letGo); // whoever checks many finds them in place with the next
  }
}

const NO_ANSWERS: ReadonlyMap<InstancePath, unknown> = new Map();

class Drive {
  readonly #run: StandingRun;
  readonly #time: StandingTime;
  readonly #book: AnswerBook;
  readonly #runs: Runs;
  readonly #store = memoryStore();
  readonly #questions = new Questions();
  #performer: GoldenPerformer | null = null;
  #performed = 0;
  readonly #cancel: { readonly nth: number; readonly reason: string } | null;
  #isCalledOff = false;
  /** Who wanted to leave the process, also where the program keeps to itself that it could not. */
  readonly #attempts: NetworkAttempt[] = [];

  constructor(run: StandingRun) {
    this.#run = run;
    const { answers, compiled, begins } = run;
    this.#time = new StandingTime(begins.startsAtMs, { onIdle: () => this.#goOn(), isReal: run.isReal });
    this.#book = new AnswerBook(answers, compiled.plan);
    this.#cancel = answers.events.find((event) => event.type === "cancel-requested") ?? null;
    const options = { ...run.options, state: this.#store, clock: this.#time, holdMs: 0, graceMs: 1 };
    this.#runs = new Runs(options, {
      around: (performer) => this.#around(performer),
      follows: false,
      log: this.#questions,
    });
  }

  async toEnd(): Promise<Golden> {
    const { compiled, begins } = this.#run;
    await this.#create();
    try {
      let result = await this.#resume(NO_ANSWERS);
      for (;;) {
        const answers = await this.#answersOf(result);
        if (answers.size > 0) result = await this.#resume(answers);
        else if (this.#waitsForTime(result)) {
          this.#time.jumpTo(result.wakeAtMs);
          result = await this.#resume(NO_ANSWERS);
        } else break;
      }
      this.#refuseAttempts();
      const [record, entries] = [await this.#runs.recordOf(RUN_ID), await this.#store.entries({ runId: RUN_ID })];
      const { startsAtMs, seed, source } = begins;
      const { context, usage, cost } = result;
      const run = { runId: RUN_ID, ...compiled, entries, record, context, clock: this.#time, source, startsAtMs, seed };
      return await traced(run, { questions: this.#questions, usage, cost });
    } finally {
      await this.#runs.close();
    }
  }

  #refuseAttempts(): void {
    const [attempt] = this.#attempts;
    if (attempt === undefined) return;
    const { path, target } = attempt;
    const remedy = 'Say that it has an effect: step({ …, effect: "idempotent" }). Then it is answered from the golden, and not called.';
    throw new FlujoError(
      "offline",
      `${path ?? "A function"} wanted to reach ${target}; while a golden is recorded or checked, the network is closed for functions.`,
      {
        remedy,
        details: { ...attempt },
      },
    );
  }

  async #create(): Promise<void> {
    const { compiled, begins } = this.#run;
    const { plan } = compiled;
    const { input, context, model, thread, startsAtMs: atMs } = begins;
    const { owner } = this.#runs;
    const started: RunStarted = { type: "run-started", seq: 0, atMs, key: rootPath(plan.root.segment), input, context, model, thread };
    const about = { runId: RUN_ID, plan, source: null, owner, createdAtMs: atMs, lineage: null };
    const lease = await this.#store.createRun(about, [this.#store.record(started)]);
    const rest = { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: null, usage: NO_USAGE, cost: FREE, atMs } as const;
    await this.#store.commit({ lease, rows: [], rest });
  }

  #resume(answers: ReadonlyMap<InstancePath, unknown>): Promise<RunResult<unknown>> {
    const { compiled } = this.#run;
    const onEvent = (event: { readonly family: string; readonly entry?: Entry }): void => {
      if (event.family === "entry" && event.entry?.type === "wait-opened") this.#answer(event.entry);
    };
    this.#time.look();
    return this.#runs.resume({ compiled, runId: RUN_ID, answers, options: { onEvent } });
  }

  /** What people and signals bring while it rests. */
  async #answersOf(result: RunResult<unknown>): Promise<ReadonlyMap<InstancePath, unknown>> {
    const { answer, compiled } = this.#run;
    if (result.status !== "paused" || answer === null) return NO_ANSWERS;
    const answers = new Map<InstancePath, unknown>();
    for (const pause of result.pauses) {
      const value = pause.waitsFor === "time" ? undefined : answer(pause);
      if (value !== undefined) answers.set(pause.id, await checkAnswer(compiled, { ...pause, key: pause.id }, value));
    }
    return answers;
  }

  /** Whether it only waits for a moment, and came to it when it was recorded. */
  #waitsForTime(result: RunResult<unknown>): result is RunResult<unknown> & { readonly wakeAtMs: number } {
    if (result.status !== "paused" || result.wakeAtMs === null) return false;
    const { status } = this.#run.answers.result;
    return (status !== "paused" && status !== "stopped") || this.#book.left > 0;
  }

  #around(inner: Performer): Performer {
    const { isAskedForReal, begins } = this.#run;
    const inside = inClosedSandbox(begins.seed, (attempt) => void this.#attempts.push(attempt));
    const time = this.#time;
    const now = (): number => time.now();
    this.#performer = new GoldenPerformer({
      inner,
      book: this.#book,
      time,
      inside: (key, run) => {
        this.#count();
        return inside({ key, now }, run);
      },
      isAskedForReal,
    });
    return this.#performer;
  }

  /** A loop that does not end any more must not keep a check from ending. */
  #count(): void {
    const { answers, isReal } = this.#run;
    if (isReal) return; // whoever records it sees that it does not end
    const recorded = answers.operations.length;
    const most = recorded * MOST_TIMES_LONGER + MOST_MORE;
    if (++this.#performed !== most) return;
    this.#live()?.cancel(`it does not end: it has done ${most} operations, and when it was recorded it did ${recorded}`);
  }

  #live() {
    return this.#runs.live.get(RUN_ID);
  }

  #answer(wait: WaitOpened): void {
    const recorded = this.#book.at(wait.key, wait.waitsFor === "signal" ? "signal" : "human") ?? this.#movedTo(wait);
    const response = recorded?.response ?? null;
    if (response?.status === "succeeded") return this.#give(wait.key, response.value, recorded?.nth ?? null);
  }

  /** What was answered where the same was asked before; who has been given an answer for here is asked for that. */
  #movedTo(wait: WaitOpened): GoldenOperation | null {
    const given = this.#run.answer?.({ id: wait.key, name: wait.name });
    return given === undefined ? this.#book.takeMoved(wait) : null;
  }

  #give(key: InstancePath, value: unknown, nth: number | null): void {
    this.#book.left--;
    const give = (): void => void this.#live()?.answer(key, value);
    if (nth === null) give();
    else this.#performer?.wait(nth, give);
  }

  /** Nobody does anything: what comes next is the next outcome of a race, the moment the run is called off, a moment, or nothing. */
  #goOn(): void {
    const performer = this.#performer;
    const live = this.#live();
    if (performer === null || live === undefined || live.isAtRest) return;
    const turn = performer.nextTurn;
    const cancel = this.#isCalledOff ? null : this.#cancel;
    if (turn !== null && (cancel === null || turn < cancel.nth)) return performer.giveNext();
    if (this.#time.jump()) return;
    if (cancel !== null) {
      this.#isCalledOff = true;
      return live.cancel(cancel.reason === "" ? null : cancel.reason);
    }
    if (turn !== null) return performer.giveNext();
    performer.letGo();
  }
}
