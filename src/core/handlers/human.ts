import type { HumanNode, SignalNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";
import { waitFor } from "../wait-for.ts";

/** Works out what to show, then waits for a person. Passes `{ input, answer }` on. */
export function* runHuman(frame: ExecutionFrame<HumanNode>): Program<StepResult> {
  const { node, key, input, context } = frame;
  const tally = new Tally(frame);
  const shown = yield* perform({
    kind: "decide",
    key: decisionPath(key, "show"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "show",
    value: input,
    context,
  });
  tally.count(shown);
  if (shown.outcome.status === "failed") return tally.failed(shown.outcome.failure);
  return yield* waitFor({ frame, tally, kind: "human", show: shown.outcome.value, gives: (answer) => ({ input, answer }) });
}

/** Waits for a signal from outside, which may be there already. Passes `{ input, signal }` on. */
export function* runSignal(frame: ExecutionFrame<SignalNode>): Program<StepResult> {
  const { input } = frame;
  return yield* waitFor({ frame, tally: new Tally(frame), kind: "signal", show: null, gives: (signal) => ({ input, signal }) });
}
