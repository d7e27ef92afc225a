import type { Clock } from "../base/clock.ts";
import { FlujoError } from "../base/errors.ts";
import { TurnoverMap } from "../base/turnover-map.ts";
import { newInstanceId, newRunId, systemClock } from "../base/system.ts";
import { ExecutorCore } from "../core/executor-core.ts";
import { memoryCache } from "../journal/memory/memory-cache.ts";
import type { JournalStore } from "../journal/port.ts";
import { runNotFound, runOwned } from "../journal/refusals.ts";
import { FREE } from "../model/cost.ts";
import type { RunStarted } from "../model/entry.ts";
import { rootPath } from "../model/path.ts";
import type { Owner, RunRecord, RunRest } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import { isTerminal } from "../model/run-result.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Compiled } from "../plan/compile.ts";
import { isAlive, releaseOwner, thisProcess } from "../runtime/ownership.ts";
import { roundTrip } from "../serialize/codec.ts";
import { Beginnings } from "./beginnings.ts";
import type { Hooks } from "./hooks.ts";
import { hooksGiven } from "./hooks-given.ts";
import type { Inner, Launch, Machinery } from "./launch.ts";
import { liveRunOf } from "./launch.ts";
import { lazyModelPort } from "./lazy-model-port.ts";
import { lazyToolServerPort } from "./lazy-tool-server-port.ts";
import { listenerOf } from "./listeners.ts";
import type { LiveRun } from "./live-run.ts";
import { loadStore } from "./load-store.ts";
import { Mailbox } from "./mailbox.ts";
import { asEnvironmentSays } from "./name-operations.ts";
import type { Going } from "./code-change.ts";
import { CodeChange } from "./code-change.ts";
import type { FlujoOptions, ResumeOptions, RunOptions } from "./options.ts";
import { PipelineContext } from "./pipeline-context.ts";
import { Places, withSignal } from "./places.ts";
import type { Engine } from "./read-result.ts";
import { readResult, restOf } from "./read-result.ts";
import { answeredMeanwhile, readRecorded, waitsNoMore } from "./recorded-run.ts";
import type { Continuation } from "./continuation.ts";
import { continuedAs, makeHeir } from "./continuation.ts";
import { checkFlujoOptions, checkOptions } from "./check-options.ts";
import type { Spawn } from "./spawned.ts";
import { makeSpawned, programOf, SpawnedRuns } from "./spawned.ts";
import { checkRunId, checkStart, checkThread } from "./start-run.ts";

/** How long work that is told to stop has to do so, in milliseconds. */
const DEFAULT_GRACE_MS = 5_000;
/** How far off a moment may be that a run is kept in memory for, in milliseconds. */
const DEFAULT_HOLD_MS = 10_000;

const NO_ANSWERS: Launch["answers"] = new Map();

/** How a run is gone on with. */
export type Resumption = Pick<Launch, "compiled" | "answers" | "options"> & { readonly runId: string };

/** All runs of one Flujo: starts them, goes on with them, knows which are live, and parks those when it is closed. */
export class Runs {
  readonly clock: Clock;
  readonly owner: Owner;
  readonly machinery: Machinery;
  readonly mailbox: Mailbox;
  /** Those that this process works on now. */
  readonly live = new TurnoverMap<string, LiveRun>();
  /** Where runs wait for their turn; null where as many may be live as there are. */
  readonly places: Places | null;
  /** Those that this Flujo goes on with, from before it has them until they are at rest. */
  readonly claiming = new Set<string>();
  /** Those made here to go on in the place of others, until whoever drove those goes on with them. */
  readonly heirs = new Set<string>();
  /** Those who look for runs to go on with; closing stops them first. */
  readonly workers = new Set<{ stop(): void }>();
  readonly #options: FlujoOptions;
  readonly #spawned = new SpawnedRuns();
  readonly #follows: boolean;
  readonly #code: CodeChange;
  readonly #hooks: readonly Hooks[];
  /** Runs about to be live: closing waits until they are, or were refused. */
  readonly #beginnings = new Beginnings<LiveRun>();
  #store: JournalStore | Promise<JournalStore> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FlujoOptions, { around = null, follows = true, log = null }: Inner = {}) {
    this.#follows = follows;
    checkFlujoOptions(options);
    const { clock = systemClock, state = "memory", strict = process.env["NODE_ENV"] === "test", resources = {} } = options;
    this.#options = options;
    this.places = options.maxLiveRuns === undefined ? null : new Places(options.maxLiveRuns);
    this.#hooks = hooksGiven(options.hooks);
    this.clock = clock;
    this.owner = thisProcess(newInstanceId());
    const ports = { models: lazyModelPort(options), toolServers: lazyToolServerPort(), resources, cache: memoryCache() };
    const { graceMs = DEFAULT_GRACE_MS, holdMs = DEFAULT_HOLD_MS } = options;
    this.machinery = {
      core: new ExecutorCore(),
      clock,
      roundTrip: strict ? roundTrip : null,
      graceMs,
      holdMs,
      continueAs: (wanted) => this.#continueAs(wanted),
      spawn: (wanted) => this.#spawn(wanted),
      around: asEnvironmentSays(around),
      log,
      ...ports,
    };
    const asks = {
      open: () => this.open(),
      recordOf: (id: string) => this.recordOf(id),
      isRunning: (run: RunRecord) => this.isRunning(run),
      heirs: this.heirs,
    };
    this.#code = new CodeChange({ ...asks, machinery: this.machinery, owner: this.owner, onCodeChange: options.onCodeChange ?? "refuse" });
    this.mailbox = new Mailbox({ clock, live: this.live, isShared: state !== "memory" });
  }

  /** Where journals are, opened with the first use. @throws {FlujoError} `flujo_closed`, `state_unreadable`, `state_newer` */
  async open(): Promise<JournalStore> {
    return this.#openNow();
  }

  /** {@link open}, at once where it is open. */
  #openNow(): JournalStore | Promise<JournalStore> {
    this.#refuseClosed();
    this.#store ??= loadStore(this.#options);
    return this.#store;
  }

  /** @throws {FlujoError} `run_not_found` */
  async recordOf(runId: string): Promise<RunRecord> {
    const record = await (await this.open()).findRun(runId);
    if (record === null) throw runNotFound(runId);
    return record;
  }

  /** Kept when all runs that were being started when this was asked are live, or were refused. */
  begun(): Promise<unknown> {
    return this.#beginnings.over();
  }

  /** Whether some process that is still there runs this now. A `running` run that nobody runs was interrupted: it can be resumed. */
  isRunning(record: RunRecord): boolean {
    return record.status === "running" && record.owner !== null && this.isAlive(record.owner, record.runId);
  }

  /** A run of our own that we do not drive any more was left behind by a store that refused its last write. */
  isAlive(owner: Owner, runId: string): boolean {
    return owner.instance === this.owner.instance ? this.live.has(runId) : isAlive(owner, this.owner);
  }

  /** Starts a run as soon as there is a place for it, and gives what came of it when it is at rest. */
  start(compiled: Compiled, input: unknown, options: RunOptions): Promise<RunResult<unknown>> {
    checkOptions(options);
    if (this.places === null) return this.#startNow(compiled, input, options);
    return this.places.within({ runId: options.runId ?? null, signal: options.signal }, (off) =>
      this.#startNow(compiled, input, withSignal(options, off)),
    );
  }

  async #startNow(compiled: Compiled, input: unknown, options: RunOptions): Promise<RunResult<unknown>> {
    const live = await this.#beginnings.add(this.#start(compiled, input, options));
    const result = await live.result;
    if (result.status !== "paused" && continuedAs(result) === null) return result;
    const { runId } = live;
    const wanted = { compiled, runId, answers: new Map(), options };
    if (!(await this.#hasMore(live, result, options.signal))) return this.#follow(result, wanted);
    return this.#goOn(wanted).catch((error: unknown) => orElse(result, error));
  }

  /** What came of the run that goes on in the place of one that has ended so, and of the one after that. */
  async #follow(result: RunResult<unknown>, wanted: Resumption): Promise<RunResult<unknown>> {
    let last = result;
    for (let next = continuedAs(last); next !== null && this.#follows && this.#closing === null; next = continuedAs(last)) {
      const record = await this.recordOf(next);
      if (isTerminal(record.status)) last = await this.read(record);
      else {
        const heir = await this.#inherit({ ...wanted, runId: next, answers: new Map() });
        if (heir === null) return last;
        last = heir;
      }
    }
    return last;
  }

  /** What came of a run that goes on in the place of another; null where somebody else goes on with it. */
  async #inherit(wanted: Resumption): Promise<RunResult<unknown> | null> {
    return this.#goOnWith(wanted).catch((error: unknown) => orElse(null, error));
  }

  /** Makes the run that goes on in the place of another, at rest, and gives its id. One that is there already is that one. */
  async #continueAs(wanted: Continuation): Promise<string> {
    const { owner, heirs, clock } = this;
    return makeHeir(wanted, { store: await this.open(), owner, heirs, clock, recordOf: (runId) => this.recordOf(runId) });
  }

  /** Starts a run in the background of another, and gives its id. It goes on here, whatever becomes of the other. */
  async #spawn(wanted: Spawn): Promise<string> {
    const { owner, heirs, clock } = this;
    const runId = await makeSpawned(wanted, { store: await this.open(), owner, heirs, clock });
    const { compiled } = wanted;
    if (this.#follows) this.#spawned.goesOn(wanted, this.resume({ compiled, runId, answers: NO_ANSWERS, options: {} }));
    return runId;
  }

  async #start(compiled: Compiled, input: unknown, options: RunOptions): Promise<LiveRun> {
    const hooks = this.#hooksOf(options);
    const runId = options.runId === undefined ? newRunId() : checkRunId(options.runId);
    const checking = checkStart(compiled, input, options.context);
    const checked = checking instanceof Promise ? await checking : checking;
    const store = await this.#openNow();
    const atMs = this.clock.now();
    const { plan } = compiled;
    const { context } = checked;
    const pipeline = new PipelineContext({ runId, input: checked.input, context, reducers: plan.reducers }); // refuses an input before there is a run
    const started: RunStarted = {
      type: "run-started",
      seq: 0,
      atMs,
      key: rootPath(plan.root.segment),
      input: checked.input,
      context,
      model: options.model ?? null,
      thread: checkThread(compiled, options.thread),
    };
    const about = { runId, plan, source: options.source ?? null, owner: this.owner, createdAtMs: atMs, lineage: null };
    const creating = store.createRun(about, [store.record(started)]);
    const lease = creating instanceof Promise ? await creating : creating;
    const before: RunRest = { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: null, usage: NO_USAGE, cost: FREE, atMs };
    if (this.#closing !== null) await store.commit({ lease, rows: [], rest: before });
    this.#refuseClosed();
    listenerOf(options, runId)?.({ family: "entry", runId, entry: started });
    const entries = [started];
    return this.#launch({ compiled, pipeline, store, lease, started, entries, letters: [], answers: NO_ANSWERS, before, options, hooks });
  }

  #hooksOf({ hooks }: ResumeOptions): readonly Hooks[] {
    return hooks === undefined ? this.#hooks : [...this.#hooks, ...hooksGiven(hooks)];
  }

  /** Whether a run that has come to rest can go on: something was sent to it meanwhile, or its signal called it off. */
  async #hasMore(live: LiveRun, result: RunResult<unknown>, signal: AbortSignal | undefined): Promise<boolean> {
    if (result.status !== "paused" || this.#closing !== null) return false;
    if (signal?.aborted === true) return true;
    return this.mailbox.hasFor(await this.open(), { live, pauses: result.pauses });
  }

  /**
   * Goes on with a run as soon as there is a place for it, and gives what came of it when it is at rest. One that has ended
   * gives what came of it then.
   */
  async resume(wanted: Resumption): Promise<RunResult<unknown>> {
    const { runId, options } = wanted;
    checkOptions(options);
    if (this.places === null) return this.#resumeNow(wanted);
    return this.places.within({ runId, signal: options.signal }, (off) =>
      this.#resumeNow({ ...wanted, options: withSignal(options, off) }),
    );
  }

  async #resumeNow(wanted: Resumption): Promise<RunResult<unknown>> {
    const record = await this.recordOf(wanted.runId);
    for (const key of isTerminal(record.status) ? wanted.answers.keys() : []) throw await waitsNoMore(await this.open(), wanted.runId, key);
    if (isTerminal(record.status)) return this.#follow(await this.read(record), wanted);
    return this.#goOn({ ...wanted, compiled: programOf(wanted.compiled, record) });
  }

  /** What came of a run that somebody ended between the look at it and the claim; nobody has an answer to it any more. */
  async #itsEnd(wanted: Resumption, error: unknown): Promise<RunResult<unknown>> {
    if (!FlujoError.is(error, "usage_invalid") || wanted.answers.size > 0) throw error;
    const record = await this.recordOf(wanted.runId);
    if (!isTerminal(record.status)) throw error;
    return this.read(record);
  }

  async #goOn(wanted: Resumption): Promise<RunResult<unknown>> {
    const result = await this.#goOnWith(wanted).catch((error: unknown) => this.#itsEnd(wanted, error));
    return this.#follow(result, wanted);
  }

  async #goOnWith(wanted: Resumption): Promise<RunResult<unknown>> {
    const { runId } = wanted;
    if (this.claiming.has(runId)) throw runOwned(runId, this.owner);
    this.claiming.add(runId);
    this.heirs.delete(runId);
    try {
      const going = await this.#code.before(wanted);
      if (going.runId !== runId) return await this.#goOnWithFork(going);
      let live = await this.#takeOver(going);
      for (;;) {
        const result = await live.result;
        if (!(await this.#hasMore(live, result, wanted.options.signal))) return result;
        const again = await this.#takeOver({ ...going, accepts: null, answers: new Map() }).catch((error: unknown) => orElse(null, error));
        if (again === null) return result;
        live = again;
      }
    } finally {
      this.claiming.delete(runId);
    }
  }

  /** A fork that is there already may have ended. */
  async #goOnWithFork(going: Going): Promise<RunResult<unknown>> {
    const record = await this.recordOf(going.runId);
    return isTerminal(record.status) && going.answers.size === 0 ? this.read(record) : this.#goOnWith(going);
  }

  async #takeOver(going: Going): Promise<LiveRun> {
    const { compiled, runId, answers, options } = going;
    const hooks = this.#hooksOf(options);
    const store = await this.open();
    const lease = await store.claimRun({
      runId,
      owner: this.owner,
      atMs: this.clock.now(),
      isAlive: (owner) => this.isAlive(owner, runId),
    });
    const record = await store.findRun(runId);
    if (record === null) throw runNotFound(runId);
    const before = restOf(record); // as it is now: somebody may have had the run in between
    const giveBack = async (error: unknown): Promise<never> => {
      await store.commit({ lease, rows: [], rest: before }); // what cannot be taken up is left as it was
      throw error;
    };
    return this.#beginnings.add(this.#takeUp(going, { compiled, store, lease, answers, before, options, hooks }).catch(giveBack));
  }

  async #takeUp(going: Going, taken: Omit<Launch, "pipeline" | "started" | "entries" | "letters">): Promise<LiveRun> {
    const { compiled, store, lease, answers } = taken;
    const recorded = await readRecorded(store, lease.runId);
    const letters = await store.letters(lease.runId, 0);
    this.#refuseClosed();
    const gone = answeredMeanwhile(recorded, answers.keys());
    if (gone !== null) throw await waitsNoMore(store, lease.runId, gone);
    const accepted = await this.#code.onRecord(going, lease, recorded);
    const { input, context } = recorded.started;
    const pipeline = new PipelineContext({ runId: lease.runId, input, context, reducers: compiled.plan.reducers });
    return this.#launch({ ...taken, ...accepted, letters, pipeline });
  }

  #launch(launch: Launch): LiveRun {
    const live = liveRunOf(this.machinery, launch);
    const { runId } = live;
    this.live.set(runId, live);
    live.start();
    this.mailbox.watch(launch.store);
    const forget = (): void => void (this.live.get(runId) === live && this.live.delete(runId));
    live.result.then(forget, forget);
    return live;
  }

  /** What came of a run, from its journal alone. */
  async read(record: RunRecord): Promise<RunResult<unknown>> {
    return readResult(await this.engine(), record);
  }

  /** What a run is looked at with. */
  async engine(): Promise<Engine> {
    const { core, clock, roundTrip: through } = this.machinery;
    return { core, store: await this.open(), clock, roundTrip: through };
  }

  /** Parks what is still running and lets go of the store. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.places?.close();
    for (const worker of this.workers) worker.stop();
    do {
      await this.begun(); // their callers get what came of them
      const open = [...this.live.values()];
      for (const live of open) live.park();
      await Promise.allSettled(open.map((live) => live.result)); // their callers get the outcome; here it only has to be over
    } while (await this.#spawned.goOn()); // one that was just being taken up is parked as soon as it is live
    this.mailbox.close();
    await this.machinery.toolServers.close();
    releaseOwner(this.owner);
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

  #refuseClosed(): void {
    if (this.#closing !== null) throw new FlujoError("flujo_closed", "This Flujo was closed.");
  }
}

/** What is known already, where a run cannot be gone on with because somebody else does that, or this Flujo was closed. */
function orElse<T>(known: T, error: unknown): T {
  if (FlujoError.is(error, "run_owned") || FlujoError.is(error, "flujo_closed")) return known;
  throw error;
}
