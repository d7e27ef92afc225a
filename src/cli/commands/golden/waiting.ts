import type { Golden, GoldenOperation } from "../../../golden/golden.ts";
import { printableLine } from "../../terminal/printable.ts";

/** What the run of a golden waits for at its end, of what people or signals bring. */
export function waitsOf({ operations, result }: Golden): readonly GoldenOperation[] {
  if (result.status !== "paused") return [];
  return operations.filter(({ path, kind }) => (kind === "human" || kind === "signal") && result.waitsAt.includes(path));
}

/** The options that would answer it, one for each name, with a value to be filled in. */
export function answerOptions(waits: readonly GoldenOperation[]): readonly string[] {
  const asks = new Map(waits.map((wait) => [wait.name, wait]));
  return [...asks.values()].flatMap((wait) => ["--answer", exampleOf(wait)]);
}

function exampleOf({ name, waitsFor }: GoldenOperation): string {
  return `${printableLine(name)}=${waitsFor === "approval" ? '{"decision": "approve"}' : "…"}`;
}

/** Why a golden ends paused. What would answer it is said behind it. */
export const NOBODY_ANSWERED = "Nobody answered there, so it ends paused, and a check expects just that.";
