import { z } from "zod";
import { DEFAULT_ENDINGS } from "../../src/model/ending.ts";
import type {
  AgentDefinition,
  BranchDefinition,
  Definition,
  HumanDefinition,
  MapDefinition,
  ParallelDefinition,
  SequenceDefinition,
  StepDefinition,
  FunctionToolDefinition,
} from "../../src/plan/definition.ts";

const work = { retry: null, timeoutMs: null } as const;
export const policy = { maxAttempts: 3, firstDelayMs: 10, factor: 2, maxDelayMs: 100, jitter: "none" as const };

export function step(name: string, options: Partial<StepDefinition> = {}): StepDefinition {
  return {
    kind: "step",
    name,
    run: (input) => input,
    effect: "none",
    inDoubt: "retry",
    input: null,
    output: null,
    version: null,
    ...work,
    ...options,
  };
}
export function sequence(
  name: string | null,
  children: readonly Definition[],
  options: Partial<SequenceDefinition> = {},
): SequenceDefinition {
  return { kind: "sequence", name, version: "0.0.0", input: null, context: null, children, ...options };
}
export function branch(branches: Readonly<Record<string, Definition>>, options: Partial<BranchDefinition> = {}): BranchDefinition {
  return { kind: "branch", name: null, key: (value) => value, branches, default: null, ...options };
}
export function parallel(branches: Readonly<Record<string, Definition>>, options: Partial<ParallelDefinition> = {}): ParallelDefinition {
  return { kind: "parallel", name: null, branches, concurrency: 2, onFailure: "propagate", merge: "update", ...options };
}
export function map(each: Definition, options: Partial<MapDefinition> = {}): MapDefinition {
  return { kind: "map", name: null, each, concurrency: 8, onFailure: "propagate", merge: "update", ...options };
}
export function tool(name: string, options: Partial<FunctionToolDefinition> = {}): FunctionToolDefinition {
  const rest = { description: "Looks something up.", input: z.object({ id: z.string() }), output: null, version: null } as const;
  const rules = { effect: "none", inDoubt: "retry", onError: "tell", needsApproval: false } as const;
  return { kind: "tool", name, run: () => "found", ...rules, ...rest, ...work, ...options };
}
export function agent(name: string, options: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    kind: "agent",
    name,
    model: "offline:extract",
    instructions: "Do it.",
    input: null,
    output: null,
    tools: [],
    providerTools: [],
    servers: [],
    toolChoice: "auto",
    settings: {},
    endings: DEFAULT_ENDINGS,
    history: null,
    maxTurns: 10,
    ...work,
    ...options,
  };
}
export function human(name: string, options: Partial<HumanDefinition> = {}): HumanDefinition {
  return { kind: "human", name, show: null, answer: z.object({ ok: z.boolean() }), ...options };
}
