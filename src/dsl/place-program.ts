import { isPlainObject } from "../base/json.ts";
import type { Definition, NestedDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { LoosePolicy } from "./policy-definition.ts";
import { POLICY_OPTIONS, policyDefinitionOf } from "./policy-definition.ts";
import type { AnyStep } from "./program.ts";
import { definitionOf } from "./program.ts";

/** What `.step(program, options)` can be told. */
export interface LoosePlace extends LoosePolicy {
  readonly context?: unknown;
}

/** A program in a pipeline, with a context of its own where that is mapped, and with what is to be done around it. */
export function placedProgramOf(program: AnyStep, options: LoosePlace): Definition {
  const inner = definitionOf(program);
  const given: unknown = options;
  const at = inner.name === null ? "step()" : `step ${shown(inner.name)}`;
  if (!isPlainObject(given)) throw invalid(at, `its options are ${shown(given)}`, "Write .step(program, { retries, fallback, context }).");
  refuseUnknown(at, given, { ...POLICY_OPTIONS, context: true });
  const { context, ...policy } = options;
  const nested = context === undefined ? inner : nestedOf(at, inner, context);
  const isPlain = Object.values(policy).every((value) => value === undefined);
  return isPlain ? nested : policyDefinitionOf(at, nested, policy);
}

function nestedOf(at: string, program: Definition, mapping: unknown): NestedDefinition {
  if (program.kind !== "sequence" || program.context === null) {
    const what = program.kind === "policy" ? "what withPolicy() made" : "a program without a context of its own";
    throw invalid(at, `${what} has no context to map`, "Map that of a pipeline({ context }), and give the policy beside it.");
  }
  if (!isPlainObject(mapping))
    throw invalid(at, `context is ${shown(mapping)}`, "Write it as { in: (outer, input) => …, out: (inner, outer) => … }.");
  refuseUnknown(at, mapping, { in: true, out: true });
  const { name, input } = program;
  const enter = mappingFunction(at, "in", mapping["in"]) as NestedDefinition["enter"];
  const leave = mappingFunction(at, "out", mapping["out"]) as NestedDefinition["leave"];
  return Object.freeze({ kind: "nested", name, input, program, enter, leave });
}

function mappingFunction(at: string, which: string, given: unknown): unknown {
  if (given === undefined) return null;
  if (typeof given === "function") return given;
  throw invalid(at, `context.${which} is ${shown(given)}`, "Give a function of the two contexts, or leave it out.");
}
