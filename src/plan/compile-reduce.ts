import type { PlanNode } from "../model/node.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import type { ReduceDefinition } from "./definition.ts";
import { slotPlace } from "./slots.ts";

/** What makes one thing of the results of members, and how it is part of their node's fingerprint. Nothing where there is none. */
export interface CompiledReduce {
  readonly node: { readonly reduce?: "decided" | PlanNode };
  readonly mark: { readonly reduces?: "decided" | "program" };
}

/** A program that reduces stands below its node, in a slot of its own. */
export function compileReduce(
  reduce: ReduceDefinition | undefined,
  slot: { readonly place: Place; readonly segment: string },
  into: Compilation,
): CompiledReduce {
  const { place, segment } = slot;
  if (reduce === undefined) return { node: {}, mark: {} };
  if (typeof reduce === "object" && reduce !== null)
    return { node: { reduce: into.nodeOf(reduce.program, slotPlace(place, segment), into) }, mark: { reduces: "program" } };
  checkFunction(place.path, "the reducer", reduce);
  noteDecision(into, `${place.path}:reduce`, reduce);
  return { node: { reduce: "decided" }, mark: { reduces: "decided" } };
}
