import type { BackgroundNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Has a run of its own started, and passes its id on. What becomes of that run is nothing to this one. */
export function* runBackground(frame: ExecutionFrame<BackgroundNode>): Program<StepResult> {
  const { node, key, input, context } = frame;
  const tally = new Tally(frame);
  const spawned = yield* perform({
    kind: "decide",
    key: decisionPath(key, "spawn"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "spawn",
    value: input,
    context,
  });
  tally.count(spawned);
  if (spawned.outcome.status === "failed") return tally.failed(spawned.outcome.failure);
  const runId = spawned.outcome.value as string; // the performer has made it
  tally.note("spawned", runId);
  return tally.succeeded({ runId });
}
