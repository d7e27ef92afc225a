import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { GateNode } from "../../model/node.ts";
import { childPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { GateVotes } from "../gate-votes.ts";
import { join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork } from "../program.ts";
import { Tally } from "../tally.ts";

/**
 * All judges on the value at the same time, until their votes decide; then the value goes on, or the gate is closed. Who has not
 * voted by then is told to stop, and does not count.
 */
export function* runGate(frame: ExecutionFrame<GateNode>): Program<StepResult> {
  const { judges, concurrency } = frame.node;
  const tally = new Tally(frame);
  const votes = new GateVotes(frame.node, (segment) => childPath(frame.key, segment));
  const results = yield* fork<StepResult>({
    count: judges.length,
    concurrency,
    start: (index) => startJudge(frame, index),
    stopsAfter: (result, index) => votes.take(result, index),
  });
  for (const result of votes.heard(results)) if (result !== undefined) tally.include(result);
  tally.note("votes", votes.asJson);
  if (votes.ignored.length > 0) tally.note("ignored", votes.ignored);
  const { end } = votes;
  if (end !== "open") return tally.failed(end === "closed" || end === null ? closed(frame, votes) : end);
  return yield* join({ frame, tally, branches: votes.writes, output: frame.input });
}

function startJudge(frame: ExecutionFrame<GateNode>, index: number): Program<StepResult> {
  const judge = frame.node.judges[index];
  if (judge === undefined) throw new RangeError(`${frame.key} has no judge ${index}.`);
  return call(frame.child(judge, { input: frame.input, context: frame.context, atMs: frame.enteredAtMs }));
}

/** What somebody who tries again wants to know: who said no, and why. */
function closed({ key, node }: ExecutionFrame<GateNode>, votes: GateVotes): Failure {
  const { needs, judges } = node;
  const wanted = needs === "all" ? "all have to agree" : needs === "majority" ? "most have to agree" : `${needs} have to agree`;
  const failed = votes.ignored.length === 0 ? "" : `, ${votes.ignored.length} failed`;
  const many = judges.length === 1 ? "judge" : "judges";
  const counted = `${votes.agreed} agreed, ${votes.objections.length} did not${failed}; of its ${judges.length} ${many}, ${wanted}.`;
  const details: Readonly<Record<string, Json>> = { needs, votes: votes.asJson };
  return {
    code: "gate_closed",
    message: [`${key}: ${counted}`, ...votes.objections].join(" "),
    path: key,
    retryable: true,
    details,
  };
}
