import { compareGoldens } from "./drift/compare.ts";
import type { Drift } from "./drift/drift.ts";
import { runDrift } from "./drift/drift-maker.ts";
import type { Golden } from "./golden.ts";
import type { GoldenOptions } from "./record.ts";
import { redactedBy } from "./record.ts";
import { redactedIn, redactedText } from "./report/redacted.ts";

/**
 * In what a golden and what the code makes of it differ, the latter redacted. Where the rules that hold now replace something
 * that the golden still has, that is one difference by itself, and everything else is compared as if it had been replaced there too.
 */
export function compareRedacted(recorded: Golden, now: Golden, options: GoldenOptions): readonly Drift[] {
  const drifts = compareGoldens(recorded, now);
  if (drifts.length === 0) return drifts;
  const redacted = redactedBy(options)(recorded);
  if (redacted === recorded) return drifts;
  const rules = options.redact ?? {};
  const said = (golden: Golden): string => redactedText(redactedIn(golden, rules)) || "nothing";
  const otherwise = runDrift({ class: "request", about: "redaction", recorded: said(recorded), now: said(redacted) });
  return [otherwise, ...compareGoldens(redacted, now)];
}
