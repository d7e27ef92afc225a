import { HAS_ITERATIONS } from "./view-data.ts";
import type { Draft, ViewTree } from "./view-tree.ts";

// A time around of a refine, a search, a machine or an agentic loop stands for what happens in it, and nothing is on record of it by
// itself: it is over when the next one begins, or when what goes round is over.

/** What goes round is over, so each time around is. */
export function settleRounds(tree: ViewTree, node: Draft): void {
  if (!goesRound(node)) return;
  for (const { segment, attempt } of node.children.values()) {
    const tried = attempt === null ? null : tree.child(node, segment);
    if (tried !== null) settleRounds(tree, tried);
    else if (segment.endsWith("]")) settle(tree, node, segment);
  }
}

/** Only a pipeline has a map, so that what is a run's whole program and looks like one goes round: nothing says of it what it is. */
function goesRound({ kind, path, segment }: Draft): boolean {
  return HAS_ITERATIONS.has(kind) || (kind === "map" && path === segment);
}

/** Something is heard of these nodes, which stand in each other: a time around before theirs is over. */
export function settleRoundsBefore(tree: ViewTree, nodes: readonly Draft[]): void {
  for (const [at, node] of nodes.entries()) {
    const above = nodes[at - 1];
    if (above === undefined || !goesRound(above)) continue;
    const [, name, index] = /^(.*)\[(\d+)\]$/s.exec(node.segment) ?? [];
    if (index !== undefined && index !== "0") settle(tree, above, `${name}[${Number(index) - 1}]`);
  }
}

/** Ends what stands for what is in it, where that is over. Gives whether it is. */
function settle(tree: ViewTree, above: Draft, segment: string): boolean {
  const known = above.children.get(segment);
  if (known === undefined || known.endedAtMs !== null) return known !== undefined;
  if (known.seq !== null || known.status !== "running" || known.children.size === 0) return false;
  const place = tree.child(above, segment);
  if (place === null) return false;
  const parts = [...place.children.keys()].map((part) => settle(tree, place, part));
  if (parts.includes(false)) return false;
  let endedAtMs = place.startedAtMs;
  let status: Draft["status"] = "succeeded";
  for (const part of place.children.values()) {
    endedAtMs = Math.max(endedAtMs, part.endedAtMs ?? 0);
    if (part.status !== "succeeded") ({ status } = part);
  }
  place.endedAtMs = endedAtMs;
  place.status = status;
  return true;
}
