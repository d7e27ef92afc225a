import type { Plan, PlanNode } from "../model/node.ts";
import type { DrawOptions, Ends } from "./draft.ts";
import { Draft, only } from "./draft.ts";
import { drawAgent, drawBackground, drawFrame, drawTap, drawWait } from "./draw-around.ts";
import { drawBranch, drawGate, drawMap, drawParallel, drawRoute } from "./draw-beside.ts";
import { drawMachine } from "./draw-machine.ts";
import { drawAgenticLoop, drawLoop, drawRefine, drawSearch } from "./draw-rounds.ts";
import type { Drawing } from "./drawing.ts";

/** Draws a plan: every node with what comes after it, what it goes round, and what stands in for it. */
export function drawPlan(plan: Plan, options: DrawOptions): Drawing {
  return new Draft(plan, options, drawKind).drawing();
}

/** A kind that is not here does not compile. */
function drawKind(draft: Draft, node: PlanNode, group: string | null): Ends {
  switch (node.kind) {
    case "step":
    case "sleep":
    case "gather":
      return only(draft.box(node, group));
    case "sequence":
      return draft.within(node, group, (inside) => draft.chain(node.children, inside));
    case "branch":
      return drawBranch(draft, node, group);
    case "parallel":
      return drawParallel(draft, node, group);
    case "route":
      return drawRoute(draft, node, group);
    case "gate":
      return drawGate(draft, node, group);
    case "map":
      return drawMap(draft, node, group);
    case "loop":
      return drawLoop(draft, node, group);
    case "refine":
      return drawRefine(draft, node, group);
    case "search":
      return drawSearch(draft, node, group);
    case "agenticLoop":
      return drawAgenticLoop(draft, node, group);
    case "machine":
      return drawMachine(draft, node, group);
    case "agent":
      return drawAgent(draft, node, group);
    case "human":
    case "signal":
      return drawWait(draft, node, group);
    case "nested":
    case "cache":
    case "saga":
      return drawFrame(draft, node, group);
    case "tap":
      return drawTap(draft, node, group);
    case "background":
      return drawBackground(draft, node, group);
  }
}
