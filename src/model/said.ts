import type { InstancePath } from "./path.ts";
import type { TranscriptItem } from "./transcript.ts";

/**
 * What an agent was asked and said in a loop with a `history`: it travels with the results of what is around it, as context writes
 * do, up to that loop, which gives it to the same agent in its later iterations.
 */
export interface Said {
  /** The agent's place in the run. */
  readonly key: InstancePath;
  /** Which of the items it worked on of the maps between it and the loop, from the outside in: `2`, `2/0`. Left out where there is no map. */
  readonly lane?: string;
  readonly items: readonly TranscriptItem[];
  /** Given where this is a summary: how many of its exchanges in the loop, counted from the first, it takes the place of. */
  readonly summaryOf?: number;
}
