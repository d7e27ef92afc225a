import { FlujoError, messageOf } from "../base/errors.ts";
import type { RunRecord } from "../model/run-record.ts";
import { isTerminal } from "../model/run-result.ts";
import type { Compiled } from "../plan/compile.ts";
import type { ReadyRun } from "./ready-runs.ts";
import { readyRuns } from "./ready-runs.ts";
import type { Runs } from "./runs.ts";
import type { ReadyBecause, WorkEvent, WorkOptions } from "./work-options.ts";

/** How often it is looked for runs that can go on, in milliseconds. */
const DEFAULT_POLL_MS = 1_000;
/** How many are gone on with at a time, where `maxLiveRuns` does not say. */
const MOST_AT_ONCE = 100;
/** A look may take this share of the time between two: where there is much to look at, it is looked at less often. */
const SHARE_OF_LOOKING = 0.1;

/** What a {@link Worker} works with. */
export interface WorkerParts {
  readonly runs: Runs;
  /** By their names. */
  readonly programs: ReadonlyMap<string, Compiled>;
  readonly mostAtOnce: number | undefined;
  readonly options: WorkOptions;
}

/**
 * Goes on with runs that nobody goes on with: those that are due or were sent something, were parked, or lost their
 * process. It looks for them at intervals, and holds one timer for all of them. What it finds stands in lines, one for
 * each program, and the lines take turns; while one is there, and while as many runs are live as may be, it does not look
 * for more.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #most: number;
  readonly #pollMs: number;
  /** Those that can go on now, by program, whoever could first stands first. */
  readonly #lines = new Map<string, ReadyRun[]>();
  /** Those that will be due before the next look, soonest first. */
  #soon: readonly ReadyRun[] = [];
  readonly #working = new Set<string>();
  /** Those that cannot be gone on with, as their record was then. */
  readonly #leftAlone = new Map<string, string>();
  #stopTimer: (() => void) | null = null;
  #nextLookMs = 0;
  #isLooking = false;
  #hasLooked = false;
  #hasComplained = false;
  #isOver = false;
  readonly #end = Promise.withResolvers<void>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#most = parts.mostAtOnce ?? MOST_AT_ONCE;
    this.#pollMs = parts.options.pollMs ?? DEFAULT_POLL_MS;
  }

  /** Works until it is told to stop. */
  async work(): Promise<void> {
    const { options, runs } = this.#parts;
    const { signal } = options;
    const stop = (): void => this.stop();
    if (signal?.aborted === true) return;
    await runs.open(); // what keeps it from being opened at all is the caller's to know
    signal?.addEventListener("abort", stop, { once: true });
    try {
      this.#goOn();
      await this.#end.promise;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#isOver = true;
      this.#disarm();
    }
  }

  /** Takes up nothing more. */
  stop(): void {
    this.#isOver = true;
    this.#disarm();
    this.#lines.clear();
    this.#soon = [];
    this.#goOn();
  }

  /** Takes up what can go on, then looks for more, or sets the timer for when there may be. */
  #goOn(): void {
    if (this.#isOver) {
      if (this.#working.size === 0 && !this.#isLooking) this.#end.resolve();
      return;
    }
    this.#disarm();
    const { clock } = this.#parts.runs;
    const nowMs = clock.now();
    this.#lineUp(nowMs);
    while (this.#working.size < this.#most) {
      const next = this.#nextInLine();
      if (next === null) break;
      this.#takeUp(next);
    }
    if (this.#isLooking || this.#lines.size > 0) return; // whoever comes to rest, or the look that ends, gets here again
    if (this.#parts.options.once === true && this.#hasLooked) {
      if (this.#working.size === 0) this.#end.resolve();
      return;
    }
    if (clock.ticks() >= this.#nextLookMs) return this.#look();
    const untilLookMs = Math.ceil(this.#nextLookMs - clock.ticks());
    const untilDueMs = (this.#soon[0]?.fromMs ?? Number.POSITIVE_INFINITY) - nowMs;
    this.#stopTimer = clock.after(Math.max(1, Math.min(untilLookMs, untilDueMs)), () => this.#goOn());
  }

  #disarm(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }

  /** Those whose time has come by now stand in line. */
  #lineUp(nowMs: number): void {
    const due = this.#soon.filter(({ fromMs }) => fromMs <= nowMs);
    if (due.length === 0) return;
    this.#soon = this.#soon.slice(due.length);
    for (const run of due) {
      const { pipeline } = run.record;
      const line = this.#lines.get(pipeline);
      if (line === undefined) this.#lines.set(pipeline, [run]);
      else line.push(run);
    }
  }

  /** The first of the line whose turn it is; that line is the last to have its turn again. */
  #nextInLine(): ReadyRun | null {
    for (const [pipeline, line] of this.#lines) {
      this.#lines.delete(pipeline);
      const next = line.shift();
      if (line.length > 0) this.#lines.set(pipeline, line);
      if (next !== undefined) return next;
    }
    return null;
  }

  #look(): void {
    const { clock } = this.#parts.runs;
    const beganAt = clock.ticks();
    this.#isLooking = true;
    this.#find().then(
      (found) => this.#looked(found, beganAt),
      (error: unknown) => {
        this.#complain(error);
        this.#looked([], beganAt);
      },
    );
  }

  #complain(error: unknown): void {
    if (FlujoError.is(error, "flujo_closed")) return this.stop();
    if (!this.#hasComplained) process.emitWarning(`Runs that can go on cannot be looked for: ${messageOf(error)}`, "FlujoWarning");
    this.#hasComplained = true;
  }

  async #find(): Promise<readonly ReadyRun[]> {
    const { runs } = this.#parts;
    const nowMs = runs.clock.now();
    return readyRuns(await runs.open(), {
      nowMs,
      untilMs: this.#parts.options.once === true ? nowMs : nowMs + this.#pollMs,
      self: runs.owner.instance,
      isRunning: (record) => runs.isRunning(record),
      isWanted: (record) => this.#isWanted(record),
    });
  }

  #looked(found: readonly ReadyRun[], beganAt: number): void {
    const { clock } = this.#parts.runs;
    const tookMs = clock.ticks() - beganAt;
    this.#isLooking = false;
    this.#hasLooked = true;
    this.#nextLookMs = beganAt + Math.max(this.#pollMs, tookMs / SHARE_OF_LOOKING);
    if (!this.#isOver) this.#soon = found;
    this.#goOn();
  }

  #isWanted(record: RunRecord): boolean {
    const { runs, programs } = this.#parts;
    const { runId, pipeline } = record;
    if (!programs.has(pipeline) || this.#working.has(runId) || runs.claiming.has(runId) || runs.heirs.has(runId)) return false;
    const before = this.#leftAlone.get(runId);
    if (before === undefined) return true;
    if (before === markOf(record)) return false;
    this.#leftAlone.delete(runId);
    return true;
  }

  #takeUp({ record, because }: ReadyRun): void {
    const { runId } = record;
    this.#working.add(runId);
    this.#resume(record, because)
      .catch((error: unknown) => this.#leaveAlone(record, error))
      .finally(() => {
        this.#working.delete(runId);
        this.#goOn();
      });
  }

  async #resume({ runId, pipeline, epoch }: RunRecord, because: ReadyBecause): Promise<void> {
    const { runs, programs } = this.#parts;
    const record = await runs.recordOf(runId);
    const compiled = programs.get(pipeline);
    if (compiled === undefined || record.epoch !== epoch || isTerminal(record.status)) return; // somebody else had it meanwhile
    let isTakenUp = false;
    const onRunStart = (): void => {
      if (!isTakenUp) this.#tell({ type: "taken-up", record, because }); // only now is it ours: others may have wanted it as well
      isTakenUp = true;
    };
    const result = await runs.resume({ compiled, runId, answers: new Map(), options: { hooks: { onRunStart } } });
    if (result.runId !== runId && !isTerminal((await runs.recordOf(runId)).status)) this.#leftAlone.set(runId, markOf(record)); // its fork goes on
    if (isTakenUp) this.#tell({ type: "at-rest", record, result });
  }

  /** What cannot be gone on with is said once, and not tried again as long as nothing about it changes. */
  async #leaveAlone({ runId }: RunRecord, error: unknown): Promise<void> {
    if (FlujoError.is(error, "flujo_closed")) return this.stop();
    if (FlujoError.is(error, "run_owned")) return; // another was faster, which is as well
    process.emitWarning(`Run ${runId} cannot be gone on with: ${messageOf(error)}`, "FlujoWarning");
    try {
      const record = await this.#parts.runs.recordOf(runId);
      this.#leftAlone.set(runId, markOf(record));
      this.#tell({ type: "left-alone", record, error });
    } catch (second) {
      this.#complain(second);
    }
  }

  #tell(event: WorkEvent): void {
    try {
      this.#parts.options.onRun?.(event);
    } catch (error) {
      process.emitWarning(`A listener of flujo.work threw: ${messageOf(error)}`, "FlujoWarning");
    }
  }
}

/** Changes with whatever may let a run go on that could not. */
function markOf({ status, epoch, updatedAtMs, wakeAtMs }: RunRecord): string {
  return [status, epoch, updatedAtMs, wakeAtMs].join(" ");
}
