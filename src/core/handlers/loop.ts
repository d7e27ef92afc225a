import type { DecisionAbout } from "../program.ts";
import type { Failure } from "../../model/failure.ts";
import type { LoopNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { LoopHistory } from "../loop-history.ts";
import type { Outcome, Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Do-while: the body, then the question whether that is enough, asked on the context as the body has left it. */
export function* runLoop(frame: ExecutionFrame<LoopNode>): Program<StepResult> {
  const { body, hasExit, maxIterations, mapsNext } = frame.node;
  const tally = new LoopTally(frame);
  const writes: Patch[] = [];
  let { input, context } = frame;
  let history = LoopHistory.begin(frame.node.history);
  for (let index = 0; ; index++) {
    const child = frame.child(body, { input, context, atMs: tally.atMs, index, history });
    const result = yield* call(child);
    tally.include(result);
    if (result.status === "failed") return tally.failedAfter(index + 1, result.failure);
    const { output } = result;
    context = context.with(result.writes);
    for (const write of result.writes) writes.push(write);
    history = history?.with(tally.takeSaid());
    const asked: Question = { frame, key: child.key, index, value: output, context };
    if (hasExit) {
      const enough = yield* decide(asked, "until");
      tally.count(enough);
      if (enough.outcome.status === "failed") return tally.failedAfter(index + 1, enough.outcome.failure);
      if (enough.outcome.value === true) return yield* end(asked, tally, writes);
    }
    if (index + 1 === maxIterations) {
      if (frame.node.onExhausted === "fail") return tally.failedAfter(index + 1, exhausted(frame, maxIterations));
      if (hasExit) tally.note("exhausted", true);
      return yield* end(asked, tally, writes);
    }
    input = output;
    if (!mapsNext) continue;
    const next = yield* decide(asked, "next");
    tally.count(next);
    if (next.outcome.status === "failed") return tally.failedAfter(index + 1, next.outcome.failure);
    input = next.outcome.value;
  }
}

/** Notes how often the loop went round, once: a note per iteration would cost as much as the loop itself. */
class LoopTally extends Tally {
  failedAfter(iterations: number, failure: Failure): StepResult {
    this.note("iterations", iterations);
    return this.failed(failure);
  }
}

interface Question {
  readonly frame: ExecutionFrame<LoopNode>;
  /** Of the iteration. */
  readonly key: InstancePath;
  readonly index: number;
  readonly value: unknown;
  readonly context: ContextState;
}

function decide({ frame, key, index, value, context }: Question, about: DecisionAbout): Program<Outcome> {
  const { node } = frame;
  return perform({
    kind: "decide",
    key: decisionPath(key, about),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about,
    value,
    context,
    detail: index,
  });
}

function* end(asked: Question, tally: Tally, writes: readonly Patch[]): Program<StepResult> {
  tally.note("iterations", asked.index + 1);
  const kept = writes.length === 0 ? NO_PATCHES : writes;
  if (!asked.frame.node.mapsOutput) return tally.succeeded(asked.value, kept);
  const mapped = yield* decide(asked, "output");
  tally.count(mapped);
  return mapped.outcome.status === "succeeded" ? tally.succeeded(mapped.outcome.value, kept) : tally.failed(mapped.outcome.failure);
}

function exhausted({ key }: ExecutionFrame<LoopNode>, maxIterations: number) {
  const times = maxIterations === 1 ? "one iteration" : `${maxIterations} iterations`;
  return {
    code: "loop_exhausted" as const,
    message: `${key}: it was not enough after ${times}.`,
    path: key,
    retryable: false,
    details: { maxIterations },
  };
}
