import type { RunEvent } from "../../src/index.ts";
import type { Job } from "./job.ts";
import type { ChosenModel } from "./models.ts";
import type { Output } from "./output.ts";

/** What one showing of the demo needs. */
export interface Showing {
  readonly job: Job;
  readonly model: ChosenModel;
  readonly output: Output;
}

/** Shows a run while it goes on. */
export interface Progress {
  readonly event: (event: RunEvent) => void;
  readonly close: () => void;
}
