import type { ParallelNode } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork } from "../program.ts";
import { Tally } from "../tally.ts";

/** All branches on the same input. Under `propagate` the first failure cancels the others; under `ignore` they go on without it. */
export function* runParallel(frame: ExecutionFrame<ParallelNode>): Program<StepResult> {
  const { branches, concurrency, onFailure } = frame.node;
  const tally = new Tally(frame);
  const results = yield* fork<StepResult>({
    count: branches.length,
    concurrency,
    start: (index) => startBranch(frame, index),
    stopsAfter: (result) => result.status === "failed" && onFailure === "propagate",
  });
  const output: Record<string, unknown> = {};
  const writes: BranchWrites[] = [];
  let failed: (StepResult & { status: "failed" }) | null = null;
  const ignored: string[] = [];
  for (const [index, branch] of branches.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    tally.include(result);
    if (result.status === "succeeded") {
      Object.defineProperty(output, branch.segment, { value: result.output, enumerable: true, writable: true, configurable: true }); // a branch may be called __proto__
      writes.push({ name: branch.segment, writes: result.writes });
    } else {
      ignored.push(branch.segment);
      failed = earlier(failed, result);
    }
  }
  if (failed !== null && (onFailure === "propagate" || failed.failure.code === "cancelled")) return tally.failed(failed.failure);
  if (ignored.length > 0) tally.note("ignored", ignored);
  return yield* join({ frame, tally, branches: writes, output });
}

function startBranch(frame: ExecutionFrame<ParallelNode>, index: number): Program<StepResult> {
  const branch = frame.node.branches[index];
  if (branch === undefined) throw new RangeError(`${frame.key} has no branch ${index}.`);
  return call(frame.child(branch, { input: frame.input, context: frame.context, atMs: frame.enteredAtMs }));
}

/** The failure that ended it, not those of the branches that were cancelled because of it. */
function earlier(a: (StepResult & { status: "failed" }) | null, b: StepResult & { status: "failed" }) {
  return a === null || (a.failure.code === "cancelled" && b.failure.code !== "cancelled") ? b : a;
}
