import type { PlanNode } from "../model/node.ts";
import type { Patch } from "../model/patch.ts";
import { decisionPath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ContextState } from "./context/context-state.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { call, perform } from "./program.ts";
import type { Tally } from "./tally.ts";

/** What a reducer has to work with. */
export interface Reducing {
  readonly frame: ExecutionFrame;
  readonly tally: Tally;
  /** A function of the author's, or a program. */
  readonly by: "decided" | PlanNode;
  /** What all of them gave, as it would be the output without a reducer. */
  readonly results: unknown;
  /** What they wrote, as one list. */
  readonly writes: readonly Patch[];
}

/** Makes one thing of what members that ran at the same time gave; it sees the context as their writes have left it. */
export function* reduce({ frame, tally, by, results, writes }: Reducing): Program<StepResult> {
  const context = frame.context.with(writes);
  if (by !== "decided") return yield* judge({ frame, tally, by, results, writes }, context, by);
  const { node } = frame;
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(frame.key, "reduce"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "reduce",
    value: results,
    context,
    detail: { input: frame.input },
  });
  tally.count(decided);
  const { outcome } = decided;
  return outcome.status === "succeeded" ? tally.succeeded(outcome.value, writes) : tally.failed(outcome.failure);
}

function* judge({ frame, tally, results, writes }: Reducing, context: ContextState, program: PlanNode): Program<StepResult> {
  const input = { input: frame.input, results };
  const result = yield* call(frame.child(program, { input, context, atMs: tally.atMs }));
  tally.include(result);
  if (result.status === "failed") return tally.failed(result.failure);
  return tally.succeeded(result.output, result.writes.length === 0 ? writes : [...writes, ...result.writes]);
}
