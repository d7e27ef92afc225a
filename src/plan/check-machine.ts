import { didYouMean } from "../base/near-names.ts";
import type { MachineRule } from "../model/node.ts";
import { invalid, shown } from "./invalid.ts";

/** A machine without its programs. */
export interface MachineShape {
  /** Those that have a program. */
  readonly states: readonly string[];
  readonly initial: string;
  readonly ends: readonly string[];
  readonly rules: readonly MachineRule[];
}

/**
 * Whether every state of a machine can be entered, left, and left for an end.
 *
 * @throws {FlujoError} `pipeline_invalid`, naming the state or the transition.
 */
export function checkMachine(at: string, shape: MachineShape): void {
  const { states, initial, ends, rules } = shape;
  if (!states.includes(initial)) {
    const what = ends.includes(initial)
      ? `${shown(initial)}, in which it begins, has no program`
      : `there is no state ${shown(initial)} to begin in`;
    throw invalid(at, what, `Those that have a program: ${states.join(", ")}.${didYouMean(initial, states)}`);
  }
  if (states.includes("*")) throw invalid(at, 'a state is called "*"', "Give it another name: that stands for all states.");
  for (const state of states) {
    if (ends.includes(state) || rules.some((rule) => rule.from.includes(state) && rule.when === "success")) continue;
    throw invalid(at, `nothing says where it goes from ${shown(state)}`, "Add a transition from there, or name it among the ends.");
  }
  refuseHidden(at, rules);
  const reached = closure([initial], (state) => rules.filter(({ from }) => from.includes(state)).map(({ to }) => to));
  const lost = [...states, ...ends].find((state) => !reached.has(state));
  if (lost !== undefined) throw invalid(at, `no transition leads to ${shown(lost)}`, "Add one, or leave the state out.");
  const ending = closure(ends, (state) => rules.filter(({ to }) => to === state).flatMap(({ from }) => from));
  const endless = states.find((state) => !ending.has(state));
  if (endless !== undefined) throw invalid(at, `no end can be reached from ${shown(endless)}`, "Add a transition towards one.");
}

function closure(start: readonly string[], next: (state: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(start);
  for (const state of found) for (const other of next(state)) found.add(other); // it grows while it is gone through
  return found;
}

/** A transition that an earlier one always comes before is a slip. */
function refuseHidden(at: string, rules: readonly MachineRule[]): void {
  rules.forEach((rule, index) => {
    const before = rules.slice(0, index).filter(({ isGuarded }) => !isGuarded);
    const isHidden = rule.from.every((state) => before.some((other) => other.from.includes(state) && covers(other.when, rule.when)));
    if (rule.from.length > 0 && isHidden)
      throw invalid(
        `${at}, transition ${index + 1}`,
        "it is never taken: those before it always are",
        "Put it before them, or give them an `if`.",
      );
  });
}

function covers(before: MachineRule["when"], after: MachineRule["when"]): boolean {
  if (before === "success" || after === "success") return before === after;
  if (before === "failure") return true;
  return after !== "failure" && after.every((code) => before.includes(code));
}
