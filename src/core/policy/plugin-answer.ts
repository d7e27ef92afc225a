import { isPlainObject } from "../../base/json.ts";
import type { Verdict } from "./verdict.ts";
import { readVerdict, wordFor } from "./verdict.ts";

/** What a plugin says of an output: a verdict and, where it has more to say, what takes the output's place or who does. */
export interface PluginAnswer extends Verdict {
  /** Takes the output's place. */
  readonly solution?: unknown;
  /** The name of the program that takes the node's place. */
  readonly redirect?: string;
}

/** What was said, or in words why it makes no sense, to follow "it returned". */
export type ReadPluginAnswer = { readonly answer: PluginAnswer } | { readonly problem: string };

const FINE: PluginAnswer = Object.freeze({ ok: true, score: null, feedback: null });

const WANTED = "has to return nothing, true, false, { ok, score, feedback }, { solution } or { redirect, feedback }";

/** A plugin has no `minScore` that could decide. */
const UNDECIDED = "`score` and no `ok`, and has to return true or false as `ok` where it gives no number, or `feedback` beside it";

/** Reads what a plugin returned. It says one thing at a time: an output that is replaced needs no redirect. */
export function readPluginAnswer(said: unknown): ReadPluginAnswer {
  if (said === undefined || said === null) return { answer: FINE };
  if (isPlainObject(said) && "solution" in said) return solutionIn(said);
  if (isPlainObject(said) && "redirect" in said) return redirectIn(said);
  const read = readVerdict(said);
  if ("verdict" in read) return read.verdict.byScore === true ? { problem: UNDECIDED } : { answer: read.verdict };
  return { problem: read.problem.replace("has to return true, false or { ok, score, feedback }", WANTED) };
}

function solutionIn(said: Readonly<Record<string, unknown>>): ReadPluginAnswer {
  const { solution, score } = said;
  if (solution === undefined) return { problem: `a \`solution\` that is undefined, and ${WANTED}` };
  const beside = Object.keys(said).find((key) => key !== "solution" && key !== "score");
  if (beside !== undefined) return { problem: `a \`solution\` with \`${beside}\`, and can give only a \`score\` beside a solution` };
  const read = readVerdict({ ok: true, score });
  return "verdict" in read ? { answer: { ...read.verdict, solution } } : read;
}

function redirectIn(said: Readonly<Record<string, unknown>>): ReadPluginAnswer {
  const { redirect, feedback, score } = said;
  if (typeof redirect !== "string")
    return { problem: `${wordFor(redirect)} as \`redirect\`, and has to return the name of a redirect there` };
  const beside = Object.keys(said).find((key) => key !== "redirect" && key !== "feedback" && key !== "score");
  if (beside !== undefined)
    return { problem: `a \`redirect\` with \`${beside}\`, and can give only \`feedback\` and a \`score\` beside a redirect` };
  const read = readVerdict({ ok: false, feedback, score });
  return "verdict" in read ? { answer: { ...read.verdict, redirect } } : read;
}
