import type { Failure } from "../../model/failure.ts";
import { sentenceOf } from "../../model/failure.ts";
import type { ParallelNode } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { included, join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork } from "../program.ts";
import { Race } from "../race.ts";
import { Tally } from "../tally.ts";

/**
 * All branches on the same input. A branch fails the whole under `propagate`, and is left out under `ignore`. With a join of
 * `any` or of so many, failures only count once too few are left; who has not ended when enough have succeeded lost the race.
 */
export function* runParallel(frame: ExecutionFrame<ParallelNode>): Program<StepResult> {
  const { branches, concurrency, join: wanted } = frame.node;
  const tally = new Tally(frame);
  const context = included(frame.node, frame.context);
  const race = new Race(frame.node);
  const results = yield* fork<StepResult>({
    count: branches.length,
    concurrency,
    start: (index) => startBranch(frame, context, index),
    stopsAfter: (result, index) => race.ended(result, index),
  });
  for (const result of race.heard(results)) if (result !== undefined) tally.include(result);
  const { failed, ignored } = race;
  if (failed !== null && race.isLost) return tally.failed(wanted === undefined ? failed.failure : missed(frame, race));
  if (ignored.length > 0) tally.note("ignored", ignored);
  if (wanted !== undefined) tally.note("winners", race.namesOfWinners);
  const { output, writes } = race.gathered(results);
  return yield* join({ frame, tally, branches: writes, output: wanted === "any" ? onlyOne(output) : output });
}

function startBranch(frame: ExecutionFrame<ParallelNode>, context: ContextState, index: number): Program<StepResult> {
  const branch = frame.node.branches[index];
  if (branch === undefined) throw new RangeError(`${frame.key} has no branch ${index}.`);
  return call(frame.child(branch, { input: frame.input, context, atMs: frame.enteredAtMs }));
}

function onlyOne(output: Readonly<Record<string, unknown>>): unknown {
  const [winner] = Object.entries(output);
  return winner === undefined ? null : { branch: winner[0], output: winner[1] };
}

function missed({ key, node }: ExecutionFrame<ParallelNode>, race: Race): Failure {
  const { failed, reasons } = race;
  if (failed !== null && (failed.failure.code === "cancelled" || failed.failure.code === "continued")) return failed.failure;
  const needed = node.join === "any" ? "one" : String(node.join ?? node.branches.length);
  const why = reasons.map(sentenceOf).join(" ");
  return {
    code: "quorum_missed",
    message: `${key}: ${needed} of its ${node.branches.length} branches had to succeed, and too many failed. ${why}`,
    path: key,
    retryable: reasons.some(({ retryable }) => retryable),
    details: { needed, failed: race.ignored },
  };
}
