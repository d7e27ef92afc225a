import type { Failure } from "../../model/failure.ts";

/** Why something failed, without its path: for where that stands beside it already. */
export function reasonOf({ message, path }: Failure): string {
  if (!message.startsWith(path)) return message;
  return /^(?::\s*|\s+)([^]+)$/.exec(message.slice(path.length))?.[1] ?? message;
}
