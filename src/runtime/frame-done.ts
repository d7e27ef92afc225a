import type { FrameDone } from "../model/entry.ts";
import type { PlanNode } from "../model/node.ts";
import type { StepResult } from "../model/step-result.ts";
import type { FrameMark, LastOutcome } from "./fibre.ts";

/** When and how a frame ended. */
export interface FrameEnd {
  readonly seq: number;
  readonly atMs: number;
  readonly result: StepResult;
  /** The last outcome its fibre has seen. */
  readonly last: LastOutcome | null;
}

/** The entry of a frame that has ended. Where its output is the very value of an operation below it, it only points to that. */
export function frameDone({ frame, fromSeq }: FrameMark, { seq, atMs, result, last }: FrameEnd): FrameDone {
  const outputAt = result.status === "succeeded" && last !== null && isSame(result.output, last.value) ? last.seq : null;
  const kept: StepResult = outputAt === null ? result : ({ ...result, output: null } as StepResult);
  return { type: "frame-done", seq, atMs, key: frame.doneKey, fingerprint: frame.node.fingerprint, fromSeq, result: kept, outputAt };
}

function isSame(output: unknown, value: unknown): boolean {
  return output === value && (typeof output === "object" || (typeof output === "string" && output.length > 100));
}

/** Nodes that end with their one operation, whose entry says all that there is to say. What a question that nobody answered comes to is more. */
export function isSaidByItsEntry(node: PlanNode): boolean {
  return node.kind === "step" || (node.kind === "human" && node.limit === undefined);
}
