import type { NodeView } from "./view-data.ts";

/** What stands for a node as it is now: its last attempt, where its attempts stand below it; else the node itself. */
export function lastTry(node: NodeView): NodeView {
  return attemptsOf(node).at(-1) ?? node;
}

/** The attempts of a node that stand below it, in order; none where there was one only, or they are in its `outcomes` alone. */
export function attemptsOf(node: NodeView): readonly NodeView[] {
  if (!node.children.has("#1")) return [];
  return [...node.children.values()].filter(({ attempt }) => attempt !== null).sort((a, b) => (a.attempt ?? 0) - (b.attempt ?? 0));
}

/** What stands below a node beside its attempts: what ran in its place. All that is below it where no attempts are. */
export function besideAttempts(node: NodeView): readonly NodeView[] {
  return [...node.children.values()].filter(({ attempt }) => attempt === null);
}

/** What counts of all that is below a node: what its last attempt did, and what ran in its place. */
export function partsThatCount(node: NodeView): readonly NodeView[] {
  const tried = lastTry(node);
  return tried === node ? [...node.children.values()] : [...tried.children.values(), ...besideAttempts(node)];
}

/** The items of a map, the iterations of a loop: those of its last attempt. */
export function itemsOf(node: NodeView): readonly NodeView[] {
  return [...lastTry(node).children.values()].filter(({ segment }) => segment.endsWith("]"));
}
