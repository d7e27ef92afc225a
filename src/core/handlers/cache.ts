import type { CacheNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import type { CacheDetail, Recalled } from "../recalled.ts";
import { Tally } from "../tally.ts";

/**
 * Looks whether the outcome is there already; runs the program where it is not, and keeps what that gave. A hit is the
 * outcome itself, writes included, and costs nothing. Only successes are kept.
 */
export function* runCache(frame: ExecutionFrame<CacheNode>): Program<StepResult> {
  const { node, key, input, context } = frame;
  const tally = new Tally(frame);
  const asked = { kind: "decide", fingerprint: node.fingerprint, name: node.name, node: node.path, context } as const;
  let by = input;
  if (node.decidesKey) {
    const said = yield* perform({ ...asked, key: decisionPath(key, "cacheKey"), about: "cacheKey", value: input });
    tally.count(said);
    if (said.outcome.status === "failed") return tally.failed(said.outcome.failure);
    by = said.outcome.value;
  }
  const detail: CacheDetail = { node, by, at: key, writes: [] };
  const looked = yield* perform({ ...asked, key: decisionPath(key, "recall"), about: "recall", value: by, detail });
  tally.count(looked);
  if (looked.outcome.status === "failed") return tally.failed(looked.outcome.failure);
  const recalled = looked.outcome.value as Recalled; // the performer has made it
  tally.note("cache", recalled.isHit ? "hit" : "miss");
  if (recalled.isHit) return tally.succeeded(recalled.value, recalled.writes);
  if (recalled.problem !== null) tally.note("cacheProblem", recalled.problem);
  const result = yield* call(frame.child(node.child, { input, context, atMs: tally.atMs, history: null })); // its outcome depends on what is in its key
  tally.include(result);
  if (result.status === "failed") return tally.failed(result.failure);
  const { output, writes } = result;
  const kept = yield* perform({ ...asked, key: decisionPath(key, "keep"), about: "keep", value: output, detail: { ...detail, writes } });
  tally.count(kept);
  const problem = kept.outcome.status === "failed" ? kept.outcome.failure.message : kept.outcome.value;
  if (typeof problem === "string") tally.note("cacheProblem", problem);
  return tally.succeeded(output, writes);
}
