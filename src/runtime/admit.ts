import type { Op } from "../core/program.ts";
import type { Intent, Performer } from "./performer.ts";

/** What has to happen before an operation is performed. */
export type Admission =
  /** Nothing: it may start. */
  | { readonly kind: "start" }
  /** Its intent must be on record first. */
  | { readonly kind: "intend"; readonly intent: Intent }
  /** No performer has it: it waits for somebody outside. */
  | { readonly kind: "wait" };

/** It may start. */
export const START: Admission = Object.freeze({ kind: "start" });
const WAIT: Admission = Object.freeze({ kind: "wait" });

/** The one gate before any performer. What may hold an operation back, or must be known before it starts, is decided here. */
export function admit(op: Op, performer: Performer): Admission {
  if (op.kind === "human") return WAIT;
  const intent = performer.intentOf(op);
  return intent === null ? START : { kind: "intend", intent };
}
