import type { HumanNode, SignalNode } from "../model/node.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { call, perform } from "./program.ts";
import type { Tally } from "./tally.ts";

/** What is waited for, and what becomes of it. */
export interface Waiting {
  readonly frame: ExecutionFrame<HumanNode | SignalNode>;
  readonly tally: Tally;
  readonly kind: "human" | "signal";
  readonly show: unknown;
  /** The node's output, made of what came. */
  readonly gives: (brought: unknown) => unknown;
}

/** Waits until it is answered, or until its time is over: then it is as its limit says. */
export function* waitFor({ frame, tally, kind, show, gives }: Waiting): Program<StepResult> {
  const { node, key, input, context } = frame;
  const { limit } = node;
  const answered = yield* perform({
    kind,
    key,
    fingerprint: node.fingerprint,
    name: node.name,
    waitsFor: kind === "human" ? "answer" : "signal",
    show,
    answerSchema: node.answerSchema,
    ...(limit === undefined ? { wakeAtMs: null } : { wakeAtMs: tally.atMs + limit.timeoutMs, limitMs: limit.timeoutMs }),
    spreadMs: 0,
  });
  tally.count(answered);
  const { outcome } = answered;
  if (outcome.status === "succeeded") return tally.succeeded(gives(outcome.value));
  if (outcome.failure.code !== "timeout" || limit === undefined || limit.otherwise === "fail") return tally.failed(outcome.failure);
  tally.note("timedOut", true);
  if (limit.otherwise !== "program") return tally.succeeded(gives(limit.otherwise.default));
  if (limit.program === null) return tally.failed(outcome.failure);
  const result = yield* call(frame.child(limit.program, { input, context, atMs: tally.atMs, feedback: outcome.failure }));
  tally.include(result);
  return result.status === "succeeded" ? tally.succeeded(result.output, result.writes) : tally.failed(result.failure);
}
