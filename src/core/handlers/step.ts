import type { RetryPolicy, StepNode } from "../../model/node.ts";
import { attemptPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Op, Outcome, Program, StepOp } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";
import type { Attempt } from "../with-retry.ts";
import { FIRST_ATTEMPT, withRetry } from "../with-retry.ts";

/** One call of a function; more, where it fails and a policy says so. Writes of a failed attempt are nowhere. */
export function runStep(frame: ExecutionFrame<StepNode>): Program<StepResult> {
  const { retry } = frame.node;
  return retry === null ? new Once(frame) : withRetries(frame, retry);
}

/** The plain step pays for no policy. One question and what comes of it: as a generator it would cost more than the rest of a step. */
class Once implements Program<StepResult> {
  done = false;
  value: unknown;
  readonly #frame: ExecutionFrame<StepNode>;

  constructor(frame: ExecutionFrame<StepNode>) {
    this.#frame = frame;
  }

  /** Is its own result, as every small program is: whoever drives it reads that before it goes on. */
  next(answer?: unknown): IteratorResult<Op, StepResult> {
    if (this.value === undefined) this.value = attemptOf(this.#frame, FIRST_ATTEMPT);
    else {
      this.done = true;
      this.value = resultOf(this.#frame, answer as Outcome); // the scheduler answers what was asked
    }
    return this as IteratorResult<Op, StepResult>;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function resultOf(frame: ExecutionFrame<StepNode>, answer: Outcome): StepResult {
  const tally = new Tally(frame);
  tally.count(answer);
  const { outcome } = answer;
  return outcome.status === "succeeded" ? tally.succeeded(outcome.value, outcome.writes) : tally.failed(outcome.failure);
}

function* withRetries(frame: ExecutionFrame<StepNode>, policy: RetryPolicy): Program<StepResult> {
  const tally = new Tally(frame);
  const last = yield* withRetry({ policy, frame, tally }, function* (which) {
    const answer = yield* perform(attemptOf(frame, which));
    tally.attempted(which.number);
    tally.count(answer);
    const { outcome } = answer;
    return outcome.status === "succeeded" ? { ok: true, value: outcome } : { ok: false, failure: outcome.failure };
  });
  return last.ok ? tally.succeeded(last.value.value, last.value.writes) : tally.failed(last.failure);
}

function attemptOf(frame: ExecutionFrame<StepNode>, which: Attempt): StepOp {
  const { node } = frame;
  return {
    kind: "step",
    key: attemptPath(frame.key, which.number),
    fingerprint: node.fingerprint,
    name: node.name,
    node,
    input: frame.input,
    context: node.access === undefined ? frame.context : frame.context.limitedTo({ ...node.access, of: node.path }),
    attempt: frame.attempt === 0 ? which.number : frame.attempt,
    delay: which.delay,
    feedback: which.feedback ?? frame.feedback,
  };
}
