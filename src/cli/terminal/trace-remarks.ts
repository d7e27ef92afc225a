import { isPlainObject } from "../../base/json.ts";
import type { AttemptView, DecisionView, NodeView, RunView } from "../../model/view-data.ts";
import { attemptsOf } from "../../model/view-parts.ts";
import { clockTime } from "./moments.ts";
import { notesOf } from "./node-notes.ts";
import { count, duration, money, plural } from "./numbers.ts";
import { printableLine } from "./printable.ts";
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
  const hasModels = node.kind === "agent" && !hasModelInTurn && (node.attempt ?? 1) === 1;
  const facts = [...notesOf(node), ...(hasModels ? modelsOf(node) : []), ...node.decisions.flatMap(decisionTexts)];
  return [...facts.map((text): Remark => ({ status: "remark", text })), ...retriesOf(node)];
}

/** What was done to the run as a whole: that it was called off, that its code was changed. */
export function remarksOnRun({ cancelRequested, codeAccepted }: RunView, nowMs: number): readonly Remark[] {
  const off = cancelRequested === null ? [] : [`called off ${clockTime(cancelRequested.atMs, nowMs)}${because(cancelRequested.reason)}`];
  const code = codeAccepted.map(({ atMs, changes }) => `went on with changed code ${clockTime(atMs, nowMs)}${because(changes.join("; "))}`);
  return [...code, ...off].map((text): Remark => ({ status: "remark", text }));
}

function because(reason: string): string {
  return reason === "" ? "" : `: ${printableLine(reason)}`;
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
    case "prompt":
      return toldIn(outcome.value);
    case "tools":
      return offersIn(outcome.value);
    case "history":
      return recalledIn(outcome.value);
    default:
      return [];
  }
}

function toldIn(told: unknown): readonly string[] {
  return isPlainObject(told) ? [`instructions: ${valueLine(told["instructions"])}`, `prompt: ${valueLine(told["prompt"])}`] : [];
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
function retriesOf(node: NodeView): readonly Remark[] {
  const { outcomes, attempts } = node;
  const isAbove = attemptsOf(node).length > 0; // each attempt says it itself
  return outcomes.flatMap((made, index): readonly Remark[] => {
    if (made.attempt >= attempts || isAbove) return [];
    const next = outcomes[index + 1];
    const wait = next === undefined ? "" : `, tried again after ${duration(Math.max(0, next.startedAtMs - made.endedAtMs))}`;
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
