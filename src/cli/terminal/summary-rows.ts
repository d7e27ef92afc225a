import type { NodeView, RunView } from "../../model/view-data.ts";
import { expectedItems } from "./expected-items.ts";
import { count, duration, money, plural, tokensOf } from "./numbers.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import { denialText, waitText } from "./call-text.ts";
import type { Summary } from "./summary.ts";
import { isWaiting, summarise, tally, tallyOutputs, waitBelow } from "./summary.ts";
import type { TreeRow } from "./tree-rows.ts";
import { asTree } from "./tree-rows.ts";

/** The run as few rows: each node of the plan once, whatever its number of items. As it was at `nowMs`. */
export function summaryRows(view: RunView, nowMs: number): readonly TreeRow[] {
  if (view.root === null) return [];
  const expected = expectedItems(view);
  const root = summarise([view.root], expected);
  const isStopped = view.end !== null;
  const rowOf = (summary: Summary): Omit<TreeRow, "prefix" | "depth"> => ({
    status: isStopped && summary.status === "running" ? "cancelled" : summary.status,
    name: printableLine(summary.name),
    detail: (summary === root ? aboutRun(view) : detailOf(summary, expected))
      .map(printableLine)
      .filter((part) => part !== "")
      .join("  "),
    tokens: tokensOf(summary.usage),
    cost: summary.usage.modelCalls === 0 ? "" : money(summary.cost),
    time: duration((summary.endedAtMs ?? (isStopped ? view.lastAtMs : nowMs)) - summary.startedAtMs),
  });
  return asTree(root, { rowOf, childrenOf: (summary) => summary.children });
}

function aboutRun(view: RunView): readonly string[] {
  const run = view.runId === null ? "" : `run ${view.runId.slice(0, 13)}`;
  return [run, plural(view.recorded, "operation recorded", "operations recorded")];
}

type ExpectedItems = ReadonlyMap<string, number>;

function detailOf(summary: Summary, expected: ExpectedItems): readonly string[] {
  return [timesOf(summary), ofKind(summary, expected), retriesOf(summary), failureOf(summary), denialOf(summary)];
}

function timesOf({ kind, total: times, ended }: Summary): string {
  if (kind === "map" || times === 1) return "";
  const unit = kind === "tool" ? ` ${times === 1 ? "call" : "calls"}` : "×";
  return ended === times ? `${count(times)}${unit}` : `${count(ended)}/${count(times)}${unit}`;
}

function ofKind(summary: Summary, expected: ExpectedItems): string {
  switch (summary.kind) {
    case "map":
      return itemsOf(summary.nodes, expected);
    case "branch":
      return keysOf(summary.nodes);
    case "human":
      return summary.status === "waiting" ? "waits for an answer" : tallyOutputs(summary.nodes);
    case "agent":
      return summary.ended < summary.count && summary.count === 1 ? doingOf(summary.nodes[0]) : tallyOutputs(summary.nodes);
    case "tool":
      return summary.ended < summary.count ? waitsOf(summary.nodes) : tallyOutputs(summary.nodes);
    case "approval":
    case "step":
    case "turn":
    case "summary":
    case "group":
      return tallyOutputs(summary.nodes);
  }
}

function itemsOf(maps: readonly NodeView[], expected: ExpectedItems): string {
  let [items, ended, isSure] = [0, 0, true];
  for (const map of maps) {
    const known = map.items ?? expected.get(map.path);
    items += known ?? map.children.size;
    isSure &&= known !== undefined;
    for (const item of map.children.values()) if (item.endedAtMs !== null) ended++;
  }
  if (isSure && items === ended) return plural(items, "item", "items");
  return isSure ? `${count(ended)}/${count(items)} items` : `${count(ended)} items done`;
}

function keysOf(branches: readonly NodeView[]): string {
  const keys = branches.flatMap((branch) => (branch.key === null ? [] : [branch.key]));
  if (keys.length === 0) return "";
  if (new Set(keys).size === 1) return `→ ${keys[0] ?? ""}`;
  return `→ ${tally(keys) || `${count(new Set(keys).size)} different keys`}`;
}

/** What a single agent is at. */
function doingOf(agent: NodeView | undefined): string {
  const turns = [...(agent?.children.values() ?? [])];
  const calling = turns.flatMap((turn) => [...turn.children.values()]).filter((tool) => tool.endedAtMs === null);
  if (calling.length > 0 && calling.every(isWaiting)) return ""; // the calls themselves say what they wait for
  if (calling.length > 0) return `calls ${[...new Set(calling.map((tool) => tool.name))].join(", ")}`;
  return turns.length === 0 ? "" : `model call ${turns.length}`;
}

/** What the first of these tool calls waits for, and how many there are of them. */
function waitsOf(calls: readonly NodeView[]): string {
  const waiting = calls.filter((call) => call.endedAtMs === null && isWaiting(call));
  const [first] = waiting;
  const wait = first === undefined ? null : waitBelow(first);
  if (first === undefined || wait === null) return "";
  if (wait.kind !== "approval") return "waits for an answer";
  const words = waitText({ waitsFor: "approval", name: first.name, show: wait.question?.show });
  return waiting.length === 1 ? words : words.replace("approval of", `${count(waiting.length)} approvals, first of`);
}

function denialOf({ denied, nodes }: Summary): string {
  if (denied === 0) return "";
  const [first] = nodes.filter(({ status }) => status === "denied");
  return denied === 1 && nodes.length === 1 && first !== undefined ? denialText(first) : `${count(denied)} denied by a person`;
}

function retriesOf({ retries }: Summary): string {
  if (retries === 0) return "";
  return plural(retries, "retry", "retries");
}

function failureOf(summary: Summary): string {
  if (summary.failed === 0) return "";
  const failures = summary.nodes.flatMap((node) => (node.failure === null || node.status !== "failed" ? [] : [node.failure]));
  const real = failures.find(({ code }) => code !== "cancelled");
  if (real === undefined) return "cancelled";
  const isFromBelow = summary.children.some((child) => child.failed > 0);
  const many = summary.count > 1 ? `${count(summary.failed)} failed` : "";
  return isFromBelow ? many : `${many}${many === "" ? "" : ": "}${reasonOf(real)}`;
}
