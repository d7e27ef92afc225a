import type { Cost } from "../../model/cost.ts";
import { addCost, FREE } from "../../model/cost.ts";
import type { Usage } from "../../model/usage.ts";
import { addUsage, NO_USAGE } from "../../model/usage.ts";
import type { NodeView, ViewKind } from "../../model/view-data.ts";
import { HAS_ITERATIONS } from "../../model/view-data.ts";
import { itemsOf, partsThatCount } from "../../model/view-parts.ts";
import { count } from "./numbers.ts";
import { NO_PLAN, type PlanFacts } from "./plan-facts.ts";

/** How a summary is doing: the most urgent of what is in it. */
export type SummaryStatus = "running" | "waiting" | "failed" | "denied" | "cancelled" | "continued" | "succeeded";

/** Many nodes of one kind as one: all the times a node of the plan ran, wherever and however often that was. */
export interface Summary {
  readonly name: string;
  readonly kind: ViewKind;
  readonly status: SummaryStatus;
  /** How many there are, and how many of them are over. */
  readonly count: number;
  readonly ended: number;
  /** How many there are to be, where that is known and not all have begun. */
  readonly total: number;
  readonly failed: number;
  /** Those that were told to stop. */
  readonly cancelled: number;
  /** Tool calls that a person said no to. */
  readonly denied: number;
  readonly retries: number;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly startedAtMs: number;
  /** Null while one of them goes on. */
  readonly endedAtMs: number | null;
  readonly nodes: readonly NodeView[];
  readonly children: readonly Summary[];
}

/** What stands behind a path: `[3]` becomes `[]`, so that all items of a map are one. */
function groupOf(node: NodeView): string {
  if (node.kind === "tool") return `tool ${node.name}`;
  return node.segment.replace(/\d+/g, (digits, at: number, whole: string) => (whole[at - 1] === "[" ? "" : digits));
}

/** What is known beside what has happened. */
export interface Known {
  /** How many items maps are to have that are not over, by path. */
  readonly expected: ReadonlyMap<string, number>;
  readonly plan: PlanFacts;
}

const NOTHING_KNOWN: Known = { expected: new Map(), plan: NO_PLAN };

/** What stands above says of what is below: whether there is more to come, and how many there are to be in all. */
interface Above {
  readonly isMissing: boolean;
  readonly total: number | null;
}

const NOTHING_MISSING: Above = { isMissing: false, total: null };

/**
 * One summary of nodes that stand for the same thing. Turns of an agent are left out; what they called is not. Of what was
 * tried several times, what the last attempt did counts.
 */
export function summarise(nodes: readonly NodeView[], known: Known = NOTHING_KNOWN, above: Above = NOTHING_MISSING): Summary {
  const [first] = nodes;
  if (first === undefined) throw new RangeError("There is nothing to summarise.");
  const groups = new Map<string, NodeView[]>();
  let [usage, cost]: [Usage, Cost] = [NO_USAGE, FREE];
  let [ended, failed, cancelled, denied, retries] = [0, 0, 0, 0, 0];
  let startedAtMs = Number.POSITIVE_INFINITY;
  let endedAtMs = 0;
  for (const node of nodes) {
    usage = addUsage(usage, node.usage);
    cost = addCost(cost, node.cost);
    retries += Math.max(0, node.attempts - 1);
    startedAtMs = Math.min(startedAtMs, node.startedAtMs);
    endedAtMs = Math.max(endedAtMs, node.endedAtMs ?? 0);
    if (node.endedAtMs !== null) ended++;
    if (node.status === "failed") failed++;
    if (node.status === "cancelled") cancelled++;
    if (node.status === "denied") denied++;
    for (const child of childrenOf(node, known.plan)) keep(groups, groupOf(child), child);
  }
  const below: Above = { isMissing: above.isMissing || nodes.some((node) => isShort(node, known)), total: totalOf(nodes, known) };
  const kind = known.plan.kindOf(first);
  const children = [...groups.values()].map((group) => summarise(group, known, below));
  if (kind !== "agent") children.sort((a, b) => a.startedAtMs - b.startedAtMs); // calls stand in the order the model made them
  const isOver = ended === nodes.length;
  return {
    name: kind === "tool" ? first.name : labelOf(known.plan.named(first)),
    kind,
    status: above.isMissing && isOver && failed === 0 ? "running" : statusOf(nodes, isOver),
    count: nodes.length,
    ended,
    total: Math.max(nodes.length, above.total ?? 0),
    failed,
    cancelled,
    denied,
    retries,
    usage,
    cost,
    startedAtMs,
    endedAtMs: isOver ? endedAtMs : null,
    nodes,
    children,
  };
}

/** Whether a map has items, or a loop iterations, that have not begun, or may have. */
function isShort(node: NodeView, { expected, plan }: Known): boolean {
  if (node.endedAtMs !== null || (node.kind !== "map" && !HAS_ITERATIONS.has(node.kind))) return false;
  if (HAS_ITERATIONS.has(plan.kindOf(node))) return !isWaiting(node);
  const items = expected.get(node.path);
  return items === undefined ? !isWaiting(node) : itemsOf(node).length < items;
}

function totalOf(nodes: readonly NodeView[], { expected, plan }: Known): number | null {
  let total = 0;
  for (const node of nodes) {
    if (plan.kindOf(node) !== "map") return null;
    total += node.items ?? expected.get(node.path) ?? itemsOf(node).length;
  }
  return total;
}

function keep(groups: Map<string, NodeView[]>, key: string, node: NodeView): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [node]);
  else group.push(node);
}

/**
 * What its author would call its parts: of an agent its tool calls, of a tool that is a program what that runs. What only
 * stands for another is not told twice: the inside of a nested pipeline, the one step of a tap.
 */
function childrenOf(node: NodeView, plan: PlanFacts): Iterable<NodeView> {
  const children = plan.partsOf(node);
  switch (plan.kindOf(node)) {
    case "agent":
      return children.flatMap((child) => (child.kind === "turn" || child.kind === "summary" ? [...child.children.values()] : [child]));
    case "tool":
      return children.flatMap((program) => (program.kind === "approval" ? [] : [...childrenOf(program, plan)]));
    case "refine":
    case "search":
    case "machine":
    case "agenticLoop":
      return children.flatMap((child) => (child.segment.endsWith("]") ? plan.partsOf(child) : [child])); // an iteration is no node
    case "nested":
    case "cache":
    case "saga":
    case "tap":
      return children.flatMap((child) => (isStandIn(child, node) ? [...childrenOf(child, plan)] : [child]));
    default:
      return children;
  }
}

/** Whether something says nothing that the node above it does not: the inside of a nested pipeline, what a tap runs. */
export function isStandIn({ segment, name }: NodeView, above: NodeView): boolean {
  return (segment === "inner" || segment === "run") && name === above.name;
}

function statusOf(nodes: readonly NodeView[], isOver: boolean): SummaryStatus {
  if (!isOver) return nodes.every((node) => node.endedAtMs !== null || isWaiting(node)) ? "waiting" : "running";
  for (const status of ["failed", "cancelled", "continued"] as const) if (nodes.some((node) => node.status === status)) return status;
  return nodes.every((node) => node.status === "denied") ? "denied" : "succeeded";
}

/** What a node is called: by its name and, where it stands in a slot with a name of its own, by that too. */
export function labelOf({ segment, name }: NodeView): string {
  return segment === name || segment.endsWith("]") ? name : `${segment}: ${name}`;
}

/** Whether nothing below goes on unless somebody answers, or it is time. */
export function isWaiting(node: NodeView): boolean {
  return node.status === "waiting" || areWaiting(openBelow(node));
}

function areWaiting(nodes: readonly NodeView[]): boolean {
  return nodes.length > 0 && nodes.every(isWaiting);
}

/** What is not over right below a node. A turn is over when the model has answered, but the calls it made may go on. */
function openBelow(node: NodeView): readonly NodeView[] {
  return partsThatCount(node).flatMap((child) => {
    if (child.endedAtMs === null) return [child];
    return child.kind === "turn" ? [...child.children.values()].filter(({ endedAtMs }) => endedAtMs === null) : [];
  });
}

/** The first thing below a node that is waited for; null where there is none. */
export function waitBelow(node: NodeView): NodeView | null {
  if (node.status === "waiting") return node;
  for (const child of openBelow(node)) {
    const found = waitBelow(child);
    if (found !== null) return found;
  }
  return null;
}

const MOST_VALUES = 5;
const LONGEST_VALUE = 24;

/**
 * What came out, counted, where that says something: `billing 5 · bug 4 · other 3`. Looks at the outputs themselves, then
 * at their fields in order; empty unless there are at least two values, few and short.
 */
export function tallyOutputs(nodes: readonly NodeView[]): string {
  const outputs = nodes.filter((node) => node.output !== undefined).map((node) => node.output);
  if (outputs.length < 3) return "";
  const whole = tally(outputs);
  if (whole !== "") return whole;
  const [first] = outputs;
  if (typeof first !== "object" || first === null || Array.isArray(first)) return "";
  for (const field of Object.keys(first).slice(0, 12)) {
    const found = tally(outputs.map((output) => fieldOf(output, field)));
    if (found !== "") return found;
  }
  return "";
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

/** `a 5 · b 4` of values that are short words or booleans; empty for anything else. */
export function tally(values: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (typeof value !== "boolean" && (typeof value !== "string" || value.length > LONGEST_VALUE || value === "")) return "";
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    if (counts.size > MOST_VALUES) return "";
  }
  if (counts.size === values.length) return "";
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([value, times]) => `${value} ${count(times)}`).join(" · ");
}
