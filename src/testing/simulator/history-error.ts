import { messageOf } from "../../base/errors.ts";
import { replayOf } from "./history.ts";

/** A simulated history broke a rule: one of those that every history is held against, or one of the test's own. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
  /** The seed that gives this history again. */
  readonly seed: number;
  /** The history as far as it came, for people. */
  readonly history: string;

  /** @param broken - What was thrown, or a sentence. */
  constructor(broken: unknown, about: { readonly seed: number; readonly history: string }) {
    const { seed, history } = about;
    super(`Seed ${seed}: ${messageOf(broken)}\n${replayOf(seed)}\n\n${history}`, { cause: broken });
    this.seed = seed;
    this.history = history;
  }
}
