/**
 * The ways a model's answer can be no answer.
 *
 * - `cut-off`: the limit of output tokens was reached in the middle of it;
 * - `refused`: the model says that it will not;
 * - `filtered`: the provider's content filter stopped it;
 * - `empty`: there is nothing in it;
 * - `malformed`: it should be JSON, is not, and cannot be mended safely;
 * - `misfit`: it is JSON, but not of the declared shape.
 */
export type Ending = "cut-off" | "refused" | "filtered" | "empty" | "malformed" | "misfit";

/**
 * What to do about it: `feedback` tells the model what is wrong and costs a turn, `retry` asks the same again as another
 * attempt, `fail` fails the agent at once.
 */
export type EndingPolicy = "feedback" | "retry" | "fail";

/** A policy for every ending. */
export type Endings = Readonly<Record<Ending, EndingPolicy>>;

/** A model that refuses, or is made to, rarely thinks better of it; the rest it can mend. */
export const DEFAULT_ENDINGS: Endings = Object.freeze({
  "cut-off": "feedback",
  refused: "fail",
  filtered: "fail",
  empty: "feedback",
  malformed: "feedback",
  misfit: "feedback",
});
