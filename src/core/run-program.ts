import type { PlanNode } from "../model/node.ts";
import { decisionPath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { call, perform } from "./program.ts";
import { Tally } from "./tally.ts";

/** A whole run: its root frame, then, where anything was written, a look at the context as a whole. */
export function* runProgram(root: ExecutionFrame<PlanNode>): Program<StepResult> {
  const result = yield* call(root);
  if (result.status === "failed" || result.writes.length === 0) return result;
  const { node, key } = root;
  const checked = yield* perform({
    kind: "decide",
    key: decisionPath(key, "end"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "context",
    value: null,
    context: root.context.with(result.writes),
  });
  if (checked.outcome.status === "succeeded") return result;
  const tally = new Tally(root);
  tally.include(result);
  return tally.failed(checked.outcome.failure);
}
