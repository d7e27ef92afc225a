import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";

/** A moment, as failures say it. */
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Failures in the words of the author's code: a moment in them is what that says. */
const OWN_WORDS: ReadonlySet<string> = new Set(["step_failed", "tool_failed"]);

/** A failure without the moments in it that are others in every run. */
export function timeless(failure: Failure): Failure {
  const { code, details, message } = failure;
  if (OWN_WORDS.has(code)) return failure;
  const said = message.replace(MOMENT, "<time>");
  if (!isPlainObject(details) || !("wakeAtMs" in details)) return said === message ? failure : { ...failure, message: said };
  const { wakeAtMs: _, ...rest } = details;
  return { ...failure, message: said, details: rest };
}
