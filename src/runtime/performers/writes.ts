import type { Checked, Schema, SchemaIssue } from "../../base/schema.ts";
import { checkWith, fieldSchemasOf } from "../../base/schema.ts";
import { applyPatches } from "../../core/context/apply-patch.ts";
import type { ContextState } from "../../core/context/context-state.ts";
import type { Patch } from "../../model/patch.ts";
import type { ContextDefinition } from "../../plan/definition.ts";

function isSchema(value: unknown): value is Schema {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** What is checked: the fields that were touched, or, where the schema is opaque, the whole. */
interface Check {
  readonly field: string;
  readonly schema: Schema;
  readonly value: unknown;
  /** What the value is, where it is not what was written. */
  readonly of?: string;
}

/**
 * Whether what a step wrote fits the context's schema: of each field it touched, so that a run of n writes costs n. A
 * contribution is checked on its own (a list's addition as a list), not the field it is added to; of one by a reducer of the author's
 * own, what the field becomes.
 */
export function checkWrites(
  definition: ContextDefinition,
  before: ContextState,
  writes: readonly Patch[],
): Checked<null> | Promise<Checked<null>> {
  const fields = fieldSchemasOf(definition.schema);
  const checks = fields === null ? [wholeCheck(definition, before, writes)] : fieldChecks(fields, before, writes);
  return checkAll(checks);
}

function wholeCheck(definition: ContextDefinition, before: ContextState, writes: readonly Patch[]): Check {
  return { field: "", schema: definition.schema, value: before.with(writes).value() };
}

function fieldChecks(fields: Readonly<Record<string, unknown>>, before: ContextState, writes: readonly Patch[]): Check[] {
  const checks: Check[] = [];
  const set = new Set<string>();
  for (const write of writes) {
    const field = write.op === "contribute" ? write.field : write.path[0];
    const schema = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!isSchema(schema)) continue; // the check of the whole, at joins and at the end, has the last word
    if (write.op !== "contribute") set.add(field);
    else if (before.reducers[field] !== "own") checks.push({ field, schema, value: contributed(before, field, write.value) });
    else if (write.after !== undefined) checks.push({ field, schema, value: write.after.value, of: "what its reducer makes of it" });
  }
  if (set.size === 0) return checks;
  const after = applyPatches(before.value(), writes, before.reducers) as Readonly<Record<string, unknown>>;
  for (const field of set) checks.push({ field, schema: fields[field] as Schema, value: after[field] });
  return checks;
}

function contributed(before: ContextState, field: string, value: unknown): unknown {
  const reducer = before.reducers[field];
  return (reducer === "append" || reducer === "union") && !Array.isArray(value) ? [value] : value;
}

function checkAll(checks: readonly Check[]): Checked<null> | Promise<Checked<null>> {
  const issues: SchemaIssue[] = [];
  const coming: Promise<void>[] = [];
  for (const { field, schema, value, of } of checks) {
    const note = (checked: Checked<unknown>): void => {
      if (!checked.ok) for (const issue of checked.issues) issues.push(issueOf(field, issue, of));
    };
    const checked = checkWith(schema, value);
    if (checked instanceof Promise) coming.push(checked.then(note));
    else note(checked);
  }
  const verdict = (): Checked<null> => (issues.length === 0 ? { ok: true, value: null } : { ok: false, issues });
  return coming.length === 0 ? verdict() : Promise.all(coming).then(verdict);
}

function issueOf(field: string, { at, message }: SchemaIssue, of: string | undefined): SchemaIssue {
  return { at: joined(field, at), message: of === undefined ? message : `${message} (${of})` };
}

function joined(field: string, at: string): string {
  if (field === "" || at === "") return field + at;
  return at.startsWith("[") ? field + at : `${field}.${at}`;
}
