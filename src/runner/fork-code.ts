import type { Op } from "../core/program.ts";
import type { ScreenDetail } from "../core/search/screening.ts";
import type { Plan } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { nodePathOf } from "../model/path.ts";

/** Says of an operation whether the code behind it is the same in both plans. */
export function sameCode(stored: Plan, current: Plan): (op: Op) => boolean {
  return (op) => codeBehind(op, current.root.path).every((key) => stored.code[key] === current.code[key]);
}

/** Where the versions of all code stand, in {@link Plan.code}, that has a part in an operation's outcome. */
function codeBehind(op: Op, root: string): readonly string[] {
  switch (op.kind) {
    case "step":
      return [op.node.path, `${op.node.path}:?input`, `${op.node.path}:?output`];
    case "model":
      return [`${op.node.path}:?input`, `${op.node.path}:?output`];
    case "tool": {
      if (op.tool.runner.kind === "server") return [];
      const at = `${op.node.path}:${op.tool.name}`;
      return [at, `${at}:?input`, `${at}:?output`];
    }
    case "human":
      return op.waitsFor === "approval" ? [`${agentOf(op.key)}:${op.name}:?input`] : [`${nodePathOf(op.key)}:?answer`];
    case "signal":
      return [`${nodePathOf(op.key)}:?answer`];
    case "sleep":
      return [];
    case "decide":
      return codeOfDecision(op, root);
  }
}

/** The agent that a person is asked about a tool call of. */
function agentOf(approval: InstancePath): string {
  return nodePathOf(approval).replace(/\/turn\[\]\/tool\[\]\/approval$/, "");
}

type Decide = Extract<Op, { readonly kind: "decide" }>;

function codeOfDecision(op: Decide, root: string): readonly string[] {
  const { node, about, value, detail } = op;
  const context = `${op.context.nested?.path ?? root}:?context`;
  switch (about) {
    case "context":
      return [context];
    case "enter":
      return [`${node}:in`, `${node}:?context`];
    case "leave":
      return [`${node}:out`, context];
    case "retryOn": {
      const { of } = detail as { readonly of: string | null };
      return [of === null ? `${node}:retryOn` : `${node}:${of}:retryOn`];
    }
    case "validate":
      return [`${node}:validate ${(detail as { readonly validator: string }).validator}`];
    case "instructions":
      return [`${node}:instructions`, `${node}:?input`];
    case "arguments":
      return [`${node}:${(value as { readonly tool: string }).tool}:?input`];
    case "approval": {
      const { tool, served } = value as { readonly tool: string; readonly served?: { readonly server: string; readonly tool: string } };
      if (served === undefined) return [`${node}:${tool}:approval`];
      return [`${node}:${served.server}/${served.tool}:approval`, `${node}:${served.server}/*:approval`];
    }
    case "recall":
      return [`${node}:program`, `${node}:cacheKey`, context];
    case "keep":
    case "spawn":
      return [];
    case "tools":
    case "history":
      return [];
    case "remember":
      return [`${node}:?input`];
    case "accept":
      return [`${node}:accept`, `${node}:feedback`];
    case "screen": {
      const { invariants } = detail as ScreenDetail;
      return [
        ...["isGoal", "heuristic", "cost"].map((each) => `${node}:${each}`),
        ...invariants.map((each) => `${node}:invariant ${each}`),
      ];
    }
    case "guard":
      return [`${node}:guard ${(detail as { readonly rule: number }).rule}`];
    case "cacheKey":
    case "key":
    case "route":
    case "show":
    case "until":
    case "next":
    case "output":
    case "reduce":
    case "wake":
    case "failed":
    case "default":
      return [`${node}:${about}`];
  }
}
