import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { Op } from "../core/program.ts";
import type { Fibre } from "./fibre.ts";
import { ForkState } from "./fibre.ts";
import type { LiveWatch } from "./live-watch.ts";

/** An operation that was asked for and has no outcome, and the innermost frame that it belongs to. */
export interface OpenOperation {
  readonly frame: ExecutionFrame;
  readonly op: Op;
}

/** Where a run stands: all that its fibres wait for, outer forks before inner ones, branches in their order. */
export function openOperations(root: Fibre): readonly OpenOperation[] {
  const found: OpenOperation[] = [];
  const open: { readonly fibre: Fibre; readonly around: ExecutionFrame | null }[] = [{ fibre: root, around: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { fibre, around } = next;
    const frame = fibre.marks.findLast((mark) => mark !== null)?.frame ?? around;
    const { waitsFor } = fibre;
    if (waitsFor instanceof ForkState) {
      for (const forked of [...waitsFor.running].reverse()) open.push({ fibre: forked, around: frame });
    } else if (waitsFor !== null && frame !== null) found.push({ frame, op: waitsFor.op });
  }
  return found;
}

/** Tells of the frames that a replay has led into, which go on from here: outer before inner, branches in their order. */
export function tellOpenFrames(root: Fibre, watch: LiveWatch): void {
  const open = [root];
  for (let fibre = open.pop(); fibre !== undefined; fibre = open.pop()) {
    for (const mark of fibre.marks) {
      if (fibre.cancelled !== null) return; // the run was called off, perhaps by whoever was told
      if (mark === null) continue;
      mark.isTold = true;
      watch.stepStarts(mark.frame, true);
    }
    if (fibre.waitsFor instanceof ForkState) open.push(...[...fibre.waitsFor.running].reverse());
  }
}
