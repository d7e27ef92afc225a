import type { RouteNode } from "../model/node.ts";
import { checkFunction, checkMerge, checkedConcurrency } from "./checks.ts";
import { compileReduce } from "./compile-reduce.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import { compileInclude } from "./context-access.ts";
import type { RouteDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";
import { freeSlot, slotPlace, slotsOf } from "./slots.ts";

/** A route: its branches stand below it by their names, a router that is a program beside them as `router`. */
export function compileRoute(definition: RouteDefinition, place: Place, into: Compilation): RouteNode {
  const { path, segment } = place;
  const { onFailure, merge, router: asked } = definition;
  const name = definition.name ?? place.name;
  checkName(path, "a route", name);
  const concurrency = checkedConcurrency(path, definition.concurrency);
  checkMerge(path, merge);
  if (onFailure !== "propagate" && onFailure !== "ignore")
    throw invalid(path, `onFailure is ${shown(onFailure)}`, 'Choose "propagate" or "ignore".');
  const slots = slotsOf(path, definition.branches);
  const program = typeof asked === "object" && asked !== null ? asked.program : null;
  if (typeof asked === "function") noteDecision(into, `${path}:route`, asked);
  else if (program === null) checkFunction(path, "the router", asked);
  const router = program === null ? null : into.nodeOf(program, slotPlace(place, freeSlot("router", slots)), into);
  const branches = Object.freeze(slots.map(([key, member]) => into.nodeOf(member, slotPlace(place, key), into)));
  const reduce = compileReduce(definition.reduce, { place, segment: freeSlot("reduce", slots) }, into);
  const include = compileInclude(definition, path, into);
  const config = { kind: "route", name, decides: router === null, onFailure, merge, ...include, ...reduce.mark };
  const fingerprint = fingerprintOfConfig(config);
  const shape = { router, branches, concurrency, onFailure, merge, ...include, ...reduce.node };
  return Object.freeze({ kind: "route", name, segment, path, fingerprint, ...shape });
}
