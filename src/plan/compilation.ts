import type { Schema } from "../base/schema.ts";
import type { PlanNode } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import type { BoundAgent, BoundCache, BoundNested, BoundProgram, BoundStep } from "./bindings.ts";
import type { ContextDefinition, DecisionFunction, Definition, ResourceDefinitions } from "./definition.ts";
import { versionOfCode, versionOfSchema } from "./fingerprint.ts";
import { invalid } from "./invalid.ts";

/** What comes together while a definition is compiled: its bindings, and what guards against endless ones. */
export interface Compilation {
  readonly steps: Map<NodePath, BoundStep>;
  readonly agents: Map<NodePath, BoundAgent>;
  readonly decisions: Map<string, DecisionFunction>;
  readonly answers: Map<NodePath, Schema>;
  readonly nested: Map<NodePath, BoundNested>;
  readonly caches: Map<NodePath, BoundCache>;
  readonly background: Map<NodePath, BoundProgram>;
  readonly resources: Map<NodePath, ResourceDefinitions>;
  /** The version of the code behind each node, by `path`, `path:tool`, `path:key`, `path:?output` and so on. */
  readonly code: Map<string, string>;
  /** The context of the root, or of the nested program that is being compiled, which every node in it shares. */
  readonly context: ContextDefinition | null;
  /** The definitions between the root and here, and where they stand: one that comes up again contains itself. */
  readonly above: Map<Definition, NodePath>;
  readonly count: { nodes: number };
  /** Whether there is a saga around what is being compiled, which runs the compensations in it. */
  readonly isInSaga: boolean;
  /** Compiles a program that runs on its own. */
  readonly compiledApart: (definition: Definition) => BoundProgram;
  /** Compiles a program that stands below an agent, as one of its tools. */
  readonly nodeOf: (definition: Definition, place: Place, into: Compilation) => PlanNode;
}

/** The members of a sequence, seen from one of them. */
export interface Siblings {
  readonly names: readonly string[];
  /** Null for what is no program of the author's. */
  readonly members: readonly (Definition | null)[];
  /** Which of them it is. */
  readonly at: number;
}

/** Where a node stands. */
export interface Place {
  readonly path: NodePath;
  readonly segment: string;
  /** What the node is called where its author gave it no name. */
  readonly name: string;
  /** 1 for the root. */
  readonly level: number;
  /** What its input has been checked with before it is entered, if with anything: it is not checked with that again. */
  readonly checkedWith?: Schema | null;
  /** Of a gather: the members that stand before and after it, and what they are called. */
  readonly among?: Siblings;
}

/**
 * Notes the version of a piece of code.
 *
 * @throws {FlujoError} `pipeline_invalid` where a node's name looks like another's `path:tool`, so that the two would share it.
 */
export function noteCode(into: Compilation, key: string, version: string): void {
  if (into.code.has(key)) throw invalid(key, "two pieces of code have this place", 'Give the step with ":" in its name another one.');
  into.code.set(key, version);
}

/** Notes the version of a schema that is bound: one that nothing is checked with has none. */
export function noteSchema(into: Compilation, key: string, schema: Schema | null): void {
  if (schema !== null) noteCode(into, key, versionOfSchema(schema));
}

/** Notes a function in a control position, and the version of its code. */
export function noteDecision(into: Compilation, key: string, decide: DecisionFunction): void {
  noteCode(into, key, versionOfCode(decide));
  into.decisions.set(key, decide);
}
