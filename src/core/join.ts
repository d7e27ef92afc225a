import type { GateNode, MapNode, ParallelNode, RouteNode } from "../model/node.ts";
import type { Patch } from "../model/patch.ts";
import { NO_PATCHES } from "../model/patch.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ContextState } from "./context/context-state.ts";
import type { BranchWrites } from "./context/merge-writes.ts";
import { mergeBranches } from "./merge-branches.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import type { Reducing } from "./reduce.ts";
import { reduce } from "./reduce.ts";
import type { Tally } from "./tally.ts";

/** What a join has to work with. */
export interface Joining {
  readonly frame: ExecutionFrame<MapNode | ParallelNode | RouteNode | GateNode>;
  readonly tally: Tally;
  /** The writes of those that succeeded, in declared order. */
  readonly branches: readonly BranchWrites[];
  readonly output: unknown;
  /** What was written before they began. */
  readonly before?: readonly Patch[];
}

type Ended = Omit<Reducing, "by"> & { readonly by: Reducing["by"] | undefined };

/** Makes one list of what the branches wrote, has the whole context checked, and gives the join's result: the output, or what a reducer makes of it. */
export function* join({ frame, tally, branches, output, before = NO_PATCHES }: Joining): Program<StepResult> {
  const { node, key, context } = frame;
  const merged = yield* mergeBranches({ frame, tally, key, context, branches, strategy: node.merge, before });
  if (!merged.ok) return tally.failed(merged.failure);
  const by = node.kind === "gate" ? undefined : node.reduce;
  return yield* ended({ frame, tally, by, results: output, writes: merged.writes });
}

function* ended({ by, ...given }: Ended): Program<StepResult> {
  if (by === undefined) return given.tally.succeeded(given.results, given.writes);
  return yield* reduce({ ...given, by });
}

/** The context as the branches see it: some of its fields, where the node says which. */
export function included({ include, path }: MapNode | ParallelNode | RouteNode, context: ContextState): ContextState {
  return include === undefined ? context : context.limitedTo({ of: path, reads: include, writes: include });
}
