import type { Entry } from "../../../src/index.ts";
import { attemptPath, parseInstancePath } from "../../../src/model/path.ts";

/** Calls of one kind over the whole life of a run that was killed on its way, as they were counted outside it. */
export interface CallFacts {
  readonly undisturbed: number;
  readonly beforeKill: number;
  readonly afterKill: number;
  /** Begun before the kill, and without an outcome in the journal: these may be made again. */
  readonly inFlight: number;
  /** Made again although their outcome was in the journal. Must be 0. */
  readonly repeated: number;
}

/** What was counted of one kind of call. */
export interface Counted {
  readonly undisturbed: readonly string[];
  readonly beforeKill: readonly string[];
  readonly afterKill: readonly string[];
}

/**
 * Questions to the model. A line is the fingerprint of a prompt, and no two of a run are alike; so a line that comes
 * again is a question that was asked again. The journal says how many had an answer at the kill.
 */
export function modelFacts(counted: Counted, atKill: readonly Entry[]): CallFacts {
  const answered = atKill.filter((entry) => entry.type === "operation-finished" && entry.op === "model").length;
  const inFlight = counted.beforeKill.length - answered;
  const before = new Set(counted.beforeKill);
  const again = counted.afterKill.filter((line) => before.has(line)).length;
  return { ...sizesOf(counted), inFlight, repeated: Math.max(0, again - inFlight) };
}

/** Calls to the systems around the desk. A line names its operation and attempt, so each can be looked up in the journal. */
export function deskFacts(counted: Counted, atKill: readonly Entry[]): CallFacts {
  const recorded = new Set<string>(atKill.filter((entry) => entry.type === "operation-finished").map(({ key }) => key));
  const isRecorded = (line: string): boolean => recorded.has(operationOf(line));
  const inFlight = counted.beforeKill.filter((line) => !isRecorded(line)).length;
  return { ...sizesOf(counted), inFlight, repeated: counted.afterKill.filter(isRecorded).length };
}

function sizesOf({ undisturbed, beforeKill, afterKill }: Counted): Pick<CallFacts, "undisturbed" | "beforeKill" | "afterKill"> {
  return { undisturbed: undisturbed.length, beforeKill: beforeKill.length, afterKill: afterKill.length };
}

/** The key of its entry: an idempotency key is `run:path`, without the attempt. */
function operationOf(line: string): string {
  const { idempotencyKey, attempt } = JSON.parse(line) as { readonly idempotencyKey: string; readonly attempt: number };
  return attemptPath(parseInstancePath(idempotencyKey.slice(idempotencyKey.indexOf(":") + 1)), attempt);
}
