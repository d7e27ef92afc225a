import type { Schema } from "../base/schema.ts";
import type { CacheBackend } from "../model/cache-backend.ts";
import type { Plan } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import type { ContextDefinition, DecisionFunction, ResourceDefinitions, WorkFunction } from "./definition.ts";

/** The code behind a function step. */
export interface BoundStep {
  readonly run: WorkFunction;
  readonly input: Schema | null;
  readonly output: Schema | null;
  /** Null where it uses none. */
  readonly resources: ResourceDefinitions | null;
}

/** The code behind one tool of an agent. */
export interface BoundTool {
  /** Null where another program of the plan runs. */
  readonly run: WorkFunction | null;
  readonly input: Schema;
  readonly output: Schema | null;
  /** Decides by the arguments whether a person must agree; null where that is fixed. */
  readonly needsApproval: DecisionFunction | null;
  /** Null where it uses none. */
  readonly resources: ResourceDefinitions | null;
}

/** The code behind the edges of a program with a context of its own. */
export interface BoundNested {
  readonly context: ContextDefinition | null;
  readonly enter: ((context: unknown, input: unknown) => unknown) | null;
  readonly leave: ((inner: unknown, outer: unknown) => unknown) | null;
}

/** Where a cache keeps what its program gives, and the code that gives it. */
export interface BoundCache {
  /** Null: where the run itself is kept. */
  readonly backend: CacheBackend | null;
  /** Hash of the versions of all code in the program, as it is loaded now. */
  readonly code: string;
}

/** A program that is started as a run of its own. */
export interface BoundProgram {
  readonly plan: Plan;
  readonly bindings: Bindings;
}

/** A tool server that an agent may use. */
export interface BoundServer {
  readonly prefix: string;
  /** The only tools that are offered, by the server's own names; null for all. */
  readonly allow: readonly string[] | null;
  readonly connection: object;
  /** By the server's own names of the tools, `*` for all others. */
  readonly approvals: ReadonlyMap<string, DecisionFunction>;
}

/** The code behind an agent. */
export interface BoundAgent {
  readonly model: string | object;
  /** Null where the instructions are fixed. */
  readonly instructions: DecisionFunction | null;
  /** Make what its model is told of its instructions and its input, one after the other. */
  readonly promptProcessors: readonly DecisionFunction[];
  /** Make its output of what its model gave, one after the other. */
  readonly outputProcessors: readonly DecisionFunction[];
  readonly input: Schema | null;
  readonly output: Schema | null;
  /** By the tool's name. */
  readonly tools: ReadonlyMap<string, BoundTool>;
  readonly servers: ReadonlyMap<string, BoundServer>;
}

/**
 * Everything of a definition that is not data, by the path of its node: the functions, schemas and models of the code
 * now loaded. A plan may have been stored by another process; its bindings never are.
 */
export interface Bindings {
  readonly steps: ReadonlyMap<NodePath, BoundStep>;
  readonly agents: ReadonlyMap<NodePath, BoundAgent>;
  /** Functions in control positions, by the key of their code in {@link Plan.code}: `path:key`, `path:until`, `path:validate NAME`. */
  readonly decisions: ReadonlyMap<string, DecisionFunction>;
  /** Schemas of answers and signals. */
  readonly answers: ReadonlyMap<NodePath, Schema>;
  readonly nested: ReadonlyMap<NodePath, BoundNested>;
  readonly caches: ReadonlyMap<NodePath, BoundCache>;
  /** The programs that are started as runs of their own. */
  readonly background: ReadonlyMap<NodePath, BoundProgram>;
  /** What is kept open for everything in a node, by its path. */
  readonly resources: ReadonlyMap<NodePath, ResourceDefinitions>;
  readonly input: Schema | null;
  readonly context: ContextDefinition | null;
}
