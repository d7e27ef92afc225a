import type { Clock } from "../../index.ts";
import type { RunEvent } from "../../model/run-event.ts";
import type { RunView } from "../../model/run-view.ts";
import type { PlanFacts } from "./plan-facts.ts";

/** What `liveView` is made with. */
export interface LiveViewOptions {
  readonly stream: NodeJS.WriteStream;
  /** Milliseconds since 1970. Default: the clock's. */
  readonly now?: () => number;
  /** Drives the redrawing. Default: the machine's. */
  readonly clock?: Clock;
  /** What is known already, for a run that is being continued. */
  readonly from?: RunView;
  /** What the plan says. Default: nothing is known of it. */
  readonly plan?: PlanFacts;
}

/** Shows a run while it goes on. */
export interface LiveView {
  event(event: RunEvent): void;
  /** Prints something that must not be overwritten. It must be printable. */
  print(text: string): void;
  /** All that was told so far. */
  readonly view: RunView;
  /** Shows the last state and stops. */
  close(): void;
}

/** {@link LiveViewOptions} with every default in its place. */
export type LiveParts = Required<LiveViewOptions>;
