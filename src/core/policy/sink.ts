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
  const reducer = Object.hasOwn(context.reducers, field) ? context.reducers[field] : undefined;
  const patch: Patch = reducer === undefined ? { op: "set", path: to, value } : { op: "contribute", field, value };
  const isOwn = reducer === "own"; // then what is asked for is what the field becomes
  const checked = yield* perform({
    kind: "decide",
    key: decisionPath(key, "sink"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "context",
    value: null,
    context: context.with(isOwn ? result.writes : [...result.writes, patch]),
    detail: patch,
  });
  tally.count(checked);
  const { outcome } = checked;
  if (outcome.status === "failed") return tally.failed(outcome.failure);
  const made = isOwn ? ({ ...patch, after: outcome.value } as Patch) : patch; // the performer has made it
  return tally.succeeded(result.output, [...result.writes, made]);
}
