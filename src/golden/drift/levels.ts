import { isPlainObject } from "../../base/json.ts";
import type { Drift, DriftClass } from "./drift.ts";

/** What a difference means to whoever checks: the check fails, it is told, or nothing. */
export type DriftLevel = "fail" | "warn" | "ignore";

/** A level for all classes, or for some. */
export type DriftLevels = DriftLevel | { readonly [C in DriftClass]?: DriftLevel };

/** What becomes of differences. Every difference is judged by itself, what follows from another one too. */
export interface DriftRules {
  /** For the whole run. Default: all fail. */
  readonly levels?: DriftLevels;
  /** For some places: the last that matches a path and knows the class decides. */
  readonly paths?: readonly PathRule[];
  /**
   * How far counts of tokens and calls, and costs, may be from what was recorded, as a share of it: 0.05 is 5 %.
   * Default: 0, they must be the same. With a large share a change that doubles the bill goes unseen.
   */
  readonly usageTolerance?: number;
}

/** Levels for the places that match. */
export interface PathRule {
  /**
   * `triage/tickets[*]/classify`, and all below it: `*` stands for anything within a segment, `**` for any number of
   * segments.
   */
  readonly path: string;
  readonly levels: DriftLevels;
}

/** Everything fails, and usage must be the same. */
export const STRICT: DriftRules = Object.freeze({});

/** What a difference means under these rules. */
export function levelOf(drift: Drift, rules: DriftRules): DriftLevel {
  if (drift.class === "usage" && isWithin(drift, rules.usageTolerance ?? 0)) return "ignore";
  let level = levelIn(rules.levels, drift.class) ?? "fail";
  for (const { path, levels } of rules.paths ?? [])
    if (matches(path, drift.path) || (drift.wasAt !== null && matches(path, drift.wasAt))) level = levelIn(levels, drift.class) ?? level;
  return level;
}

function levelIn(levels: DriftLevels | undefined, of: DriftClass): DriftLevel | undefined {
  return typeof levels === "object" ? levels[of] : levels;
}

/** Whether no number is further from the recorded one than allowed, and nothing but numbers differs. */
function isWithin({ recorded, now }: Drift, tolerance: number): boolean {
  if (tolerance <= 0 || !isPlainObject(recorded) || !isPlainObject(now)) return false;
  return [...new Set([...Object.keys(recorded), ...Object.keys(now)])].every((key) => {
    const was = recorded[key];
    const is = now[key];
    if (typeof was !== "number" || typeof is !== "number") return was === is;
    return Math.abs(is - was) <= Math.abs(was) * tolerance;
  });
}

/** Whether a path is at or below a place that the pattern says. */
export function matches(pattern: string, path: string): boolean {
  const text = pattern
    .replace(/\/+$/, "")
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\/(?:\*\*\/)+|\*{2,}|\*/g, (stars) => (stars === "*" ? "[^/]*" : stars.startsWith("/") ? "/(?:.*/)?" : ".*"));
  return new RegExp(`^${text}(?:[/[#].*)?$`, "u").test(path);
}
