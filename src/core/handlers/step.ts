import type { StepNode } from "../../model/node.ts";
import { attemptPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";
import type { Attempt } from "../with-retry.ts";
import { FIRST_ATTEMPT, withRetry } from "../with-retry.ts";

/** One call of a function; more, where it fails and a policy says so. Writes of a failed attempt are nowhere. */
export function* runStep(frame: ExecutionFrame<StepNode>): Program<StepResult> {
  const tally = new Tally(frame);
  if (frame.node.retry === null) {
    const { outcome } = yield* attemptStep(frame, tally, FIRST_ATTEMPT); // the plain step pays for no policy
    return outcome.status === "succeeded" ? tally.succeeded(outcome.value, outcome.writes) : tally.failed(outcome.failure);
  }
  const last = yield* withRetry({ policy: frame.node.retry, frame, tally }, function* (which) {
    const { outcome } = yield* attemptStep(frame, tally, which);
    return outcome.status === "succeeded" ? { ok: true, value: outcome } : { ok: false, failure: outcome.failure };
  });
  return last.ok ? tally.succeeded(last.value.value, last.value.writes) : tally.failed(last.failure);
}

function* attemptStep(frame: ExecutionFrame<StepNode>, tally: Tally, which: Attempt): Program<Outcome> {
  const { node } = frame;
  const outcome = yield* perform({
    kind: "step",
    key: attemptPath(frame.key, which.number),
    fingerprint: node.fingerprint,
    name: node.name,
    node,
    input: frame.input,
    context: frame.context,
    attempt: frame.attempt === 0 ? which.number : frame.attempt,
    delay: which.delay,
    feedback: which.feedback ?? frame.feedback,
  });
  tally.attempted(which.number);
  tally.count(outcome);
  return outcome;
}
