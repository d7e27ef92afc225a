import type { Json } from "../../base/json.ts";
import { plainJsonOf } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { RefineNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import { promptOf } from "../../model/prompt.ts";
import type { InstancePath } from "../../model/path.ts";
import { decisionPath, itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { LoopHistory } from "../loop-history.ts";
import type { Verdict } from "../policy/verdict.ts";
import { readVerdict } from "../policy/verdict.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";

/**
 * Makes an artifact and has it judged, until it is accepted. Each iteration begins with the same input, told what was wrong with
 * the artifact before; what they write to the context is kept, as of the iterations of a loop.
 */
export function* runRefine(frame: ExecutionFrame<RefineNode>): Program<StepResult> {
  const { maxIterations, onExhausted } = frame.node;
  const tally = new Tally(frame);
  const history = LoopHistory.begin(frame.node.history);
  const round: Round = { frame, tally, writes: [], context: frame.context, history };
  let last: Judged | null = null;
  for (let index = 0; index < maxIterations; index++) {
    const judged: Judging = yield* iterate(round, index, last);
    if (!judged.ok) {
      note(tally, index + 1, false);
      return tally.failed(judged.failure);
    }
    last = judged.value;
    if (last.verdict.ok) break;
  }
  if (last === null) throw new RangeError(`${frame.key} has no iteration.`);
  const { artifact, check, verdict, number } = last;
  note(tally, number, verdict.ok);
  if (!verdict.ok && onExhausted === "fail") return tally.failed(exhausted(frame, last));
  const writes = round.writes.length === 0 ? NO_PATCHES : round.writes;
  return tally.succeeded({ accepted: verdict.ok, artifact, check, iterations: number }, writes);
}

function note(tally: Tally, iterations: number, accepted: boolean): void {
  tally.note("iterations", iterations);
  tally.note("accepted", accepted);
}

/** What goes on from iteration to iteration. */
interface Round {
  readonly frame: ExecutionFrame<RefineNode>;
  readonly tally: Tally;
  readonly writes: Patch[];
  context: ContextState;
  history: LoopHistory | undefined;
}

/** An artifact, what the critic gave of it, and what that means. */
interface Judged {
  readonly artifact: unknown;
  readonly check: unknown;
  readonly verdict: Verdict;
  /** Of the iteration, from 1. */
  readonly number: number;
  readonly key: InstancePath;
}

type Came<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

type Judging = Came<Judged>;

function* iterate(round: Round, index: number, last: Judged | null): Program<Judging> {
  const { frame } = round;
  const { generate, critique } = frame.node;
  const key = itemPath(frame.key, index);
  const made = yield* enter(round, {
    node: generate,
    below: key,
    input: frame.input,
    ...(last === null ? {} : { feedback: rejection(last) }),
  });
  if (!made.ok) return made;
  const artifact = made.value;
  const checked = yield* enter(round, { node: critique, below: key, input: { input: frame.input, artifact } });
  if (!checked.ok) return checked;
  const judged = { artifact, check: checked.value, number: index + 1, key };
  const verdict = yield* judge(round, judged);
  return verdict.ok ? { ok: true, value: { ...judged, verdict: verdict.value } } : verdict;
}

interface Entering {
  readonly node: RefineNode["generate"];
  readonly below: InstancePath;
  readonly input: unknown;
  readonly feedback?: Failure;
}

function* enter(round: Round, { node, ...state }: Entering): Program<Came<unknown>> {
  const { frame, tally, context, history } = round;
  const result = yield* call(frame.child(node, { ...state, context, atMs: tally.atMs, history }));
  tally.include(result);
  if (result.status === "failed") return { ok: false, failure: result.failure };
  round.context = round.context.with(result.writes);
  round.history = history?.with(tally.takeSaid());
  for (const write of result.writes) round.writes.push(write);
  return { ok: true, value: result.output };
}

/** What a check means: as a function of the author's says, or as the check itself does. */
function* judge(round: Round, { artifact, check, number, key }: Omit<Judged, "verdict">): Program<Came<Verdict>> {
  const { frame, tally, context } = round;
  const { node } = frame;
  if (!node.decidesAccept) {
    const read = readVerdict(check);
    if ("verdict" in read && saysIt(check)) return { ok: true, value: read.verdict };
    return { ok: false, failure: unreadable(key, "problem" in read ? read.problem : "an object without `ok`") };
  }
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(key, "accept"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "accept",
    value: check,
    context,
    detail: { input: frame.input, artifact, iteration: number - 1 },
  });
  tally.count(decided);
  const { outcome } = decided;
  return outcome.status === "succeeded" ? { ok: true, value: outcome.value as Verdict } : { ok: false, failure: outcome.failure }; // the performer has made it
}

/** A validator that says nothing but a score agrees where no score is asked for; a critic has to say yes or no. */
function saysIt(check: unknown): boolean {
  return typeof check === "boolean" || (typeof check === "object" && check !== null && "ok" in check);
}

function unreadable(key: InstancePath, problem: string): Failure {
  const message = `${key}: the critique gave ${problem.replace("has to return", "has to give")}.`;
  return { code: "verdict_invalid", message, path: key, retryable: false };
}

/** What the next iteration is told: why the last artifact was not taken, in the critic's own words. */
function rejection({ artifact, check, verdict, key }: Judged): Failure {
  return { code: "critique_rejected", message: wordsOf(check, verdict), path: key, retryable: true, details: detailsOf(artifact, check) };
}

/** The feedback that was given; else the check as it is, where it says more than no. */
function wordsOf(check: unknown, { feedback }: Verdict): string {
  if (feedback !== null && feedback !== "") return feedback;
  return check === false || check === null || check === undefined ? "It was not accepted." : `It was not accepted: ${promptOf(check)}`;
}

/** What can be said in JSON of the artifact and the check; what cannot is left out. */
function detailsOf(artifact: unknown, check: unknown): Readonly<Record<string, Json>> {
  const said: Record<string, Json> = {};
  for (const [name, value] of Object.entries({ artifact, check })) {
    const plain = plainJsonOf(value);
    if (plain !== undefined) said[name] = plain;
  }
  return said;
}

function exhausted({ key }: ExecutionFrame<RefineNode>, { artifact, check, verdict, number }: Judged): Failure {
  const times = number === 1 ? "one iteration" : `${number} iterations`;
  return {
    code: "refine_exhausted",
    message: `${key}: nothing was accepted in ${times}. The last was told: ${wordsOf(check, verdict)}`,
    path: key,
    retryable: false,
    details: { maxIterations: number, ...detailsOf(artifact, check) },
  };
}
