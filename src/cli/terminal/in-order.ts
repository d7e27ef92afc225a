import type { NodeView } from "../../model/view-data.ts";
import { HAS_ITERATIONS } from "../../model/view-data.ts";
import { attemptsOf, besideAttempts } from "../../model/view-parts.ts";

/**
 * What is below a node, in the order a reader expects: attempts by their number, items, iterations and tool calls by their
 * index, everything else by when it began. (A journal holds steps in the order they ended.)
 */
export function inOrder(node: NodeView): readonly NodeView[] {
  const children = [...besideAttempts(node)].sort((a, b) => a.startedAtMs - b.startedAtMs);
  const hasIndices = node.kind === "map" || HAS_ITERATIONS.has(node.kind) || node.kind === "turn";
  return [...attemptsOf(node), ...(hasIndices ? children.sort((a, b) => indexOf(a) - indexOf(b)) : children)];
}

/** What has no index runs in place of those that have one. */
function indexOf({ segment }: NodeView): number {
  return Number(/\[(\d+)\]$/.exec(segment)?.[1] ?? Number.POSITIVE_INFINITY);
}
