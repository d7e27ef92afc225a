import type { BranchNode, PlanNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Asks for a key, runs that branch on the same input. The key taken is in the metadata. */
export function* runBranch(frame: ExecutionFrame<BranchNode>): Program<StepResult> {
  const { node } = frame;
  const tally = new Tally(frame);
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(frame.key, "key"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "key",
    value: frame.input,
    context: frame.context,
  });
  tally.count(decided);
  if (decided.outcome.status === "failed") return tally.failed(decided.outcome.failure);
  const chosen = choose(node, decided.outcome.value);
  if (chosen === null) return tally.failed(unknownKey(frame, decided.outcome.value));
  tally.note("key", chosen.key);
  const result = yield* call(frame.child(chosen.branch, { input: frame.input, context: frame.context, atMs: tally.atMs }));
  tally.include(result);
  return result.status === "succeeded" ? tally.succeeded(result.output, result.writes) : tally.failed(result.failure);
}

/** The exact key first (booleans and numbers by their text), then the default, else nothing. */
function choose(node: BranchNode, key: unknown): { readonly key: string; readonly branch: PlanNode } | null {
  const text = typeof key === "string" || typeof key === "boolean" || typeof key === "number" ? String(key) : null;
  if (text !== null && Object.hasOwn(node.branches, text)) {
    const branch = node.branches[text];
    if (branch !== undefined) return { key: text, branch };
  }
  return node.default === null ? null : { key: "default", branch: node.default };
}

function unknownKey(frame: ExecutionFrame<BranchNode>, key: unknown) {
  const known = Object.keys(frame.node.branches);
  const asked = typeof key === "object" && key !== null ? "an object" : typeof key === "string" ? `"${key}"` : String(key);
  return {
    code: "branch_key_unknown" as const,
    message: `${frame.key}: there is no branch for ${asked}; there are ${known.join(", ")}.`,
    path: frame.key,
    retryable: false,
    details: { known },
  };
}
