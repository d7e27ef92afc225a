import type { ContextStartOf } from "../dsl/fits.ts";
import type { AnyStep } from "../dsl/program.ts";
import type { Resources } from "../dsl/resources.ts";
import type { JournalStore } from "../journal/port.ts";
import type { ProgressEvent, RunEvent } from "../model/run-event.ts";
import type { RunRecord, RunSource } from "../model/run-record.ts";
import type { Clock } from "../base/clock.ts";
import type { ProviderOptions } from "../agents/provider-options.ts";
import type { Hooks } from "./hooks.ts";

/**
 * What becomes of a run whose code has changed since it began: a function, a schema, or a node that it has used or may
 * still use. Texts, options and order are no such thing: a run keeps those that it began with.
 *
 * - `refuse`: `plan_changed`, which names what changed. Nothing is done.
 * - `continue`: it is put on record that the change is accepted, and the run goes on: what is recorded stays, what comes is
 *   done by the new code. A later resume with the same code needs no word. Where a node that it needs is gone, it is refused.
 * - `fork`: a new run of the program now loaded, with an id of its own (`orders-7-fork-2`), keeps every outcome that does not
 *   depend on what changed, and goes on: the result is its. The old run stays as it is.
 */
export type OnCodeChange = "refuse" | "continue" | "fork";

/** What a {@link Flujo} is made with. Everything has a default. */
export interface FlujoOptions {
  /**
   * Where journals live: `"memory"` (the default: gone with the process), `"sqlite:PATH"` (made if it is not there), or
   * a store of your own.
   */
  readonly state?: "memory" | `sqlite:${string}` | JournalStore;
  /**
   * How much a commit to SQLite survives. `full` (the default): a power cut. `normal`: a killed process, but not a power
   * cut; several times faster on slow disks.
   */
  readonly durability?: "full" | "normal";
  /** Models by name, beside those that are built in: `{ "acme:large": model }`. A function is called when it is first used. */
  readonly models?: Readonly<Record<string, object | (() => object | Promise<object>)>>;
  /**
   * Providers by the name before the `:`: servers, provider objects of the AI SDK, or functions that give one, called once,
   * at the first use. For `openai`, `anthropic`, `google` and the others built in, other settings than theirs.
   */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
  /** Where API keys are looked up. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Passes every outcome through the codec also in memory, so that memory and durable mode cannot differ. Default: true
   * where `NODE_ENV` is `test`, else false.
   */
  readonly strict?: boolean;
  /** Given to every step and tool as `context.resources`: database handles, clients. Declare {@link Resources} to have them typed. */
  readonly resources?: Resources;
  /**
   * How long a step, a model call or a tool has to stop when its run is called off, and a resource to close, in milliseconds.
   * What goes on after that is left to itself, and its outcome says so. @defaultValue `5_000`
   */
  readonly graceMs?: number;
  /**
   * How far off a moment may be, in milliseconds, for which a run that waits for nothing else is kept in memory. For a later
   * one it comes to rest as `paused`, and {@link Flujo.work} or a resume goes on with it. @defaultValue `10_000`
   */
  readonly holdMs?: number;
  /**
   * How many runs may be live at a time. Those beyond it wait their turn, first come first served, and are not on record
   * until then; `flujo.cancel` and their `signal` call them off, closing refuses them. A step that starts a run of the same
   * Flujo and waits for it keeps its own run's place meanwhile: with too few, both wait for ever. Default: no limit.
   */
  readonly maxLiveRuns?: number;
  /** What becomes of runs whose code has changed since they began, where the resume does not say. @defaultValue `"refuse"` */
  readonly onCodeChange?: OnCodeChange;
  /** Called while runs go on, in the order given, before the hooks of the run itself. Default: none. */
  readonly hooks?: Hooks | readonly Hooks[];
  /** Time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What one run is started with. Everything has a default. */
export interface RunOptions<Ctx = unknown> {
  /** The context it begins with; default: what the context's schema makes of `{}`. */
  readonly context?: Ctx;
  /** An id of your own: 1 to 100 of letters, digits, `.`, `_`, `-`. Default: a UUID version 7. */
  readonly runId?: string;
  /** The model that every agent of this run uses instead of its own: `provider:model`. */
  readonly model?: string;
  /**
   * The conversation this run is part of, by a name of your own: `customer-42`. Agents that declare a `history` are given
   * what was said in it before, and what they say is kept in it.
   */
  readonly thread?: string;
  /** Aborting it cancels the run: what is in flight is told to stop, and the run ends as `cancelled`. */
  readonly signal?: AbortSignal;
  /** Called with everything that happens, after it was committed. What it throws becomes a warning of the process; the run goes on. */
  readonly onEvent?: (event: RunEvent) => void;
  /**
   * Called with what goes on in between, as it happens: operations that start, the pieces of a model's text, what steps and
   * tools report. What it throws becomes a warning of the process; the run goes on.
   */
  readonly onProgress?: (event: ProgressEvent) => void;
  /**
   * Makes progress from the beginning although nobody listens yet, so that a reader of `flujo.events()` who comes later is
   * told what is under way from its first word. Default: false; operations that begin unwatched then tell nothing until
   * their entry, and cost nothing for it.
   */
  readonly live?: boolean;
  /** Called while this run goes on, after those of the Flujo. They belong to this call: a resume is given its own. */
  readonly hooks?: Hooks | readonly Hooks[];
  /** Where the program was loaded from, so that the command line can find it again. */
  readonly source?: RunSource;
}

/** {@link RunOptions} for one program: its context is what its schema takes. */
export type RunOptionsOf<P> = RunOptions<[AnyStep] extends [P] ? unknown : ContextStartOf<P>>;

/** What an interrupted or paused run is continued with. */
export interface ResumeOptions extends Pick<RunOptions, "signal" | "onEvent" | "onProgress" | "live" | "hooks"> {
  /** What becomes of it where the code it is bound to has changed. Default: as the Flujo says. */
  readonly onCodeChange?: OnCodeChange;
}

/** Which events of a run are wanted, and for how long. */
export interface EventsOptions {
  /** From this seq on. Default: 0, the first entry. After the entry with seq n, go on with `n + 1`. */
  readonly fromSeq?: number;
  /** Aborting it ends the reading. The run is not touched. */
  readonly signal?: AbortSignal;
}

/** An answer to a pause. */
export interface Answer {
  /** Which pause: its id, or its name where that is enough. May be left out where the run waits for one thing only. */
  readonly pause?: string;
  readonly value: unknown;
}

/** A run that was sent a signal: its record as it is then. */
export interface SignalReceipt extends RunRecord {
  /** Whether it waited for this very signal when it was sent. A signal that it does not wait for yet is kept until it does. */
  readonly isAwaited: boolean;
  /**
   * When the time of what it was for was over, in milliseconds since 1970: it came later, and is kept for the next wait of its
   * name. Null where it came in time, or nothing of its name was waited for.
   */
  readonly overAtMs: number | null;
}

/** What `flujo.check` looks at beside the program itself. */
export interface Check {
  /** What a run would begin with; left out, neither input nor context is looked at. */
  readonly start?: { readonly input: unknown; readonly context?: unknown };
  /** The model that every agent would use instead of its own. */
  readonly model?: string;
}

/** What `flujo.examine` looks at beside the state and the providers. */
export interface Examine {
  /** Programs whose models and tool servers are looked at too. Their tool servers are started, or connected to. */
  readonly programs?: readonly AnyStep[];
  /** The model that every agent would use instead of its own. */
  readonly model?: string;
  /**
   * Asks each provider that is set up for its list of models, which costs nothing, and takes at most 5 seconds. Without it
   * only Ollama and LM Studio on this machine are asked. @defaultValue `false`
   */
  readonly ping?: boolean;
  /** Aborting it ends the looking, with the signal's reason. */
  readonly signal?: AbortSignal;
}
