import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import type { Plan, PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/node.ts";

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
    remedy: "Name a human step, or a tool that needs approval.",
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
    open.push(...childrenOf(node));
  }
  return names;
}
