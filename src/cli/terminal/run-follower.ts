import type { RunEvent } from "../../model/run-event.ts";
import type { RunView } from "../../model/run-view.ts";
import { EMPTY_VIEW, ViewFold } from "../../model/run-view.ts";
import { shortId } from "../hints.ts";

/** The view of a run, and then of the one that goes on in its place: only one goes on at a time. */
export class RunFollower {
  #fold: ViewFold;
  #runId: string | null;

  constructor(from: RunView) {
    this.#fold = new ViewFold(from);
    this.#runId = from.runId;
  }

  get view(): RunView {
    return this.#fold.view;
  }

  /** Gives what is to be said of it where another run goes on from here; else null. */
  apply(event: RunEvent): string | null {
    const before = this.#runId;
    this.#runId = event.runId;
    const isAnother = before !== null && before !== event.runId;
    if (isAnother) {
      const startedAtMs = event.family === "entry" ? event.entry.atMs : event.atMs;
      this.#fold = new ViewFold({ ...EMPTY_VIEW, runId: event.runId, startedAtMs });
    }
    this.#fold.apply(event);
    return isAnother ? `↪ run ${shortId(before)} goes on as run ${shortId(event.runId)}` : null;
  }
}
