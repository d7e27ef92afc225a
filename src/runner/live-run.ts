import { type ErrorCode, FlujoError, messageOf } from "../base/errors.ts";
import { ExecutionFrame } from "../core/execution-frame.ts";
import type { ExecutorCore } from "../core/executor-core.ts";
import { runProgram } from "../core/run-program.ts";
import type { JournalStore, RunLease } from "../journal/port.ts";
import type { Entry, Retried } from "../model/entry.ts";
import type { Letter } from "../model/letter.ts";
import type { Plan, PlanNode } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { rootPath } from "../model/path.ts";
import type { Failure } from "../model/failure.ts";
import type { LiveProgress } from "../model/live-progress.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunRest } from "../model/run-record.ts";
import type { Pause, RunResult } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";
import type { Clock } from "../base/clock.ts";
import type { ProgressListener } from "../runtime/fibre.ts";
import type { OpenOperation } from "../runtime/frontier.ts";
import type { OperationParts } from "../runtime/operations.ts";
import { Operations } from "../runtime/operations.ts";
import type { Performer } from "../runtime/performer.ts";
import type { DriveLog } from "../runtime/drive-log.ts";
import { replayOf } from "../runtime/replay.ts";
import { RunJournal } from "../runtime/run-journal.ts";
import { Scheduler } from "../runtime/scheduler.ts";
import type { Rest } from "../runtime/scheduler-parts.ts";
import type { HookCalls } from "./hook-calls.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import { endingOnRecord, endOnRecord, runEndOf } from "./run-end.ts";
import type { Ending } from "./run-results.ts";
import { resultOf } from "./run-results.ts";
import { RunWatchers } from "./run-watchers.ts";
import type { CheckSignal } from "./signal-desk.ts";
import { SignalDesk } from "./signal-desk.ts";

/** What a {@link LiveRun} is made of. */
export interface LiveRunParts {
  readonly core: ExecutorCore;
  readonly store: JournalStore;
  readonly clock: Clock;
  readonly roundTrip: ((value: unknown, where: string) => unknown) | null;
  readonly lease: RunLease;
  readonly plan: Plan;
  readonly performer: Performer;
  readonly pipeline: PipelineContext;
  readonly input: unknown;
  /** What is on record, from the `run-started` entry on. */
  readonly entries: readonly Entry[];
  readonly startedAtMs: number;
  /** Of a run that tries another again: how it goes on from there. */
  readonly retried?: Retried | undefined;
  /** Answers given before the run goes on, by the instance path of what waits. */
  readonly answers: ReadonlyMap<InstancePath, unknown>;
  readonly onEvent: ((event: RunEvent) => void) | null;
  /** What the record said before this process took the run over: put back where the run cannot go on at all. */
  readonly before: RunRest;
  /** Null where there are none. */
  readonly hooks: HookCalls | null;
  /** What was in its mailbox when this process took it over. */
  readonly letters: readonly Letter[];
  /** Null where nothing is performed. */
  readonly checkSignal: CheckSignal | null;
  /** How long what was told to stop may take to do so when the run is called off, and what is closed to close, in milliseconds. */
  readonly graceMs: number;
  /** How far off the next moment may be for which a run is kept here instead of coming to rest, in milliseconds. */
  readonly holdMs: number;
  /** Told what it asks and how its frames end; null where nobody listens. */
  readonly log: DriveLog | null;
  /** Makes the run that goes on in this one's place, of its input and this one's context, and gives its id; null where nothing is performed. */
  readonly continueAs: ((input: unknown, context: unknown) => Promise<string>) | null;
  /** Only work out the result from the journal; nothing is performed or written. */
  readonly isReading: boolean;
}

/** One run that this process drives, from the moment it has the lease until it comes to rest. */
export class LiveRun {
  readonly #parts: LiveRunParts;
  readonly #journal: RunJournal;
  readonly #operations: Operations;
  /** What its operations work with. Who hears of their progress is looked at when each begins: unwatched, they make none. */
  readonly #heard: Omit<OperationParts, "onProgress"> & { onProgress: ProgressListener | null };
  readonly #scheduler: Scheduler;
  #desk: SignalDesk | null = null;
  readonly #steps: StepResult[] = [];
  readonly #watchers: RunWatchers;
  #isDriveDue = false;
  readonly #driveNow = (): void => {
    this.#isDriveDue = false;
    this.#scheduler.drive(); // never throws
  };
  #lastLetter: number;
  /** Whether a hook has called it off, and with what words: then it ends as cancelled even if nothing was left to do. */
  #aborted: string | null = null;
  /** Resolves when the run has come to rest, or rejects when it cannot go on. */
  readonly result: Promise<RunResult<unknown>>;
  readonly #settled = Promise.withResolvers<RunResult<unknown>>();

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    const { store, lease, clock, roundTrip, onEvent, performer, core } = parts;
    const replay = replayOf(parts.entries);
    const { graceMs, holdMs, plan } = parts;
    this.#watchers = new RunWatchers({ lease, clock, toldSeq: replay.nextSeq - 1, onEvent });
    const onEntries = parts.isReading ? null : (entries: readonly Entry[]) => this.#watchers.tell(entries);
    this.#journal = new RunJournal({ store, lease, nextSeq: replay.nextSeq, roundTrip, onEntries });
    this.#heard = {
      runId: lease.runId,
      journal: this.#journal,
      replay,
      performer,
      clock,
      answers: parts.answers,
      onProgress: onEvent === null ? null : this.#watchers.onProgress,
      watch: parts.hooks,
      onWait: parts.isReading ? null : (pause, isNew) => this.#waits(pause, isNew),
      graceMs,
      holdMs,
      retried: parts.retried,
      onArrival: () => this.#driveSoon(),
    };
    this.#operations = new Operations(this.#heard);
    this.#scheduler = new Scheduler({
      key: rootPath(plan.root.segment),
      core,
      operations: this.#operations,
      clock,
      onTopResult: (result) => this.#steps.push(result),
      log: parts.log,
      isReading: parts.isReading,
    });
    this.#lastLetter = parts.letters.at(-1)?.id ?? 0;
    this.result = this.#settled.promise;
  }

  /** Opened with the first wait or signal: most runs have none. Null where nothing is performed. */
  get #signals(): SignalDesk | null {
    const { checkSignal: check, letters, entries, clock, lease, plan } = this.#parts;
    if (this.#desk !== null || check === null) return this.#desk;
    const about = { runId: lease.runId, key: rootPath(plan.root.segment), letters, entries, clock, check };
    this.#desk = new SignalDesk({ ...about, operations: this.#operations, journal: this.#journal });
    return this.#desk;
  }

  /** Sets it going. Its first steps run before this returns, so whoever may have to park it must know it by then. */
  start(): this {
    const { hooks, input, lease, letters, clock } = this.#parts;
    const called = letters.find(({ kind }) => kind === "cancel");
    if (called !== undefined) this.cancel(reasonIn(called));
    const begunAtMs = clock.now();
    hooks?.runStarts(input, lease.epoch > 1);
    this.#drive().then(
      (result) => {
        hooks?.runEnded(result, null, clock.now() - begunAtMs);
        this.#settled.resolve(result);
      },
      (error: unknown) => {
        hooks?.runEnded(null, error, clock.now() - begunAtMs);
        this.#settled.reject(error);
      },
    );
    return this;
  }

  /** Whether it has come to rest, and only that is still to be written down. */
  get isAtRest(): boolean {
    return this.#scheduler.isAtRest;
  }

  /** What is going on, as far as it was watched from its beginning. Good until the next event. */
  get progress(): LiveProgress {
    return this.#watchers.progress;
  }

  /** The seq of the last entry that watchers were told of, or would have been. */
  get toldSeq(): number {
    return this.#watchers.toldSeq;
  }

  /**
   * Tells all that happens from now on, until the function it gives back is called. The listener must not throw. Of
   * operations that began while nobody watched it hears only the entries.
   */
  watch(listener: (event: RunEvent) => void): () => void {
    this.#watchers.add(listener);
    this.#heard.onProgress = this.#watchers.onProgress;
    return () => {
      if (this.#watchers.remove(listener) === 0) this.#heard.onProgress = null;
    };
  }

  /** Answers what waits under this key. False where nothing does, or not any more. */
  answer(key: InstancePath, value: unknown): boolean {
    return !this.isAtRest && this.#operations.waits.answer(key, value);
  }

  /** Where it stands: what was asked for and has no outcome. */
  get frontier(): readonly OpenOperation[] {
    return this.#scheduler.frontier;
  }

  get runId(): string {
    return this.#parts.lease.runId;
  }

  /** What it waits for now. */
  get pauses(): readonly Pause[] {
    return this.isAtRest ? [] : this.#operations.waits.pauses;
  }

  /** What the code now loaded makes of a value that is sent for one of its pauses. @throws {FlujoError} `answer_invalid`, `value_unstorable` */
  async checkSignal(pause: Pause, value: unknown): Promise<void> {
    await this.#parts.checkSignal?.(pause, value);
  }

  /** The id of the last letter that it knows. */
  get lastLetter(): number {
    return this.#lastLetter;
  }

  /** Hands it a letter from its mailbox. One that it knows is nothing new, and one that comes when it is at rest is for whoever goes on with it. */
  deliver(letter: Letter): void {
    if (letter.id <= this.#lastLetter || this.isAtRest) return;
    this.#lastLetter = letter.id;
    if (letter.kind === "cancel") this.cancel(reasonIn(letter));
    else this.#signals?.deliver(letter);
  }

  /** Calls it off: what is in flight is told to stop, and it ends as cancelled as soon as that is written down. */
  cancel(reason: string | null): void {
    if (this.isAtRest) return;
    this.#scheduler.cancel(reason ?? "");
    this.#driveSoon();
  }

  /** {@link cancel}, by a hook. */
  abort(reason: unknown): void {
    if (this.isAtRest) return;
    this.#aborted ??= typeof reason === "string" ? reason : "";
    this.cancel(this.#aborted);
  }

  #waits(pause: Pause, isNew: boolean): void {
    if (isNew) this.#parts.hooks?.waits(pause);
    this.#signals?.offer(pause);
  }

  /** Parks the run where it is, so that it can be resumed. */
  park(): void {
    this.#scheduler.stop("drain");
  }

  /** Whatever arrives in the same turn of the event loop is taken in together, and shares a commit. */
  #driveSoon(): void {
    if (this.#isDriveDue) return;
    this.#isDriveDue = true;
    SETTLED.then(this.#driveNow, this.#driveNow); // costs less than queueMicrotask
  }

  async #drive(): Promise<RunResult<unknown>> {
    const { plan, input, pipeline, startedAtMs } = this.#parts;
    const root = ExecutionFrame.root(plan.root, { key: rootPath(plan.root.segment), input, context: pipeline.state, atMs: startedAtMs });
    let rest: Rest;
    try {
      rest = await this.#scheduler.run(runProgram(root));
    } catch (error) {
      return this.#giveBack(error);
    }
    if (rest.kind === "ended" && isLeaf(plan.root)) this.#steps.splice(0, this.#steps.length, rest.result);
    const context = this.#contextAtEnd(rest);
    const ended = this.#endingOf(rest, context);
    const ending = ended instanceof Promise ? await ended.catch((error: unknown) => this.#giveBack(error)) : ended;
    const { usage, cost } = this.#operations;
    if (!this.#parts.isReading) {
      const written = this.#comeToRest(ending);
      if (written !== undefined) await written;
    }
    return resultOf({ runId: pipeline.runId, pipeline: plan.name, steps: this.#steps, usage, cost, context }, ending);
  }

  #endingOf(rest: Rest, context: unknown): Ending | Promise<Ending> {
    const { isReading, before, entries } = this.#parts;
    if (isReading && before.status !== "succeeded" && before.status !== "failed") return endingOnRecord(before, entries);
    if (rest.kind === "stopped") return { status: "stopped" };
    if (rest.kind === "waiting")
      return { status: "paused", pauses: this.#operations.waits.pauses, wakeAtMs: this.#operations.waits.wakeAtMs };
    const { result } = rest;
    const reason = this.#scheduler.cancelled ?? this.#aborted;
    if (reason !== null) return { status: "cancelled", reason: reason === "" ? null : reason };
    if (result.status === "succeeded") return { status: "succeeded", output: result.output };
    const { failure } = result;
    return failure.code === "continued" ? this.#continuation(failure, context) : { status: "failed", failure };
  }

  /** The run that goes on in this one's place is there before this one has ended, and after what it goes on with is on record. */
  async #continuation(failure: Failure, context: unknown): Promise<Ending> {
    const { continueAs, entries } = this.#parts;
    if (continueAs === null) return endOnRecord(entries) ?? { status: "failed", failure };
    await this.#journal.commit();
    try {
      return {
        status: "succeeded",
        output: null,
        continuedAs: await continueAs(failure.continueWith?.input, failure.continueWith?.context ?? context),
      };
    } catch (error) {
      if (!FlujoError.is(error) || !REFUSALS_TO_CONTINUE.has(error.code)) throw error;
      const { path } = failure;
      return {
        status: "failed",
        failure: { code: error.code, message: `${path}: what it goes on with: ${error.summary}`, path, retryable: false },
      };
    }
  }

  /** A run that this code cannot drive is as it was before, for code that can. */
  async #giveBack(error: unknown): Promise<never> {
    const { store, lease, before, isReading } = this.#parts;
    await this.#release();
    if (!isReading && !FlujoError.is(error, "lease_lost")) {
      try {
        await store.commit({ lease, rows: [], rest: before });
      } catch (second) {
        process.emitWarning(`Run ${lease.runId} could not be put to rest: ${messageOf(second)}`, "FlujoWarning"); // what is thrown is what came first
      }
    }
    throw error;
  }

  #comeToRest(ending: Ending): Promise<void> | void {
    const { clock, plan } = this.#parts;
    const { usage, cost } = this.#operations;
    const atMs = clock.now();
    const end = runEndOf(ending);
    if (end !== null)
      this.#journal.add({ type: "run-finished", seq: this.#journal.takeSeq(), atMs, key: rootPath(plan.root.segment), end, usage, cost });
    const { pauses, wakeAtMs } = ending.status === "paused" ? ending : NO_WAITS;
    const written = this.#journal.commit({ status: ending.status, pauses, wakeAtMs, lastLetter: this.#lastLetter, usage, cost, atMs });
    return written instanceof Promise ? written.then(() => this.#release()) : this.#release();
  }

  /** Closes what was opened for the run. Whoever does not close in time is left to it. */
  #release(): Promise<void> | void {
    const { performer, clock, graceMs, lease } = this.#parts;
    const released = performer.release();
    if (!(released instanceof Promise)) return;
    return new Promise((resolve) => {
      const stop = clock.after(graceMs, () => {
        process.emitWarning(`Run ${lease.runId}: what was opened for it is not closed ${graceMs} ms later.`, "FlujoWarning");
        resolve();
      });
      released.then(() => {
        stop();
        resolve();
      }, resolve);
    });
  }

  #contextAtEnd(rest: Rest): unknown {
    const { state } = this.#parts.pipeline;
    if (rest.kind === "ended" && rest.result.status === "succeeded") return state.with(rest.result.writes).value();
    if (this.#parts.plan.root.kind !== "sequence") return state.value();
    return state.with(this.#steps.flatMap((step) => step.writes)).value(); // what the steps that did end have written
  }
}

/** What is wrong with what a run goes on as is the run's own failure. */
const REFUSALS_TO_CONTINUE: ReadonlySet<ErrorCode> = new Set(["input_invalid", "run_exists", "run_id_malformed", "value_unstorable"]);

const SETTLED = Promise.resolve();

const NO_WAITS = { pauses: [], wakeAtMs: null } as const;

/** Why a letter calls a run off; null where it does not say. */
function reasonIn({ name }: Letter): string | null {
  return name === "" ? null : name;
}

/** A program that is one step has itself as its only one; what an agent called as tools is below it. */
function isLeaf({ kind }: PlanNode): boolean {
  return kind === "step" || kind === "agent" || kind === "human";
}
