import type { Cost } from "../../model/cost.ts";
import { addCost, FREE } from "../../model/cost.ts";
import type { Usage } from "../../model/usage.ts";
import { addUsage, NO_USAGE } from "../../model/usage.ts";
import type { NodeView, RunView } from "../../model/view-data.ts";
import { count, duration, money, plural } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { printableLine } from "./printable.ts";
import { fit, padEnd, widthOf } from "./text-width.ts";
import { modelOf } from "./turn-text.ts";

/** All calls of one model in a run. */
export interface ModelTotal {
  readonly model: string;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** What each model of a run was used for, failed attempts included; in the order they were first asked. */
export function modelTotals(view: RunView): readonly ModelTotal[] {
  const totals = new Map<string, ModelTotal>();
  const nodes: NodeView[] = view.root === null ? [] : [view.root];
  for (const node of nodes) {
    nodes.push(...node.children.values()); // it grows while it is gone through: level by level
    if (node.kind !== "turn" && node.kind !== "summary") continue;
    const model = modelOf(node.request);
    for (const made of node.outcomes) {
      const { usage, cost } = totals.get(model) ?? { usage: NO_USAGE, cost: FREE };
      totals.set(model, { model, usage: addUsage(usage, made.usage), cost: addCost(cost, made.cost) });
    }
  }
  return [...totals.values()];
}

/** What a run came to in all, and by model where it asked several. Nothing for a run that asked none. */
export function totalLines(view: RunView, { paint, width }: { readonly paint: Paint; readonly width: number }): readonly string[] {
  const { usage, cost, startedAtMs, lastAtMs } = view;
  if (usage.modelCalls === 0 && usage.toolCalls === 0) return [];
  const took = startedAtMs === null ? "" : duration(lastAtMs - startedAtMs);
  const calls = usage.toolCalls === 0 ? "" : plural(usage.toolCalls, "tool call", "tool calls");
  const models = modelTotals(view);
  const names = models.reduce((most, { model }) => Math.max(most, widthOf(printableLine(model))), 0);
  const each = models.flatMap((of) =>
    wrapped(partsOf(of.usage, of.cost), { lead: `${INDENT}${padEnd(printableLine(of.model), names)}  `, width }).map(paint.faint),
  );
  return [
    "",
    ...wrapped([...partsOf(usage, cost), calls, took], { lead: TOTAL, width }).map((line) => line.replace(TOTAL.trimEnd(), paint.strong)),
    ...(models.length < 2 ? [] : each),
    ...remarksOn(cost).map((text) => paint.faint(fit(INDENT + text, width))),
  ];
}

const TOTAL = "total  ";
const INDENT = " ".repeat(TOTAL.length);

/** Parts in a row, on as many lines as they need. */
function wrapped(parts: readonly string[], { lead, width }: { readonly lead: string; readonly width: number }): readonly string[] {
  const lines: string[] = [];
  let line = lead;
  for (const part of parts.filter((each) => each !== "")) {
    const isFirst = line.trimEnd() === lead.trimEnd() || line.trim() === "";
    if (!isFirst && widthOf(line) + widthOf(part) + SEPARATOR.length > width) {
      lines.push(line);
      line = " ".repeat(widthOf(lead)) + part;
    } else line += isFirst ? part : SEPARATOR + part;
  }
  return [...lines, line].map((each) => fit(each, width));
}

const SEPARATOR = " · ";

/** What it cost comes first: a narrow terminal must not cut it off. */
function partsOf(usage: Usage, cost: Cost): readonly string[] {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, modelCalls } = usage;
  if (modelCalls === 0) return [];
  const cached = cachedInputTokens === 0 ? "" : ` (${count(cachedInputTokens)} cached)`;
  const thought = reasoningTokens === 0 ? "" : ` (${count(reasoningTokens)} thinking)`;
  return [
    money(cost),
    plural(modelCalls, "model call", "model calls"),
    `${count(inputTokens)} in${cached}`,
    `${count(outputTokens)} out${thought}`,
  ];
}

function remarksOn(cost: Cost): readonly string[] {
  if (cost.kind === "estimated") return ["about: some tokens were counted here, the provider did not say them"];
  return cost.kind === "unknown" ? ["the price of a model is not known here, so there is no sum"] : [];
}
