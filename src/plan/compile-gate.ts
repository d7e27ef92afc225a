import type { GateNode } from "../model/node.ts";
import { checkMerge, checkedConcurrency } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import type { GateDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";
import { slotPlace, slotsOf } from "./slots.ts";

/** A gate: its judges stand below it by their names. */
export function compileGate(definition: GateDefinition, place: Place, into: Compilation): GateNode {
  const { path, segment } = place;
  const { name, needs, minScore, onFailure, merge } = definition;
  checkName(path, "a gate", name);
  const concurrency = checkedConcurrency(path, definition.concurrency);
  checkMerge(path, merge);
  if (onFailure !== "propagate" && onFailure !== "ignore")
    throw invalid(path, `onFailure is ${shown(onFailure)}`, 'Choose "propagate" or "ignore".');
  if (minScore !== null && !Number.isFinite(minScore)) throw invalid(path, `minScore is ${shown(minScore)}`, "Give a number.");
  const slots = slotsOf(path, definition.judges, { all: "judges" });
  const count = slots.length;
  if (needs !== "all" && needs !== "majority" && (!Number.isSafeInteger(needs) || needs < 1 || needs > count))
    throw invalid(path, `needs is ${shown(needs)}`, `Choose "all", "majority", or how many of its ${count} judges have to agree.`);
  const judges = Object.freeze(slots.map(([key, judge]) => into.nodeOf(judge, slotPlace(place, key), into)));
  const shape = { needs, minScore, onFailure, merge };
  const fingerprint = fingerprintOfConfig({ kind: "gate", name, ...shape });
  return Object.freeze({ kind: "gate", name, segment, path, fingerprint, judges, concurrency, ...shape });
}
