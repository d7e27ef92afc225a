import type { Failure } from "../../model/failure.ts";
import type { ValidatorSpec } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepSucceeded } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { Verdict } from "./verdict.ts";

/** What is validated, by whom. */
export interface Validating {
  readonly frame: ExecutionFrame;
  readonly validators: readonly ValidatorSpec[];
  readonly tally: Tally;
  readonly result: StepSucceeded;
  /** What plugins have scored in this attempt, by their names. */
  readonly scores: Readonly<Record<string, number>>;
}

/** Asks every validator, whatever the others say, so that the next attempt is told everything at once. Null where all agree. */
export function* validate({ frame, validators, tally, result, scores: ofPlugins }: Validating): Program<Failure | null> {
  const scores: Record<string, number> = { ...ofPlugins };
  const feedback: string[] = [];
  for (const { name, minScore } of validators) {
    const { node, key, context } = frame;
    const asked = yield* perform({
      kind: "decide",
      key: decisionPath(key, `validate ${name}`),
      fingerprint: node.fingerprint,
      name: node.name,
      node: node.path,
      about: "validate",
      value: result.output,
      context: context.with(result.writes),
      detail: { validator: name, input: frame.input },
    });
    tally.count(asked);
    if (asked.outcome.status === "failed") return asked.outcome.failure;
    const verdict = asked.outcome.value as Verdict; // the performer has made it
    if (verdict.byScore === true && minScore === null) return undecided(frame, name);
    if (verdict.score !== null) scores[name] = verdict.score;
    const problem = problemOf(verdict, minScore);
    if (problem !== null) feedback.push(`${name}: ${problem}`);
  }
  if (Object.keys(scores).length > 0) tally.note("scores", scores);
  return feedback.length === 0 ? null : notGoodEnough(frame, { feedback, scores });
}

/** Neither what is wrong nor a missing score is a reason to let an output pass. */
function undecided({ key }: ExecutionFrame, name: string): Failure {
  const path = decisionPath(key, `validate ${name}`);
  const why = "it returned no `ok`, and has to where it gives `feedback` or no number as `score`, and has no minScore that could decide";
  return { code: "decision_failed", message: `${path}: a validator says neither yes nor no: ${why}.`, path, retryable: false };
}

interface Refusal {
  readonly feedback: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
}

/** The failure of an attempt of which the output was refused. */
export function notGoodEnough({ key }: ExecutionFrame, { feedback, scores }: Refusal): Failure {
  const message = `${key}: what it gave is not good enough. ${feedback.join(" ")}`;
  return { code: "validation_failed", message, path: key, retryable: true, details: { feedback, scores } };
}

/** What is wrong by a verdict, in words; null where nothing is. */
export function problemOf({ ok, score, feedback }: Verdict, minScore: number | null): string | null {
  const isTooLow = minScore !== null && (score === null || score < minScore);
  if (ok && !isTooLow) return null;
  if (feedback !== null && feedback.trim() !== "") return feedback;
  if (isTooLow) return score === null ? `it has no score, and needs ${minScore}.` : `its score is ${score}, and has to be ${minScore}.`;
  return "it says no.";
}
