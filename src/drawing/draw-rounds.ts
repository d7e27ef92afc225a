import type { NodeOf, PlanNode } from "../model/node.ts";
import type { Draft, Ends } from "./draft.ts";

// What goes round until it is enough, each in a frame with the way back.

export function drawLoop(draft: Draft, node: NodeOf<"loop">, group: string | null): Ends {
  return draft.within(node, group, (inside) => {
    const drawn = draft.chain([node.body], inside);
    back(draft, drawn, drawn);
    return drawn;
  });
}

export function drawRefine(draft: Draft, node: NodeOf<"refine">, group: string | null): Ends {
  return draft.within(node, group, (inside) => {
    const made = draft.drawSlot(node.generate, inside);
    const judged = draft.drawSlot(node.critique, inside);
    draft.lead(made.exits, judged.entries);
    back(draft, judged, made);
    return { entries: made.entries, exits: judged.exits };
  });
}

export function drawSearch(draft: Draft, node: NodeOf<"search">, group: string | null): Ends {
  return draft.within(node, group, (inside) => {
    const proposed = draft.drawSlot(node.propose, inside);
    const judged = node.evaluate === null ? proposed : draft.draw(node.evaluate, inside);
    if (judged !== proposed) draft.lead(proposed.exits, judged.entries, { label: "evaluate each", kind: "next" });
    back(draft, judged, proposed);
    return { entries: proposed.entries, exits: judged.exits };
  });
}

/** A planner, and what it may have done: always back to it, until it finishes. */
export function drawAgenticLoop(draft: Draft, node: NodeOf<"agenticLoop">, group: string | null): Ends {
  return draft.within(node, group, (inside) => {
    const planner = draft.drawSlot(node.planner, inside);
    const mayBe = (program: PlanNode, label: string): void => {
      const drawn = draft.drawSlot(program, inside);
      draft.lead(planner.exits, drawn.entries, { label, kind: "otherwise" });
      draft.lead(drawn.exits, planner.entries.slice(0, 1), { label: "", kind: "again" });
    };
    for (const { program } of node.agents) mayBe(program, "may run");
    if (node.ask !== null) mayBe(node.ask, "may ask");
    const finished = draft.mark("join", "finished", inside);
    draft.lead(planner.exits, [finished]);
    return { entries: planner.entries, exits: [finished] };
  });
}

function back(draft: Draft, { exits }: Ends, { entries }: Ends): void {
  draft.lead(exits, entries.slice(0, 1), { label: "again", kind: "again" });
}
