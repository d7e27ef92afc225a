import { FlujoError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { didYouMean } from "../base/near-names.ts";
import { approvalSchema } from "../model/approval.ts";
import type { Plan, PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { nodePathOf, parseInstancePath } from "../model/path.ts";

/**
 * Refuses the name of a pause that can never be there.
 *
 * @throws {FlujoError} `pause_not_found`, naming those there can be.
 */
export function refuseUnknownPause(plan: Plan, runId: string, name: string): void {
  if (name.includes("/")) return; // the id of one pause among several of its name, perhaps of one that is still to come
  const names = pauseNamesOf(plan.root);
  if (names === null || names.has(name)) return;
  const there = names.size === 0 ? "It never waits for anybody." : `It can wait for ${[...names].join(", ")}.`;
  throw new FlujoError("pause_not_found", `"${plan.name}" (run ${runId}) never waits for "${name}".${didYouMean(name, names)} ${there}`, {
    remedy: "Name a human step, a wait for a signal, or a tool that needs approval.",
    details: { names: [...names] },
  });
}

/** The names under which a program can wait; null where servers decide which tools there are. */
function pauseNamesOf(root: PlanNode): ReadonlySet<string> | null {
  const names = new Set<string>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "human" || node.kind === "signal") names.add(node.name);
    if (node.kind === "agent") {
      if (node.servers.length > 0) return null;
      for (const { name, approval } of node.tools) if (approval !== "never") names.add(name);
    }
    open.push(...childrenOf(node).toReversed()); // in the order in which they are declared
  }
  return names;
}

/**
 * The JSON Schemas of all that a program waits for under a name, or at the node whose instance this is the id of; null where
 * that is not known before it waits.
 */
export function schemasFor(plan: Plan, name: string): readonly Json[] | null {
  const schemas: Json[] = [];
  const path = name.includes("/") ? nodePathOf(parseInstancePath(name)) : null;
  const open = [plan.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ((node.kind === "human" || node.kind === "signal") && (path === null ? node.name === name : node.path === path))
      schemas.push(node.answerSchema);
    if (node.kind === "agent") {
      if (node.servers.length > 0) return null;
      for (const tool of node.tools) if (tool.name === name && tool.approval !== "never") schemas.push(approvalSchema(tool.inputSchema));
    }
    open.push(...childrenOf(node).toReversed());
  }
  return schemas.length === 0 ? null : schemas;
}
