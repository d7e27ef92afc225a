import { decisionPath } from "../../model/path.ts";
import type { Policy } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { Attempt } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";
import { plugIn } from "./plugins.ts";
import { validate } from "./validate.ts";
import { within } from "./within.ts";

/** All attempts of the node itself. What a failed attempt wrote to the context is nowhere; what it used counts. */
export function* tryNode(frame: ExecutionFrame, policy: Policy, tally: Tally): Program<StepResult> {
  const attempted = yield* withRetry({ policy: policy.retry, frame, tally }, function* (which) {
    const result = yield* attemptNode(frame, { policy, tally, which });
    return result.status === "succeeded" ? { ok: true, value: result } : { ok: false, failure: result.failure };
  });
  return attempted.ok ? attempted.value : tally.failed(attempted.failure);
}

interface Attempting {
  readonly policy: Policy;
  readonly tally: Tally;
  readonly which: Attempt;
}

function* attemptNode(frame: ExecutionFrame, { policy, tally, which }: Attempting): Program<StepResult> {
  const attempt = frame.asAttempt({ number: which.number, atMs: tally.atMs, feedback: which.feedback });
  const { key } = attempt;
  if (which.number > 1) {
    const waited = yield* delay(attempt, which);
    if (waited !== null) {
      tally.count(waited);
      if (waited.outcome.status === "failed") return tally.failed(waited.outcome.failure);
    }
  }
  const begun = which.number === 1 ? attempt : frame.asAttempt({ number: which.number, atMs: tally.atMs, feedback: which.feedback });
  const { timeoutMs } = policy;
  const program = validated(begun, { policy, tally, which });
  tally.attempted(which.number);
  if (timeoutMs === null) return yield* program;
  return yield* within({ frame: begun, key: decisionPath(key, "time"), tally, limitMs: timeoutMs, what: "it" }, program);
}

/** Waits before an attempt; null where there is nothing to wait for. */
function* delay({ key, node, enteredAtMs }: ExecutionFrame, { delay: { atLeastMs, spreadMs } }: Attempt) {
  if (atLeastMs === 0 && spreadMs === 0) return null;
  return yield* perform({
    kind: "sleep",
    key: decisionPath(key, "delay"),
    fingerprint: node.fingerprint,
    name: node.name,
    waitsFor: "deadline",
    show: null,
    answerSchema: null,
    wakeAtMs: enteredAtMs + atLeastMs,
    spreadMs,
  });
}

function* validated(attempt: ExecutionFrame, { policy, tally }: Attempting): Program<StepResult> {
  const result = yield* call(attempt);
  tally.adopt(result);
  if (result.status === "succeeded" && policy.compensation !== undefined) {
    const { node, key, input } = attempt; // done is done: also where it is not good enough, or tried again
    tally.complete({ path: key, node: node.path, input, output: result.output, atMs: tally.atMs });
  }
  if (result.status === "failed") return result;
  const scores: Record<string, number> = {};
  const plugged = policy.plugins === undefined ? result : yield* plugIn({ frame: attempt, policy, tally, result, scores });
  if (plugged.status === "failed" || policy.validators.length === 0) return plugged;
  const problem = yield* validate({ frame: attempt, validators: policy.validators, tally, result: plugged, scores });
  return problem === null ? plugged : tally.failed(problem);
}
