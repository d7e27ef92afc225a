import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry, JournalStore, RunResult } from "../../../src/index.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import { openSqliteStore } from "../../../src/journal/sqlite/open-sqlite-store.ts";
import { ManualClock, scriptedModel } from "../../../src/testing/index.ts";
import { allKinds } from "../../kill/all-kinds.ts";
import { countEffectsIn } from "../../kill/effects.ts";
import { effectsIn } from "../../kill/evidence.ts";
import { watchedStore } from "../../kill/killing-store.ts";

/** How a run is called off: by its Flujo, by the signal it was given, or by a Flujo that has only the state file in common with it. */
export const WAYS = ["flujo.cancel", "its signal", "another Flujo"] as const;
export type Way = (typeof WAYS)[number];

/** Where a run is called off: right after the store has made this commit. The making of the run is commit 0; null for nowhere. */
export interface CancelPoint {
  readonly way: Way;
  readonly after: number | null;
}

/** What a run leaves behind that was called off. */
export interface CancelledTraces {
  readonly result: RunResult<unknown>;
  readonly journal: readonly Entry[];
  /** The result as another Flujo reads it from the journal. */
  readonly read: RunResult<unknown>;
  /** What a resume gives, and what it does. */
  readonly resumed: RunResult<unknown>;
  readonly doneByResume: readonly string[];
  /** What was done to the world until the word was on record, and after that. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly commits: number;
  /** How much time has passed from the call to the end. */
  readonly tookMs: number;
  /** Timers that are left, those that keep no process alive left out. */
  readonly timers: number;
  /** Why the word was refused; null where it was taken. */
  readonly refused: unknown;
}

const RUN_ID = "run-1";
const EARLY = { file: { decision: "approve" }, paid: { cents: 900 } };

/** The clerk of the program, as a model in this process. */
function clerk() {
  return scriptedModel(({ turn }) => {
    if (turn === 0) return { calls: [{ tool: "lookUp", input: { name: "gear" } }] };
    if (turn === 1) return { calls: [{ tool: "file", input: { name: "gear" } }] };
    return { json: { title: "a gear" } };
  });
}

/** A folder of its own for state and effects. */
export class Ground implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "flujo-cancel-"));
  readonly effects = join(this.#folder, "effects");
  #files = 0;

  stateFile(): string {
    return join(this.#folder, `${this.#files++}.db`);
  }

  /** Begins to count effects anew. */
  countAnew(): void {
    writeFileSync(this.effects, "");
    truncateSync(this.effects);
    countEffectsIn(this.effects);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Runs the program with all kinds, calls it off at the point, and looks at what is left. */
export async function cancelledRun(ground: Ground, { way, after }: CancelPoint): Promise<CancelledTraces> {
  ground.countAnew();
  const clock = new ManualClock();
  const isShared = way === "another Flujo";
  const file = ground.stateFile();
  const inner = isShared ? await openSqliteStore(file, { synchronous: "normal" }) : memoryStore();
  const other = isShared ? new Flujo({ state: await openSqliteStore(file, { synchronous: "normal" }), clock }) : null;
  const abort = new AbortController();
  let commits = 0;
  let doneBefore: readonly string[] | null = null;
  let calledAtMs = 0;
  const cancelling: Promise<unknown>[] = [];
  const call = (): void => {
    calledAtMs = clock.now();
    if (way === "its signal") abort.abort();
    else cancelling.push((other ?? flujo).cancel(RUN_ID, "enough").catch((error: unknown) => error));
  };
  const store = watchedStore(inner, (when, { number, entries }) => {
    if (when === "before" && entries.some(({ type }) => type === "cancel-requested")) doneBefore ??= effectsIn(ground.effects);
    if (when === "before") return;
    commits++;
    if (number === after) call();
  });
  const flujo = new Flujo({ state: store, clock, models: { "openai-compatible:kill-test": clerk() } });
  const result = await untilItEnds(flujo, { clock, signal: abort.signal, inner });
  const tookMs = clock.now() - calledAtMs;
  const [told] = await Promise.all(cancelling.map((called) => inSteps(clock, called)));
  const done = effectsIn(ground.effects);
  const record = await flujo.find(RUN_ID);
  if (record?.status === "cancelled") doneBefore ??= done.filter((line) => !line.startsWith("closes ")); // it was at rest
  const timers = clock.sleepers;
  const reader = new Flujo({ state: inner, clock });
  const read = await reader.result(RUN_ID);
  const journal = await inner.entries({ runId: RUN_ID });
  const resumed = await reader.resume(allKinds, RUN_ID);
  await flujo.close();
  await other?.close();
  const before = doneBefore ?? done;
  const doneByResume = effectsIn(ground.effects).slice(done.length);
  const refused = told instanceof Error ? told : null;
  return { result, journal, read, resumed, before, after: without(done, before), doneByResume, commits, tookMs, timers, refused };
}

function without(all: readonly string[], taken: readonly string[]): readonly string[] {
  const left = [...all];
  for (const line of taken) left.splice(left.indexOf(line), 1);
  return left;
}

interface Driving {
  readonly clock: ManualClock;
  readonly signal: AbortSignal;
  readonly inner: JournalStore;
}

/** Drives the run until it has ended; whenever it rests until some moment, that moment comes. */
async function untilItEnds(flujo: Flujo, { clock, signal, inner }: Driving): Promise<RunResult<unknown>> {
  const posted: Promise<unknown>[] = [];
  const onEvent = (event: { readonly family: string; readonly entry?: Entry }): void => {
    if (event.entry?.type === "run-started")
      for (const [name, value] of Object.entries(EARLY))
        posted.push(Promise.resolve(inner.post({ runId: RUN_ID, kind: "signal", name, value, atMs: 0 })));
  };
  let result: RunResult<unknown> = await inSteps(clock, flujo.run(allKinds, "ten bolts", { runId: RUN_ID, signal, onEvent }));
  await Promise.all(posted);
  while (result.status === "paused") {
    const { status } = (await flujo.find(RUN_ID)) ?? { status: "running" };
    if (status === "cancelled") return flujo.result(RUN_ID);
    if (result.wakeAtMs !== null) await clock.advance(result.wakeAtMs - clock.now());
    result = await inSteps(clock, flujo.resume(allKinds, RUN_ID, { signal }));
  }
  return result;
}

/** Lets time pass in small steps, for as long as it takes. */
async function inSteps<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const progress = { isSettled: false };
  const note = (): void => void (progress.isSettled = true);
  promise.then(note, note);
  for (let step = 0; step < 20_000 && !progress.isSettled; step++) await clock.advance(step < 20 ? 0 : 50);
  if (!progress.isSettled) throw new Error("It stands still.");
  return promise;
}
