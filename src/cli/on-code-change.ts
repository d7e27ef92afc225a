import type { OnCodeChange } from "../index.ts";
import { FlujoError } from "../index.ts";

/** What a command is told about code that has changed. */
export interface ChangeFlags {
  readonly acceptChanges?: boolean;
  readonly fork?: boolean;
}

/** @throws {FlujoError} `usage_invalid` where both were said. */
export function onCodeChangeOf({ acceptChanges = false, fork = false }: ChangeFlags): OnCodeChange {
  if (acceptChanges && fork)
    throw new FlujoError("usage_invalid", "--accept-changes and --fork were both given.", { remedy: "Give one of them." });
  if (fork) return "fork";
  return acceptChanges ? "continue" : "refuse";
}
