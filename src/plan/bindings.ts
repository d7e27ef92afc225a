import type { Schema } from "../base/schema.ts";
import type { NodePath } from "../model/path.ts";
import type { ContextDefinition, DecisionFunction, WorkFunction } from "./definition.ts";

/** The code behind a function step. */
export interface BoundStep {
  readonly run: WorkFunction;
  readonly input: Schema | null;
  readonly output: Schema | null;
}

/** The code behind one tool of an agent. */
export interface BoundTool {
  readonly run: WorkFunction;
  readonly input: Schema;
  readonly output: Schema | null;
}

/** The code behind an agent. */
export interface BoundAgent {
  readonly model: string | object;
  readonly input: Schema | null;
  readonly output: Schema | null;
  /** By the tool's name. */
  readonly tools: ReadonlyMap<string, BoundTool>;
}

/**
 * Everything of a definition that is not data, by the path of its node: the functions, schemas and models of the code
 * now loaded. A plan may have been stored by another process; its bindings never are.
 */
export interface Bindings {
  readonly steps: ReadonlyMap<NodePath, BoundStep>;
  readonly agents: ReadonlyMap<NodePath, BoundAgent>;
  /** Branch keys and what humans are shown. */
  readonly decisions: ReadonlyMap<NodePath, DecisionFunction>;
  /** Schemas of answers. */
  readonly answers: ReadonlyMap<NodePath, Schema>;
  readonly input: Schema | null;
  readonly context: ContextDefinition | null;
}
