import { ERRORS } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import type { MachineNode, MachineRule } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import { eachNodePath } from "../model/path.ts";
import { loopHistory } from "./check-history.ts";
import { checkMachine } from "./check-machine.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import type { MachineDefinition, MachineRuleDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkKey, checkName } from "./names.ts";
import { slotPlace, slotsOf } from "./slots.ts";

/** A machine: its states stand below `path[]`, where at run time the brackets hold how many transitions it has made by then. */
export function compileMachine(definition: MachineDefinition, place: Place, into: Compilation): MachineNode {
  const { path, segment } = place;
  const { name, initial, maxHops } = definition;
  checkName(path, "a machine", name);
  const slots = slotsOf(path, definition.states, { mayBeEmpty: true, all: "states" });
  const ends = endsOf(path, definition.ends);
  if (!Number.isSafeInteger(maxHops) || maxHops < 1)
    throw invalid(path, `maxHops is ${shown(maxHops)}`, "Give a whole number of at least 1.");
  const names = slots.map(([key]) => key);
  const rules = definition.rules.map((rule, index) => ruleOf({ at: `${path}, transition ${index + 1}`, states: names, ends }, rule));
  checkMachine(path, { states: names, initial, ends, rules });
  definition.rules.forEach(({ guard }, index) => {
    if (guard !== null) noteDecision(into, `${path}:guard ${index}`, guard);
  });
  const below = { ...place, path: eachNodePath(path), level: place.level + 1 };
  const states = Object.freeze(Object.fromEntries(slots.map(([key, state]) => [key, into.nodeOf(state, slotPlace(below, key), into)])));
  const history = loopHistory(path, definition.history, Object.values(states));
  const shape = { initial, ends, rules: Object.freeze(rules), ...history };
  const fingerprint = fingerprintOfConfig({ kind: "machine", name, ...shape });
  return Object.freeze({ kind: "machine", name, segment, path, fingerprint, states, maxHops, ...shape });
}

function endsOf(path: NodePath, ends: unknown): readonly string[] {
  if (!Array.isArray(ends)) throw invalid(path, `ends is ${shown(ends)}`, "Give the names of the states it ends in, as a list.");
  if (ends.length === 0) throw invalid(path, "it has no ends", 'Name the states it ends in: ends: ["done"].');
  for (const end of ends as readonly unknown[]) {
    if (typeof end !== "string") throw invalid(path, `one of its ends is ${shown(end)}`, "Give the names of states.");
    checkKey(path, end);
  }
  return Object.freeze([...(ends as readonly string[])]);
}

interface Known {
  readonly at: string;
  readonly states: readonly string[];
  readonly ends: readonly string[];
}

function ruleOf(known: Known, { from, when, guard, to }: MachineRuleDefinition): MachineRule {
  const { at } = known;
  if (guard !== null) checkFunction(at, "if", guard);
  checkState(known, to);
  return Object.freeze({ from: fromOf(known, from), when: whenOf(at, when), isGuarded: guard !== null, to });
}

/** The states it leads out of, `*` spelt out. */
function fromOf(known: Known, from: string | readonly string[]): readonly string[] {
  const { at, states, ends } = known;
  if (from === "*") return Object.freeze(states.filter((state) => !ends.includes(state)));
  const named: readonly unknown[] = Array.isArray(from) ? from : [from];
  if (named.length === 0) throw invalid(at, "it leads out of no state", 'Name one, several, or "*" for all that are no end.');
  for (const state of named) {
    checkState(known, state);
    if (ends.includes(state as string))
      throw invalid(at, `it leads out of ${shown(state)}, which is an end`, "Leave that out: nothing comes after an end.");
  }
  return Object.freeze([...(named as readonly string[])]);
}

function checkState({ at, states, ends }: Known, state: unknown): void {
  const known = [...new Set([...states, ...ends])];
  if (typeof state === "string" && known.includes(state)) return;
  const near = typeof state === "string" ? didYouMean(state, known) : "";
  throw invalid(at, `there is no state ${shown(state)}`, `Those there are: ${known.join(", ")}.${near}`);
}

function whenOf(at: string, when: unknown): MachineRule["when"] {
  if (when === "success" || when === "failure") return when;
  const codes: readonly unknown[] = Array.isArray(when) ? when : [when];
  if (codes.length === 0) throw invalid(at, "`when` is an empty list", 'Choose "success", "failure", or error codes.');
  for (const code of codes) {
    if (typeof code !== "string" || !Object.hasOwn(ERRORS, code)) {
      const near = typeof code === "string" ? didYouMean(code, ["success", "failure", ...Object.keys(ERRORS)]) : "";
      throw invalid(at, `\`when\` names ${shown(code)}, which is no error code`, `Choose "success", "failure", or codes of ERRORS.${near}`);
    }
    if (code === "cancelled" || code === "continued") throw invalid(at, `\`when\` names "${code}", which nothing catches`, "Leave it out.");
  }
  return Object.freeze([...(codes as readonly string[])]);
}
