import type { Completed } from "../../model/completed.ts";
import type { NestedNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { Entered } from "../context/context-state.ts";
import { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** A program with a context of its own. Nothing it writes is seen outside but what its mapping says when it has succeeded. */
export function* runNested(frame: ExecutionFrame<NestedNode>): Program<StepResult> {
  const { node, key, input, context } = frame;
  const tally = new Tally(frame);
  const asked = { kind: "decide", fingerprint: node.fingerprint, name: node.name, node: node.path } as const;
  const entered = yield* perform({ ...asked, key: decisionPath(key, "enter"), about: "enter", value: input, context });
  tally.count(entered);
  if (entered.outcome.status === "failed") return tally.failed(entered.outcome.failure);
  const { context: start, initialPrompt } = entered.outcome.value as Entered; // the performer has made it
  const inner = ContextState.of(start, node.reducers, { path: node.path, initialPrompt });
  const result = yield* call(frame.child(node.child, { input, context: inner, atMs: tally.atMs }));
  tally.include(withinIt(result, { node: node.path, context: start, initialPrompt }));
  if (result.status === "failed") return tally.failed(result.failure);
  const after = inner.with(result.writes);
  if (result.writes.length > 0) {
    const whole = yield* perform({ ...asked, key: decisionPath(key, "context"), about: "context", value: null, context: after });
    tally.count(whole);
    if (whole.outcome.status === "failed") return tally.failed(whole.outcome.failure);
  }
  if (!node.mapsOut) return tally.succeeded(result.output);
  const left = yield* perform({
    ...asked,
    key: decisionPath(key, "leave"),
    about: "leave",
    value: result.output,
    context,
    detail: after,
  });
  tally.count(left);
  if (left.outcome.status === "failed") return tally.failed(left.outcome.failure);
  return tally.succeeded(result.output, left.outcome.value as readonly Patch[]); // the performer has made and checked them
}

/** What was done in it is undone in its context, as that was when it began, wherever the saga stands. */
function withinIt(result: StepResult, within: NonNullable<Completed["within"]>): StepResult {
  const { completed } = result;
  if (completed === undefined) return result;
  return { ...result, completed: completed.map((each) => (each.within === undefined ? { ...each, within } : each)) };
}
