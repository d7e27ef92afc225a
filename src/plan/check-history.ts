import { isPlainObject } from "../base/json.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { PlanNode } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { invalid, shown } from "./invalid.ts";

const REMEDY =
  'Give { keep: "whole" }, { keep: "exchanges", exchanges }, { keep: "tokens", tokens } or { keep: "summary", over, newest }, with whole numbers of at least 1.';

/** A frozen copy of the policy. */
export function checkedHistory(path: NodePath, history: unknown): HistoryPolicy {
  const refused = invalid(path, `history is ${isPlainObject(history) ? JSON.stringify(history) : shown(history)}`, REMEDY);
  if (!isPlainObject(history)) throw refused;
  const { keep, exchanges, tokens, over, newest } = history;
  if (keep === "whole") return Object.freeze({ keep });
  if (keep === "exchanges" && isCount(exchanges)) return Object.freeze({ keep, exchanges });
  if (keep === "tokens" && isCount(tokens)) return Object.freeze({ keep, tokens });
  if (keep === "summary" && isCount(over) && isCount(newest) && newest < over) return Object.freeze({ keep, over, newest });
  throw refused;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/**
 * The history of a loop, as a part of its node; no part where it has none.
 *
 * @throws {FlujoError} `pipeline_invalid` for a policy that there is not, and where no agent in the loop is given anything by it.
 */
export function loopHistory(path: NodePath, history: unknown, programs: readonly PlanNode[]): { readonly history?: HistoryPolicy } {
  if (history === undefined) return {};
  const checked = checkedHistory(path, history);
  if (!programs.some(hasHearer))
    throw invalid(
      path,
      "it has a `history`, and no agent that is given it",
      "Leave it out. It is for the agents in it that have no `history` of their own, and not for those in a cache, or in a loop in it that has one.",
    );
  return { history: checked };
}

/** Whether there is an agent in it that is given what was said in the loop around it. */
function hasHearer(root: PlanNode): boolean {
  const open: PlanNode[] = [root];
  for (const node of open) {
    if (node.kind === "agent" && node.history === null) return true;
    const children = childrenOf(node);
    open.push(...(isApart(node) ? children.filter((child) => !isInside(child, node)) : children)); // it grows while it is gone through
  }
  return false;
}

/** Whether what a loop around it has heard is kept from what is in it: not from what its policy runs in its place. */
function isApart(node: PlanNode): boolean {
  return node.kind === "cache" || (node.kind !== "agent" && "history" in node);
}

function isInside(child: PlanNode, node: PlanNode): boolean {
  return node.kind === "cache" ? child === node.child : child.path.startsWith(`${node.path}[]`);
}
