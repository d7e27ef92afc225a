import type { ReducerName } from "../model/patch.ts";
import type { NodePath } from "../model/path.ts";
import { checkReducers, checkSchema } from "./checks.ts";
import { reducerPlace } from "./code-of.ts";
import type { Compilation } from "./compilation.ts";
import { noteCode, noteSchema } from "./compilation.ts";
import { checkedVersion } from "./compile-leaf.ts";
import type { ContextDefinition } from "./definition.ts";
import { versionOfCode } from "./fingerprint.ts";
import { invalid } from "./invalid.ts";

type Reducers = Readonly<Record<string, ReducerName>>;

/** @throws {FlujoError} `pipeline_invalid`, unless it has a schema and reducers that there are. */
export function checkContext(at: string, context: ContextDefinition | null): void {
  if (context === null) return;
  checkSchema(at, "the context", context.schema);
  checkReducers(at, context.reducers);
}

/** Notes the versions of a context's schema and of the reducers that are functions of the author's. Gives the reducers by name. */
export function compileContext(context: ContextDefinition | null, path: NodePath, into: Compilation): Reducers {
  noteSchema(into, `${path}:?context`, context?.schema ?? null);
  const named: Record<string, ReducerName> = {};
  for (const [field, reducer] of Object.entries(context?.reducers ?? {})) {
    named[field] = typeof reducer === "string" ? reducer : "own";
    if (typeof reducer !== "string")
      noteCode(into, reducerPlace(path, field), checkedVersion(path, reducer.version) ?? versionOfCode(reducer.reduce));
  }
  return Object.freeze(named);
}

/** One run has one context: a nested pipeline may state what it needs of it, but not reduce its fields in another way. */
export function refuseOtherReducers(path: NodePath, inner: ContextDefinition, outer: ContextDefinition): void {
  for (const [field, reducer] of Object.entries(inner.reducers)) {
    const around = outer.reducers[field];
    if (codeOfReducer(reducer) === codeOfReducer(around)) continue;
    const [by, other] = [wordForReducer(reducer), wordForReducer(around)];
    const otherwise = by === other ? "by another one" : around === undefined ? "has no reducer for it" : `by ${other}`;
    throw invalid(path, `its context reduces "${field}" by ${by}, the outer pipeline's ${otherwise}`, "Declare the same reducer in both.");
  }
}

type Reducer = ContextDefinition["reducers"][string] | undefined;

function codeOfReducer(reducer: Reducer): unknown {
  return typeof reducer === "object" ? reducer.reduce : reducer;
}

function wordForReducer(reducer: Reducer): string {
  return typeof reducer === "object" ? "a function of its own" : String(reducer);
}
