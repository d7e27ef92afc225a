import type { RunResult } from "../../../src/index.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import type { Entry } from "../../../src/model/entry.ts";
import { ManualClock } from "../../../src/testing/index.ts";
import { crashingStore } from "./crashing-store.ts";
import type { Ground, Spec } from "./random-pipeline.ts";
import { programOf } from "./random-pipeline.ts";

/** How a process ends before the run does: it dies when this commit has got there, or is closed in good order at that time. */
export type Interruption = { readonly kind: "crash"; readonly commit: number } | { readonly kind: "close"; readonly afterMs: number };

/** One process's part in a run. */
export interface Part {
  /** The journal as this process found it. */
  readonly found: readonly Entry[];
  /** What its functions were called for. */
  readonly called: readonly string[];
  readonly commits: number;
}

export interface Simulated {
  readonly result: RunResult<unknown>;
  readonly journal: readonly Entry[];
  readonly parts: readonly Part[];
  /** The result as it is read from the journal alone, afterwards. */
  readonly read: RunResult<unknown>;
}

/** How a simulated run goes. */
export interface Circumstances {
  readonly interruptions: readonly Interruption[];
  /** Added to every latency, by the place of the call: shuffles completion orders. */
  readonly jitter?: readonly number[];
  /** Which of several pauses is answered first. */
  readonly pick?: number;
  /** Whether the scheduler is made to yield to the event loop as often as it can be. */
  readonly isHasty?: boolean;
  /** When the run is called off in its last process; null for never. */
  readonly cancelAfterMs?: number | null;
}

/** A simulated run needs no real time; one that stands still for so long will never go on. */
const STUCK_MS = 10_000;

const RUN = { runId: "run-1" } as const;

/** A clock on which every look says that the programs have been driven for too long. */
class HastyClock extends ManualClock {
  #ticks = 0;

  override ticks(): number {
    this.#ticks += 9;
    return this.#ticks;
  }
}

/** Runs a pipeline in as many processes as it takes. Answers are made of the pause's id, so they are the same whoever gives them. */
export async function simulate(spec: Spec, circumstances: Circumstances): Promise<Simulated> {
  const inner = memoryStore();
  const parts: Part[] = [];
  for (let process = 0; ; process++) {
    const found = process === 0 ? [] : await inner.entries(RUN);
    const called: string[] = [];
    const end = circumstances.interruptions[process] ?? null;
    const crashing = crashingStore(inner, end?.kind === "crash" ? end.commit : null);
    const result = await lifeOf({ spec, circumstances, end, process, called, crashing });
    parts.push({ found, called, commits: crashing.commits });
    if (result === null) continue;
    const reader = new Flujo({ state: inner });
    return { result, journal: await inner.entries(RUN), parts, read: await reader.result(RUN.runId) };
  }
}

interface Life {
  readonly spec: Spec;
  readonly circumstances: Circumstances;
  readonly end: Interruption | null;
  readonly process: number;
  readonly called: string[];
  readonly crashing: ReturnType<typeof crashingStore>;
}

/** What one process comes to: the run's end, or null where the process ended first. */
async function lifeOf({ spec, circumstances, end, process, called, crashing }: Life): Promise<RunResult<unknown> | null> {
  const { jitter = [0], pick = 0, isHasty = false, cancelAfterMs = null } = circumstances;
  const startMs = Date.UTC(2030, 0, 1 + process);
  const clock = isHasty ? new HastyClock(startMs) : new ManualClock(startMs);
  let calls = 0;
  let isDead = false;
  const ground: Ground = {
    called: (what) => {
      if (!isDead) called.push(what);
    },
    wait: (ms) => {
      const added = jitter[calls++ % jitter.length] ?? 0;
      return ms + added === 0 ? null : clock.sleep(ms + added);
    },
  };
  const program = programOf(spec, ground);
  const flujo = new Flujo({ state: crashing.store, clock });
  const closing = end?.kind === "close" ? clock.sleep(end.afterMs).then(() => "closing" as const) : new Promise<never>(() => undefined);
  const abort = new AbortController();
  const { signal } = abort;
  if (end === null && cancelAfterMs !== null) clock.after(cancelAfterMs, () => abort.abort());
  let going = process === 0 ? flujo.run(program, "in" as never, { ...RUN, signal }) : flujo.resume(program, RUN.runId, { signal });
  for (;;) {
    const came = await withinTime(clock, Promise.race([going, crashing.crashed, closing]));
    if (came === "crashed") {
      isDead = true;
      going.catch(() => undefined); // a dead process has nobody to tell
      return null;
    }
    const result = came === "closing" ? await closed(flujo, { going, clock }) : came;
    if (result.status === "stopped") return null;
    if (came === "closing" && result.status === "paused") return null;
    if (result.status !== "paused") return result;
    const pause = result.pauses[pick % result.pauses.length];
    if (pause === undefined) throw new Error("It is paused, and waits for nothing.");
    going = flujo.answer(program, RUN.runId, { pause: pause.id, value: `answer to ${pause.id}`, options: { signal } });
  }
}

async function withinTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("The run stands still.")), STUCK_MS);
  try {
    return await clock.until(Promise.race([promise, stuck]));
  } finally {
    clearTimeout(timer);
  }
}

async function closed(
  flujo: Flujo,
  { going, clock }: { readonly going: Promise<RunResult<unknown>>; readonly clock: ManualClock },
): Promise<RunResult<unknown>> {
  await clock.until(flujo.close());
  return clock.until(going);
}
