import type { AgentNode, MapNode, PlanNode } from "./node.ts";

/** The nodes right below a node, in declared order; after them what may run in its place, and what undoes it. */
export function childrenOf(node: PlanNode): readonly PlanNode[] {
  const own = ownChildrenOf(node);
  const { policy } = node;
  if (policy === undefined) return own;
  const redirected = policy.redirects === undefined ? own : [...own, ...Object.values(policy.redirects)];
  const inItsPlace = policy.fallbacks.length === 0 ? redirected : [...redirected, ...policy.fallbacks];
  return policy.compensation === undefined ? inItsPlace : [...inItsPlace, policy.compensation];
}

function ownChildrenOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case "step":
    case "sleep":
    case "gather":
    case "background":
      return [];
    case "human":
    case "signal":
      return node.limit === undefined || node.limit.program === null ? [] : [node.limit.program];
    case "agent":
      return node.tools.flatMap(({ runner }) => (runner.kind === "program" ? [runner.node] : []));
    case "sequence":
      return node.children;
    case "branch":
      return node.default === null ? Object.values(node.branches) : [...Object.values(node.branches), node.default];
    case "map":
      return withReducer([node.each], node);
    case "loop":
      return [node.body];
    case "refine":
      return [node.generate, node.critique];
    case "gate":
      return node.judges;
    case "search":
      return node.evaluate === null ? [node.propose] : [node.propose, node.evaluate];
    case "parallel":
      return withReducer(node.branches, node);
    case "agenticLoop":
      return [node.planner, ...node.agents.map(({ program }) => program), ...(node.ask === null ? [] : [node.ask])];
    case "machine":
      return Object.values(node.states);
    case "route":
      return withReducer(node.router === null ? node.branches : [node.router, ...node.branches], node);
    case "nested":
    case "cache":
    case "saga":
    case "tap":
      return [node.child];
  }
}

function withReducer(children: readonly PlanNode[], { reduce = "decided" }: Pick<MapNode, "reduce">): readonly PlanNode[] {
  return reduce === "decided" ? children : [...children, reduce];
}

/** All nodes of a plan, from the root on. */
export function nodesIn(root: PlanNode): readonly PlanNode[] {
  const nodes: PlanNode[] = [root];
  for (const node of nodes) nodes.push(...childrenOf(node)); // it grows while it is gone through
  return nodes;
}

/** All agents of a plan, those that are tools of others too. */
export function agentsIn(root: PlanNode): readonly AgentNode[] {
  return nodesIn(root).filter((node) => node.kind === "agent");
}
