import type { Json } from "../../base/json.ts";
import type { Completed, ToUndo } from "../../model/completed.ts";
import { latestFirst } from "../../model/completed.ts";
import type { Failure } from "../../model/failure.ts";
import { isFinal, sentenceOf } from "../../model/failure.ts";
import type { PlanNode, SagaNode } from "../../model/node.ts";
import { nodesIn } from "../../model/plan-nodes.ts";
import type { NodePath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, callShielded } from "../program.ts";
import { Tally } from "../tally.ts";

/**
 * A program that is undone where it fails: what was done in it and has a compensation, one after the other, the latest first,
 * each once. One that fails is told, and the others still run.
 */
export function* runSaga(frame: ExecutionFrame<SagaNode>): Program<StepResult> {
  const { node, input, context } = frame;
  const tally = new Tally(frame);
  const result = yield* call(frame.child(node.child, { input, context, atMs: tally.atMs }));
  tally.include(result);
  if (result.status === "succeeded") {
    if (!node.isInner) tally.takeCompleted(); // there is nobody left who could undo it
    return tally.succeeded(result.output, result.writes);
  }
  const { failure } = result;
  if (failure.code === "continued") return tally.failed(failure); // a run that goes on as another has not failed
  const left: Left[] = [];
  const undone: string[] = [];
  let calledOff: Failure | null = null;
  const compensations = compensationsIn(node.child);
  for (const completed of latestFirst(tally.takeCompleted())) {
    const why = yield* compensate(frame, { completed, compensation: compensations.get(completed.node), tally });
    if (why === null) undone.push(completed.path);
    else left.push({ path: completed.path, code: why.code, message: why.message });
    if (why !== null && isCalledOff(why)) calledOff = why;
  }
  if (undone.length > 0) tally.note("compensated", undone);
  return tally.failed(left.length === 0 ? failure : incomplete(frame, { failure: calledOff ?? failure, left, undone }));
}

/** Nothing more is begun in a run that was called off: its compensations end as they begin, and are told as what is left. */
function isCalledOff({ code, details }: Failure): boolean {
  return (
    code === "cancelled" && typeof details === "object" && details !== null && "reason" in details && details["reason"] === "cancelled"
  );
}

function compensationsIn(root: PlanNode): ReadonlyMap<NodePath, PlanNode> {
  const found = new Map<NodePath, PlanNode>();
  for (const { path, policy } of nodesIn(root)) if (policy?.compensation !== undefined) found.set(path, policy.compensation);
  return found;
}

interface Compensating {
  readonly completed: Completed;
  readonly compensation: PlanNode | undefined;
  readonly tally: Tally;
}

/** Null where it succeeded, else why it did not. What called the program off does not call off what undoes it. */
function* compensate(frame: ExecutionFrame<SagaNode>, { completed, compensation, tally }: Compensating): Program<Failure | null> {
  const { path, input, output } = completed;
  if (compensation === undefined) throw new RangeError(`${frame.key}: nothing is known of the compensation of ${path}.`);
  const given: ToUndo = { input, output };
  const context = contextOf(frame, completed);
  const child = frame.child(compensation, { input: given, context, atMs: tally.atMs, below: path });
  const result = yield* callShielded(child);
  tally.include(result);
  return result.status === "failed" ? result.failure : null;
}

/** The context as it was when the saga began, or the nested program in it that was done in: what was written since has failed with the saga. */
function contextOf({ context, node }: ExecutionFrame<SagaNode>, { within }: Completed): ContextState {
  if (within === undefined) return context;
  const nested = nodesIn(node).find(({ path }) => path === within.node);
  const reducers = nested?.kind === "nested" ? nested.reducers : {};
  return ContextState.of(within.context, reducers, { path: within.node, initialPrompt: within.initialPrompt });
}

/** What is still as it was done, and why. */
type Left = { readonly path: string; readonly code: string; readonly message: string };

interface Incomplete {
  readonly failure: Failure;
  readonly left: readonly Left[];
  readonly undone: readonly string[];
}

/** Why the program failed, and what is still as it was done. What was called off stays called off: nothing may catch that. */
function incomplete({ key }: ExecutionFrame, { failure, left, undone }: Incomplete): Failure {
  const of = left.length + undone.length;
  const [first] = left;
  const why = first === undefined ? "" : `: ${sentenceOf(first)}`;
  const count = `${left.length} of ${of} ${of === 1 ? "compensation" : "compensations"} in ${key}`;
  const message = `${sentenceOf(failure)} And ${count} did not succeed${why}`;
  const details = { because: { code: failure.code, message: failure.message, path: failure.path }, left, compensated: undone };
  if (isFinal(failure)) return { ...failure, message, details: { ...objectOf(failure.details), left, compensated: undone } };
  return { code: "compensation_failed", message, path: key, retryable: false, details };
}

function objectOf(details: Json | undefined): Readonly<Record<string, Json>> {
  return typeof details === "object" && details !== null && !Array.isArray(details) ? (details as Readonly<Record<string, Json>>) : {};
}
