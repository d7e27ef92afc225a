import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { ExecutorCore } from "../core/executor-core.ts";
import type { JournalStore, RunLease } from "../journal/port.ts";
import type { CacheBackend } from "../model/cache-backend.ts";
import type { Entry, RunStarted } from "../model/entry.ts";
import type { Letter } from "../model/letter.ts";
import type { InstancePath } from "../model/path.ts";
import { withoutAttempts } from "../model/path.ts";
import type { RunRest } from "../model/run-record.ts";
import type { Compiled } from "../plan/compile.ts";
import type { DriveLog } from "../runtime/drive-log.ts";
import type { ModelPort } from "../runtime/model-port.ts";
import type { Performer } from "../runtime/performer.ts";
import { BoundPerformer } from "../runtime/performers/index.ts";
import type { SpawnPort } from "../runtime/spawn-port.ts";
import type { ToolServerPort } from "../runtime/tool-server-port.ts";
import { checkAnswer } from "./check-answer.ts";
import type { Continuation } from "./continuation.ts";
import { HookCalls } from "./hook-calls.ts";
import type { Hooks } from "./hooks.ts";
import { listenerOf } from "./listeners.ts";
import { LiveRun } from "./live-run.ts";
import type { ResumeOptions } from "./options.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import type { Spawn } from "./spawned.ts";

/** What one start or resume of a run brings together. */
export interface Launch {
  readonly compiled: Compiled;
  readonly pipeline: PipelineContext;
  readonly store: JournalStore;
  readonly lease: RunLease;
  readonly started: RunStarted;
  readonly entries: readonly Entry[];
  /** What is in its mailbox. */
  readonly letters: readonly Letter[];
  readonly answers: ReadonlyMap<InstancePath, unknown>;
  readonly before: RunRest;
  readonly options: ResumeOptions;
  /** Those of the Flujo, then those of the run. */
  readonly hooks: readonly Hooks[];
}

/** What all runs of one Flujo are driven with. */
export interface Machinery {
  readonly core: ExecutorCore;
  readonly clock: Clock;
  readonly roundTrip: ((value: unknown, where: string) => unknown) | null;
  readonly models: ModelPort;
  readonly toolServers: ToolServerPort;
  readonly resources: object;
  /** Where caches keep what they have, where neither they nor the store have a place for it. */
  readonly cache: CacheBackend;
  /** How long work that is told to stop has to do so, in milliseconds. */
  readonly graceMs: number;
  /** How far off a moment may be that a run is kept in memory for, in milliseconds. */
  readonly holdMs: number;
  /** Makes the run that goes on in the place of another, and gives its id. */
  readonly continueAs: (wanted: Continuation) => Promise<string>;
  /** Starts a run in the background of another, and gives its id. */
  readonly spawn: (wanted: Spawn) => Promise<string>;
  /** Puts something around what performs the operations of a run: a golden that answers, a fault. Null where nothing is. */
  readonly around: PerformerAround | null;
  /** Told what any run asks and how its frames end; null where nobody listens. */
  readonly log: DriveLog | null;
}

/** What is put around a performer is one itself. */
export type PerformerAround = (performer: Performer, run: { readonly runId: string }) => Performer;

/** What whoever drives runs for another purpose than to have them done may set. */
export interface Inner {
  /** What is put around the performer of every run. */
  readonly around?: PerformerAround | null;
  /** Told what any run asks and how its frames end. Default: nobody. */
  readonly log?: DriveLog | null;
  /** Whether runs that go on in the place of others are gone on with here. Default: true. */
  readonly follows?: boolean;
}

/** A run that is ready to be started. Its signal calls it off from now until it is at rest. */
export function liveRunOf(machinery: Machinery, launch: Launch): LiveRun {
  const { compiled, pipeline, store, lease, started, entries, letters, answers, before, options, hooks } = launch;
  const { core, clock, roundTrip, models, toolServers, resources, graceMs, holdMs, continueAs, around, log } = machinery;
  const { plan, bindings } = compiled;
  const { runId } = lease;
  const { initialPrompt } = pipeline;
  const { model, thread, input, atMs, retried } = started;
  const run = { runId, initialPrompt, thread, resources };
  const spawns: SpawnPort = { spawn: (wanted) => machinery.spawn({ ...wanted, parent: parentFor(wanted.key, started) ?? runId, model }) };
  const cache = store.cache ?? machinery.cache;
  const bound = new BoundPerformer({
    bindings,
    models,
    modelOverride: model,
    run,
    threads: store,
    cache,
    spawns,
    toolServers,
    clock,
    graceMs,
  });
  const performer = around === null ? bound : around(bound, { runId });
  const abort = (reason: string): void => live.abort(reason);
  const live: LiveRun = new LiveRun({
    input,
    entries,
    startedAtMs: atMs,
    retried,
    letters,
    before,
    core,
    store,
    clock,
    roundTrip,
    lease,
    plan,
    performer,
    pipeline,
    answers,
    onEvent: listenerOf(options, runId),
    hooks: hooks.length === 0 ? null : new HookCalls({ hooks, runId, pipeline: plan.name, model, abort }),
    graceMs,
    holdMs,
    log,
    continueAs: (wanted, context) => continueAs({ compiled, started: { runId, entry: started }, input: wanted, context }),
    checkSignal: (pause, value) => checkAnswer(compiled, { ...pause, key: pause.id }, value),
    isReading: false,
  });
  if (options.signal !== undefined) obey(live, options.signal);
  return live;
}

/** In a run that tries another again: the run that may have started it already; else null. */
function parentFor(key: InstancePath, { retried }: RunStarted): string | null {
  const place = withoutAttempts(key);
  if (retried === undefined || !Object.hasOwn(retried.keys, place)) return null;
  return retried.keys[place]?.slice(0, -place.length - 1) ?? null;
}

function obey(live: LiveRun, signal: AbortSignal): void {
  const cancel = (): void => live.cancel(reasonOf(signal));
  if (signal.aborted) return cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const forget = (): void => signal.removeEventListener("abort", cancel);
  live.result.then(forget, forget);
}

/** What was said when the signal was aborted; null where that is only what every aborted signal says. */
function reasonOf({ reason }: AbortSignal): string | null {
  if (typeof reason === "string") return reason === "" ? null : reason;
  return reason instanceof Error && reason.name !== "AbortError" ? messageOf(reason) : null;
}
