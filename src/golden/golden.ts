import type { Json } from "../base/json.ts";
import type { DecisionAbout } from "../core/program.ts";
import type { Cost } from "../model/cost.ts";
import type { OpKind, WaitKind } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { Patch } from "../model/patch.ts";
import type { InstancePath, NodePath } from "../model/path.ts";
import type { Usage } from "../model/usage.ts";

/** The version of the form that goldens are written in. Older ones are migrated when they are read. */
export const GOLDEN_FORMAT = 1;

/**
 * A run as a regression test has it: all that it asked and was answered, in an order that does not depend on which of
 * several things at once was quicker, without ids, times and whatever else differs from one run to the next.
 *
 * It is a reading of a journal (design section 1): nothing in it is written down while a run goes on.
 */
export interface Golden {
  readonly pipeline: string;
  /** The version its author gave the pipeline; null where none. */
  readonly version: string | null;
  /** The hash of the plan that it was recorded with. */
  readonly plan: string;
  /** Where the program is, so that it can be found to check it: `FILE#EXPORT` from the folder that `goldens/` is in; null where only code knows. */
  readonly source: string | null;
  /** When its time begins, in milliseconds since 1970. In a golden time stands still, except where the run waits for it. */
  readonly startsAtMs: number;
  /** What random numbers are drawn from. */
  readonly seed: string;
  readonly input: unknown;
  /** The context it began with. */
  readonly context: unknown;
  /** The model every agent used instead of its own, or null. */
  readonly model: string | null;
  /** The conversation it was part of, or null. */
  readonly thread: string | null;
  /** What the agents that were asked something were made of, by their place in the plan. */
  readonly agents: Readonly<Record<NodePath, GoldenAgent>>;
  /** Canonical order: siblings that run one after the other in that order, those that run at once by index or as declared. */
  readonly operations: readonly GoldenOperation[];
  /** What is in the journal beside operations, in its order. */
  readonly events: readonly GoldenEvent[];
  readonly result: GoldenResult;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** What an agent is, as far as its model sees it; what a turn adds to that is in the turn's own request. */
export interface GoldenAgent {
  readonly model: string;
  /** Null where a function says them: then the answer is the decision `instructions`. */
  readonly instructions: string | null;
  readonly settings: ModelSettings;
  readonly toolChoice: ToolChoice;
  readonly tools: readonly GoldenTool[];
  readonly providerTools: readonly ProviderTool[];
  readonly outputSchema: Json | null;
}

/** A tool, as a model is told of it. */
export interface GoldenTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
}

/** One operation: what was asked, and what came of it. */
export interface GoldenOperation {
  readonly path: InstancePath;
  readonly kind: OpKind;
  /** What is decided; null for what is no decision. */
  readonly about: DecisionAbout | null;
  /** What is waited for; null for what is no wait. A `deadline` is the time that something else may take. */
  readonly waitsFor: WaitKind | "deadline" | null;
  /** The name of the node or tool. */
  readonly name: string;
  /** By kind, see {@link GoldenRequest}. */
  readonly request: GoldenRequest;
  /** Null where it has none: what a run that is paused or was stopped had asked. */
  readonly response: GoldenResponse | null;
  /**
   * Its place among all outcomes of the run, where a race was decided by which came first. Null elsewhere: what was under
   * way at once has no order there.
   */
  readonly nth: number | null;
}

/**
 * What was asked:
 *
 * - `step`: its `input`, and `feedback` where an attempt before it failed;
 * - `decide`: the `value` it is about, and the `detail`;
 * - `model`: what the transcript has that the call `after` it did not have (`added`), `history` where its thread has one;
 * - `tool`: the `tool` and its `input`, as its schema has made it;
 * - `human`: what was `shown` and the `answerSchema`; `signal`: the `answerSchema`; `sleep`: nothing.
 */
export type GoldenRequest = Readonly<Record<string, unknown>>;

/** What came of an operation. Usage and cost are left out where there were none. */
export type GoldenResponse =
  | {
      readonly status: "succeeded";
      readonly value: unknown;
      readonly writes: readonly Patch[];
      readonly usage?: Usage;
      readonly cost?: Cost;
    }
  | { readonly status: "failed"; readonly failure: Failure; readonly usage?: Usage; readonly cost?: Cost };

/** What is in a journal and is no operation. */
export type GoldenEvent =
  | { readonly type: "cancel-requested"; readonly reason: string; readonly nth: number }
  /** A signal that did not fit what waited for it. */
  | { readonly type: "signal-dropped"; readonly name: string; readonly path: InstancePath; readonly problem: string };

/** How it ended, or what it waited for. */
export type GoldenResult =
  | { readonly status: "succeeded"; readonly output: unknown; readonly context: unknown; readonly continued: boolean }
  | { readonly status: "failed"; readonly failure: Failure; readonly context: unknown }
  | { readonly status: "cancelled"; readonly reason: string | null; readonly context: unknown }
  | { readonly status: "paused"; readonly waitsAt: readonly InstancePath[]; readonly context: unknown }
  | { readonly status: "stopped"; readonly context: unknown };
