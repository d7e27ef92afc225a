import type { DecisionAbout } from "../../core/program.ts";
import type { OpKind } from "../../model/entry.ts";
import type { NodePath } from "../../model/path.ts";

/**
 * In what a run of the current code can differ from a golden:
 *
 * - `path`: the same question, found under another path: a step was renamed or moved;
 * - `added`, `missing`: an operation, or a wait, that was not there, or is not there any more;
 * - `request`: what is asked: wording, model, settings, tools, arguments, a step's input, what a person is shown;
 * - `output`: what came of it;
 * - `context`: what an operation writes to the context, or the context at the end;
 * - `order`: what runs one after the other does so in another order;
 * - `event`: what is in a journal beside operations;
 * - `usage`: tokens, calls, cost;
 * - `result`: how the run ends, and with what.
 */
export type DriftClass = "path" | "added" | "missing" | "request" | "output" | "context" | "order" | "event" | "usage" | "result";

/** What differs: an operation of some kind, what an agent is made of, or the run as a whole. */
export type DriftKind = OpKind | "agent" | "run";

/** One step of the way from the root to where something differs. */
export interface Lane {
  /** A name, `[3]`, `#2` or `?key`. */
  readonly token: string;
  /** Whether it runs at the same time as what stands beside it: items of a map, branches of a parallel, calls of one turn. */
  readonly atOnce: boolean;
}

/** What a difference means for others: what it may bring about, and what may have brought it about. */
export interface Flow {
  /** The way to its place. */
  readonly lanes: readonly Lane[];
  /** Whether what comes after it may be given something else because of it. */
  readonly carries: boolean;
  /** Whether what comes after it may see another context because of it. */
  readonly carriesContext: boolean;
  /** Whether it makes the run go another way: what succeeded fails, what failed succeeds. */
  readonly turns: boolean;
  /** Whether it is only that something was told to stop, or is not reached. */
  readonly stops: boolean;
  /** Whether it is a wait that one of the two runs has ended at, as nobody answered, and the other has not. */
  readonly ends: boolean;
  /** Of what came, went or moved: whether data decides that it is there (an item, an iteration, a branch, another attempt). */
  readonly optional: boolean;
  /** Of what came, went or moved: all with the same text came, went or moved together. */
  readonly group: string | null;
  /** Of what came or went: all with the same text stands at one point beside each other, so that it is one change of the code. */
  readonly edit: string | null;
  /** The agent whose conversation it is part of. */
  readonly agent: NodePath | null;
}

/** One thing in which two goldens differ, as data. */
export interface Drift {
  readonly class: DriftClass;
  readonly kind: DriftKind;
  /** The field that differs: `input`, `instructions`, `value`, `writes`, `usage` …; `operation` where it is there or not. */
  readonly about: string;
  /** Where it is now; where it was recorded, for what is missing. Of an agent, its place in the plan; empty for the run. */
  readonly path: string;
  /** Where it was recorded, where that is another place. */
  readonly wasAt: string | null;
  /** The name of the node or tool. */
  readonly name: string;
  /** Of a decision: what it is about. */
  readonly decides: DecisionAbout | null;
  readonly recorded: unknown;
  readonly now: unknown;
  readonly flow: Flow;
}
