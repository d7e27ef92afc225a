import type { Golden, GoldenOperation } from "../../../src/golden/golden.ts";
import { FREE } from "../../../src/model/cost.ts";
import { parseInstancePath, rootNodePath } from "../../../src/model/path.ts";
import { NO_USAGE } from "../../../src/model/usage.ts";

/** A golden with these fields, in which there is nothing else. */
export function aGolden(fields: Partial<Golden> = {}): Golden {
  return {
    pipeline: "triage",
    version: null,
    plan: "0123456789abcdef",
    source: null,
    startsAtMs: 1_900_000_000_000,
    seed: "seed",
    input: null,
    context: {},
    model: null,
    thread: null,
    agents: {},
    operations: [],
    events: [],
    result: { status: "stopped", context: {} },
    usage: NO_USAGE,
    cost: FREE,
    ...fields,
  };
}

/** An operation that succeeded with a value. */
export function anOperation(path: string, fields: Partial<GoldenOperation> = {}): GoldenOperation {
  return {
    path: parseInstancePath(path),
    kind: "step",
    about: null,
    waitsFor: null,
    nth: null,
    name: path.split("/").at(-1) ?? path,
    request: { input: null },
    response: { status: "succeeded", value: null, writes: [] },
    ...fields,
  };
}

/** An agent that is asked for this. */
export function anAgent(fields: Partial<Golden["agents"][string & keyof Golden["agents"]]> = {}): Golden["agents"] {
  const agent = { model: "offline:model", instructions: "Answer.", settings: {}, toolChoice: "auto" as const };
  return { [rootNodePath("triage/classify")]: { ...agent, tools: [], providerTools: [], outputSchema: null, ...fields } };
}
