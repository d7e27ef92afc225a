import { FlujoError } from "../base/errors.ts";
import { newRunId } from "../base/system.ts";
import type { Runnable } from "../dsl/fits.ts";
import type { AnyStep, InputOf, OutputOf } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import type { RunQuery } from "../journal/port.ts";
import type { Entry } from "../model/entry.ts";
import type { Examination } from "../model/examination.ts";
import type { Plan } from "../model/node.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import type { RunSnapshot } from "../model/run-snapshot.ts";
import { compile } from "../plan/compile.ts";
import { answerRun } from "./answer-run.ts";
import { both } from "./listeners.ts";
import type { Answer, Check, EventsOptions, Examine, FlujoOptions, ResumeOptions, RunOptionsOf, SignalReceipt } from "./options.ts";
import { queryRun } from "./query-run.ts";
import { retryRun } from "./retry-run.ts";
import { isTextOf } from "./program-text.ts";
import { RunControl } from "./run-control.ts";
import { runEvents } from "./run-events.ts";
import { RunStream } from "./run-stream.ts";
import { Runs } from "./runs.ts";
import { checkStart } from "./start-run.ts";
import type { WorkOptions } from "./work-options.ts";

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
  readonly #runs: Runs;
  readonly #control: RunControl;
  readonly #options: FlujoOptions;

  constructor(options: FlujoOptions = {}) {
    this.#options = options;
    this.#runs = new Runs(options);
    this.#control = new RunControl(this.#runs);
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
    const compiled = compile(definitionOf(program));
    return (await this.#runs.start(compiled, input, options)) as RunResult<OutputOf<P>>;
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
      clock: this.#runs.clock,
      open: async () => {
        await this.#runs.begun(); // a run that was started right before is there then
        return this.#runs.open();
      },
      record: () => this.#runs.recordOf(runId),
      live: () => this.#runs.live.get(runId),
      isAtWork: (record) => this.isRunning(record) || this.#runs.claiming.has(runId),
    });
  }

  /**
   * Goes on with a run that paused, was stopped, or lost its process. What is recorded is not done again. A run that has
   * ended gives its result.
   *
   * @throws {FlujoError} `run_not_found`, `run_owned` (somebody alive has it), `plan_changed`, `journal_diverged`.
   */
  async resume<P extends AnyStep>(program: P, runId: string, options: ResumeOptions = {}): Promise<RunResult<OutputOf<P>>> {
    const compiled = compile(definitionOf(program));
    return (await this.#runs.resume({ compiled, runId, answers: new Map(), options })) as RunResult<OutputOf<P>>;
  }

  /**
   * Tries a run again that failed or was called off: a new run of its line (`orders-7-retry-2`) keeps all that succeeded, and
   * goes on with what failed, by the program now loaded. The result is its; the run itself stays as it is.
   *
   * A run is retried once: asked again, its retry is gone on with where it rests, or gives its result where it has ended. A
   * retry that failed can be retried itself. What is kept costs nothing again. What failed may have had its effect: it runs
   * again with the same `idempotencyKey`, unless a saga has undone it.
   *
   * Code of what runs again may be another now. Where other code would have to do again what succeeded, it is refused, unless
   * `onCodeChange` says `fork` (it is done again) or `continue` (it is kept).
   *
   * @throws {FlujoError} `usage_invalid` for a run that has not failed, or that has undone only a part of what it did;
   * `plan_changed`; `run_not_found`; `input_invalid`, `context_invalid` where a changed schema refuses what it began with; all
   * that {@link resume} throws.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline } from "flujo";
   *
   * let isUp = false;
   * const report = pipeline({ name: "report" })
   *   .step("gather", (month: string) => `the figures of ${month}`)
   *   .step("send", (figures) => {
   *     if (!isUp) throw new Error("the server is down");
   *     return `${figures}, sent`;
   *   });
   * await using flujo = new Flujo();
   * const failed = await flujo.run(report, "May", { runId: "may" });
   * isUp = true;
   * const retried = await flujo.retry(report, "may"); // gathers nothing again
   * console.log(failed.status, retried.runId, retried.unwrap()); // failed may-retry-2 the figures of May, sent
   * ```
   */
  async retry<P extends AnyStep>(program: P, runId: string, options: ResumeOptions = {}): Promise<RunResult<OutputOf<P>>> {
    const compiled = compile(definitionOf(program));
    const { onCodeChange = "refuse" } = this.#options;
    return (await retryRun(this.#runs, { compiled, runId, options, onCodeChange })) as RunResult<OutputOf<P>>;
  }

  /**
   * Goes on with the runs of these programs that nobody goes on with: those whose time has come or that were sent what they
   * wait for, those that were parked, those whose process is gone. Goes on doing so until its signal is aborted or this
   * Flujo is closed, which parks what is live then. Any number of processes may work on the same state.
   *
   * While it works the process stays alive. A parked run costs nothing: there is one timer, and what is kept is what the
   * store keeps. At most `maxLiveRuns`, or 100, are gone on with at a time; programs take turns, and of each the run that
   * could go on first is first. One that cannot be gone on with (`plan_changed`, say) is left as it was, with one warning of
   * the process, until its record changes.
   *
   * @throws {FlujoError} `usage_invalid`, `pipeline_invalid`, `flujo_closed`, `state_unreadable`, `state_newer`: what keeps it from beginning.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline } from "flujo";
   *
   * const remind = pipeline({ name: "remind" })
   *   .sleep("wait", "3 days")
   *   .step("say", (who: string) => `Has ${who} answered?`);
   *
   * await using flujo = new Flujo({ state: "sqlite:.flujo/state.db" });
   * await flujo.run(remind, "jane"); // at rest as "paused": it waits for three days
   * await flujo.work([remind], { once: true }); // without `once`: for as long as the process lives
   * ```
   */
  async work(programs: readonly AnyStep[], options: WorkOptions = {}): Promise<void> {
    const { work } = await import("./work.ts");
    await work(this.#runs, programs.map(definitionOf).map(compile), { options, mostAtOnce: this.#options.maxLiveRuns });
  }

  /**
   * Answers a pause and goes on with the run. An answer of the wrong shape is refused, and the run goes on waiting.
   *
   * A run that another process runs is sent the answer, and waited for: what comes back is the result it comes to rest with
   * there. Should that process end before, this one goes on with the run.
   *
   * An answer that is given after the time limit of its pause is too late, also where nobody ran the run when the limit was
   * over: it is refused, nothing of it is recorded, and the limit takes effect when the run is gone on with.
   *
   * @throws {FlujoError} `answer_invalid`; `pause_not_found`, also where somebody else has answered first or the pause's time was
   * over; all that {@link resume} throws.
   */
  async answer<P extends AnyStep>(
    program: P,
    runId: string,
    answer: Answer & { readonly options?: ResumeOptions },
  ): Promise<RunResult<OutputOf<P>>> {
    const compiled = compile(definitionOf(program));
    const events = (options: EventsOptions): AsyncIterable<RunEvent, unknown> => this.events(runId, options);
    return (await answerRun({ runs: this.#runs, compiled, runId, answer, events })) as RunResult<OutputOf<P>>;
  }

  /**
   * Calls a run off, wherever it is: one of this process at once, one at rest is ended where it is, and one that another
   * process runs is told to, which takes it about a tenth of a second. What is in flight is told to stop through its signal,
   * and has `graceMs` to do so. Gives the run's record as it is then: `cancelled`, or `running` where another process, or work
   * that a second later still has not stopped, keeps it from having ended. Of a run that has gone on as another (`continueAs`)
   * it is that one, and its record.
   *
   * @param reason - Why; it is in the run's result and its journal.
   * @throws {FlujoError} `run_not_found`; `usage_invalid` for a run that has ended, saying how; `flujo_closed`.
   */
  cancel(runId: string, reason = ""): Promise<RunRecord> {
    return this.#control.cancel(runId, reason);
  }

  /**
   * Sends a run a signal: what it waits for under that name (a `waitFor`, a human step, a tool that needs approval), whoever
   * runs the run, and whether it waits already or will later. Each signal answers one wait, once; of several, the oldest
   * first. A run that is live takes it up by itself; one at rest does when it is resumed, or by {@link work}. Gives the run's
   * record as it is then; its `isAwaited` says whether the run waited for it, or keeps it for later. One that comes after the
   * time limit of what waits for it is too late, whoever ran the run then: it is kept too, and `overAtMs` says so.
   *
   * A value that fits nothing which the program waits for under that name is refused, as far as JSON Schema can tell before
   * it waits. One that turns out wrong when the wait opens is dropped: a `signal-taken` entry and a warning of the process
   * say so, and the run goes on waiting.
   *
   * @param name - The pause's name, or its id where several have that name.
   * @throws {FlujoError} `answer_invalid`; `pause_not_found` for a name that the program never waits for; `run_not_found`;
   * `usage_invalid` for a run that has ended; `value_unstorable`.
   */
  signal(runId: string, name: string, value?: unknown): Promise<SignalReceipt> {
    return this.#control.signal(runId, name, value);
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
    for (const model of new Set(models)) await this.#runs.machinery.models.check(model);
    return compiled.plan;
  }

  /**
   * Looks whether everything is there that runs need: the state, the providers' packages, keys and addresses and, of the
   * programs given, their models and tool servers. Says what is wrong instead of throwing it. Runs nothing, and changes
   * nothing: a state that is not there is not made. No key, nor any part of one, is in what it gives.
   *
   * @throws {unknown} The reason of `signal`, when it was aborted; nothing else.
   *
   * @example
   * ```ts
   * import { Flujo } from "flujo";
   *
   * await using flujo = new Flujo({ state: "sqlite:.flujo/state.db" });
   * const { providers } = await flujo.examine();
   * for (const { name, key } of providers) console.log(name, key.setIn ?? "no key");
   * ```
   */
  async examine(wanted: Examine = {}): Promise<Examination> {
    const { examine } = await import("./examine.ts");
    return examine(this.#options, this.#runs.machinery, wanted);
  }

  /** Whether some process that is still there runs this now. A `running` run that nobody runs was interrupted: it can be resumed. */
  isRunning(record: RunRecord): boolean {
    return this.#runs.isRunning(record);
  }

  /** What is known about a run; null where there is none of that id. */
  async find(runId: string): Promise<RunRecord | null> {
    return (await this.#runs.open()).findRun(runId);
  }

  /** Runs, newest first; at most 50 unless the query says otherwise. */
  async list(query: RunQuery = {}): Promise<readonly RunRecord[]> {
    return (await this.#runs.open()).listRuns(query);
  }

  /**
   * The plan that a run is pinned to: what its program was when it began, as data. Says what a journal does not: bounds,
   * policies, what has not begun.
   *
   * @throws {FlujoError} `run_not_found`, `state_unreadable`.
   */
  async planOf(runId: string): Promise<Plan> {
    return (await this.#runs.open()).planOf(runId);
  }

  /** A run's journal, in the order of its seq. */
  async entries(runId: string): Promise<readonly Entry[]> {
    await this.#runs.recordOf(runId);
    return (await this.#runs.open()).entries({ runId });
  }

  /**
   * The result of a run that is at rest, worked out from its journal alone: no code of the program is needed or run.
   *
   * @throws {FlujoError} `run_not_found`; `run_owned` while somebody runs it.
   */
  async result(runId: string): Promise<RunResult<unknown>> {
    const record = await this.#runs.recordOf(runId);
    if (record.owner !== null && this.isRunning(record)) {
      throw new FlujoError("run_owned", `Run ${runId} is being run by process ${record.owner.pid} on ${record.owner.host}.`);
    }
    return this.#runs.read(record);
  }

  /**
   * How a run stands now, whoever runs it or nobody: where it is, what it waits for, its context, its cost. Worked out from
   * what is open in its journal, without the program, and without touching the run. What has begun and is not on record yet
   * (plain steps write nothing down when they begin) is where its node was entered.
   *
   * @throws {FlujoError} `run_not_found`, `journal_diverged`.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline } from "flujo";
   * import { z } from "zod";
   *
   * const refund = pipeline({ name: "refund" }).human("approve", { answer: z.boolean() });
   * await using flujo = new Flujo();
   * await flujo.run(refund, "order 7", { runId: "refund-7" });
   * const { status, frontier } = await flujo.query("refund-7");
   * console.log(status, frontier.map(({ path }) => path)); // paused [ 'refund/approve' ]
   * ```
   */
  async query(runId: string): Promise<RunSnapshot> {
    await this.#runs.begun();
    const record = await this.#runs.recordOf(runId);
    return queryRun(await this.#runs.engine(), { record, isRunning: this.isRunning(record) });
  }

  /** Parks what is still running and lets go of the store. */
  close(): Promise<void> {
    return this.#runs.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
