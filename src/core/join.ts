import type { GateNode, MapNode, ParallelNode, RouteNode } from "../model/node.ts";
import type { Patch } from "../model/patch.ts";
import { NO_PATCHES } from "../model/patch.ts";
import { decisionPath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import { conflictFailure } from "./context/conflict.ts";
import type { ContextState } from "./context/context-state.ts";
import type { BranchWrites } from "./context/merge-writes.ts";
import { mergeWrites } from "./context/merge-writes.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { perform } from "./program.ts";
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
  const { node } = frame;
  const merged = mergeWrites(branches, node.merge);
  if (!merged.ok) return tally.failed(conflictFailure(frame.key, merged.conflict));
  const given = { frame, tally, by: node.kind === "gate" ? undefined : node.reduce, results: output };
  if (merged.writes.length === 0) return yield* ended({ ...given, writes: before });
  const writes = before.length === 0 ? merged.writes : [...before, ...merged.writes];
  const checked = yield* perform({
    kind: "decide",
    key: decisionPath(frame.key, "context"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "context",
    value: null,
    context: frame.context.with(writes),
  });
  tally.count(checked);
  if (checked.outcome.status === "failed") return tally.failed(checked.outcome.failure);
  return yield* ended({ ...given, writes });
}

function* ended({ by, ...given }: Ended): Program<StepResult> {
  if (by === undefined) return given.tally.succeeded(given.results, given.writes);
  return yield* reduce({ ...given, by });
}

/** The context as the branches see it: some of its fields, where the node says which. */
export function included({ context, node }: ExecutionFrame<MapNode | ParallelNode>): ContextState {
  const { include, path } = node;
  return include === undefined ? context : context.limitedTo({ of: path, reads: include, writes: include });
}
