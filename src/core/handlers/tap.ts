import { isFinal } from "../../model/failure.ts";
import type { TapNode } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call } from "../program.ts";
import { Tally } from "../tally.ts";

/** Runs a program on what passes, and passes that on, whatever the program gives. What it wrote to the context is kept. */
export function* runTap(frame: ExecutionFrame<TapNode>): Program<StepResult> {
  const { node, input, context } = frame;
  const tally = new Tally(frame);
  const result = yield* call(frame.child(node.child, { input, context, atMs: tally.atMs }));
  tally.include(result);
  if (result.status === "succeeded") return tally.succeeded(input, result.writes);
  if (node.onError === "fail" || isFinal(result.failure)) return tally.failed(result.failure);
  tally.note("ignored", result.failure.message);
  return tally.succeeded(input);
}
