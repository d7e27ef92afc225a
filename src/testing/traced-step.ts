import type { Cost } from "../model/cost.ts";
import type { Entry } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import { viewOf } from "../model/run-view.ts";
import type { Usage } from "../model/usage.ts";
import type { NodeView, ViewKind, ViewStatus } from "../model/view-data.ts";

/** One node of a run as it was: a step, an agent, one of its turns or tool calls, a branch, an iteration. */
export interface TracedStep {
  /** `order/charge`, `triage/tickets[3]/label/turn[0]`; without attempts of its own. */
  readonly path: InstancePath;
  /** What its author called it. */
  readonly name: string;
  /** What it is: `step`, `agent`, `turn`, `tool`, `human`, `branch`, `map`, `loop` and the like. */
  readonly kind: ViewKind;
  readonly status: ViewStatus;
  /** How many attempts have begun; 0 for a tool call that was never run. */
  readonly attempts: number;
  /** What a model was asked that is new; the arguments of a tool call, as the model wrote them. Undefined for everything else. */
  readonly request: unknown;
  /** Undefined where it gave none. */
  readonly output: unknown;
  /** Null where it did not fail. */
  readonly failure: Failure | null;
  /** Of all that is in it, failed attempts included. */
  readonly usage: Usage;
  readonly cost: Cost;
}

/** All nodes of a run, each before what is in it, in the order in which they began. */
export function traceOf(entries: readonly Entry[], runId: string): readonly TracedStep[] {
  const steps: TracedStep[] = [];
  const visit = (node: NodeView): void => {
    if (node.attempt === null) steps.push(tracedStep(node)); // an attempt is no node of its own
    for (const child of node.children.values()) visit(child);
  };
  const { root } = viewOf(entries, runId);
  if (root !== null) visit(root);
  return steps;
}

function tracedStep({ path, name, kind, status, attempts, request, output, failure, usage, cost }: NodeView): TracedStep {
  return { path, name, kind, status, attempts, request, output, failure, usage, cost };
}
