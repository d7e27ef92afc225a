import type { Failure } from "../../../../src/model/failure.ts";
import type { InstancePath, NodePath } from "../../../../src/model/path.ts";
import type { Patch } from "../../../../src/model/patch.ts";
import type { Golden, GoldenAgent, GoldenOperation, GoldenRequest, GoldenResponse } from "../../../../src/golden/golden.ts";
import { NO_USAGE } from "../../../../src/model/usage.ts";

/** A golden of nothing, but for what is given. */
export function golden(parts: Partial<Golden> = {}): Golden {
  return {
    pipeline: "p",
    version: null,
    plan: "plan-1",
    source: null,
    startsAtMs: 0,
    seed: "seed",
    input: null,
    context: {},
    model: null,
    thread: null,
    agents: {},
    operations: [],
    events: [],
    result: { status: "succeeded", output: null, context: {}, continued: false },
    usage: NO_USAGE,
    cost: { kind: "free" },
    ...parts,
  };
}

export function agent(parts: Partial<GoldenAgent> = {}): GoldenAgent {
  return {
    model: "offline:extract",
    instructions: "Do it.",
    settings: {},
    toolChoice: "auto",
    tools: [],
    providerTools: [],
    outputSchema: null,
    ...parts,
  };
}

export function nodePath(path: string): NodePath {
  return path as NodePath;
}

export function succeeded(value: unknown, writes: readonly Patch[] = []): GoldenResponse {
  return { status: "succeeded", value, writes };
}

export function failed(path: string, parts: Partial<Failure> = {}): GoldenResponse {
  return {
    status: "failed",
    failure: { code: "step_failed", message: "It broke.", path: path as InstancePath, retryable: false, ...parts },
  };
}

interface Asked {
  readonly request?: GoldenRequest;
  readonly response?: GoldenResponse | null;
  readonly name?: string;
  readonly about?: GoldenOperation["about"];
  readonly waitsFor?: GoldenOperation["waitsFor"];
}

/** An operation: its name is the last of its path, unless one is given. */
export function operation(kind: GoldenOperation["kind"], path: string, asked: Asked = {}): GoldenOperation {
  const { request = {}, response = succeeded(null), about = null, waitsFor = null } = asked;
  const name =
    asked.name ??
    path
      .replace(/\/\?.*$/, "")
      .replace(/\/turn\[.*$/, "")
      .replace(/(?:\[\d+\]|#\d+)+$/, "")
      .split("/")
      .at(-1) ??
    "";
  return { path: path as InstancePath, kind, about, waitsFor, name, request, response, nth: null };
}

export function step(path: string, input: unknown, output: unknown, writes: readonly Patch[] = []): GoldenOperation {
  return operation("step", path, { request: { input }, response: succeeded(output, writes) });
}

export function decision(path: string, value: unknown, answer: unknown): GoldenOperation {
  const about = path.slice(path.lastIndexOf("?") + 1) as NonNullable<GoldenOperation["about"]>;
  return operation("decide", path, { about, request: { value }, response: succeeded(answer) });
}
