import type { Entry, Recorded } from "../../model/entry.ts";

/** An entry in one line: what it is about, what came of it. */
export function entryInWords(entry: Entry): string {
  const { type, key } = entry;
  switch (type) {
    case "operation-finished":
      return `${entry.op} ${key} ${outcomeInWords(entry.outcome)}`;
    case "decisions-made":
      return `decided ${entry.decisions.map(({ key, outcome }) => `${key} ${outcomeInWords(outcome)}`).join(", ")}`;
    case "run-finished":
      return `${type} ${endInWords(entry.end)}`;
    case "frame-done":
      return `${type} ${key} ${entry.result.status}`;
    case "run-started":
      return `${type} ${key} ${valueInWords(entry.input)}`;
    default:
      return `${type} ${key}`;
  }
}

/** How a run ended or came to rest, in one line. */
export function endInWords(end: {
  readonly status: string;
  readonly output?: unknown;
  readonly failure?: { readonly code: string; readonly message: string };
}): string {
  if (end.status === "succeeded") return `succeeded ${valueInWords(end.output)}`;
  return end.failure === undefined ? end.status : `${end.status} ${end.failure.code}: ${end.failure.message}`;
}

function outcomeInWords(outcome: Recorded): string {
  return outcome.status === "succeeded" ? `succeeded ${valueInWords(outcome.value)}` : `failed ${outcome.failure.code}`;
}

const LONGEST = 100;

/** A value, shortened where it is long. */
export function valueInWords(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value, keepBigints) ?? String(value));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length})`;
}

function keepBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
