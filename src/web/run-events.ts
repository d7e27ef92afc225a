import type { RunEvent } from "../model/run-event.ts";
import type { Pause, RunStatus } from "../model/run-result.ts";

/** How a run came to rest, as far as whoever watches is told. `running` is a run whose process is gone. */
export interface AtRest {
  readonly status: RunStatus;
  readonly pauses?: readonly Pause[];
}

/** What a response is made of: the stream of a run (`flujo.stream()`), or `flujo.events(runId)`. */
export type RunEvents = AsyncIterable<RunEvent, AtRest | undefined | void, void>;
