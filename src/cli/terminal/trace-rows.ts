import type { Cost } from "../../model/cost.ts";
import { addCost, FREE } from "../../model/cost.ts";
import type { Usage } from "../../model/usage.ts";
import { addUsage, NO_USAGE } from "../../model/usage.ts";
import type { NodeView, RunView } from "../../model/view-data.ts";
import { argumentsText, denialText } from "./call-text.ts";
import { inOrder } from "./in-order.ts";
import { duration, money, plural, tokensOf } from "./numbers.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import { isWaiting, labelOf } from "./summary.ts";
import { fit } from "./text-width.ts";
import { tokenColumns } from "./token-columns.ts";
import { type Remark, remarksOf } from "./trace-remarks.ts";
import type { RowStatus, TreeRow } from "./tree-rows.ts";
import { asTree } from "./tree-rows.ts";
import { modelOf, saidIn, toolValueText } from "./turn-text.ts";
import { valueLine } from "./value-text.ts";

/** How a trace is made. */
export interface TraceOptions {
  /** When it is, for what goes on; of a run that does not, when something last happened. */
  readonly nowMs: number;
  /** Whether somebody runs it now: if not, what has begun and not ended is in doubt. */
  readonly isGoingOn: boolean;
  /** Columns of the terminal; `Infinity` where there is none. */
  readonly width: number;
}

/** The run as it was, one row for everything that happened: nothing summed up, nothing left out. Empty where nothing has. */
export function traceRows(view: RunView, options: TraceOptions): readonly TreeRow[] {
  if (view.root === null) return [];
  const limits = limitsOf(options.width);
  const items: NodeView[] = [];
  const rows = asTree<Item>(
    { node: view.root, isLast: true },
    {
      rowOf: (item) => {
        if (!("node" in item)) return { ...BLANK, status: item.status, name: printableLine(item.text) };
        items.push(item.node);
        return rowOf(item, { ...options, ...limits, hasEnded: view.end !== null });
      },
      childrenOf: (item) => ("node" in item ? partsOf(item.node, limits.hasModelInTurn) : []),
    },
  );
  return withTokens(rows, items);
}

/** A node, or a sentence about the node above it. */
type Item = Remark | { readonly node: NodeView; readonly isLast: boolean };

interface Limits {
  readonly detail: number;
  readonly arguments: number;
  /** Whether there is room to name the model with each of its calls; else its agent names it once. */
  readonly hasModelInTurn: boolean;
}

function limitsOf(width: number): Limits {
  return { detail: 100, arguments: width >= 110 ? 48 : 24, hasModelInTurn: width >= 140 };
}

type Facts = TraceOptions & Limits & { readonly hasEnded: boolean };

const BLANK = { detail: "", tokens: "", cost: "", time: "" } as const;

/** What stands below a node, remarks first. A tool that is a program has that program's parts, without saying its name again. */
function partsOf(node: NodeView, hasModelInTurn: boolean): readonly Item[] {
  const nodes = inOrder(node);
  const remarks = remarksOf(node, hasModelInTurn);
  const parts = nodes.flatMap((child, index): readonly Item[] => {
    if (child.kind === "approval" && isSaidAbove(child, node)) return [];
    const isRepeated = node.kind === "tool" && child.kind !== "approval" && child.name === node.name;
    return isRepeated ? partsOf(child, hasModelInTurn) : [{ node: child, isLast: index === nodes.length - 1 }];
  });
  return [...remarks, ...parts];
}

/** That a person is waited for, or has said no, stands with the call itself. */
function isSaidAbove(approval: NodeView, call: NodeView): boolean {
  return approval.endedAtMs === null || call.status === "denied";
}

function rowOf({ node, isLast }: Extract<Item, { readonly node: NodeView }>, facts: Facts): Omit<TreeRow, "prefix" | "depth"> {
  const status = statusOf(node, facts);
  const { usage, cost } = spentBy(node);
  return {
    status,
    name: printableLine(nameOf(node)),
    detail: fit(printableLine(detailOf({ node, isLast, status }, facts)), facts.detail),
    tokens: "", // put in columns when all are known
    tokensShort: tokensOf(usage),
    cost: usage.modelCalls === 0 ? "" : money(cost),
    time:
      status === "doubt" || (node.kind === "tool" && node.attempts === 0 && node.seq === null)
        ? ""
        : duration((node.endedAtMs ?? facts.nowMs) - node.startedAtMs),
  };
}

/** A turn's figures are its own: what the programs used that it called as tools stands with them. Everything else has what is in it. */
function spentBy(node: NodeView): Pick<NodeView, "usage" | "cost"> {
  if (node.kind !== "turn") return node;
  let [usage, cost]: [Usage, Cost] = [NO_USAGE, FREE];
  for (const made of node.outcomes) [usage, cost] = [addUsage(usage, made.usage), addCost(cost, made.cost)];
  return { usage, cost };
}

function statusOf(node: NodeView, { isGoingOn, hasEnded }: Facts): RowStatus {
  if (node.failure?.code === "cancelled") return "cancelled";
  if (node.kind === "turn" && node.status === "succeeded" && node.outcomes.at(-1)?.ending != null) return "failed";
  if (node.status !== "running") return node.status;
  if (isWaiting(node)) return "waiting";
  if (hasEnded) return "cancelled";
  return !isGoingOn && isOperation(node) && node.attempts > 0 ? "doubt" : "running";
}

function isOperation({ kind, children }: NodeView): boolean {
  return kind === "step" || kind === "turn" || kind === "summary" || (kind === "tool" && children.size === 0);
}

/** An item is called by its index, a turn by its number. */
function nameOf(node: NodeView): string {
  const { kind, segment, name } = node;
  if (kind === "turn") return `model call ${Number(/\d+/.exec(segment)?.[0] ?? 0) + 1}`;
  if (kind === "summary") return "summary of what was said";
  if (kind === "approval") return "approval";
  if (kind === "tool") return name;
  const index = /(?:\[\d+\])+$/.exec(segment)?.[0];
  if (index !== undefined) return segment.startsWith(`${name}[`) ? index : `${index} ${name}`;
  return labelOf(node);
}

interface Row {
  readonly node: NodeView;
  readonly isLast: boolean;
  readonly status: RowStatus;
}

function detailOf(row: Row, facts: Facts): string {
  const { node, status } = row;
  if (node.kind === "tool") return toolDetail(row, facts);
  if (node.kind === "turn" || node.kind === "summary") return turnDetail(row, facts);
  if (node.failure !== null) return isToldBelow(node) ? "" : reasonOf(node.failure);
  if (node.kind === "approval") return approvalDetail(node);
  if (status === "waiting") return node.status === "waiting" ? "waits for an answer" : "";
  if (status === "doubt") return IN_DOUBT;
  if (node.status === "running") return node.kind === "group" || status === "cancelled" ? "" : "under way";
  switch (node.kind) {
    case "branch":
      return node.key === null ? "" : `→ ${node.key}`;
    case "map":
      return node.items === null ? "" : plural(node.items, "item", "items");
    case "group":
      return "";
    case "step":
    case "agent":
    case "human":
      return node.output === undefined ? "" : valueLine(node.output);
  }
}

const IN_DOUBT = "had begun; no outcome is on record";

/** Whether the reason stands with something below already. */
function isToldBelow(node: NodeView): boolean {
  return node.failure !== null && node.failure.path !== node.path && [...node.children.values()].some(({ status }) => status === "failed");
}

function toolDetail({ node, status }: Row, facts: Facts): string {
  const given = fit(printableLine(argumentsText(node.request)), node.failure === null ? facts.arguments : facts.arguments / 2); // why it failed goes before
  const came = cameOf(node, status);
  return [given, came].filter((part) => part !== "").join(" → ");
}

function cameOf(node: NodeView, status: RowStatus): string {
  if (node.failure !== null) return isToldBelow(node) ? "" : reasonOf(node.failure);
  if (node.status === "denied") return denialText(node);
  if (status === "waiting") return "waits for approval";
  if (status === "doubt") return IN_DOUBT;
  if (node.status === "running") return status === "cancelled" ? "" : node.attempts === 0 ? "not begun" : "under way";
  return toolValueText(node.output);
}

function turnDetail({ node, isLast, status }: Row, { hasModelInTurn }: Facts): string {
  const model = hasModelInTurn ? modelOf(node.request) : "";
  const said = (): string => {
    if (node.failure !== null) return reasonOf(node.failure);
    const ending = node.outcomes.at(-1)?.ending ?? null;
    if (ending !== null && node.status === "succeeded") return `${ending.ending}${isLast ? "" : ", and told so"}: ${ending.problem}`;
    if (status === "doubt") return `${IN_DOUBT}; it may have cost something`;
    return node.status === "running" ? (status === "cancelled" ? "" : "under way") : saidIn(node.output);
  };
  return [model, said()].filter((part) => part !== "").join(" · ");
}

function approvalDetail(node: NodeView): string {
  const { output } = node;
  const { decision, note, input } = (output ?? {}) as { readonly decision?: unknown; readonly note?: unknown; readonly input?: unknown };
  const why = typeof note === "string" && note !== "" ? `: ${note}` : "";
  if (decision === "approve") return "approved";
  if (decision === "reject") return `rejected${why}`;
  return decision === "edit" ? `changed to ${argumentsText(input)}${why}` : valueLine(output);
}

/** Figures of tokens stand under each other, under what they are. */
function withTokens(rows: readonly TreeRow[], nodes: readonly NodeView[]): readonly TreeRow[] {
  const usages = nodes.map((node) => spentBy(node).usage);
  const columns = tokenColumns(usages);
  let next = 0;
  const made = rows.map((row) => {
    if (row.status === "remark" || row.status === "retried") return row;
    return { ...row, tokens: columns.of(usages[next++] ?? NO_USAGE) };
  });
  if (columns.titles === "") return made;
  const hasCost = rows.some(({ cost }) => cost !== "");
  const title: TreeRow = {
    prefix: "",
    depth: 1,
    status: "title",
    name: "",
    detail: "",
    tokens: columns.titles,
    tokensShort: "tokens",
    cost: hasCost ? "cost" : "",
    time: "time",
  };
  return [title, ...made];
}
