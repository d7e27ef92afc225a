import type { Cost } from "../../model/cost.ts";
import { addCost, FREE } from "../../model/cost.ts";
import type { Usage } from "../../model/usage.ts";
import { addUsage, NO_USAGE } from "../../model/usage.ts";
import type { NodeView, RunView } from "../../model/view-data.ts";
import { HAS_ITERATIONS } from "../../model/view-data.ts";
import { itemsOf, partsThatCount } from "../../model/view-parts.ts";
import { argumentsText, denialText } from "./call-text.ts";
import { inOrder } from "./in-order.ts";
import { duration, money, plural, tokensOf } from "./numbers.ts";
import { attemptText, NO_PLAN, type PlanFacts } from "./plan-facts.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import { isStandIn, isWaiting, labelOf } from "./summary.ts";
import { fit } from "./text-width.ts";
import { tokenColumns } from "./token-columns.ts";
import { waitText } from "./wait-text.ts";
import { type Remark, remarksOf, remarksOnRun } from "./trace-remarks.ts";
import type { RowStatus, TreeRow } from "./tree-rows.ts";
import { asTree } from "./tree-rows.ts";
import { modelOf, saidIn, toolValueText } from "./turn-text.ts";
import { valueLine } from "./value-text.ts";

/** How a trace is made. */
export interface TraceOptions {
  /** When it is, for what goes on; of a run that does not, when something last happened. */
  readonly nowMs: number;
  /** When it is read, for moments that are to come: in milliseconds since 1970. Default: as `nowMs`. */
  readonly readAtMs?: number;
  /** Default: nothing is known of it. */
  readonly plan?: PlanFacts;
  /** Whether somebody runs it now: if not, what has begun and not ended is in doubt. */
  readonly isGoingOn: boolean;
  /** Columns of the terminal; `Infinity` where there is none. */
  readonly width: number;
}

/** The run as it was, one row for everything that happened: nothing summed up, nothing left out. Empty where nothing has. */
export function traceRows(view: RunView, options: TraceOptions): readonly TreeRow[] {
  if (view.root === null) return [];
  const { root } = view;
  const { readAtMs = options.nowMs, plan = NO_PLAN } = options;
  const facts: Facts = { ...options, ...limitsOf(options.width), readAtMs, plan, hasEnded: view.end !== null, root };
  const items: NodeView[] = [];
  const rows = asTree<Item>(
    { node: root, isLast: true },
    {
      rowOf: (item) => {
        if (!("node" in item)) return { ...BLANK, status: item.status, name: printableLine(item.text) };
        items.push(item.node);
        return rowOf(item, facts);
      },
      childrenOf: (item) => {
        if (!("node" in item)) return [];
        return item.node === root ? [...remarksOnRun(view, facts.readAtMs), ...partsOf(root, facts)] : partsOf(item.node, facts);
      },
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

type Facts = Required<TraceOptions> & Limits & { readonly hasEnded: boolean; readonly root: NodeView };

const BLANK = { detail: "", tokens: "", cost: "", time: "" } as const;

/** What stands below a node, remarks first. What is a program of the same name has that program's parts, without saying its name again. */
function partsOf(node: NodeView, facts: Facts): readonly Item[] {
  const nodes = inOrder(node).map((child) => facts.plan.asItIs(child, node));
  const remarks = remarksOf(node, facts.hasModelInTurn);
  const parts = nodes.flatMap((child, index): readonly Item[] => {
    if (child.kind === "approval" && isSaidAbove(child, node)) return [];
    return isRepeated(child, node, facts) ? partsOf(child, facts) : [{ node: child, isLast: index === nodes.length - 1 }];
  });
  return [...remarks, ...parts];
}

function isRepeated(child: NodeView, node: NodeView, { plan }: Facts): boolean {
  if (node.kind === "tool") return child.kind !== "approval" && child.name === node.name;
  const kind = plan.kindOf(node);
  return (kind === "nested" || kind === "cache" || kind === "saga" || kind === "tap") && isStandIn(child, node);
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
    name: printableLine(nameOf(facts.plan.named(node))),
    detail: fit(
      printableLine([facts.plan.madeBy(node), detailOf({ node, isLast, status }, facts)].filter((text) => text !== "").join(" · ")),
      facts.detail,
    ),
    tokens: "", // put in columns when all are known
    tokensShort: tokensOf(usage),
    cost: usage.modelCalls === 0 ? "" : money(cost),
    time:
      status === "doubt" || (node.kind === "tool" && node.attempts === 0 && node.seq === null)
        ? ""
        : duration((node.endedAtMs ?? untilOf(node, status, facts)) - node.startedAtMs),
  };
}

/** A run that rests goes on waiting. */
function untilOf(node: NodeView, status: RowStatus, { root, nowMs, readAtMs }: Facts): number {
  return status === "waiting" && node !== root ? readAtMs : nowMs;
}

/** A turn's figures are its own: what the programs used that it called as tools stands with them. Everything else has what is in it. */
function spentBy(node: NodeView): Pick<NodeView, "usage" | "cost"> {
  if (node.kind !== "turn") return node;
  let [usage, cost]: [Usage, Cost] = [NO_USAGE, FREE];
  for (const made of node.outcomes) [usage, cost] = [addUsage(usage, made.usage), addCost(cost, made.cost)];
  return { usage, cost };
}

function statusOf(node: NodeView, { isGoingOn, hasEnded }: Facts): RowStatus {
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
  const { kind, segment, name, attempt } = node;
  if (attempt !== null) return `attempt ${attempt}`;
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
  if (node.failure !== null && node.status !== "running") return failureDetail(node);
  if (node.kind === "approval") return approvalDetail(node);
  if (status === "waiting") return node.status === "waiting" ? waitDetail(node, facts) : "";
  if (status === "doubt") return IN_DOUBT;
  if (node.status === "running") return status === "cancelled" ? "" : underWay(node, facts);
  switch (node.kind) {
    case "branch":
      return node.key === null ? "" : `→ ${node.key}`;
    case "map":
      return node.items === null ? "" : plural(node.items, "item", "items");
    case "group":
    case "gather":
    case "loop":
    case "refine":
    case "gate":
    case "search":
    case "parallel":
    case "route":
    case "machine":
    case "agenticLoop":
    case "nested":
    case "background":
    case "cache":
    case "saga":
    case "tap":
    case "sleep":
      return "";
    case "step":
    case "agent":
    case "human":
    case "signal":
      return node.output === undefined ? "" : valueLine(node.output);
  }
}

/** A failure that something has caught, in this node or around it, is no reason any more. */
function failureDetail(node: NodeView): string {
  if (node.failure === null || isToldBelow(node)) return "";
  return node.failure.code === "continued" ? "goes on as another run" : reasonOf(node.failure);
}

function waitDetail({ wait, name, question }: NodeView, { readAtMs }: Facts): string {
  return wait === null ? "" : waitText({ ...wait, name, show: question?.show }, { nowMs: readAtMs });
}

/** Which attempt or iteration it is in, of how many at most. */
function underWay(node: NodeView, { plan }: Facts): string {
  const kind = plan.kindOf(node);
  const most = HAS_ITERATIONS.has(kind) ? plan.mostIterations(node) : null;
  const round = HAS_ITERATIONS.has(kind) ? `iteration ${itemsOf(node).length}${most === null ? "" : ` of at most ${most}`}` : "";
  const parts = [round, attemptText(node, plan)].filter((part) => part !== "");
  if (parts.length > 0) return parts.join(", ");
  return kind === "step" || kind === "agent" || kind === "human" ? "under way" : "";
}

const IN_DOUBT = "had begun; no outcome is on record";

/** Whether the reason stands with something below already. */
function isToldBelow(node: NodeView): boolean {
  return node.failure !== null && node.failure.path !== node.path && hasFailedBelow(node, node.status);
}

function hasFailedBelow(node: NodeView, status: NodeView["status"]): boolean {
  return partsThatCount(node).some((child) => child.status === status);
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
