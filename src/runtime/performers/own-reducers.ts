import { FlujoError, messageOf } from "../../base/errors.ts";
import { isThenable } from "../../base/thenable.ts";
import { fieldOf } from "../../core/context/apply-patch.ts";
import type { ContextState } from "../../core/context/context-state.ts";
import type { Afters, Contribution } from "../../core/context/contributions.ts";
import { contributionsTo, withAfters } from "../../core/context/contributions.ts";
import type { Patch } from "../../model/patch.ts";
import type { Bindings } from "../../plan/bindings.ts";
import type { ContextDefinition } from "../../plan/definition.ts";
import { plainOf, untouchable } from "./context-draft.ts";
import { ReducerFault } from "./reducer-fault.ts";

/** The definition of a context: the run's own, or that of the nested program it belongs to. */
export function contextOf(bindings: Bindings, state: ContextState): ContextDefinition | null {
  return state.nested === null ? bindings.context : (bindings.nested.get(state.nested.path)?.context ?? null);
}

/** Whether a field of this context has a reducer of the author's own. */
export function isOwn({ reducers }: ContextState, field: string): boolean {
  return Object.hasOwn(reducers, field) && reducers[field] === "own";
}

/** What fields become by contributions that are made one after the other. @throws {ReducerFault} */
export function aftersOf(definition: ContextDefinition | null, state: ContextState, contributions: readonly Contribution[]): Afters {
  const afters = new Map<string, unknown>();
  for (const contribution of contributions) {
    const { field } = contribution;
    const before = afters.has(field) ? afters.get(field) : fieldOf(state.value(), field);
    afters.set(field, afterOf(definition, contribution, before));
  }
  return afters;
}

/** The same writes for this context: those to fields with a reducer of the author's own say what the fields become in it. @throws {ReducerFault} */
export function reducedIn(definition: ContextDefinition | null, state: ContextState, writes: readonly Patch[]): readonly Patch[] {
  const contributions = contributionsTo((field) => isOwn(state, field), writes);
  return contributions.length === 0 ? writes : withAfters(writes, aftersOf(definition, state, contributions));
}

type Reduce = (before: unknown, contribution: unknown) => unknown;

/** What a field becomes by one contribution. @throws {ReducerFault} */
function afterOf(definition: ContextDefinition | null, { field, value }: Contribution, before: unknown): unknown {
  const reducer = definition?.reducers[field];
  if (typeof reducer !== "object")
    throw new FlujoError("plan_changed", `Nothing in the code now loaded stands for the reducer of the context field "${field}".`);
  let after: unknown;
  try {
    after = (reducer.reduce as Reduce)(untouchable(before), untouchable(value));
    if (!isThenable(after) && (after !== undefined || before === undefined)) return after === before ? before : plainOf(after);
  } catch (error) {
    const called = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
    throw new ReducerFault(`the reducer of the context field "${field}" threw: ${called}${messageOf(error)}`, { cause: error });
  }
  if (after === undefined) {
    const what = "returned undefined, and has to return what the field becomes, null where that is nothing";
    throw new ReducerFault(`the reducer of the context field "${field}" ${what}`);
  }
  Promise.resolve(after).catch(() => undefined); // what becomes of it is nobody's business any more, not even that its `then` throws
  throw new ReducerFault(`the reducer of the context field "${field}" returned a promise, and has to return what the field becomes`);
}
