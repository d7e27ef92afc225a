import type { Failure } from "../../model/failure.ts";
import type { Golden } from "../golden.ts";
import type { Row } from "./align.ts";
import type { Side } from "./place-tree.ts";

/** Where a run failed by itself, although nothing that it asked did: a gate that was closed, a loop that was not enough. */
export interface OwnEnd {
  /** The one of the two that failed there, and the other did not. */
  readonly side: Side;
  readonly path: string;
}

/** Where one of two runs ended by itself, and the other did not; null where neither did, or both did alike. */
export function ownEndOf(recorded: Golden, now: Golden): OwnEnd | null {
  const [was, is] = [ownFailureOf(recorded), ownFailureOf(now)];
  if (was !== null && is !== null && was.code === is.code && was.path === is.path) return null;
  if (is !== null) return { side: "now", path: is.path };
  return was === null ? null : { side: "recorded", path: was.path };
}

function ownFailureOf({ result, operations }: Golden): Failure | null {
  if (result.status !== "failed") return null;
  const { failure } = result;
  const isOfOne = operations.some(
    ({ response }) =>
      response?.status === "failed" && response.failure.code === failure.code && response.failure.message === failure.message,
  );
  return isOfOne ? null : failure;
}

/** The last of what happened there before it ended: what stands behind it follows from that. Null where nothing did. */
export function rowOfEnd(rows: readonly Row[], { side, path }: OwnEnd): Row | null {
  const isThere = (at: string): boolean => at.startsWith(path) && /^(?:$|[/[#])/.test(at.slice(path.length));
  return rows.findLast((row) => isThere(row[side]?.path ?? "")) ?? null;
}
