import type { DecisionAbout, Op } from "../core/program.ts";
import type { Intent, Performer } from "./performer.ts";

/** What has to happen before an operation is performed. */
export type Admission =
  /** Nothing: it may start; where it declares an effect, once the decisions that led to it are on record. */
  | { readonly kind: "start"; readonly afterDecisions: boolean }
  /** Its intent must be on record first. */
  | { readonly kind: "intend"; readonly intent: Intent }
  /** No performer has it: it waits for somebody outside. */
  | { readonly kind: "wait" };

/** It may start. */
export const START: Admission = Object.freeze({ kind: "start", afterDecisions: false });
/** What led here must not be decided otherwise after a crash. */
const START_WITH_EFFECT: Admission = Object.freeze({ kind: "start", afterDecisions: true });
const WAIT: Admission = Object.freeze({ kind: "wait" });

/** The one gate before any performer. What may hold an operation back, or must be known before it starts, is decided here. */
export function admit(op: Op, performer: Performer): Admission {
  if (isWait(op)) return WAIT;
  const intent = performer.intentOf(op);
  if (intent !== null) return { kind: "intend", intent };
  if (op.kind === "decide") return isOnlyAsked(op) ? START : START_WITH_EFFECT;
  return op.kind === "step" && op.node.effect !== "none" ? START_WITH_EFFECT : START;
}

/** Whether nobody performs it: it ends by what comes from outside, or by time. */
export function isWait({ kind }: Op): boolean {
  return kind === "human" || kind === "signal" || kind === "sleep";
}

const LEAVES_SOMETHING: ReadonlySet<DecisionAbout> = new Set<DecisionAbout>(["remember", "failed", "keep", "spawn"]);

/**
 * A decision that leaves nothing behind is asked at once; one that does (what a thread remembers, what a cache keeps, what is started, who is told of a failure)
 * waits for the commit of what led to it.
 */
export function isOnlyAsked(op: Op): boolean {
  return op.kind === "decide" && !LEAVES_SOMETHING.has(op.about);
}
