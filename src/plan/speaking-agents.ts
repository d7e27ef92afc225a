import type { NodeOf, PlanNode } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";

/**
 * The agents whose text a program's text is: the one that speaks last. That is the program itself where it is an agent;
 * else, going back from its end over steps and people, the first agent there is, and of a branch one in each of its arms.
 * None where that is a map, a parallel or a route: there several would speak at once, unless an agent makes one thing of what
 * they gave.
 */
export function speakingAgents(root: PlanNode): ReadonlySet<NodePath> {
  return new Set(speakersOf(root) ?? []);
}

/** Null where nobody speaks in it at all, so that one looks at what stands before it. */
function speakersOf(node: PlanNode): readonly NodePath[] | null {
  switch (node.kind) {
    case "agent":
      return [node.path];
    case "step":
    case "human":
    case "signal":
    case "sleep":
    case "background":
    case "tap":
    case "gate":
    case "gather":
      return null;
    case "loop":
      return speakersOf(node.body);
    case "refine":
      return speakersOf(node.generate);
    case "nested":
    case "saga":
    case "cache":
      return speakersOf(node.child);
    case "sequence":
      return lastOf(node.children);
    case "branch": {
      const arms = node.default === null ? Object.values(node.branches) : [...Object.values(node.branches), node.default];
      const speakers = arms.map(speakersOf).filter((found) => found !== null);
      return speakers.length === 0 ? null : speakers.flat();
    }
    case "map":
      return reducerOf(node) ?? (speakersOf(node.each) === null ? null : []);
    case "search":
      return lastOf(node.evaluate === null ? [node.propose] : [node.propose, node.evaluate]) === null ? null : [];
    case "agenticLoop":
      return lastOf([node.planner, ...node.agents.map(({ program }) => program)]) === null ? null : [];
    case "machine":
      return lastOf(Object.values(node.states)) === null ? null : [];
    case "parallel":
    case "route":
      return reducerOf(node) ?? (lastOf(node.branches) === null ? null : []);
  }
}

/** Who speaks in what makes one thing of the results; null where nobody does. */
function reducerOf({ reduce = "decided" }: Pick<NodeOf<"map">, "reduce">): readonly NodePath[] | null {
  return reduce === "decided" ? null : speakersOf(reduce);
}

function lastOf(nodes: readonly PlanNode[]): readonly NodePath[] | null {
  for (const node of nodes.toReversed()) {
    const found = speakersOf(node);
    if (found !== null) return found;
  }
  return null;
}
