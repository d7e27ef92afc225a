import type { InstancePath } from "./path.ts";
import type { TranscriptItem } from "./transcript.ts";

/**
 * What one agent of one run added to a conversation that goes on over several runs: what it was asked, what it said, and
 * what its tools gave. Known by its thread, run and key together.
 */
export interface ThreadExchange {
  /** The conversation it belongs to. */
  readonly thread: string;
  /** The run that added it. */
  readonly runId: string;
  /** The agent's place in that run. */
  readonly key: InstancePath;
  /** When it was added, in milliseconds since 1970. */
  readonly atMs: number;
  readonly items: readonly TranscriptItem[];
  /**
   * Given where this is a summary: it takes the place of the first so many exchanges of the thread, as they are read,
   * earlier summaries counted.
   */
  readonly summaryOf?: number;
}
