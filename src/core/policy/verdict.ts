import { isPlainObject } from "../../base/json.ts";

/** What somebody who judges says: a validator, a critic, a judge. */
export interface Verdict {
  readonly ok: boolean;
  /** Null where it gave none. */
  readonly score: number | null;
  /** What is wrong, or could be better; null where it says nothing. */
  readonly feedback: string | null;
  /** There where it does not say whether it will do, and more than a score: what is wrong. Only a `minScore` can decide then. */
  readonly byScore?: true;
}

/** What was said as a verdict, or in words why it is none, to follow "it returned" and the like. */
export type ReadVerdict = { readonly verdict: Verdict } | { readonly problem: string };

/**
 * Reads true, false or `{ ok, score, feedback }`. Silence is no yes: `ok` has to be there, or a score, so that neither
 * `{ valid: false }` nor `{ ok: undefined }` nor `{ feedback }` alone lets anything pass.
 */
export function readVerdict(said: unknown): ReadVerdict {
  if (typeof said === "boolean") return { verdict: { ok: said, score: null, feedback: null } };
  if (!isPlainObject(said) || !("ok" in said || "score" in said || "feedback" in said))
    return { problem: `${wordFor(said)}, and has to return true, false or { ok, score, feedback }` };
  const { score = null, feedback = null } = said;
  const isSaid = "ok" in said;
  const ok = isSaid ? said["ok"] : true;
  if (typeof ok !== "boolean") return { problem: `${wordFor(ok)} as \`ok\`, and has to return true or false there` };
  if (score !== null && (typeof score !== "number" || !Number.isFinite(score)))
    return { problem: `${wordFor(score)} as \`score\`, and has to return a number there` };
  if (feedback !== null && typeof feedback !== "string")
    return { problem: `${wordFor(feedback)} as \`feedback\`, and has to return text there` };
  if (!isSaid && !("score" in said)) return { problem: "`feedback` without `ok`, and has to return true or false as `ok` beside it" };
  const byScore = !isSaid && (score === null || (feedback !== null && feedback.trim() !== ""));
  return { verdict: byScore ? { ok, score, feedback, byScore } : { ok, score, feedback } };
}

/** What kind of value it is: `a list`, `an object`, `null`, `NaN`. */
export function wordFor(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value); // numbers are asked for, but not these
  if (Array.isArray(value)) return "a list";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
