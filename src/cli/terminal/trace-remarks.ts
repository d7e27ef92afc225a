import { isPlainObject } from "../../base/json.ts";
import type { AttemptView, DecisionView, NodeView } from "../../model/view-data.ts";
import { count, duration, money, plural } from "./numbers.ts";
import { reasonOf } from "./reason.ts";
import { modelOf } from "./turn-text.ts";
import { valueLine } from "./value-text.ts";

/** A sentence about a node, which stands below it. */
export interface Remark {
  readonly status: "remark" | "retried";
  readonly text: string;
}

/** All there is to say about a node beside its row: why it was tried again, what its tool servers offer, what it recalls. */
export function remarksOf(node: NodeView, hasModelInTurn: boolean): readonly Remark[] {
  const facts = [...(node.kind === "agent" && !hasModelInTurn ? modelsOf(node) : []), ...node.decisions.flatMap(decisionTexts)];
  return [...facts.map((text): Remark => ({ status: "remark", text })), ...retriesOf(node)];
}

function modelsOf(agent: NodeView): readonly string[] {
  const models = new Set([...agent.children.values()].map(({ request }) => modelOf(request)).filter((model) => model !== ""));
  return models.size === 0 ? [] : [`asks ${[...models].join(", ")}`];
}

function decisionTexts({ about, outcome }: DecisionView): readonly string[] {
  if (outcome.status === "failed") return [];
  switch (about) {
    case "instructions":
      return [`instructions: ${valueLine(outcome.value)}`];
    case "tools":
      return offersIn(outcome.value);
    case "history":
      return recalledIn(outcome.value);
    default:
      return [];
  }
}

const MOST_TOOLS = 8;

/** `files offers 4 tools: read, write, list, move`; nothing where the list is what it was. */
function offersIn(served: unknown): readonly string[] {
  if (!isPlainObject(served) || !Array.isArray(served["tools"])) return [];
  const byServer = new Map<string, string[]>();
  for (const each of served["tools"]) {
    if (!isPlainObject(each)) continue;
    const server = String(each["server"]);
    byServer.set(server, [...(byServer.get(server) ?? []), String(each["tool"])]);
  }
  if (byServer.size === 0) return ["its tool servers offer nothing"];
  return [...byServer].map(([server, tools]) => {
    const more = tools.length > MOST_TOOLS ? `, and ${count(tools.length - MOST_TOOLS)} more` : "";
    return `${server} offers ${plural(tools.length, "tool", "tools")}: ${tools.slice(0, MOST_TOOLS).join(", ")}${more}`;
  });
}

function recalledIn(recalled: unknown): readonly string[] {
  const items = isPlainObject(recalled) && Array.isArray(recalled["items"]) ? recalled["items"].length : 0;
  return items === 0 ? [] : [`recalls ${plural(items, "message", "messages")} of its thread`];
}

/** Why each attempt but the last was not enough, and how long it took until the next. */
function retriesOf({ outcomes, attempts }: NodeView): readonly Remark[] {
  return outcomes.flatMap((made, index): readonly Remark[] => {
    if (made.attempt >= attempts) return [];
    const next = outcomes[index + 1];
    const wait = next === undefined ? "" : `, tried again after ${duration(next.startedAtMs - made.endedAtMs)}`;
    return [{ status: "retried", text: `attempt ${made.attempt}${spentIn(made)}${wait}: ${whyOf(made)}` }];
  });
}

function whyOf({ failure, ending }: AttemptView): string {
  if (failure !== null) return reasonOf(failure);
  return ending === null ? "no outcome" : `${ending.ending}: ${ending.problem}`;
}

function spentIn({ usage, cost }: AttemptView): string {
  return usage.modelCalls === 0 || cost.kind === "free" ? "" : ` (${money(cost)})`;
}
