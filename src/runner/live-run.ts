import { FlujoError, messageOf } from "../base/errors.ts";
import { ExecutionFrame } from "../core/execution-frame.ts";
import type { ExecutorCore } from "../core/executor-core.ts";
import type { Op } from "../core/program.ts";
import { runProgram } from "../core/run-program.ts";
import type { JournalStore, RunLease } from "../journal/port.ts";
import type { Entry, RunEnd } from "../model/entry.ts";
import type { Letter } from "../model/letter.ts";
import type { Plan, PlanNode } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { rootPath } from "../model/path.ts";
import type { LiveProgress } from "../model/live-progress.ts";
import { ProgressFold } from "../model/live-progress.ts";
import type { Progress, ProgressEvent, RunEvent } from "../model/run-event.ts";
import type { RunRest } from "../model/run-record.ts";
import type { Pause, RunResult } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";
import type { Clock } from "../base/clock.ts";
import type { ProgressListener } from "../runtime/fibre.ts";
import type { OperationParts } from "../runtime/operations.ts";
import { Operations } from "../runtime/operations.ts";
import type { Performer } from "../runtime/performer.ts";
import { Replay } from "../runtime/replay.ts";
import { RunJournal } from "../runtime/run-journal.ts";
import { Scheduler } from "../runtime/scheduler.ts";
import type { Rest } from "../runtime/scheduler.ts";
import type { HookCalls } from "./hook-calls.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import type { Ending } from "./run-results.ts";
import { resultOf } from "./run-results.ts";
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
  readonly #onProgress: ProgressListener = (op, progress) => this.#tellProgress(op, progress);
  readonly #scheduler: Scheduler;
  readonly #signals: SignalDesk | null;
  readonly #steps: StepResult[] = [];
  readonly #watchers = new Set<(event: RunEvent) => void>();
  readonly #progress = new ProgressFold();
  /** Operations that have begun and told nothing more, by their paths; {@link #progress} is told of them when somebody looks. */
  readonly #begun = new Map<InstancePath, ProgressEvent>();
  #toldSeq: number;
  #isDriveDue = false;
  /** How much progress was told of. */
  #told = 0;
  #lastLetter: number;
  /** Why it was called off, in the words of whoever did first; null where nobody gave any. */
  #reason: string | null = null;
  /** Whether a hook has called it off: then it ends as cancelled even if nothing was left to do. */
  #isAborted = false;
  /** Resolves when the run has come to rest, or rejects when it cannot go on. */
  readonly result: Promise<RunResult<unknown>>;
  readonly #settled = Promise.withResolvers<RunResult<unknown>>();

  constructor(parts: LiveRunParts) {
    this.#parts = parts;
    const { store, lease, clock, roundTrip, onEvent, performer, core } = parts;
    const replay = new Replay(parts.entries);
    if (onEvent !== null) this.#watchers.add(onEvent);
    this.#toldSeq = replay.nextSeq - 1;
    const onEntries = parts.isReading ? null : (entries: readonly Entry[]) => this.#tell(entries);
    this.#journal = new RunJournal({ store, lease, nextSeq: replay.nextSeq, roundTrip, onEntries });
    this.#heard = {
      runId: lease.runId,
      journal: this.#journal,
      replay,
      performer,
      clock,
      answers: parts.answers,
      onProgress: onEvent === null ? null : this.#onProgress,
      watch: parts.hooks,
      onWait: parts.isReading ? null : (pause, isNew) => this.#waits(pause, isNew),
      onArrival: () => this.#driveSoon(),
    };
    this.#operations = new Operations(this.#heard);
    this.#scheduler = new Scheduler({
      core,
      operations: this.#operations,
      clock,
      onTopResult: (result) => this.#steps.push(result),
      isReading: parts.isReading,
    });
    this.#signals = this.#openSignalDesk();
    this.#lastLetter = parts.letters.at(-1)?.id ?? 0;
    this.result = this.#settled.promise;
  }

  #openSignalDesk(): SignalDesk | null {
    const { checkSignal: check, letters, entries, clock, lease, plan } = this.#parts;
    if (check === null) return null;
    const about = { runId: lease.runId, key: rootPath(plan.root.segment), letters, entries, clock, check };
    return new SignalDesk({ ...about, operations: this.#operations, journal: this.#journal });
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
    for (const begun of this.#begun.values()) this.#progress.apply(begun);
    this.#begun.clear();
    return this.#progress.progress;
  }

  /** The seq of the last entry that watchers were told of, or would have been. */
  get toldSeq(): number {
    return this.#toldSeq;
  }

  /**
   * Tells all that happens from now on, until the function it gives back is called. The listener must not throw. Of
   * operations that began while nobody watched it hears only the entries.
   */
  watch(listener: (event: RunEvent) => void): () => void {
    this.#watchers.add(listener);
    this.#heard.onProgress = this.#onProgress;
    return () => {
      this.#watchers.delete(listener);
      if (this.#watchers.size === 0) this.#heard.onProgress = null;
    };
  }

  /** Answers what waits under this key. False where nothing does, or not any more. */
  answer(key: InstancePath, value: unknown): boolean {
    return !this.isAtRest && this.#operations.answer(key, value);
  }

  get runId(): string {
    return this.#parts.lease.runId;
  }

  /** What it waits for now. */
  get pauses(): readonly Pause[] {
    return this.isAtRest ? [] : this.#operations.pauses;
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
    this.#reason ??= reason;
    this.#scheduler.cancel();
    this.#driveSoon();
  }

  /** {@link cancel}, by a hook. */
  abort(reason: unknown): void {
    if (this.isAtRest) return;
    this.#isAborted = true;
    this.cancel(typeof reason === "string" && reason !== "" ? reason : null);
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
    queueMicrotask(() => {
      this.#isDriveDue = false;
      this.#scheduler.drive();
    });
  }

  async #drive(): Promise<RunResult<unknown>> {
    const { plan, input, pipeline, startedAtMs } = this.#parts;
    const root = ExecutionFrame.root(plan.root, { key: rootPath(plan.root.segment), input, context: pipeline.state, atMs: startedAtMs });
    const rest = await this.#scheduler.run(runProgram(root)).catch((error: unknown) => this.#giveBack(error));
    if (rest.kind === "ended" && isLeaf(plan.root)) this.#steps.splice(0, this.#steps.length, rest.result);
    const ending = this.#endingOf(rest);
    const { usage, cost } = this.#operations;
    if (!this.#parts.isReading) await this.#comeToRest(ending);
    const context = this.#contextAtEnd(rest);
    return resultOf({ runId: pipeline.runId, pipeline: plan.name, steps: this.#steps, usage, cost, context }, ending);
  }

  #endingOf(rest: Rest): Ending {
    const { isReading, before } = this.#parts;
    if (isReading && before.status !== "succeeded" && before.status !== "failed") return endingOnRecord(before, this.#parts.entries);
    if (rest.kind === "stopped") return { status: "stopped" };
    if (rest.kind === "waiting") return { status: "paused", pauses: this.#operations.pauses };
    const { result } = rest;
    const cancelled: Ending = { status: "cancelled", reason: this.#reason };
    if (this.#isAborted) return cancelled;
    if (result.status === "succeeded") return { status: "succeeded", output: result.output };
    const isCalledOff = result.failure.code === "cancelled" && this.#scheduler.wasCancelled;
    return isCalledOff ? cancelled : { status: "failed", failure: result.failure };
  }

  /** A run that this code cannot drive is as it was before, for code that can. */
  async #giveBack(error: unknown): Promise<never> {
    const { store, lease, before, isReading } = this.#parts;
    if (!isReading && !FlujoError.is(error, "lease_lost")) {
      try {
        await store.commit({ lease, rows: [], rest: before });
      } catch (second) {
        process.emitWarning(`Run ${lease.runId} could not be put to rest: ${messageOf(second)}`, "FlujoWarning"); // what is thrown is what came first
      }
    }
    throw error;
  }

  async #comeToRest(ending: Ending): Promise<void> {
    const { clock, plan } = this.#parts;
    const { usage, cost } = this.#operations;
    const atMs = clock.now();
    const end = runEndOf(ending);
    if (end !== null)
      this.#journal.add({ type: "run-finished", seq: this.#journal.takeSeq(), atMs, key: rootPath(plan.root.segment), end, usage, cost });
    const pauses = ending.status === "paused" ? ending.pauses : [];
    const written = this.#journal.commit({ status: ending.status, pauses, usage, cost, atMs });
    if (written instanceof Promise) await written;
  }

  #contextAtEnd(rest: Rest): unknown {
    const { state } = this.#parts.pipeline;
    if (rest.kind === "ended" && rest.result.status === "succeeded") return state.with(rest.result.writes).value();
    if (this.#parts.plan.root.kind !== "sequence") return state.value();
    return state.with(this.#steps.flatMap((step) => step.writes)).value(); // what the steps that did end have written
  }

  #tell(entries: readonly Entry[]): void {
    const { runId } = this.#parts.lease;
    for (const entry of entries) {
      this.#toldSeq = entry.seq;
      if (this.#told > 0) this.#void(entry); // with no progress told there is nothing to be void
      if (this.#watchers.size === 0) continue;
      const event: RunEvent = { family: "entry", runId, entry };
      for (const watcher of this.#watchers) watcher(event);
    }
  }

  #tellProgress(op: Op, progress: Progress): void {
    const event = this.#progressOf(op, progress);
    if (event.type !== "operation-started") this.#take(event);
    else if (event.op !== "decide") this.#begun.set(event.path, event); // most end before anybody wants to know
    for (const watcher of this.#watchers) watcher(event);
  }

  #take(event: ProgressEvent): void {
    const begun = this.#begun.get(event.path);
    if (begun !== undefined && this.#begun.delete(event.path)) this.#progress.apply(begun);
    this.#progress.apply(event);
  }

  #void(entry: Entry): void {
    if (entry.type === "operation-finished" && this.#begun.delete(entry.key)) return;
    if (entry.type === "run-finished") this.#begun.clear();
    this.#progress.applyEntry(entry);
  }

  #progressOf(op: Op, progress: Progress): ProgressEvent {
    const { lease, clock } = this.#parts;
    const { runId, epoch } = lease;
    const { key: path, name } = op;
    const attempt = "attempt" in op ? op.attempt : 1;
    const family = "progress";
    const atMs = clock.now();
    const n = this.#told++;
    const { type } = progress;
    // Every step tells that it starts: spreading would cost it more than all the rest.
    if (type === "operation-started") return { family, runId, type, op: progress.op, path, name, attempt, atMs, epoch, n };
    return { family, runId, ...progress, path, name, attempt, atMs, epoch, n };
  }
}

/** What only the record and its last entry know: that a run was called off, or waits, cannot be worked out by driving it again. */
function endingOnRecord({ status, pauses }: RunRest, entries: readonly Entry[]): Ending {
  if (status === "paused") return { status, pauses };
  if (status !== "cancelled") return { status: "stopped" };
  const end = entries.find((entry) => entry.type === "run-finished")?.end;
  return { status, reason: end?.status === "cancelled" ? (end.reason ?? null) : null };
}

/** Why a letter calls a run off; null where it does not say. */
function reasonIn({ name }: Letter): string | null {
  return name === "" ? null : name;
}

/** A program that is one step has itself as its only one; what an agent called as tools is below it. */
function isLeaf({ kind }: PlanNode): boolean {
  return kind === "step" || kind === "agent" || kind === "human";
}

function runEndOf(ending: Ending): RunEnd | null {
  switch (ending.status) {
    case "succeeded":
      return { status: "succeeded", output: ending.output };
    case "failed":
      return { status: "failed", failure: ending.failure };
    case "cancelled":
      return ending.reason === null ? { status: "cancelled" } : { status: "cancelled", reason: ending.reason };
    case "paused":
    case "stopped":
      return null;
  }
}
