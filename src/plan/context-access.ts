import { fieldSchemasOf } from "../base/schema.ts";
import type { ContextAccess, PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import type { FieldPath } from "../model/patch.ts";
import type { NodePath } from "../model/path.ts";
import type { Compilation } from "./compilation.ts";
import { invalid, shown } from "./invalid.ts";

/** What a step says of the context. */
interface Declared {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
}

/** Nothing where it says nothing. */
export function compileAccess({ reads, writes }: Declared, path: NodePath, into: Compilation): { readonly access?: ContextAccess } {
  if (reads === undefined && writes === undefined) return {};
  const access = {
    reads: checkedFields(path, { slot: "reads", fields: reads }, into),
    writes: checkedFields(path, { slot: "writes", fields: writes }, into),
  };
  return { access: Object.freeze(access) };
}

/** Nothing where all is included. */
export function compileInclude(
  { include }: { readonly include?: readonly string[] },
  path: NodePath,
  into: Compilation,
): { readonly include?: readonly string[] } {
  const fields = checkedFields(path, { slot: "include", fields: include }, into);
  return fields === null ? {} : { include: fields };
}

/** Nothing where what it gives is written nowhere. */
export function compileSink({ sinkTo }: { readonly sinkTo?: string }, path: NodePath, into: Compilation): { readonly sinkTo?: FieldPath } {
  if (sinkTo === undefined) return {};
  const [field = "", ...rest] = typeof sinkTo === "string" ? sinkTo.split(".") : [];
  if ([field, ...rest].some((part) => part === "" || part === "__proto__"))
    throw invalid(path, `sinkTo is ${shown(sinkTo)}`, 'Give a field of the context, and the way into it: "customer.name".');
  checkedFields(path, { slot: "sinkTo", fields: [field] }, into);
  const reducer = into.context?.reducers[field];
  if (reducer !== undefined && rest.length > 0)
    throw invalid(
      path,
      `sinkTo is ${shown(sinkTo)}, and the field ${shown(field)} has a reducer (${typeof reducer === "string" ? reducer : "own"})`,
      "Name the field alone.",
    );
  return { sinkTo: Object.freeze([field, ...rest] as const) };
}

interface Slot {
  readonly slot: "reads" | "writes" | "include" | "sinkTo";
  readonly fields: unknown;
}

function checkedFields(path: NodePath, { slot, fields }: Slot, into: Compilation): readonly string[] | null {
  if (fields === undefined) return null;
  if (!Array.isArray(fields)) throw invalid(path, `${slot} is ${shown(fields)}`, 'Give a list of fields of the context: ["customer"].');
  const known = into.context === null ? [] : fieldSchemasOf(into.context.schema);
  for (const field of fields as readonly unknown[]) {
    if (typeof field !== "string") throw invalid(path, `${slot} holds ${shown(field)}`, "Give the names of fields.");
    if (known === null || Object.hasOwn(known, field)) continue;
    if (into.context === null)
      throw invalid(
        path,
        `${slot} names the context field ${shown(field)}, and no context is declared`,
        "Declare it: pipeline({ context }).",
      );
    throw invalid(
      path,
      `${slot} names the context field ${shown(field)}, which nobody declares`,
      `Those there are: ${Object.keys(known).join(", ")}.`,
    );
  }
  return Object.freeze([...new Set(fields as readonly string[])]);
}

/** Two branches that both say that they write a field in which only one can be right. */
export function refuseRivals(path: NodePath, branches: readonly PlanNode[], { context }: Compilation): void {
  const writers = new Map<string, string>();
  for (const branch of branches)
    for (const field of fieldsWrittenIn(branch)) {
      if (context !== null && Object.hasOwn(context.reducers, field)) continue;
      const other = writers.get(field);
      if (other !== undefined && other !== branch.segment)
        throw invalid(
          path,
          `the branches ${shown(other)} and ${shown(branch.segment)} both declare that they write the context field ${shown(field)}`,
          "Declare a reducer for it, or a merge strategy, or let one of them write it.",
        );
      writers.set(field, branch.segment);
    }
}

/** What the steps in it declare, but for those in a context of their own. */
function fieldsWrittenIn(branch: PlanNode): ReadonlySet<string> {
  const fields = new Set<string>();
  const open: PlanNode[] = [branch];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "step") for (const field of node.access?.writes ?? []) fields.add(field);
    if (node.kind !== "nested") open.push(...childrenOf(node));
  }
  return fields;
}
