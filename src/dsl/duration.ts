import ms from "ms";
import { FlujoError } from "../base/errors.ts";
import { isThenable } from "../base/thenable.ts";
import type { DecisionFunction } from "../plan/definition.ts";
import { asVersionOf } from "../plan/fingerprint.ts";
import { invalid, shown } from "../plan/invalid.ts";

/** How long: milliseconds, or words for them: `"3 days"`, `"2h"`, `"1.5 minutes"`, `"30s"`. */
export type Duration = number | string;

/** A moment: a date, milliseconds since 1970, or ISO text (`"2031-05-01T08:00:00Z"`). */
export type Moment = Date | number | string;

const WORDS = 'That is no time: give words like "3 days", "2h" or "30s", or a number of milliseconds.';

/** @throws {FlujoError} `pipeline_invalid`, unless it is a duration. */
export function checkedDuration(at: string, what: string, value: unknown): number {
  const told = millisecondsOf(value);
  if (told === null)
    throw invalid(
      at,
      `${what} is ${shownTime(value)}`,
      typeof value === "string" ? WORDS : 'Give milliseconds, 0 or more, or words like "3 days", "2h" or "30s".',
    );
  return told;
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a date that there is. */
export function checkedMoment(at: string, value: unknown): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
  throw invalid(
    at,
    `the moment is ${shownTime(value)}`,
    "Give a Date, or a function that returns a Date, milliseconds since 1970 or ISO text.",
  );
}

/** A function that says how long, made one that says it in milliseconds. */
export function inMilliseconds(at: string, decide: DecisionFunction): DecisionFunction {
  const checked = (said: unknown): number => {
    const told = millisecondsOf(said);
    if (told !== null) return told;
    const remedy = 'Return milliseconds, 0 or more, or words like "3 days".';
    throw new FlujoError("decision_failed", `${at}: the function that says how long returned ${shownTime(said)}.`, { remedy });
  };
  return asVersionOf((value, about) => {
    const said = decide(value, about);
    return isThenable(said) ? Promise.resolve(said).then(checked) : checked(said);
  }, decide);
}

/** Null where it is no duration. */
function millisecondsOf(value: unknown): number | null {
  const told = typeof value === "string" && value !== "" ? (ms(value as ms.StringValue) as number | undefined) : value;
  return typeof told === "number" && Number.isFinite(told) && told >= 0 ? told : null;
}

function shownTime(value: unknown): string {
  return value instanceof Date ? (Number.isNaN(value.getTime()) ? "a Date that is none" : "a Date") : shown(value);
}
