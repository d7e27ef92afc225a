import type { PlanNode, RefineNode } from "../model/node.ts";
import { childNodePath, eachNodePath } from "../model/path.ts";
import { loopHistory } from "./check-history.ts";
import { checkedIterations, checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import type { Definition, RefineDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A generator and its critic: they stand at `path[]/generate` and `path[]/critique`, where the brackets hold the iteration. */
export function compileRefine(definition: RefineDefinition, place: Place, into: Compilation): RefineNode {
  const { path, segment, level } = place;
  const { name, onExhausted, accept, feedback } = definition;
  checkName(path, "a refine", name);
  for (const [about, decide] of Object.entries({ accept, feedback })) {
    if (decide === null) continue;
    checkFunction(path, about, decide);
    noteDecision(into, `${path}:${about}`, decide);
  }
  if (feedback !== null && accept === null)
    throw invalid(path, "it has `feedback`, and no `accept`", "Give both, or let the critique give { ok, feedback }.");
  const maxIterations = checkedIterations(path, definition.maxIterations);
  if (maxIterations === null) throw invalid(path, "maxIterations is Infinity", "Give a whole number of at least 1.");
  if (onExhausted !== "fail" && onExhausted !== "return")
    throw invalid(path, `onExhausted is ${shown(onExhausted)}`, 'Choose "fail" or "return".');
  const compiled = (program: Definition, slot: string): PlanNode =>
    into.nodeOf(program, { path: childNodePath(eachNodePath(path), slot), segment: slot, name: slot, level: level + 1 }, into);
  const generate = compiled(definition.generate, "generate");
  const critique = compiled(definition.critique, "critique");
  const decidesAccept = accept !== null;
  const shape = { decidesAccept, onExhausted, ...loopHistory(path, definition.history, [generate, critique]) };
  const fingerprint = fingerprintOfConfig({ kind: "refine", name, ...shape });
  return Object.freeze({ kind: "refine", name, segment, path, fingerprint, generate, critique, maxIterations, ...shape });
}
