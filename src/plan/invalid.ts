import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";

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

/**
 * Refuses options that nobody knows: one that is misspelt would otherwise be none, and a tool that was to need approval
 * would run without.
 *
 * @param known - Every option there is, by its name.
 */
export function refuseUnknown(at: string, options: object, known: Readonly<Record<string, true>>): void {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(options);
  const stranger = entries.find(([name, value]) => value !== undefined && !Object.hasOwn(known, name));
  if (stranger === undefined) return;
  const names = Object.keys(known);
  throw invalid(at, `there is no option ${shown(stranger[0])}`, `Those there are: ${names.join(", ")}.${didYouMean(stranger[0], names)}`);
}
