import { FlujoError, messageOf } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { isPlainObject } from "../base/json.ts";
import { jsonSchemaMisfit } from "../base/json-schema-misfit.ts";
import { offline } from "../base/network/closed-network.ts";
import type { Schema } from "../base/schema.ts";
import { checkWith, describeIssues } from "../base/schema.ts";
import type { Compiled } from "../plan/compile.ts";
import type { Difference } from "./drift/compare-values.ts";
import { sameValue } from "./drift/same-value.ts";
import type { Golden } from "./golden.ts";
import { numberOfStandIn } from "./redact/card-numbers.ts";
import { placeholderFinder } from "./redact/placeholder-forms.ts";
import type { Redaction } from "./redact/redaction.ts";

/** What the schemas of the code now loaded say of what a golden begins with. */
export interface StartNow {
  /** What they make of it. */
  readonly begins: Pick<Golden, "input" | "context">;
  /** What they do not take any more. */
  readonly refusals: readonly Difference[];
}

/**
 * What a golden begins with, as the schemas of the code now loaded take it.
 *
 * A golden holds what schemas have made of input and context, and a schema need not take what it has made. So only what
 * does not have the form that comes out of it is given to it again; a schema that cannot say that form is not asked, and
 * neither is one about what was redacted.
 */
export async function startNow({ bindings }: Compiled, { input, context }: Golden, redact: Redaction | false): Promise<StartNow> {
  const refusals: Difference[] = [];
  const taken = async (about: "inputSchema" | "contextSchema", value: unknown, schema: Schema | null): Promise<unknown> => {
    const answer = schema === null || isAsItComesOut(value, schema) || isRedacted(value, redact) ? { value } : await given(schema, value);
    if ("value" in answer) return answer.value;
    refusals.push({ class: "request", about, recorded: value, now: answer.refused });
    return value;
  };
  const begins = {
    input: await taken("inputSchema", input, bindings.input),
    context: await taken("contextSchema", context, bindings.context?.schema ?? null),
  };
  return { begins, refusals };
}

/** @throws {FlujoError} `usage_invalid` for what begins with something that is not taken any more: no update can mend that. */
export function refuseOldStart({ refusals: [first] }: Pick<StartNow, "refusals">): void {
  if (first === undefined) return;
  const what = first.about === "inputSchema" ? "input" : "context";
  throw new FlujoError("usage_invalid", `The ${what} that was recorded is not taken any more: ${String(first.now)}.`, {
    remedy: `Record it again, with ${what === "input" ? "an input" : "a context"} that fits.`,
  });
}

async function given(schema: Schema, value: unknown): Promise<{ readonly value: unknown } | { readonly refused: string }> {
  try {
    const checked = await offline(() => checkWith(schema, value));
    if (!checked.ok) return { refused: describeIssues(checked.issues) };
    return { value: sameValue(checked.value, value) ? value : checked.value };
  } catch (error) {
    return { refused: messageOf(error) };
  }
}

const OUT: WeakMap<Schema, Json | null> = new WeakMap();

/** Whether a value has the form of what a schema gives, or that is not known. */
function isAsItComesOut(value: unknown, schema: Schema): boolean {
  const known = OUT.get(schema);
  const form = known === undefined ? formOut(schema) : known;
  if (known === undefined) OUT.set(schema, form);
  return form === null || jsonSchemaMisfit(form, value) === null;
}

interface Describing {
  readonly jsonSchema?: { readonly output?: (options: { readonly target: string }) => unknown };
}

/** The JSON Schema of what comes out of a schema; null where JSON Schema cannot say it: a transform, a date. */
function formOut(schema: Schema): Json | null {
  const describing = schema["~standard"] as Describing; // where it can: Standard JSON Schema
  try {
    return (describing.jsonSchema?.output?.({ target: "draft-2020-12" }) as Json | undefined) ?? null; // what it says it gives
  } catch {
    return null;
  }
}

/** Whether something in a value may stand for what was redacted, which need not fit. */
function isRedacted(value: unknown, redact: Redaction | false): boolean {
  if (redact === false) return false;
  if ((redact.fields ?? []).length > 0) return true;
  const find = placeholderFinder((redact.rules ?? []).map(({ name }) => name));
  const isStandIn = (text: string): boolean => find(text, false).length > 0 || numberOfStandIn(text) !== null;
  const open: unknown[] = [value];
  const seen = new Set<object>();
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === "string" && isStandIn(next)) return true;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    open.push(...membersOf(next));
  }
  return false;
}

function membersOf(value: object): readonly unknown[] {
  if (isPlainObject(value)) return Object.entries(value).flat();
  return value instanceof Map || value instanceof Set ? [...value.entries()].flat() : Object.values(value);
}
