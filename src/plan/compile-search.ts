import { isPlainObject } from "../base/json.ts";
import type { SearchNode } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath, eachNodePath, isSegment } from "../model/path.ts";
import { checkedConcurrency, checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import type { DecisionFunction, SearchDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName, WHAT_A_NAME_IS } from "./names.ts";

/** A search: what it runs stands at `path[]/propose` and `path[]/evaluate[]`, where the brackets hold which time around, and which state. */
export function compileSearch(definition: SearchDefinition, place: Place, into: Compilation): SearchNode {
  const { path, segment, level } = place;
  const { name, heuristic, cost, evaluate: evaluator } = definition;
  checkName(path, "a search", name);
  const invariants = invariantsOf(definition, path);
  const decides = { isGoal: definition.isGoal, heuristic, cost };
  for (const [about, decide] of Object.entries(decides)) {
    if (decide === null) continue;
    checkFunction(path, about, decide);
    noteDecision(into, `${path}:${about}`, decide);
  }
  for (const [invariant, holds] of invariants) noteDecision(into, `${path}:invariant ${invariant}`, holds);
  if (evaluator !== null && heuristic !== null)
    throw invalid(path, "it has an evaluate and a heuristic", "Leave one of them out: both say what a state promises.");
  const bounds = {
    branching: checkedBound(path, "branching", definition.branching),
    beam: checkedBound(path, "beam", definition.beam),
    maxDepth: checkedBound(path, "maxDepth", definition.maxDepth),
    maxTokens: checkedBound(path, "maxTokens", definition.maxTokens),
  };
  const maxExpansions = checkedBound(path, "maxExpansions", definition.maxExpansions);
  if (maxExpansions === null) throw invalid(path, "the search has no end", "Give `maxExpansions`: how often it proposes at most.");
  const concurrency = checkedConcurrency(path, definition.concurrency);
  const round = eachNodePath(path);
  const propose = into.nodeOf(definition.propose, slot(childNodePath(round, "propose"), "propose", level), into);
  const evaluate =
    evaluator === null ? null : into.nodeOf(evaluator, slot(eachNodePath(childNodePath(round, "evaluate")), "[]", level), into);
  const shape = { hasHeuristic: heuristic !== null, hasCost: cost !== null, invariants: Object.freeze(invariants.map(([each]) => each)) };
  const fingerprint = fingerprintOfConfig({ kind: "search", name, ...shape, evaluates: evaluator !== null });
  const programs = { propose, evaluate, concurrency };
  return Object.freeze({ kind: "search", name, segment, path, fingerprint, ...programs, ...shape, ...bounds, maxExpansions });
}

function slot(path: NodePath, segment: string, level: number): Place {
  return { path, segment, name: segment === "[]" ? "evaluate" : segment, level: level + 1 };
}

/** Their names are shown to people and stand beside those of other pieces of code. */
function invariantsOf({ invariants }: SearchDefinition, path: NodePath): readonly (readonly [string, DecisionFunction])[] {
  if (!isPlainObject(invariants))
    throw invalid(path, `its invariants are ${shown(invariants)}`, "Give them as an object: { name: (state) => true }.");
  return Object.entries(invariants).map(([name, holds]) => {
    if (!isSegment(name)) throw invalid(path, `an invariant is called ${shown(name)}`, WHAT_A_NAME_IS);
    checkFunction(path, `the invariant ${shown(name)}`, holds);
    return [name, holds] as const;
  });
}

/** Null for no bound, which is also written `Infinity`. */
function checkedBound(at: string, what: string, value: unknown): number | null {
  if (value === null || value === Number.POSITIVE_INFINITY) return null;
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalid(at, `${what} is ${shown(value)}`, "Give a whole number of at least 1.");
}
