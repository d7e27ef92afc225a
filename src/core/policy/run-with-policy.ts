import type { Failure } from "../../model/failure.ts";
import { isFinal, sentenceOf } from "../../model/failure.ts";
import type { PlanNode, Policy } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";
import { sink } from "./sink.ts";
import { tryNode } from "./try-node.ts";
import { within } from "./within.ts";

/**
 * A node with all that is to be done around it: its attempts and then what runs in its place, together within their time;
 * what has failed for good is told, and becomes a value where the policy has one. Nothing catches a cancellation.
 */
export function* runWithPolicy(frame: ExecutionFrame, policy: Policy): Program<StepResult> {
  const tally = new Tally(frame);
  const { totalTimeoutMs } = policy;
  const result =
    totalTimeoutMs === null
      ? yield* tryAll(frame, policy, tally)
      : yield* within(
          { frame, key: decisionPath(frame.key, "total"), tally, limitMs: totalTimeoutMs, what: "with all its attempts, it" },
          tryAll(frame, policy, tally),
        );
  tally.speakFor(result);
  const { sinkTo } = policy;
  const last = result.status === "succeeded" ? result : yield* endFailed(frame, policy, { failure: result.failure, tally });
  if (last.status === "failed") return tally.failed(last.failure);
  return sinkTo === undefined ? tally.succeeded(last.output, last.writes) : yield* sink(frame, { to: sinkTo, result: last, tally });
}

function* endFailed(frame: ExecutionFrame, policy: Policy, { failure, tally }: Failed): Program<StepResult> {
  if (isFinal(failure)) return tally.failed(failure);
  const told = yield* tellFailure(frame, policy, { failure, tally });
  return yield* replace(frame, policy, { failure: told, tally });
}

/** The node itself, then, where it has failed, what may run in its place, one after the other. */
function* tryAll(frame: ExecutionFrame, policy: Policy, tally: Tally): Program<StepResult> {
  let result = yield* tryNode(frame, policy, tally);
  for (const [index, fallback] of policy.fallbacks.entries()) {
    if (result.status === "succeeded" || isFinal(result.failure)) return result;
    result = yield* tryFallback(frame, { fallback, failure: result.failure, tally });
    tally.note("fallback", index + 1);
  }
  return result;
}

interface Falling {
  readonly fallback: PlanNode;
  readonly failure: Failure;
  readonly tally: Tally;
}

function* tryFallback(frame: ExecutionFrame, { fallback, failure, tally }: Falling): Program<StepResult> {
  const { input, context } = frame;
  const result = yield* call(frame.child(fallback, { input, context, atMs: tally.atMs, feedback: failure }));
  tally.include(result);
  return result;
}

interface Failed {
  readonly failure: Failure;
  readonly tally: Tally;
}

/** Tells the failure to whoever wants to know. Should that fail too, the failure says so. */
function* tellFailure(frame: ExecutionFrame, policy: Policy, { failure, tally }: Failed): Program<Failure> {
  if (!policy.tellsFailure) return failure;
  const told = yield* ask(frame, "failed", failure);
  tally.count(told);
  if (told.outcome.status === "succeeded") return failure;
  if (isFinal(told.outcome.failure)) return told.outcome.failure;
  return { ...failure, message: `${sentenceOf(failure)} And what was to be told of it failed: ${told.outcome.failure.message}` };
}

function* replace(frame: ExecutionFrame, { onError }: Policy, { failure, tally }: Failed): Program<StepResult> {
  if (onError === "fail" || isFinal(failure)) return tally.failed(failure);
  tally.note("defaulted", failure.message);
  if (onError !== "decided") return tally.succeeded(onError.default);
  const decided = yield* ask(frame, "default", failure);
  tally.count(decided);
  return decided.outcome.status === "succeeded" ? tally.succeeded(decided.outcome.value) : tally.failed(decided.outcome.failure);
}

function ask(frame: ExecutionFrame, about: "failed" | "default", failure: Failure): Program<Outcome> {
  const { node, key, context, input } = frame;
  return perform({
    kind: "decide",
    key: decisionPath(key, about),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about,
    value: failure,
    context,
    detail: input,
  });
}
