import { isFinal } from "../../model/failure.ts";
import type { MapNode } from "../../model/node.ts";
import type { StepFailed, StepResult } from "../../model/step-result.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork } from "../program.ts";
import { Tally } from "../tally.ts";

/** The same program for every item, results in the order of the items. Each item sees the context as it was before the map. */
export function* runMap(frame: ExecutionFrame<MapNode>): Program<StepResult> {
  const { each, concurrency, onFailure } = frame.node;
  const tally = new Tally(frame);
  const items: unknown = frame.input;
  if (!Array.isArray(items)) return tally.failed(notAList(frame));
  tally.note("items", items.length);
  const results = yield* fork<StepResult>({
    count: items.length,
    concurrency,
    start: (index) => call(frame.child(each, { input: items[index], context: frame.context, atMs: frame.enteredAtMs, index })),
    stopsAfter: (result) => result.status === "failed" && (onFailure === "propagate" || isFinal(result.failure)),
  });
  const outputs: unknown[] = [];
  const writes: BranchWrites[] = [];
  let failed: StepFailed | null = null;
  for (const [index, result] of results.entries()) {
    if (result === undefined) continue;
    tally.include(result);
    if (result.status === "failed") {
      if (failed === null || failed.failure.code === "cancelled" || result.failure.code === "continued") failed = result;
      if (onFailure === "collect") outputs.push({ status: "failed", failure: result.failure });
      continue;
    }
    outputs.push(onFailure === "collect" ? { status: "succeeded", output: result.output } : result.output);
    if (result.writes.length > 0) writes.push({ name: `[${index}]`, writes: result.writes });
  }
  if (failed !== null && (onFailure === "propagate" || isFinal(failed.failure))) return tally.failed(failed.failure);
  return yield* join({ frame, tally, branches: writes, output: outputs });
}

function notAList(frame: ExecutionFrame<MapNode>) {
  return {
    code: "input_invalid" as const,
    message: `${frame.key}: a map takes a list, but was given ${frame.input === null ? "null" : typeof frame.input}.`,
    path: frame.key,
    retryable: false,
  };
}
