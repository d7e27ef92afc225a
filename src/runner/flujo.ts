import { FlujoError } from "../base/errors.ts";
import { ExecutorCore } from "../core/executor-core.ts";
import type { Runnable } from "../dsl/fits.ts";
import type { AnyStep, InputOf, OutputOf } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import type { JournalStore, RunQuery } from "../journal/port.ts";
import { runOwned } from "../journal/refusals.ts";
import type { Entry, RunStarted } from "../model/entry.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Plan } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { rootPath } from "../model/path.ts";
import type { Owner, RunRecord, RunRest } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import { isTerminal } from "../model/run-result.ts";
import { FREE } from "../model/cost.ts";
import { NO_USAGE } from "../model/usage.ts";
import { changesBetween } from "../plan/compare.ts";
import { compile } from "../plan/compile.ts";
import type { Clock } from "../base/clock.ts";
import { isAlive, releaseOwner, thisProcess } from "../runtime/ownership.ts";
import { BoundPerformer } from "../runtime/performers/index.ts";
import type { ModelPort } from "../runtime/model-port.ts";
import type { ToolServerPort } from "../runtime/tool-server-port.ts";
import { newInstanceId, newRunId, systemClock } from "../base/system.ts";
import { roundTrip } from "../serialize/codec.ts";
import { checkAnswer } from "./check-answer.ts";
import type { Launch } from "./launch.ts";
import { lazyModelPort } from "./lazy-model-port.ts";
import { lazyToolServerPort } from "./lazy-tool-server-port.ts";
import { both, listenerOf } from "./listeners.ts";
import { LiveRun } from "./live-run.ts";
import { loadStore } from "./load-store.ts";
import type { Answer, Check, EventsOptions, FlujoOptions, ResumeOptions, RunOptions, RunOptionsOf } from "./options.ts";
import { PipelineContext } from "./pipeline-context.ts";
import { answeredMeanwhile, pauseOf, readRecorded } from "./recorded-run.ts";
import { readResult, restOf } from "./read-result.ts";
import { planChanged } from "./plan-changed.ts";
import { isTextOf } from "./program-text.ts";
import { runEvents } from "./run-events.ts";
import { RunStream } from "./run-stream.ts";
import { checkRunId, checkStart, checkThread } from "./start-run.ts";

/**
 * Runs programs: durably where it is given a place for state, in memory otherwise.
 *
 * One Flujo is made for a process and used for all its runs. Closing it (`await using`, or {@link close}) parks what is
 * still running, so that it can be resumed.
 *
 * @example
 * ```ts
 * import { Flujo, pipeline, step } from "flujo";
 *
 * const double = pipeline({ name: "double" }).step(step("twice", (n: number) => n * 2));
 * await using flujo = new Flujo();
 * const result = await flujo.run(double, 21);
 * console.log(result.status === "succeeded" ? result.output : result.status);
 * ```
 */
export class Flujo implements AsyncDisposable {
  readonly #options: FlujoOptions;
  readonly #clock: Clock;
  readonly #core = new ExecutorCore();
  readonly #models: ModelPort;
  readonly #toolServers: ToolServerPort;
  readonly #owner: Owner;
  readonly #live = new Map<string, LiveRun>();
  /** Runs that this Flujo goes on with, from before it has them until they are at rest. */
  readonly #claiming = new Set<string>();
  readonly #isStrict: boolean;
  #store: JournalStore | Promise<JournalStore> | null = null;
  readonly #beginnings = new Set<Promise<LiveRun>>();
  #closing: Promise<void> | null = null;

  constructor(options: FlujoOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#models = lazyModelPort(options);
    this.#toolServers = lazyToolServerPort();
    this.#owner = thisProcess(newInstanceId());
    this.#isStrict = options.strict ?? process.env["NODE_ENV"] === "test";
  }

  /**
   * Runs a program to its end, or until it waits for a person.
   *
   * What a step does wrong is not thrown: the result's `status` says it. `.output` exists only where it is `succeeded`;
   * `.unwrap()` gives the output or throws.
   *
   * @throws {FlujoError} `input_invalid`, `context_invalid`, `pipeline_invalid`, `run_exists`, `state_unreadable`,
   * `state_newer`, `lease_lost`, `flujo_closed`: what keeps a run from beginning or going on.
   */
  async run<P extends AnyStep>(
    program: P & Runnable<P>,
    input: InputOf<P>,
    options: RunOptionsOf<P> = {},
  ): Promise<RunResult<OutputOf<P>>> {
    return (await this.#begun(this.#start(program, input, options))).result as Promise<RunResult<OutputOf<P>>>;
  }

  /**
   * Runs a program and tells what happens: entries after they were committed, and progress in between. The run starts at
   * once and goes on whether or not anybody listens; `.result` is what {@link run} would have given, `.textStream` the text
   * alone.
   */
  stream<P extends AnyStep>(program: P & Runnable<P>, input: InputOf<P>, options: RunOptionsOf<P> = {}): RunStream<OutputOf<P>> {
    const runId = options.runId ?? newRunId();
    return new RunStream<OutputOf<P>>({
      runId,
      start: (onEvent) => this.run(program, input, { ...options, runId, onEvent: both(onEvent, options.onEvent) }),
      isItsText: isTextOf(() => compile(definitionOf(program)).plan),
    });
  }

  /**
   * What has happened in a run since it began, or from a seq on, and what happens until it is at rest: each entry once and
   * in the order of seq, without a gap, however slow the reader; progress too where this process runs it, from the beginning
   * of what is under way. Entries of another process come within a second.
   *
   * Ends when the run has ended, is paused, or has nobody who goes on with it; what it returns then is the run's record.
   *
   * @throws {FlujoError} When it is read: `run_not_found`, `flujo_closed`, `state_unreadable`.
   */
  events(runId: string, options: EventsOptions = {}): AsyncIterable<RunEvent, RunRecord | undefined> {
    return runEvents({
      ...options,
      runId,
      clock: this.#clock,
      open: async () => {
        await Promise.allSettled(this.#beginnings); // a run that was started right before is there then
        return this.#open();
      },
      record: () => this.#recordOf(runId),
      live: () => this.#live.get(runId),
      isAtWork: (record) => this.isRunning(record) || this.#claiming.has(runId),
    });
  }

  /**
   * Goes on with a run that paused, was stopped, or lost its process. What is recorded is not done again. A run that has
   * ended gives its result.
   *
   * @throws {FlujoError} `run_not_found`, `run_owned` (somebody alive has it), `plan_changed`, `journal_diverged`.
   */
  async resume<P extends AnyStep>(program: P, runId: string, options: ResumeOptions = {}): Promise<RunResult<OutputOf<P>>> {
    return (await this.#resume(program, { runId, answers: new Map(), options })) as RunResult<OutputOf<P>>;
  }

  /**
   * Answers a pause and goes on with the run. An answer of the wrong shape is refused, and the run goes on waiting.
   *
   * @throws {FlujoError} `answer_invalid`, `pause_not_found`, and all that {@link resume} throws.
   */
  async answer<P extends AnyStep>(
    program: P,
    runId: string,
    answer: Answer & { readonly options?: ResumeOptions },
  ): Promise<RunResult<OutputOf<P>>> {
    const compiled = compile(definitionOf(program));
    await this.#recordOf(runId);
    const wait = pauseOf(await readRecorded(await this.#open(), runId), runId, answer.pause);
    const { key } = wait;
    const value = await checkAnswer(compiled, wait, answer.value);
    const live = this.#live.get(runId);
    if (live?.isAtRest === true) await live.result;
    else if (live !== undefined) {
      if (!live.answer(key, value)) throw new FlujoError("pause_not_found", `Run ${runId} does not wait at ${key} any more.`);
      return live.result as Promise<RunResult<OutputOf<P>>>;
    }
    return (await this.#resume(program, { runId, answers: new Map([[key, value]]), options: answer.options ?? {} })) as RunResult<
      OutputOf<P>
    >;
  }

  /**
   * Compiles a program and makes sure that it could run: that its models can be called and, where a start is given, that
   * input and context fit. Runs nothing, asks no model, opens no state.
   *
   * @throws {FlujoError} `pipeline_invalid`, `input_invalid`, `context_invalid`, `model_unknown`, `api_key_missing`,
   * `package_missing`.
   */
  async check(program: AnyStep, wanted: Check = {}): Promise<Plan> {
    const compiled = compile(definitionOf(program));
    if (wanted.start !== undefined) await checkStart(compiled, wanted.start.input, wanted.start.context);
    const models = [...compiled.bindings.agents.values()].map((agent) => wanted.model ?? agent.model);
    for (const model of new Set(models)) await this.#models.check(model);
    return compiled.plan;
  }

  /** Whether some process that is still there runs this now. A `running` run that nobody runs was interrupted: it can be resumed. */
  isRunning(record: RunRecord): boolean {
    return record.status === "running" && record.owner !== null && this.#isRunning(record.owner, record.runId);
  }

  /** What is known about a run; null where there is none of that id. */
  async find(runId: string): Promise<RunRecord | null> {
    return (await this.#open()).findRun(runId);
  }

  /** Runs, newest first; at most 50 unless the query says otherwise. */
  async list(query: RunQuery = {}): Promise<readonly RunRecord[]> {
    return (await this.#open()).listRuns(query);
  }

  /** A run's journal, in the order of its seq. */
  async entries(runId: string): Promise<readonly Entry[]> {
    await this.#recordOf(runId);
    return (await this.#open()).entries({ runId });
  }

  /**
   * The result of a run that is at rest, worked out from its journal alone: no code of the program is needed or run.
   *
   * @throws {FlujoError} `run_not_found`; `run_owned` while somebody runs it.
   */
  async result(runId: string): Promise<RunResult<unknown>> {
    const record = await this.#recordOf(runId);
    if (record.owner !== null && this.isRunning(record)) {
      throw new FlujoError("run_owned", `Run ${runId} is being run by process ${record.owner.pid} on ${record.owner.host}.`);
    }
    return readResult(this.#engine(await this.#open()), record);
  }

  /** Parks what is still running and lets go of the store. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#beginnings); // their callers get what came of them
    const open = [...this.#live.values()];
    for (const live of open) live.park();
    await Promise.allSettled(open.map((live) => live.result)); // their callers get the outcome; here it only has to be over
    await this.#toolServers.close();
    releaseOwner(this.#owner);
    await (await this.#opened())?.close();
  }

  /** The store; null where it never opened, which whoever asked for it was told already. */
  async #opened(): Promise<JournalStore | null> {
    try {
      return await this.#store;
    } catch {
      return null;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw new FlujoError("flujo_closed", "This Flujo was closed.");
  }

  /** Remembers what is about to become a live run, so that closing can wait until it has, or has been refused. */
  async #begun(beginning: Promise<LiveRun>): Promise<LiveRun> {
    this.#beginnings.add(beginning);
    try {
      return await beginning;
    } finally {
      this.#beginnings.delete(beginning);
    }
  }

  async #open(): Promise<JournalStore> {
    this.#refuseClosed();
    this.#store ??= loadStore(this.#options);
    return this.#store;
  }

  async #recordOf(runId: string): Promise<RunRecord> {
    const record = await (await this.#open()).findRun(runId);
    if (record === null) throw new FlujoError("run_not_found", `There is no run ${runId}.`);
    return record;
  }

  /** A run of our own that we do not drive any more was left behind by a store that refused its last write. */
  #isRunning(owner: Owner, runId: string): boolean {
    return owner.instance === this.#owner.instance ? this.#live.has(runId) : isAlive(owner, this.#owner);
  }

  async #start(program: AnyStep, input: unknown, options: RunOptions): Promise<LiveRun> {
    const compiled = compile(definitionOf(program));
    const runId = options.runId === undefined ? newRunId() : checkRunId(options.runId);
    const checked = await checkStart(compiled, input, options.context);
    const store = await this.#open();
    const atMs = this.#clock.now();
    const { plan } = compiled;
    const pipeline = new PipelineContext({ runId, ...checked, reducers: plan.reducers }); // refuses an input before there is a run
    const started: RunStarted = {
      type: "run-started",
      seq: 0,
      atMs,
      key: rootPath(plan.root.segment),
      ...checked,
      model: options.model ?? null,
      thread: checkThread(options.thread),
    };
    const creating = store.createRun({ runId, plan, source: options.source ?? null, owner: this.#owner, createdAtMs: atMs }, [
      store.record(started),
    ]);
    const lease = creating instanceof Promise ? await creating : creating;
    const before: RunRest = { status: "stopped", pauses: [], usage: NO_USAGE, cost: FREE, atMs };
    if (this.#closing !== null) await store.commit({ lease, rows: [], rest: before });
    this.#refuseClosed();
    listenerOf(options, runId)?.({ family: "entry", runId, entry: started });
    return this.#launch({ compiled, pipeline, store, lease, started, entries: [started], answers: new Map(), before, options });
  }

  async #resume(
    program: AnyStep,
    wanted: { readonly runId: string; readonly answers: ReadonlyMap<InstancePath, unknown>; readonly options: ResumeOptions },
  ): Promise<RunResult<unknown>> {
    const { runId, answers, options } = wanted;
    const compiled = compile(definitionOf(program));
    const record = await this.#recordOf(runId);
    const store = await this.#open();
    if (isTerminal(record.status)) return readResult(this.#engine(await this.#open()), record);
    if (record.planHash !== compiled.plan.hash) throw planChanged(record, changesBetween(await store.planOf(runId), compiled.plan));
    if (this.#claiming.has(runId)) throw runOwned(runId, this.#owner);
    this.#claiming.add(runId);
    try {
      const lease = await store.claimRun({
        runId,
        owner: this.#owner,
        atMs: this.#clock.now(),
        isAlive: (owner) => this.#isRunning(owner, runId),
      });
      const before = restOf(await this.#recordOf(runId)); // as it is now: somebody may have had the run in between
      const giveBack = async (error: unknown): Promise<never> => {
        await store.commit({ lease, rows: [], rest: before }); // what cannot be taken up is left as it was
        throw error;
      };
      const live = await this.#begun(this.#takeUp({ compiled, store, lease, answers, before, options }).catch(giveBack));
      return await live.result;
    } finally {
      this.#claiming.delete(runId);
    }
  }

  async #takeUp(taken: Omit<Launch, "pipeline" | "started" | "entries">): Promise<LiveRun> {
    const { compiled, store, lease, answers } = taken;
    const recorded = await readRecorded(store, lease.runId);
    this.#refuseClosed();
    const late = answeredMeanwhile(recorded, answers.keys());
    if (late !== null)
      throw new FlujoError("pause_not_found", `Run ${lease.runId} does not wait at ${late} any more: somebody else has answered.`);
    const { input, context } = recorded.started;
    const pipeline = new PipelineContext({ runId: lease.runId, input, context, reducers: compiled.plan.reducers });
    return this.#launch({ ...taken, ...recorded, pipeline });
  }

  #launch({ compiled, pipeline, store, lease, started, entries, answers, before, options }: Launch): LiveRun {
    const { plan, bindings } = compiled;
    const { runId } = lease;
    const { initialPrompt } = pipeline;
    const performer = new BoundPerformer({
      bindings,
      models: this.#models,
      modelOverride: started.model,
      run: { runId, initialPrompt, thread: started.thread, resources: this.#options.resources ?? {} },
      threads: store,
      toolServers: this.#toolServers,
      clock: this.#clock,
    });
    const onRecord = { input: started.input, entries, startedAtMs: started.atMs };
    const live = new LiveRun({
      ...this.#engine(store),
      ...onRecord,
      lease,
      plan,
      performer,
      pipeline,
      answers,
      before,
      onEvent: listenerOf(options, runId),
      isCalledOff: options.signal?.aborted === true,
      isReading: false,
    });
    this.#live.set(runId, live);
    live.start();
    const cancel = (): void => live.cancel();
    options.signal?.addEventListener("abort", cancel, { once: true });
    const forget = (): void => {
      this.#live.delete(runId);
      options.signal?.removeEventListener("abort", cancel);
    };
    live.result.then(forget, forget);
    return live;
  }

  #engine(store: JournalStore) {
    return { core: this.#core, store, clock: this.#clock, roundTrip: this.#isStrict ? roundTrip : null };
  }
}
