import type { MachineRule, NodeOf } from "../model/node.ts";
import type { Draft, Ends } from "./draft.ts";
import { only } from "./draft.ts";

/** Its states in a frame, and its transitions as ways that say when they are taken. An end without a program is a mark. */
export function drawMachine(draft: Draft, node: NodeOf<"machine">, group: string | null): Ends {
  const { states, ends, rules, initial } = node;
  return draft.within(node, group, (inside) => {
    const drawn = new Map<string, Ends>();
    for (const [name, state] of Object.entries(states)) {
      const { entries, exits } = draft.drawSlot(state, inside);
      drawn.set(name, { entries, exits: draft.joined(exits, inside) });
    }
    for (const end of ends) if (!drawn.has(end)) drawn.set(end, only(draft.mark("join", end, inside)));
    const endsOf = (name: string): Ends => drawn.get(name) ?? { entries: [], exits: [] };
    for (const name of Object.keys(states)) {
      const out = rules.filter(({ from }) => from.includes(name));
      for (const rule of out) {
        const kind = rule.when === "success" ? "next" : "otherwise";
        draft.lead(endsOf(name).exits, endsOf(rule.to).entries, { label: conditionOf(rule, out), kind });
      }
    }
    return { entries: endsOf(initial).entries, exits: ends.flatMap((end) => endsOf(end).exits) };
  });
}

/** When a transition is made, among all that lead out of the same state: of those that fit, the first is. */
export function conditionOf(rule: MachineRule, out: readonly MachineRule[]): string {
  const rivals = out.filter(({ when }) => whenText(when) === whenText(rule.when));
  const isFirst = rivals[0] === rule;
  const guard = rule.isGuarded ? (isFirst ? "if" : "else if") : isFirst ? "" : "else";
  return [whenText(rule.when), guard].filter((part) => part !== "").join(", ");
}

function whenText(when: MachineRule["when"]): string {
  if (when === "success") return "";
  return when === "failure" ? "on failure" : `on ${when.join(", ")}`;
}
