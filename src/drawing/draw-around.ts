import type { NodeOf, PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import type { Draft, Ends } from "./draft.ts";
import { membersOf, only } from "./draft.ts";

// What stands around one other program, and what has others to turn to.

/** A frame around the members of what is in it. */
export function drawFrame(draft: Draft, node: NodeOf<"nested" | "cache" | "saga">, group: string | null): Ends {
  return draft.within(node, group, (inside) => draft.chain(insideOf(node), inside));
}

/** A tap that is a function is a box. */
export function drawTap(draft: Draft, node: NodeOf<"tap">, group: string | null): Ends {
  if (standsIn(node.child, node)) return only(draft.box(node, group));
  return draft.within(node, group, (inside) => draft.chain(insideOf(node), inside));
}

/** A run of its own: nothing comes after it here. */
export function drawBackground(draft: Draft, node: NodeOf<"background">, group: string | null): Ends {
  return draft.within(node, group, (inside) => {
    const box = draft.box(node, inside);
    const { entries } = draft.chain(membersOf(node.starts.root), inside);
    draft.lead([box], entries, { label: "starts", kind: "otherwise" });
    return only(box);
  });
}

/** An agent with the programs that it may call. */
export function drawAgent(draft: Draft, node: NodeOf<"agent">, group: string | null): Ends {
  const programs = node.tools.flatMap(({ runner }) => (runner.kind === "program" ? [runner.node] : []));
  if (programs.length === 0) return only(draft.box(node, group));
  return draft.within(node, group, (inside) => {
    const box = draft.box(node, inside);
    for (const program of programs) draft.lead([box], draft.draw(program, inside).entries, { label: "may call", kind: "otherwise" });
    return only(box);
  });
}

export function drawWait(draft: Draft, node: NodeOf<"human" | "signal">, group: string | null): Ends {
  const box = draft.box(node, group);
  const program = node.limit?.program ?? null;
  if (program === null) return only(box);
  const drawn = draft.draw(program, group);
  draft.lead([box], drawn.entries, { label: "not in time", kind: "otherwise" });
  return { entries: [box], exits: [box, ...drawn.exits] };
}

/** A pipeline that is called like what is around it would only be a second frame. */
function insideOf({ child, name }: NodeOf<"nested" | "cache" | "saga" | "tap">): readonly PlanNode[] {
  return child.name === name ? membersOf(child) : [child];
}

/** Whether all that is in it is what it does, called like itself: the function of a tap. */
function standsIn(child: PlanNode, { name }: PlanNode): boolean {
  return child.name === name && child.policy === undefined && child.madeBy === undefined && childrenOf(child).length === 0;
}
