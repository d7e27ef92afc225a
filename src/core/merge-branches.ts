import type { PlanNode } from "../model/node.ts";
import type { MergeStrategy, Patch } from "../model/patch.ts";
import { NO_PATCHES } from "../model/patch.ts";
import type { InstancePath } from "../model/path.ts";
import { decisionPath } from "../model/path.ts";
import { conflictFailure } from "./context/conflict.ts";
import { contestedFields } from "./context/contributions.ts";
import type { ContextState } from "./context/context-state.ts";
import type { BranchWrites } from "./context/merge-writes.ts";
import { mergeWrites } from "./context/merge-writes.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { perform } from "./program.ts";
import type { MergedBranches } from "./reduce-contributions.ts";
import { reduceContributions } from "./reduce-contributions.ts";
import type { Tally } from "./tally.ts";

/** What was written at the same time, and where it comes together. */
export interface Merging {
  readonly frame: ExecutionFrame<PlanNode>;
  readonly tally: Tally;
  /** Of what comes together here: the node's own, or that of one time around. */
  readonly key: InstancePath;
  /** As it was before any of it. */
  readonly context: ContextState;
  /** The writes of those that succeeded, in declared order. */
  readonly branches: readonly BranchWrites[];
  readonly strategy: MergeStrategy;
  /** What was written before they began. */
  readonly before?: readonly Patch[];
}

/** Makes one list of what branches wrote, and has the whole context checked where they wrote anything. */
export function* mergeBranches(merging: Merging): Program<MergedBranches> {
  const { frame, tally, key, context, branches, strategy, before = NO_PATCHES } = merging;
  const { node } = frame;
  const merged = mergeWrites(branches, strategy);
  if (!merged.ok) return { ok: false, failure: conflictFailure(key, merged.conflict) };
  if (merged.writes.length === 0) return { ok: true, writes: before };
  const fields = contestedFields(branches, context.reducers);
  const contested = { frame, tally, key, writes: merged.writes } as const;
  const reduced: MergedBranches =
    fields === null ? merged : yield* reduceContributions({ ...contested, context: context.with(before), fields });
  if (!reduced.ok) return reduced;
  const writes = before.length === 0 ? reduced.writes : [...before, ...reduced.writes];
  const checked = yield* perform({
    kind: "decide",
    key: decisionPath(key, "context"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "context",
    value: null,
    context: context.with(writes),
  });
  tally.count(checked);
  return checked.outcome.status === "succeeded" ? { ok: true, writes } : { ok: false, failure: checked.outcome.failure };
}
