import { isPlainObject } from "../../base/json.ts";
import type { Usage } from "../../model/usage.ts";
import type { NodeView, RunView } from "../../model/view-data.ts";
import { inOrder } from "./in-order.ts";
import { count, duration, money, plural, tokensOf } from "./numbers.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import { isWaiting, labelOf, type SummaryStatus } from "./summary.ts";
import type { TreeRow } from "./tree-rows.ts";
import { asTree } from "./tree-rows.ts";
import { fit } from "./text-width.ts";
import { valueLine } from "./value-text.ts";

const MOST_DETAIL = 100;

/** The run as it was, one row for everything that happened: nothing summed up, nothing left out. */
export function traceRows(view: RunView, nowMs: number): readonly TreeRow[] {
  if (view.root === null) return [];
  return asTree(view.root, { rowOf: (node) => rowOf(node, nowMs), childrenOf: inOrder });
}

function rowOf(node: NodeView, nowMs: number): Omit<TreeRow, "prefix" | "depth"> {
  return {
    status: statusOf(node),
    name: printableLine(nameOf(node)),
    detail: fit(
      [attemptsOf(node), detailOf(node)]
        .map(printableLine)
        .filter((part) => part !== "")
        .join("  "),
      MOST_DETAIL,
    ),
    tokens: tokensInAndOut(node.usage),
    tokensShort: tokensOf(node.usage),
    cost: node.usage.modelCalls === 0 ? "" : money(node.cost),
    time: duration((node.endedAtMs ?? nowMs) - node.startedAtMs),
  };
}

function statusOf(node: NodeView): SummaryStatus {
  if (node.failure?.code === "cancelled") return "cancelled";
  return node.status === "running" && isWaiting(node) ? "waiting" : node.status;
}

/** An item is called by its index, a turn by its number. */
function nameOf(node: NodeView): string {
  const { kind, segment, name } = node;
  if (kind === "turn") return `model call ${Number(/\d+/.exec(segment)?.[0] ?? 0) + 1}`;
  if (kind === "tool") return name;
  const index = /(?:\[\d+\])+$/.exec(segment)?.[0];
  if (index !== undefined) return segment.startsWith(`${name}[`) ? index : `${index} ${name}`;
  return labelOf(node);
}

function attemptsOf({ attempts }: NodeView): string {
  return attempts > 1 ? `${attempts} attempts` : "";
}

function detailOf(node: NodeView): string {
  if (node.failure !== null) return node.children.size > 0 && node.kind !== "turn" ? "" : reasonOf(node.failure);
  if (node.status === "waiting") return "waits for an answer";
  if (node.status === "running") return node.kind === "group" ? "" : "under way";
  switch (node.kind) {
    case "branch":
      return node.key === null ? "" : `→ ${node.key}`;
    case "map":
      return node.items === null ? "" : plural(node.items, "item", "items");
    case "turn":
      return saidIn(node.output);
    case "group":
      return "";
    case "step":
    case "agent":
    case "tool":
    case "human":
      return node.output === undefined ? "" : valueLine(node.output);
  }
}

/** What a model said, or which tools it called. */
function saidIn(turn: unknown): string {
  if (typeof turn !== "object" || turn === null) return "";
  const { toolCalls, text, messages } = turn as { readonly toolCalls?: unknown; readonly text?: unknown; readonly messages?: unknown };
  const made = Array.isArray(toolCalls) ? toolCalls.map((call: { readonly name?: unknown }) => String(call.name)) : [];
  const calls = [...made, ...refusedIn(messages).map((name) => `${name} (refused)`)];
  if (calls.length > 0) return `calls ${calls.join(", ")}`;
  return typeof text === "string" ? text : "";
}

/** The tools a model called that there are none of, or with what is no JSON: these never ran, and the answer to them stands in its own messages. */
function refusedIn(messages: unknown): readonly string[] {
  return listOf(messages)
    .filter(({ role }) => role === "tool")
    .flatMap(({ content }) => listOf(content))
    .filter(({ output }) => isPlainObject(output) && String(output["type"]).startsWith("error"))
    .flatMap(({ toolName }) => (typeof toolName === "string" ? [toolName] : []));
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

function tokensInAndOut({ inputTokens, cachedInputTokens, outputTokens }: Usage): string {
  if (inputTokens + outputTokens === 0) return "";
  const cached = cachedInputTokens === 0 ? "" : ` (${count(cachedInputTokens)} cached)`;
  return `${count(inputTokens)} in${cached} · ${count(outputTokens)} out`;
}
