import { shortId } from "../hints.ts";
import type { NodeView, RunView } from "../../model/view-data.ts";
import { itemsOf, lastTry, partsThatCount } from "../../model/view-parts.ts";
import { denialText } from "./call-text.ts";
import { expectedItems } from "./expected-items.ts";
import { notesOf } from "./node-notes.ts";
import { count, duration, money, plural, tokensOf } from "./numbers.ts";
import { attemptText, NO_PLAN, type PlanFacts } from "./plan-facts.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import type { Known, Summary } from "./summary.ts";
import { isWaiting, summarise, tally, tallyOutputs, waitBelow } from "./summary.ts";
import type { TreeRow } from "./tree-rows.ts";
import { asTree } from "./tree-rows.ts";
import { waitText } from "./wait-text.ts";

/** What a summary may know beside the run. */
export interface SummaryAbout {
  /** When it is read, for moments that are to come: in milliseconds since 1970. Default: as `nowMs`. */
  readonly readAtMs?: number;
  /** Default: nothing is known of it. */
  readonly plan?: PlanFacts;
}

interface Facts extends Known {
  readonly readAtMs: number;
}

/** The run as few rows: each node of the plan once, whatever its number of items. As it was at `nowMs`. */
export function summaryRows(view: RunView, nowMs: number, { readAtMs = nowMs, plan = NO_PLAN }: SummaryAbout = {}): readonly TreeRow[] {
  if (view.root === null) return [];
  const facts: Facts = { expected: expectedItems(view), plan, readAtMs };
  const root = summarise([view.root], facts);
  const isStopped = view.end !== null;
  const rowOf = (summary: Summary): Omit<TreeRow, "prefix" | "depth"> => ({
    status: isStopped && summary.status === "running" ? "cancelled" : summary.status,
    name: printableLine(summary.name),
    detail: (summary === root ? aboutRun(view) : detailOf(summary, facts))
      .map(printableLine)
      .filter((part) => part !== "")
      .join("  "),
    tokens: tokensOf(summary.usage),
    cost: summary.usage.modelCalls === 0 ? "" : money(summary.cost),
    time: duration((summary.endedAtMs ?? untilOf(summary)) - summary.startedAtMs),
  });
  const untilOf = (summary: Summary): number =>
    isStopped ? view.lastAtMs : summary.status === "waiting" && summary !== root ? readAtMs : nowMs; // a run that rests goes on waiting
  return asTree(root, { rowOf, childrenOf: (summary) => summary.children });
}

function aboutRun(view: RunView): readonly string[] {
  const run = view.runId === null ? "" : `run ${shortId(view.runId)}`;
  return [run, plural(view.recorded, "operation recorded", "operations recorded"), callingOff(view)];
}

/** That it is being called off, for as long as it has not ended. */
function callingOff({ cancelRequested, end }: RunView): string {
  if (cancelRequested === null || end !== null) return "";
  return `is being cancelled${cancelRequested.reason === "" ? "" : `: ${cancelRequested.reason}`}`;
}

function detailOf(summary: Summary, facts: Facts): readonly string[] {
  const notes = summary.nodes.length === 1 ? summary.nodes.flatMap(notesOf) : manyNotes(summary.nodes);
  const [first] = summary.nodes;
  return [
    timesOf(summary),
    first === undefined ? "" : facts.plan.madeBy(first),
    ofKind(summary, facts),
    ...notes,
    triesOf(summary, facts),
    failureOf(summary),
    stopOf(summary),
    denialOf(summary),
  ];
}

function timesOf({ kind, total: times, ended }: Summary): string {
  if (kind === "map" || times === 1) return "";
  const unit = kind === "tool" ? ` ${times === 1 ? "call" : "calls"}` : "×";
  return ended === times ? `${count(times)}${unit}` : `${count(ended)}/${count(times)}${unit}`;
}

function ofKind(summary: Summary, facts: Facts): string {
  switch (summary.kind) {
    case "map":
      return itemsText(summary.nodes, facts);
    case "loop":
    case "refine":
    case "search":
      return roundText(summary, facts);
    case "branch":
      return keysOf(summary.nodes);
    case "human":
    case "signal":
    case "sleep":
      return summary.ended < summary.count ? waitsOf(summary.nodes, facts) : summary.kind === "sleep" ? "" : tallyOutputs(summary.nodes);
    case "agent":
      return summary.ended < summary.count && summary.count === 1 ? doingOf(summary.nodes[0]) : tallyOutputs(summary.nodes);
    case "tool":
      return summary.ended < summary.count ? waitsOf(summary.nodes, facts) : tallyOutputs(summary.nodes);
    case "approval":
    case "step":
    case "turn":
    case "summary":
    case "group":
    case "gather":
    case "nested":
    case "parallel":
    case "route":
    case "gate":
    case "machine":
    case "agenticLoop":
    case "background":
    case "cache":
    case "saga":
    case "tap":
      return tallyOutputs(summary.nodes);
  }
}

function itemsText(maps: readonly NodeView[], { expected }: Facts): string {
  let [items, ended, isSure] = [0, 0, true];
  for (const map of maps) {
    const begun = itemsOf(map);
    const known = map.items ?? expected.get(map.path) ?? expected.get(lastTry(map).path);
    items += known ?? begun.length;
    isSure &&= known !== undefined;
    for (const item of begun) if (item.endedAtMs !== null) ended++;
  }
  if (isSure && items === ended) return plural(items, "item", "items");
  return isSure ? `${count(ended)}/${count(items)} items` : `${count(ended)} items done`;
}

/** Which iteration a loop is in, of how many at most; how often it went round is among its notes when it has ended. */
function roundText({ nodes, ended }: Summary, { plan }: Facts): string {
  const [loop] = nodes;
  if (loop === undefined || nodes.length > 1 || ended > 0) return "";
  const most = plan.mostIterations(loop);
  return `iteration ${count(itemsOf(loop).length)}${most === null ? "" : ` of at most ${count(most)}`}`;
}

function keysOf(branches: readonly NodeView[]): string {
  const keys = branches.flatMap((branch) => {
    const key = branch.key ?? lastTry(branch).key;
    return key === null ? [] : [key];
  });
  if (keys.length === 0) return "";
  if (new Set(keys).size === 1) return `→ ${keys[0] ?? ""}`;
  return `→ ${tally(keys) || `${count(new Set(keys).size)} different keys`}`;
}

/** What a single agent is at. */
function doingOf(agent: NodeView | undefined): string {
  const turns = agent === undefined ? [] : partsThatCount(agent).filter(({ kind }) => kind === "turn");
  const calling = turns.flatMap((turn) => [...turn.children.values()]).filter((tool) => tool.endedAtMs === null);
  if (calling.length > 0 && calling.every(isWaiting)) return ""; // the calls themselves say what they wait for
  if (calling.length > 0) return `calls ${[...new Set(calling.map((tool) => tool.name))].join(", ")}`;
  return turns.length === 0 ? "" : `model call ${turns.length}`;
}

/** What the first of these waits for, and how many wait. */
function waitsOf(nodes: readonly NodeView[], { readAtMs }: Facts): string {
  const waiting = nodes.filter((node) => node.endedAtMs === null && isWaiting(node));
  const [first] = waiting;
  const below = first === undefined ? null : waitBelow(first);
  if (first === undefined || below?.wait == null) return "";
  const { waitsFor, wakeAtMs } = below.wait;
  const { name } = below.kind === "approval" ? first : below;
  const words = waitText({ waitsFor, wakeAtMs, name, show: below.question?.show }, { nowMs: readAtMs });
  if (waiting.length === 1) return words;
  const many = count(waiting.length);
  return waitsFor === "approval" ? words.replace("approval of", `${many} approvals, first of`) : `${many}: first ${words}`;
}

function denialOf({ denied, nodes }: Summary): string {
  if (denied === 0) return "";
  const [first] = nodes.filter(({ status }) => status === "denied");
  return denied === 1 && nodes.length === 1 && first !== undefined ? denialText(first) : `${count(denied)} denied by a person`;
}

/** How often many of one kind did not go straight on. */
function manyNotes(nodes: readonly NodeView[]): readonly string[] {
  const having = (...names: readonly string[]): number =>
    nodes.filter(({ metadata }) => names.some((name) => metadata[name] !== undefined && metadata[name] !== false)).length;
  const told = [
    [having("fallback"), "by a fallback"],
    [having("defaulted"), "by default"],
    [having("timedOut"), "not answered in time"],
    [having("exhausted"), "not enough by then"],
  ] as const;
  return told.filter(([times]) => times > 0).map(([times, what]) => `${count(times)} ${what}`);
}

/** Which attempt goes on; how often it was tried again, where all are over. */
function triesOf({ retries, nodes, ended }: Summary, { plan }: Facts): string {
  const [node] = nodes;
  if (node !== undefined && nodes.length === 1 && ended === 0) return attemptText(node, plan);
  return retries === 0 ? "" : plural(retries, "retry", "retries");
}

function failureOf(summary: Summary): string {
  if (summary.failed === 0) return "";
  const [first] = summary.nodes.flatMap((node) => (node.failure === null || node.status !== "failed" ? [] : [node.failure]));
  if (first === undefined) return "";
  const isFromBelow = summary.children.some((child) => child.failed > 0);
  const many = summary.count > 1 ? `${count(summary.failed)} failed` : "";
  return isFromBelow ? many : `${many}${many === "" ? "" : ": "}${reasonOf(first)}`;
}

/** Why something was told to stop; of many how many were. What stands above others that were told says no more than they do. */
function stopOf({ cancelled, count: all, nodes, children }: Summary): string {
  if (cancelled === 0) return "";
  if (all > 1) return `${count(cancelled)} told to stop`;
  const [node] = nodes;
  return node?.failure == null || children.some((child) => child.cancelled > 0) ? "" : reasonOf(node.failure);
}
