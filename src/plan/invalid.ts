import { FlujoError } from "../base/errors.ts";

/** One clear refusal of a definition: where, what is wrong, what to do instead. */
export function invalid(at: string, what: string, remedy: string): FlujoError<"pipeline_invalid"> {
  return new FlujoError("pipeline_invalid", `${at}: ${what}.`, { details: { path: at }, remedy });
}

/** A value as a refusal shows it: short, on one line, never throwing. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length > 40 ? `"${value.slice(0, 40)}…"` : JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return String(value);
}
