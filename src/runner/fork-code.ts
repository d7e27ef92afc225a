import type { AskedContribution } from "../core/context/contributions.ts";
import { fromAsked } from "../core/context/contributions.ts";
import type { Op } from "../core/program.ts";
import type { Recalled } from "../core/recalled.ts";
import type { ScreenDetail } from "../core/search/screening.ts";
import type { Recorded } from "../model/entry.ts";
import type { Plan } from "../model/node.ts";
import type { Patch } from "../model/patch.ts";
import type { InstancePath } from "../model/path.ts";
import { nodePathOf } from "../model/path.ts";
import { reducerPlace } from "../plan/code-of.ts";

/** Says of an operation whether the code behind it is the same in both plans. */
export function sameCode(stored: Plan, current: Plan): (op: Op) => boolean {
  return (op) => codeBehind(op, current.root.path).every((key) => stored.code[key] === current.code[key]);
}

/** Says of an outcome whether the author's own reducers that had a part in what was contributed with it are the same in both plans. */
export function sameReducers(stored: Plan, current: Plan): (op: Op, outcome: Recorded) => boolean {
  return (op, outcome) => {
    if (op.kind !== "step" && op.kind !== "decide") return true;
    const { reducers, nested } = op.context;
    const path = nested?.path ?? current.root.path;
    const isSame = (field: string): boolean => stored.code[reducerPlace(path, field)] === current.code[reducerPlace(path, field)];
    return contributedBy(op, outcome).every((patch) => patch.op !== "contribute" || reducers[patch.field] !== "own" || isSame(patch.field));
  };
}

/** What an outcome holds of writes, in the context of its operation. */
function contributedBy(op: Op, outcome: Recorded): readonly Patch[] {
  if (outcome.status === "failed") return [];
  const { value, writes = [] } = outcome;
  if (op.kind !== "decide") return writes;
  switch (op.about) {
    case "leave":
      return value as readonly Patch[];
    case "recall": {
      const recalled = value as Recalled;
      return recalled.isHit ? recalled.writes : [];
    }
    case "contributions":
      return fromAsked(op.value as readonly AskedContribution[]).map(({ field, value }) => ({ op: "contribute", field, value }));
    case "context":
      return op.detail === undefined ? [] : [op.detail as Patch];
    default:
      return [];
  }
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
    case "contributions":
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
    case "plugin":
      return [`${node}:plugin ${(detail as { readonly plugin: string }).plugin}`];
    case "prompt":
      return [...processors(node, "promptProcessor", detail), `${node}:?input`];
    case "processed":
      return [...processors(node, "outputProcessor", detail), `${node}:?input`];
    case "instructions":
      return [`${node}:instructions`, `${node}:?input`];
    case "arguments":
      return [`${node}:${(value as { readonly tool: string }).tool}:?input`];
    case "approval":
      return approving(node, value as Approving);
    case "recall":
      return [`${node}:program`, `${node}:cacheKey`, context];
    case "keep":
    case "spawn":
    case "tools":
    case "history":
      return [];
    case "remember":
    case "asked":
      return [`${node}:?input`];
    case "accept":
      return [`${node}:accept`, `${node}:feedback`];
    case "screen":
      return screening(node, detail as ScreenDetail);
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

function screening(node: string, { invariants }: ScreenDetail): readonly string[] {
  const asked = ["isGoal", "heuristic", "cost", ...invariants.map((each) => `invariant ${each}`)];
  return asked.map((each) => `${node}:${each}`);
}

interface Approving {
  readonly tool: string;
  /** The tool by its server's own name. */
  readonly served?: { readonly server: string; readonly tool: string };
}

function approving(node: string, { tool, served }: Approving): readonly string[] {
  if (served === undefined) return [`${node}:${tool}:approval`];
  return [`${node}:${served.server}/${served.tool}:approval`, `${node}:${served.server}/*:approval`];
}

function processors(node: string, which: string, detail: unknown): readonly string[] {
  const { processors: many } = detail as { readonly processors: number };
  return Array.from({ length: many }, (_, index) => `${node}:${which} ${index + 1}`);
}
