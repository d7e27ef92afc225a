import { flushCompileCache } from "node:module";
import { messageOf, FlujoError } from "../../src/base/errors.ts";
import type { AnyStep, Clock, JournalStore, ResumeOptions, RunResult } from "../../src/index.ts";
import { Flujo, systemClock } from "../../src/index.ts";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { allKinds } from "./all-kinds.ts";
import { composedKinds } from "./composed-kinds.ts";
import { countEffectsIn } from "./effects.ts";
import { journey, threeTools } from "./journey.ts";
import type { KillPoint, SeenCommit } from "./killing-store.ts";
import { killThisProcess, watchedStore } from "./killing-store.ts";

// The process that is killed, or that goes on where another was killed. It does what it is told over IPC.

/** What a child is asked to do with a run. */
export interface ChildOrder {
  readonly verb: "run" | "resume";
  readonly program: keyof typeof PROGRAMS;
  readonly runId: string;
  readonly file: string;
  readonly effects: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** Where it is to die; null for not at all. */
  readonly kill: KillPoint | null;
  /** Die after the commit that holds the outcome of so many tools. */
  readonly killAfterTools: number | null;
}

/** What a child says when it is done. */
export type ChildReport =
  | { readonly kind: "result"; readonly result: unknown; readonly commits: number }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly details: unknown }
  | { readonly kind: "ready" };

/** What is run, whether its time is the machine's or stands still unless everything waits for it, and what is sent to it before it asks. */
interface Program {
  readonly program: AnyStep;
  readonly isTimeless: boolean;
  readonly early: Readonly<Record<string, unknown>>;
}

const PROGRAMS = {
  journey: { program: journey, isTimeless: false, early: {} },
  threeTools: { program: threeTools, isTimeless: false, early: {} },
  allKinds: { program: allKinds, isTimeless: true, early: { file: { decision: "approve" }, paid: { cents: 900 } } },
  composedKinds: { program: composedKinds, isTimeless: true, early: { ask: "a day" } },
} as const satisfies Readonly<Record<string, Program>>;

async function obey(order: ChildOrder): Promise<ChildReport> {
  countEffectsIn(order.effects);
  let commits = 0;
  let tools = 0;
  const watch = (when: "before" | "after", { number, entries }: SeenCommit): void => {
    if (when === "after") commits++;
    if (order.kill?.when === when && order.kill.commit === number) killThisProcess();
    if (when === "before") return;
    tools += entries.filter((entry) => entry.type === "operation-finished" && entry.op === "tool").length;
    if (order.killAfterTools !== null && tools >= order.killAfterTools) killThisProcess();
  };
  const inner = await openSqliteStore(order.file, { synchronous: "normal" });
  const { isTimeless } = PROGRAMS[order.program];
  const clock = isTimeless ? new ManualClock(await stoodStillAt(inner, order.runId)) : systemClock;
  await using flujo = new Flujo({ state: watchedStore(inner, watch), env: order.env, clock });
  const result = await untilItEnds(flujo, { order, clock, inner });
  return { kind: "result", result: { ...result }, commits };
}

/** The time of the last entry: where nobody is there, time stands still. */
async function stoodStillAt(store: JournalStore, runId: string): Promise<number | undefined> {
  return (await store.entries({ runId })).at(-1)?.atMs;
}

interface Doing {
  readonly order: ChildOrder;
  readonly clock: Clock;
  readonly inner: JournalStore;
}

/** Runs it or goes on with it, and again whenever it is due. */
async function untilItEnds(flujo: Flujo, { order, clock, inner }: Doing): Promise<RunResult<unknown>> {
  const { verb, runId, input } = order;
  const { program, early }: Program = PROGRAMS[order.program];
  const inTime = <T>(promise: Promise<T>): Promise<T> => (clock instanceof ManualClock ? clock.until(promise) : promise);
  const post = (): Promise<void> => postOnce(inner, runId, early);
  const options: ResumeOptions = { onEvent: (event) => void (event.family === "entry" && event.entry.type === "run-started" && post()) };
  if (verb === "resume") await post();
  const going = verb === "run" ? flujo.run(program, input as never, { ...options, runId }) : flujo.resume(program, runId);
  let result = await inTime(going);
  if (!(clock instanceof ManualClock)) return result;
  while (result.status === "paused" && result.wakeAtMs !== null) {
    await clock.advance(result.wakeAtMs - clock.now());
    result = await inTime(flujo.resume(program, runId));
  }
  return result;
}

/** Sends what is not there yet, in this order. */
async function postOnce(store: JournalStore, runId: string, early: Readonly<Record<string, unknown>>): Promise<void> {
  const names = new Set((await store.letters(runId, 0)).map(({ name }) => name));
  for (const [name, value] of Object.entries(early))
    if (!names.has(name)) await store.post({ runId, kind: "signal", name, value, atMs: 0 });
}

function report(said: ChildReport): void {
  flushCompileCache(); // it will be killed, and would write nothing then
  process.send?.(said);
}

process.on("message", (order: ChildOrder) => {
  obey(order).then(report, (error: unknown) => {
    const known = FlujoError.is(error);
    report({ kind: "error", code: known ? error.code : "unknown", message: messageOf(error), details: known ? error.details : null });
  });
});
process.on("disconnect", () => process.exit(0));
report({ kind: "ready" });
