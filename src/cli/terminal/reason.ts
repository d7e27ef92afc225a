import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import { span } from "./moments.ts";

/** Why something failed, without its path: for where that stands beside it already. */
export function reasonOf(failure: Failure): string {
  return (failure.code === "cancelled" ? stopOf(failure) : null) ?? withoutPath(failure);
}

function withoutPath({ message, path }: Failure): string {
  if (!message.startsWith(path)) return message;
  return /^(?::\s*|\s+)([^]+)$/.exec(message.slice(path.length))?.[1] ?? message;
}

/** Why something was told to stop, and whether it did; null where only its message says so. */
function stopOf({ details }: Failure): string | null {
  if (!isPlainObject(details)) return null;
  const { reason, abandoned, graceMs } = details;
  if (abandoned === true)
    return typeof graceMs === "number" ? `abandoned: had not stopped after ${span(graceMs)}` : "abandoned: had not stopped in time";
  switch (reason) {
    case "lost-race":
      return "told to stop: others were enough";
    case "timeout":
      return "told to stop: the time was over";
    case "cancelled":
      return "cancelled";
    default:
      return null;
  }
}
