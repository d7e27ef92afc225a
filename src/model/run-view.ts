import type { Entry } from "./entry.ts";
import type { RunEvent } from "./run-event.ts";
import type { RunView } from "./view-data.ts";
import { EMPTY_VIEW } from "./view-data.ts";
import { ViewFold } from "./view-fold.ts";

export type { NodeView, RunView } from "./view-data.ts";
export { EMPTY_VIEW } from "./view-data.ts";
export { ViewFold } from "./view-fold.ts";

/**
 * The view after one more event. Pure: the view given is not changed. History may be cut anywhere: the view of the first
 * part, carried on with the second, is the view of the whole.
 *
 * For many events in a row a {@link ViewFold} does the same without copying.
 */
export function applyEvent(view: RunView, event: RunEvent): RunView {
  return new ViewFold(view).apply(event).view;
}

/** {@link applyEvent} for an entry that was read from the journal. */
export function applyEntry(view: RunView, entry: Entry): RunView {
  return new ViewFold(view).applyEntry(entry).view;
}

/** The view of a whole journal. */
export function viewOf(entries: readonly Entry[], runId: string): RunView {
  const fold = new ViewFold({ ...EMPTY_VIEW, runId });
  for (const entry of entries) fold.applyEntry(entry);
  return fold.view;
}
