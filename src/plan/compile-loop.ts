import type { LoopNode } from "../model/node.ts";
import { eachNodePath } from "../model/path.ts";
import { loopHistory } from "./check-history.ts";
import { checkedIterations, checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import type { LoopDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A loop: its body stands at `path[]`, where at run time the brackets hold the iteration. */
export function compileLoop(definition: LoopDefinition, place: Place, into: Compilation): LoopNode {
  const { path, segment, level } = place;
  const name = definition.name ?? place.name;
  checkName(path, "a loop", name);
  const { until, next, output } = definition;
  for (const [about, decide] of Object.entries({ until, next, output })) {
    if (decide === null) continue;
    checkFunction(path, about, decide);
    noteDecision(into, `${path}:${about}`, decide);
  }
  const maxIterations = checkedIterations(path, definition.maxIterations);
  if (until === null && maxIterations === null)
    throw invalid(path, "the loop has no end", "Give `until`, a function that says when it is enough, or `maxIterations`.");
  const onExhausted = definition.onExhausted ?? (until === null ? "return" : "fail");
  if (onExhausted !== "fail" && onExhausted !== "return")
    throw invalid(path, `onExhausted is ${shown(onExhausted)}`, 'Choose "fail" or "return".');
  const body = into.nodeOf(definition.body, { path: eachNodePath(path), segment: "[]", name: "body", level: level + 1 }, into);
  const history = loopHistory(path, definition.history, [body]);
  const shape = { hasExit: until !== null, onExhausted, mapsNext: next !== null, mapsOutput: output !== null, ...history };
  const fingerprint = fingerprintOfConfig({ kind: "loop", name, ...shape });
  return Object.freeze({ kind: "loop", name, segment, path, fingerprint, body, maxIterations, ...shape });
}
