import { inspect } from "node:util";
import { ERRORS } from "../../base/errors.ts";
import type { RunResult } from "../../model/run-result.ts";
import type { TracedStep } from "../traced-step.ts";

const MOST_LINES = 30;
const MARKS = { succeeded: "✔", failed: "✘", running: "…", waiting: "⏸", cancelled: "⊘", denied: "⊘", continued: "→" } as const;

/** A value in a line. */
export function inWords(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 200, maxArrayLength: 20 });
}

/** What came of a run, in a sentence or two. */
export function endOf(result: RunResult<unknown>): string {
  switch (result.status) {
    case "succeeded":
      return `It succeeded with ${inWords(result.output)}.`;
    case "failed": {
      const { code, message, remedy = ERRORS[code].remedy } = result.failure;
      return `It failed with \`${code}\`: ${message}${/[.!?]$/.test(message) ? "" : "."} ${remedy}`;
    }
    case "paused":
      return `It is paused, and waits for ${result.pauses.map(({ id, waitsFor }) => `${id} (${waitsFor})`).join(", ")}.`;
    case "cancelled":
      return `It was cancelled${result.reason === null ? "" : `: ${result.reason}`}.`;
    case "stopped":
      return "It was stopped, and can be gone on with.";
  }
}

/** What ran, a line each. */
export function listOf(trace: readonly TracedStep[]): string {
  if (trace.length === 0) return "Nothing ran.";
  const lines = trace.slice(0, MOST_LINES).map(({ path, status, kind, attempts }) => {
    const tries = attempts > 1 ? `, ${attempts} attempts` : "";
    return `  ${MARKS[status]} ${path} (${kind}${tries})`;
  });
  const rest = trace.length > MOST_LINES ? [`  and ${trace.length - MOST_LINES} more`] : [];
  return ["These ran:", ...lines, ...rest].join("\n");
}
