import labels from "../../examples/triage/labels.json" with { type: "json" };
import type { TriageResult } from "../../examples/triage/ticket.ts";

/** How well the model agrees with the people who labelled the tickets. */
export interface Agreement {
  readonly right: number;
  readonly of: number;
}

/** Right is the same area, and an urgency at most one off. */
export function agreementOf(results: readonly TriageResult[]): Agreement {
  const right = results.filter(({ id, area, urgency }) => {
    const label = labels.find((known) => known.id === id);
    return label !== undefined && label.area === area && Math.abs(label.urgency - urgency) <= 1;
  });
  return { right: right.length, of: results.length };
}
