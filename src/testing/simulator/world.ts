import { FlujoError, messageOf } from "../../base/errors.ts";
import { nextTurn, sleep } from "../../base/system.ts";
import type { AnyStep } from "../../dsl/program.ts";
import { definitionOf } from "../../dsl/program.ts";
import { memoryStore } from "../../journal/memory/memory-store.ts";
import type { JournalStore } from "../../journal/port.ts";
import { agentsIn, nodesIn } from "../../model/plan-nodes.ts";
import type { RunEvent } from "../../model/run-event.ts";
import type { RunResult } from "../../model/run-result.ts";
import { isTerminal } from "../../model/run-result.ts";
import { compile } from "../../plan/compile.ts";
import { Flujo } from "../../runner/flujo.ts";
import type { ResumeOptions } from "../../runner/options.ts";
import { Agenda } from "./agenda.ts";
import { Stream } from "./draws.ts";
import type { Crash } from "./fate.ts";
import { Fate } from "./fate.ts";
import { Ledger } from "./ledger.ts";
import { loadAgents } from "./load-agents.ts";
import { Outside } from "./outside.ts";
import { never, SimulatedProcess } from "./process.ts";
import type { ProgramSource } from "./program-source.ts";
import type { CallCounts } from "./sim.ts";
import { simOf } from "./sim.ts";
import type { Pace, StoreSurroundings } from "./simulated-store.ts";
import { storeOf } from "./simulated-store.ts";
import type { AnySimulation, Simulated } from "./simulation.ts";
import { Trace } from "./trace.ts";
import { endInWords } from "./words.ts";

const START_MS = Date.UTC(2030, 0, 1);
/** How long nobody has the run after a process has died, or before somebody hears of a letter. */
const DOWN_MS = [0, 0, 1, 4, 30, 300];
/** Programs with agents go through packages that take several turns of the event loop to answer. */
const QUIET_TURNS_OF_AGENTS = 8;
/** How often in a row nothing but idle timers may go off: the looks into a mailbox, say. */
const MOST_IDLE = 1_000;
const MOST_EVENTS = 2_000_000;
const MOST_RESUMES = 1_000;
/** How many turns of the event loop go by between two events at most. */
const MOST_TURNS = 100;
/** How long the packages behind agents may take to load, in real milliseconds. */
const PATIENCE_MS = 5_000;

/** {@link AnySimulation}, and where its processes have their program from. */
export interface WorldParts {
  readonly simulation: AnySimulation;
  readonly source: ProgramSource;
}

/** One history while it goes on: the processes, the store between them, the outside, and time. */
export class World {
  readonly #simulation: AnySimulation;
  readonly #source: ProgramSource;
  readonly runId: string;
  readonly inner: JournalStore;
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly ledger = new Ledger();
  readonly outside: Outside;
  readonly counts = { writes: 0, pulse: 0 };
  readonly processes: SimulatedProcess[] = [];
  readonly crashes: Crash[] = [];
  readonly calls: CallCounts = new Map();
  readonly #fate: Fate;
  readonly #store: StoreSurroundings;
  readonly #draws: Stream;
  readonly #isHasty: boolean;
  readonly #built = new Map<SimulatedProcess, Simulated<AnyStep>>();
  #own: SimulatedProcess | null = null;
  #desk: SimulatedProcess | null = null;
  /** Whether a caller was told how the run ended. */
  #isEndTold = false;
  /** Whether somebody will come soon to go on with the run. */
  #isComing = false;
  /** For when somebody will come because it can go on by itself then. */
  #alarmMs: number | null = null;
  #fault: { readonly error: unknown } | null = null;
  #idle = 0;
  #events = 0;
  #timesOwned = 0;
  #quietTurns = 1;
  /** Whether the program starts runs that go on beside it, and have timers of their own. */
  #startsOthers = false;
  /** How often a process has gone on with the run. */
  resumes = 0;

  constructor({ simulation, source }: WorldParts) {
    const { seed, crashes = "random", delivery = "random", store = (inner) => inner } = simulation;
    this.#simulation = simulation;
    this.#source = source;
    this.runId = `sim-${seed}`;
    this.inner = store(memoryStore());
    this.#draws = new Stream(seed, "world");
    this.agenda = new Agenda(START_MS, new Stream(seed, "order"));
    this.trace = new Trace(() => this.agenda.nowMs);
    this.#fate = new Fate(crashes, new Stream(seed, "crashes"));
    this.#isHasty = this.#draws.chance(0.25);
    const pace: Pace = this.#draws.chance(0.5) ? { kind: "at-once" } : { kind: "later", maxMs: this.#draws.pick([0, 1, 5]) };
    this.outside = new Outside({
      runId: this.runId,
      agenda: this.agenda,
      draws: new Stream(seed, "outside"),
      trace: this.trace,
      isUnreliable: delivery === "random",
      own: () => (this.#own?.isAlive === true ? this.#own : null),
      desk: () => this.#openDesk(),
      answer: (value, pause) => this.#answer(value, pause),
      onFault: (error) => this.#fail(error),
    });
    this.#store = {
      inner: this.inner,
      pace,
      draws: new Stream(seed, "store"),
      agenda: this.agenda,
      fate: this.#fate,
      trace: this.trace,
      ledger: this.ledger,
      runId: this.runId,
      isAlive: (owner) => [...this.processes, this.#desk].some((process) => process?.owner?.instance === owner.instance && process.isAlive),
      onDeath: (process, crash) => this.#kill(process, crash),
      onWaits: (entries) => this.outside.opened(entries),
      counts: this.counts,
    };
  }

  /** Milliseconds since 1970 of the simulated clock when the history began. */
  get startMs(): number {
    return START_MS;
  }

  /** Virtual milliseconds since the beginning. */
  get passedMs(): number {
    return this.agenda.nowMs - START_MS;
  }

  /** Lets it all happen. @throws Whatever must not happen and did. */
  async live(): Promise<void> {
    const { process, built } = this.#spawn();
    const { seed, script } = this.#simulation;
    if (script !== undefined) this.outside.begin(script(new Stream(seed, "script")));
    const { root } = compile(definitionOf(built.program)).plan;
    this.#startsOthers = nodesIn(root).some(({ kind }) => kind === "background");
    if (agentsIn(root).length > 0) {
      this.#quietTurns = QUIET_TURNS_OF_AGENTS;
      await loadAgents();
    }
    this.#drive(process);
    for (;;) {
      await this.#settle();
      this.#tend();
      if (this.#fault !== null) throw this.#fault.error;
      if (this.#isOver()) return this.#end();
      if (!this.#moveOn()) await this.#waitOutside();
    }
  }

  /**
   * What was begun runs until nothing goes on any more but what waits for its time. All promises that can go on come before the
   * next turn of the event loop: where nothing else takes turns, one is enough. Agents take some, and so does whoever sends
   * something to a run that is just changing hands, who looks again turn after turn.
   */
  async #settle(): Promise<void> {
    const { counts } = this;
    for (let quiet = 0, turns = 0; quiet < this.#quietTurns && turns < MOST_TURNS; turns++) {
      const { pulse } = counts;
      await nextTurn();
      const goesOn = counts.pulse !== pulse && (this.#quietTurns > 1 || this.outside.isBusy);
      quiet = goesOn ? 0 : quiet + 1;
    }
  }

  /** Looks after the run: lets die who is doomed, and sees to it that somebody comes where somebody is needed. */
  #tend(): void {
    const { ledger, agenda } = this;
    for (const process of [this.#own, this.#desk])
      if (process?.isAlive === true && process.doom !== null) this.#kill(process, process.doom);
    if (this.#needsSomebody()) return this.#sendSomebody(this.#draws.pick(DOWN_MS));
    const own = this.#own;
    if (ledger.status === "paused" && own?.isAlive === true && own.calls === 0) this.#rests(own);
    const { wakeAtMs } = ledger;
    if (ledger.status !== "paused" || wakeAtMs === null || this.#alarmMs === wakeAtMs) return;
    this.#alarmMs = wakeAtMs;
    const afterMs = Math.max(0, wakeAtMs - agenda.nowMs) + this.#draws.pick(DOWN_MS);
    agenda.add({ afterMs, owner: this, kind: "world", happens: () => this.#come() });
  }

  /** A process whose run waits ends, or waits with it. Either way it must hold no timer for it. */
  #rests(process: SimulatedProcess): void {
    if (process.timers > 0 && !this.#startsOthers)
      this.#fail(new Error(`${process.name} has ${process.timers} timers although its run is at rest`));
    if (!this.#draws.chance(0.5)) return;
    this.trace.add(process.name, "ends, since the run waits");
    this.#bury(process);
  }

  #needsSomebody(): boolean {
    const { ledger, agenda } = this;
    if (this.#isComing || (this.#own?.isAlive === true && this.#own.calls > 0)) return false;
    if (ledger.status === "paused") return ledger.hasLetter || (ledger.wakeAtMs !== null && ledger.wakeAtMs <= agenda.nowMs);
    return ledger.status === null || !isTerminal(ledger.status) || !this.#isEndTold;
  }

  #sendSomebody(afterMs: number): void {
    this.#isComing = true;
    const happens = (): void => {
      this.#isComing = false;
      this.#come();
    };
    this.agenda.add({ afterMs, owner: this, kind: "world", happens });
  }

  #come(): void {
    if (!this.#needsSomebody()) return;
    this.#drive(this.#own?.isAlive === true ? this.#own : this.#spawn().process);
  }

  #isOver(): boolean {
    const { ledger } = this;
    if (this.#isComing || this.outside.left > 0 || (this.#own?.isAlive === true && this.#own.calls > 0)) return false;
    if (ledger.status === "paused") return ledger.wakeAtMs === null && !ledger.hasLetter;
    return ledger.status !== null && isTerminal(ledger.status) && this.#isEndTold;
  }

  get #isSomebodyDoomed(): boolean {
    return [this.#own, this.#desk].some((process) => process !== null && process.isAlive && process.doom !== null);
  }

  /** Lets happen what comes next, and with it some of what comes at the same time. */
  #moveOn(): boolean {
    if (++this.#events > MOST_EVENTS) this.#fail(new Error(`it does not end: ${MOST_EVENTS} things have happened`));
    this.#idle = this.agenda.busy > 0 ? 0 : this.#idle + 1;
    if (this.#idle > MOST_IDLE || !this.agenda.next()) return false;
    while (!this.#isSomebodyDoomed && this.#draws.chance(0.5) && this.agenda.nextAtOnce());
    return true;
  }

  /** Nothing is left to happen, and it is not over: packages may take their time to load. Nothing else is waited for that is not simulated. */
  async #waitOutside(): Promise<void> {
    const { pulse } = this.counts;
    for (let waited = 0; this.#quietTurns > 1 && waited < PATIENCE_MS; waited += 10) {
      await sleep(10);
      if (this.counts.pulse === pulse) continue;
      this.trace.add("world", "waited for something that is not simulated");
      return;
    }
    this.#fail(new Error("it stands still: nothing is left to happen, and it is neither over nor paused"));
  }

  /** Everybody goes home in good order. */
  async #end(): Promise<void> {
    for (const process of [this.#own, this.#desk]) {
      if (process?.isAlive !== true) continue;
      await this.#close(process);
      if (!process.isAlive) continue;
      if (process.timers > 0) throw new Error(`${process.name} has ${process.timers} timers although its Flujo is closed`);
      process.die();
    }
  }

  /** Closing waits for runs that go on beside the one of the history: for them time has to pass, and a write of theirs may be the last. */
  async #close(process: SimulatedProcess): Promise<void> {
    const closing = process.flujo.close().then(() => true);
    const isClosed = (): Promise<boolean> => Promise.race([closing, nextTurn().then(() => false)]);
    while (!(await isClosed())) {
      await this.#settle();
      if (!process.isAlive) return;
      if (process.doom !== null) this.#kill(process, process.doom);
      else if (!this.#moveOn()) await this.#waitOutside();
      if (this.#fault !== null) throw this.#fault.error;
    }
  }

  #newProcess(name: string, number: number): SimulatedProcess {
    const { seed } = this.#simulation;
    return new SimulatedProcess({ name, number, agenda: this.agenda, draws: new Stream(seed, `clock of ${name}`), isHasty: this.#isHasty });
  }

  #spawn(): { readonly process: SimulatedProcess; readonly built: Simulated<AnyStep> } {
    const { trace, calls, counts } = this;
    const { seed, flujo = {} } = this.#simulation;
    const number = this.processes.length;
    const process = this.#newProcess(`process ${number}`, number);
    this.processes.push(process);
    this.#own = process;
    this.#fate.begins(counts.writes);
    const built = this.#source(simOf({ seed, process, trace, calls, counts }));
    this.#built.set(process, built);
    process.flujo = new Flujo({ ...flujo, state: storeOf(process, this.#store), clock: process });
    return { process, built };
  }

  #openDesk(): SimulatedProcess {
    if (this.#desk?.isAlive === true) return this.#desk;
    const desk = this.#newProcess("desk", -1);
    desk.flujo = new Flujo({ ...this.#simulation.flujo, state: storeOf(desk, this.#store), clock: desk });
    this.#desk = desk;
    return desk;
  }

  #drive(process: SimulatedProcess): void {
    const built = this.#builtOf(process);
    const { flujo } = process;
    const listening = this.#listening(process);
    if (this.ledger.status === null) {
      this.trace.add(process.name, "runs the program");
      const running = flujo.run(built.program, built.input, { ...built.options, ...listening, runId: this.runId });
      return this.#heed(process, running);
    }
    if (++this.resumes > MOST_RESUMES)
      return this.#fail(new Error(`it is gone on with again and again: ${MOST_RESUMES} times, and it does not end`));
    this.trace.add(process.name, "goes on with the run");
    this.#heed(process, flujo.resume(built.program, this.runId, listening));
  }

  #heed(process: SimulatedProcess, call: Promise<RunResult<unknown>>): void {
    this.#follow(process, call).catch((error: unknown) => this.#refused(process, error));
  }

  #answer(value: unknown, pause: string | undefined): { readonly process: SimulatedProcess; readonly done: Promise<unknown> } | null {
    const { status } = this.ledger;
    const isAtRest = status !== null && status !== "running" && status !== "stopped";
    if (this.#own?.isAlive !== true && !isAtRest) return null;
    const process = this.#own?.isAlive === true ? this.#own : this.#spawn().process;
    const options = this.#listening(process);
    const answer = pause === undefined ? { value, options } : { value, pause, options };
    return { process, done: this.#follow(process, process.flujo.answer(this.#builtOf(process).program, this.runId, answer)) };
  }

  #builtOf(process: SimulatedProcess): Simulated<AnyStep> {
    const built = this.#built.get(process);
    if (built === undefined) throw new TypeError(`${process.name} has no program.`);
    return built;
  }

  #listening(process: SimulatedProcess): ResumeOptions {
    const { onEvent, onProgress, live, hooks } = this.#builtOf(process).options ?? {};
    const listen = (event: RunEvent): void => {
      if (!process.isAlive) return;
      if (event.family === "entry") process.told.push(event.entry);
      else if (event.type === "operation-started") process.started.push({ path: event.path, found: process.found });
      onEvent?.(event);
    };
    return {
      signal: process.abort.signal,
      onEvent: listen,
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(live === undefined ? {} : { live }),
      ...(hooks === undefined ? {} : { hooks }),
    };
  }

  /** Hears what comes of a call, if the process lives to hear it. The promise it gives is told the same. */
  async #follow(process: SimulatedProcess, call: Promise<RunResult<unknown>>): Promise<void> {
    process.calls++;
    const came = await call.then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    if (!process.isAlive) return never();
    process.calls--;
    if ("error" in came) throw came.error;
    const { result } = came;
    process.results.push(result);
    if (isTerminal(result.status)) this.#isEndTold = true;
    this.trace.add(process.name, () => `is told: ${endInWords(result)}`);
  }

  /** Somebody else may be about to end the run; whatever else keeps it from going on must not be. */
  #refused(process: SimulatedProcess, error: unknown): void {
    this.trace.add(process.name, () => `is refused: ${messageOf(error)}`);
    if (!FlujoError.is(error, "run_owned") || ++this.#timesOwned > MOST_IDLE) this.#fail(error);
  }

  #kill(process: SimulatedProcess, crash: Crash): void {
    this.crashes.push(crash);
    this.trace.add(process.name, `dies of write ${crash.write}, ${crash.kind}`);
    this.#bury(process);
  }

  #bury(process: SimulatedProcess): void {
    process.die();
    this.#built.delete(process);
    this.outside.died(process);
  }

  #fail(error: unknown): void {
    this.#fault ??= { error };
  }
}
