import type { PlanNode } from "../model/node.ts";
import type { Failure } from "../model/failure.ts";
import type { Patch } from "../model/patch.ts";
import type { InstancePath } from "../model/path.ts";
import { decisionPath } from "../model/path.ts";
import type { ContextState } from "./context/context-state.ts";
import { asAsked, contributionsTo, withAfters } from "./context/contributions.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { perform } from "./program.ts";
import type { Tally } from "./tally.ts";

/** What several have contributed at the same time. */
export interface Contributing {
  readonly frame: ExecutionFrame<PlanNode>;
  readonly tally: Tally;
  /** Of what comes together. */
  readonly key: InstancePath;
  /** As it was before any of it. */
  readonly context: ContextState;
  /** All that was written, as one list. */
  readonly writes: readonly Patch[];
  /** The fields whose reducers are functions of the author's, and that several have contributed to. */
  readonly fields: ReadonlySet<string>;
}

/** All that was written, or why it does not go together. */
export type MergedBranches = { readonly ok: true; readonly writes: readonly Patch[] } | { readonly ok: false; readonly failure: Failure };

/** Has the reducers asked anew, contribution by contribution, from what the fields were before. */
export function* reduceContributions({ frame, tally, key, context, writes, fields }: Contributing): Program<MergedBranches> {
  const { node } = frame;
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(key, "contributions"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "contributions",
    value: asAsked(contributionsTo((field) => fields.has(field), writes)),
    context,
  });
  tally.count(decided);
  const { outcome } = decided;
  if (outcome.status === "failed") return { ok: false, failure: outcome.failure };
  const afters = outcome.value as Readonly<Record<string, unknown>>; // the performer has made it
  return { ok: true, writes: withAfters(writes, new Map(Object.entries(afters))) };
}
