import type { NodeView } from "../../model/view-data.ts";

/**
 * What is below a node, in the order a reader expects: items and tool calls by their index, everything else by when it
 * began. (A journal holds steps in the order they ended.)
 */
export function inOrder(node: NodeView): readonly NodeView[] {
  const children = [...node.children.values()];
  return node.kind === "map" || node.kind === "turn"
    ? children.sort((a, b) => indexOf(a) - indexOf(b))
    : children.sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function indexOf({ segment }: NodeView): number {
  return Number(/\[(\d+)\]$/.exec(segment)?.[1] ?? 0);
}
