import { isFinal, isRetryable } from "../../model/failure.ts";
import type { Plan, PlanNode, RetryPolicy } from "../../model/node.ts";
import { childrenOf } from "../../model/plan-nodes.ts";
import type { InstancePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { NodeView } from "../../model/view-data.ts";
import { partsThatCount } from "../../model/view-parts.ts";
import { reasonOf } from "./reason.ts";

/** What goes round by itself and tells only at its end what it was: nothing is on record of a time around. */
const GOES_ROUND: ReadonlySet<PlanNode["kind"] | undefined> = new Set(["refine", "search", "machine", "agenticLoop"] as const);

/** What a plan says of things that are happening: bounds that a journal does not know. */
export class PlanFacts {
  readonly #nodes = new Map<string, PlanNode>();

  constructor(plan: Plan | null) {
    const open = plan === null ? [] : [plan.root];
    for (const node of open) {
      this.#nodes.set(node.path, node);
      open.push(...childrenOf(node)); // it grows while it is gone through
    }
  }

  /** The node that stands at a place; null where there is no plan, or none in it: a turn, a tool call. */
  nodeAt(path: InstancePath): PlanNode | null {
    return this.#nodes.get(nodePathOf(path)) ?? null;
  }

  /** How often something may be tried at most; null where nobody knows. */
  mostAttempts(node: NodeView): number | null {
    return this.#retryOf(node)?.maxAttempts ?? null;
  }

  #retryOf(node: NodeView): RetryPolicy | null {
    const planned = this.nodeAt(node.path);
    if (planned === null) return null;
    const own = planned.kind === "step" ? planned.retry : null; // an agent's own is for each of its model calls
    return planned.policy?.retry ?? own;
  }

  /** Whether an operation whose attempt has failed will be tried again: nothing says so in the journal until it is. */
  isTriedAgain(node: NodeView): boolean {
    const { failure, attempts, status } = node;
    const retry = status === "failed" && failure !== null ? this.#retryOf(node) : null;
    if (failure === null || retry === null || attempts >= retry.maxAttempts || isFinal(failure)) return false;
    return retry.retryOn === "decided" ? false : isRetryable(failure, retry.retryOn);
  }

  /** What is below a node that goes on, as it really is: what will be tried again goes on too. */
  partsOf(node: NodeView): readonly NodeView[] {
    return partsThatCount(node).map((part) => this.asItIs(part, node));
  }

  /** What stands below a node, as it really is: what will be tried again goes on, and a time around before the last is over. */
  asItIs(part: NodeView, node: NodeView): NodeView {
    if (node.endedAtMs !== null) return part;
    if (this.isTriedAgain(part)) return { ...part, status: "running", endedAtMs: null };
    if (part.status !== "running" || !GOES_ROUND.has(this.nodeAt(node.path)?.kind) || !hasNext(part, node)) return part;
    const children = [...part.children.values()];
    const endedAtMs = Math.max(...children.map((child) => child.endedAtMs ?? Number.POSITIVE_INFINITY));
    const status = children.find((child) => child.status !== "succeeded")?.status ?? "succeeded";
    return Number.isFinite(endedAtMs) ? { ...part, status, endedAtMs } : part;
  }

  /** How many times a loop goes round at most; null where it has no bound, or nobody knows. */
  mostIterations(node: NodeView): number | null {
    const planned = this.nodeAt(node.path);
    if (planned?.kind === "agenticLoop") return planned.maxCommands;
    if (planned?.kind === "machine") return planned.maxHops + 1;
    if (planned?.kind === "search") return planned.maxExpansions;
    return planned?.kind === "loop" || planned?.kind === "refine" ? planned.maxIterations : null;
  }

  /** The same node under the name its author gave it, which the journal of a composite tells only at its end. */
  named(node: NodeView): NodeView {
    const name = this.nodeAt(node.path)?.name ?? node.name;
    return name === node.name ? node : { ...node, name };
  }

  /** Which kinds of an author's own made it, and what they say of their options; empty where none did. */
  madeBy(node: NodeView): string {
    const { madeBy: marks = [], name = "" } = this.nodeAt(node.path) ?? {};
    return marks
      .flatMap(({ kind, caption }) => [kind === name ? "" : kind, caption])
      .filter((text) => text !== "")
      .join(" · ");
  }

  /** What something is, which the plan knows before the journal tells: loops, sequences that are parallels or taps. */
  kindOf(node: NodeView): NodeView["kind"] {
    if (node.kind !== "group" && node.kind !== "map") return node.kind;
    const kind = this.nodeAt(node.path)?.kind ?? node.kind;
    return kind === "sequence" ? "group" : kind;
  }
}

/** Which attempt something that goes on is in, of how many at most, or that it has failed and another is to come; empty for a first one. */
export function attemptText(node: NodeView, plan: PlanFacts): string {
  const { attempts, outcomes, failure, kind, wait } = node;
  const most = plan.mostAttempts(node);
  const which = `attempt ${attempts}${most === null ? "" : ` of ${most}`}`;
  const last = outcomes.at(-1);
  if (failure !== null && last?.attempt === attempts && last.failure !== null)
    return wait === null ? `${which} failed: ${reasonOf(failure)}` : reasonOf(failure); // nobody has answered
  return attempts < 2 || (kind === "agent" && most === null) ? "" : which;
}

/** Nothing is known of the plan. */
export const NO_PLAN = new PlanFacts(null);

/** Whether something is a time around, and not the last that there has been. */
function hasNext({ segment }: NodeView, { children }: NodeView): boolean {
  const index = /\[(\d+)\]$/.exec(segment)?.[1];
  return index !== undefined && children.has(segment.replace(/\d+\]$/, `${Number(index) + 1}]`));
}
