import type { Failure } from "../../model/failure.ts";
import type { PlanNode, SearchNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { childPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { mergeBranches } from "../merge-branches.ts";
import { call, fork } from "../program.ts";
import type { Tally } from "../tally.ts";

/** States that were proposed together and are to be evaluated. */
export interface Evaluating {
  readonly frame: ExecutionFrame<SearchNode>;
  readonly tally: Tally;
  /** Of this time around. */
  readonly key: InstancePath;
  readonly context: ContextState;
  readonly evaluate: PlanNode;
  /** Each with its place among all that were proposed. */
  readonly states: readonly { readonly at: number; readonly state: unknown }[];
}

/** What each of the states promises, and what was written meanwhile; or why that is not known. */
export type Evaluated =
  | { readonly ok: true; readonly estimates: readonly number[]; readonly writes: readonly Patch[]; readonly results: readonly StepResult[] }
  | { readonly ok: false; readonly failure: Failure; readonly results: readonly StepResult[] };

/** Has the states evaluated at the same time. Each sees the context as the proposal left it; what they wrote is merged in the order of the proposal. */
export function* evaluateAll(asked: Evaluating): Program<Evaluated> {
  const { frame, tally, evaluate, states, context } = asked;
  const below = childPath(asked.key, "evaluate");
  const { atMs } = tally;
  const ended = yield* fork<StepResult>({
    count: states.length,
    concurrency: frame.node.concurrency,
    start: (index) => call(frame.child(evaluate, { input: states[index]?.state, context, atMs, below, index: states[index]?.at ?? index })),
    stopsAfter: (result) => result.status === "failed",
  });
  const results = ended.filter((result) => result !== undefined);
  for (const result of results) tally.include(result);
  const failure = firstFailure(results);
  if (failure !== null) return { ok: false, failure, results };
  const estimates: number[] = [];
  const written: BranchWrites[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === "failed") continue;
    const { output } = result;
    if (typeof output !== "number" || !Number.isFinite(output)) return { ok: false, failure: noNumber(result.path, output), results };
    estimates.push(output);
    written.push({ name: `evaluate[${states[index]?.at ?? index}]`, writes: result.writes });
  }
  const merged = yield* mergeBranches({ frame, tally, key: asked.key, context, branches: written, strategy: "update" });
  return merged.ok ? { ok: true, estimates, writes: merged.writes, results } : { ...merged, results };
}

/** The first that counts: one that was told to stop only where no other is to blame. */
function firstFailure(results: readonly StepResult[]): Failure | null {
  const failures = results.flatMap((result) => (result.status === "failed" ? [result.failure] : []));
  return failures.find(({ code }) => code === "continued") ?? failures.find(({ code }) => code !== "cancelled") ?? failures[0] ?? null;
}

function noNumber(path: InstancePath, given: unknown): Failure {
  const what =
    typeof given === "number"
      ? String(given)
      : given === null
        ? "null"
        : Array.isArray(given)
          ? "a list"
          : `a value of type ${typeof given}`;
  const message = `${path}: what evaluates a state gives a number, the lower the better, and this gave ${what}.`;
  return { code: "output_invalid", message, path, retryable: true };
}
