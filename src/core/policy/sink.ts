import type { FieldPath, Patch } from "../../model/patch.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult, StepSucceeded } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Tally } from "../tally.ts";

/** What is written where. */
export interface Sinking {
  readonly to: FieldPath;
  readonly result: StepSucceeded;
  readonly tally: Tally;
}

/** Writes what a node gave to the context, too, after what it wrote itself, and has the context checked. */
export function* sink(frame: ExecutionFrame, { to, result, tally }: Sinking): Program<StepResult> {
  const { node, key, context } = frame;
  const [field] = to;
  const value = result.output;
  const patch: Patch = Object.hasOwn(context.reducers, field) ? { op: "contribute", field, value } : { op: "set", path: to, value };
  const writes = [...result.writes, patch];
  const checked = yield* perform({
    kind: "decide",
    key: decisionPath(key, "sink"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "context",
    value: null,
    context: context.with(writes),
    detail: patch,
  });
  tally.count(checked);
  return checked.outcome.status === "succeeded" ? tally.succeeded(result.output, writes) : tally.failed(checked.outcome.failure);
}
