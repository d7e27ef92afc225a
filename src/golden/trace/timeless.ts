import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";

/** A moment, as failures say it. */
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A failure without the moments in it, which are others in every run. */
export function timeless(failure: Failure): Failure {
  const { details, message } = failure;
  const said = message.replace(MOMENT, "<time>");
  if (!isPlainObject(details) || !("wakeAtMs" in details)) return said === message ? failure : { ...failure, message: said };
  const { wakeAtMs: _, ...rest } = details;
  return { ...failure, message: said, details: rest };
}
