import type { Plan } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { nodePathOf } from "../model/path.ts";
import { speakingAgents } from "../plan/speaking-agents.ts";

/** Tells of a model call's path whether the program's text is said there. The plan is asked for when the first one is. */
export function isTextOf(plan: () => Plan): (path: InstancePath) => boolean {
  let turns: ReadonlySet<string> | null = null;
  let last: { readonly path: InstancePath; readonly is: boolean } | null = null; // piece follows piece of the same text
  return (path) => {
    if (last?.path === path) return last.is;
    turns ??= new Set([...speakingAgents(plan().root)].map((agent) => `${agent}/turn[]`));
    last = { path, is: turns.has(nodePathOf(path)) };
    return last.is;
  };
}
