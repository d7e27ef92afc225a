import type { Plan, PlanNode } from "../../model/node.ts";
import { childrenOf } from "../../model/node.ts";
import type { InstancePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { NodeView } from "../../model/view-data.ts";

/** What a plan says of things that are happening: bounds that a journal does not know. */
export class PlanFacts {
  readonly #nodes = new Map<string, PlanNode>();

  constructor(plan: Plan | null) {
    const open = plan === null ? [] : [plan.root];
    for (const node of open) {
      this.#nodes.set(node.path, node);
      open.push(...childrenOf(node)); // it grows while it is gone through
    }
  }

  /** The node that stands at a place; null where there is no plan, or none in it: a turn, a tool call. */
  nodeAt(path: InstancePath): PlanNode | null {
    return this.#nodes.get(nodePathOf(path)) ?? null;
  }

  /** How often something may be tried at most; null where nobody knows. */
  mostAttempts(node: NodeView): number | null {
    const planned = this.nodeAt(node.path);
    if (planned === null) return null;
    const own = planned.kind === "step" ? planned.retry : null; // an agent's own is for each of its model calls
    return (planned.policy?.retry ?? own)?.maxAttempts ?? null;
  }

  /** How many times a loop goes round at most; null where it has no bound, or nobody knows. */
  mostIterations(node: NodeView): number | null {
    const planned = this.nodeAt(node.path);
    return planned?.kind === "loop" ? planned.maxIterations : null;
  }

  /** What something is, which the plan knows before the journal tells: loops, sequences that are parallels or taps. */
  kindOf(node: NodeView): NodeView["kind"] {
    if (node.kind !== "group" && node.kind !== "map") return node.kind;
    const kind = this.nodeAt(node.path)?.kind ?? node.kind;
    return kind === "sequence" ? "group" : kind;
  }
}

/** Nothing is known of the plan. */
export const NO_PLAN = new PlanFacts(null);
