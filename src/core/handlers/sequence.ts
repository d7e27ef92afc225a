import type { GatherNode, PlanNode, SequenceNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call } from "../program.ts";
import { Tally } from "../tally.ts";

/** One after the other: each output is the next input, each sees what those before it wrote. A failure ends it. */
export function* runSequence(frame: ExecutionFrame<SequenceNode>): Program<StepResult> {
  const tally = new Tally(frame);
  const writes: Patch[] = [];
  let input = frame.input;
  let context = frame.context;
  const { children, keeps } = frame.node;
  const kept = keeps === undefined ? null : new Map<string, unknown>();
  for (let at = 0; at < children.length; at++) {
    // an iterator would be kept, with all that it needs, while each child runs
    const child = children[at] as PlanNode;
    if (kept !== null && child.kind === "gather") input = picked(child, kept);
    const result = yield* call(frame.child(child, { input, context, atMs: tally.atMs }));
    tally.include(result);
    if (result.status === "failed") return tally.failed(result.failure);
    input = result.output;
    if (kept !== null && keeps?.includes(child.segment) === true) kept.set(child.segment, input);
    context = context.with(result.writes);
    for (const write of result.writes) writes.push(write);
  }
  return tally.succeeded(input, writes.length === 0 ? NO_PATCHES : writes);
}

/** What a gather is given, and gives: the outputs that it picks, under its own keys. */
function picked({ picks }: GatherNode, kept: ReadonlyMap<string, unknown>): object {
  return Object.fromEntries(Object.entries(picks).map(([key, segment]) => [key, kept.get(segment)]));
}
