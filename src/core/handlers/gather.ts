import type { GatherNode } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { Tally } from "../tally.ts";

/** Gives what it was given: the sequence around it has picked that, since it alone knows what its members gave. Asks for nothing. */
export function runGather(frame: ExecutionFrame<GatherNode>): Program<StepResult> {
  const tally = new Tally(frame);
  tally.note("gathered", Object.keys(frame.node.picks));
  const value = tally.succeeded(frame.input);
  const program: Program<StepResult> = { next: () => ({ done: true, value }), [Symbol.iterator]: () => program };
  return program;
}
