import { childrenOf, type Plan, type PlanNode, type RetryPolicy } from "../../model/node.ts";
import { duration } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { printableLine } from "./printable.ts";
import { fit, padEnd, widthOf } from "./text-width.ts";

/** How a plan is drawn. */
export interface PlanTreeOptions {
  readonly paint: Paint;
  /** The model every agent is to use instead of its own, or null. */
  readonly model: string | null;
  readonly width: number;
}

interface PlanRow {
  readonly lead: string;
  readonly name: string;
  readonly kind: string;
  readonly about: string;
}

/** What is to run, as a tree: every node with its kind and what it was told. */
export function planLines(plan: Plan, { paint, model, width }: PlanTreeOptions): readonly string[] {
  const rows = rowsOf(plan.root, model);
  const names = rows.reduce((most, row) => Math.max(most, widthOf(row.lead + row.name)), 0);
  const kinds = rows.reduce((most, row) => Math.max(most, widthOf(row.kind)), 0);
  const title = `${paint.strong(printableLine(plan.name))} ${printableLine(plan.version)}  ${paint.faint(`plan ${plan.hash.slice(0, 12)}`)}`;
  const lines = rows.map(({ lead, name, kind, about }) => {
    const label = padEnd(name, names - widthOf(lead));
    return `${paint.faint(lead)}${label}  ${paint.busy(padEnd(kind, kinds))}  ${paint.faint(about)}`.trimEnd();
  });
  return [title, ...lines].map((line) => fit(line, width));
}

function rowsOf(root: PlanNode, model: string | null): readonly PlanRow[] {
  const rows: PlanRow[] = [];
  const open: { readonly node: PlanNode; readonly lead: string; readonly branch: string; readonly label: string }[] = [];
  const openChildren = (node: PlanNode, lead: string): void => {
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined)
        open.push({ node: child, lead, branch: index === children.length - 1 ? "└ " : "├ ", label: labelOf(node, child) });
    }
  };
  if (root.kind !== "sequence") open.push({ node: root, lead: "", branch: "  ", label: root.name });
  else openChildren(root, "  ");
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, lead, branch, label } = next;
    rows.push({ lead: lead + branch, name: printableLine(label), kind: node.kind, about: printableLine(aboutOf(node, model)) });
    openChildren(node, lead + (branch === "├ " ? "│  " : "   "));
  }
  return rows;
}

/** The name of a child as its parent calls it: the key of a branch, where that is another. */
function labelOf(parent: PlanNode, child: PlanNode): string {
  if (parent.kind === "map") return child.name === "each" ? "each" : `each ${child.name}`;
  if (parent.kind !== "branch") return child.name;
  const key = child === parent.default ? "default" : child.segment;
  return key === child.name ? key : `${key}: ${child.name}`;
}

function aboutOf(node: PlanNode, model: string | null): string {
  switch (node.kind) {
    case "agent":
      return [
        model ?? node.model,
        node.tools.length === 0 ? "" : `tools ${node.tools.map(({ name }) => name).join(", ")}`,
        `at most ${node.maxTurns} ${node.maxTurns === 1 ? "turn" : "turns"}`,
        ...policies(node),
      ]
        .filter(isSaid)
        .join(" · ");
    case "step":
      return [node.effect === "none" ? "" : `effect ${node.effect}`, ...policies(node)].filter(isSaid).join(" · ");
    case "map":
      return [`${atOnce(node.concurrency)} at once`, node.onFailure === "collect" ? "collects failures" : ""].filter(isSaid).join(" · ");
    case "parallel":
      return node.onFailure === "ignore" ? "ignores failures" : "";
    case "human":
      return "waits for an answer";
    case "signal":
      return "waits for a signal";
    case "loop":
      return node.maxIterations === null ? "" : `at most ${node.maxIterations} ${node.maxIterations === 1 ? "time" : "times"}`;
    case "sleep":
    case "nested":
    case "tap":
    case "branch":
    case "sequence":
      return "";
  }
}

function isSaid(text: string): boolean {
  return text !== "";
}

function atOnce(concurrency: number): string {
  return Number.isFinite(concurrency) && concurrency < 1_000_000 ? String(concurrency) : "all";
}

function policies({ retry, timeoutMs }: { readonly retry: RetryPolicy | null; readonly timeoutMs: number | null }): readonly string[] {
  const retries =
    retry === null || retry.maxAttempts < 2 ? "" : `${retry.maxAttempts - 1} ${retry.maxAttempts === 2 ? "retry" : "retries"}`;
  return [retries, timeoutMs === null ? "" : `timeout ${duration(timeoutMs)}`];
}
