import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ErrorCode } from "./errors.ts";
import { FlujoError, messageOf } from "./errors.ts";
import type { Json } from "./json.ts";

/** Any schema of any library that follows Standard Schema (zod, valibot, arktype …). */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** One thing that is wrong with a value, and where in it. */
export interface SchemaIssue {
  /** Where in the value: `items[2].price`; empty for the value as a whole. */
  readonly at: string;
  readonly message: string;
}

/** What a schema says of a value. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly SchemaIssue[] };

/** Asks the schema. Returns at once where the schema is synchronous. */
export function checkWith<T>(schema: Schema<unknown, T>, value: unknown): Checked<T> | Promise<Checked<T>> {
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(toChecked) : toChecked(result);
}

/** The schemas of an object's fields, where the library lets us see them (zod `shape`, valibot `entries`); else null. */
export function fieldSchemasOf(schema: Schema): Readonly<Record<string, unknown>> | null {
  for (const key of ["shape", "entries"]) {
    const fields: unknown = Reflect.get(schema, key);
    if (typeof fields === "object" && fields !== null) return fields as Readonly<Record<string, unknown>>;
  }
  return null;
}

function toChecked<T>(result: StandardSchemaV1.Result<T>): Checked<T> {
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, issues: result.issues.map(issueOf) };
}

function issueOf(issue: StandardSchemaV1.Issue): SchemaIssue {
  const message = issue.message.replace(/\.$/, ""); // it stands in a sentence
  const forms = formsOf(issue);
  return { at: placeOf(issue.path), message: forms.length === 0 ? message : `${message} (${forms.join("; or ")})` };
}

const MOST_FORMS = 4;

/** What is wrong with a value as each form of a union: libraries say so beside the standard (zod: `errors`), and say little otherwise. */
function formsOf(issue: StandardSchemaV1.Issue): readonly string[] {
  const forms: unknown = Reflect.get(issue, "errors");
  if (!Array.isArray(forms)) return [];
  const issues = forms.filter((form): form is readonly StandardSchemaV1.Issue[] => Array.isArray(form) && form.every(isIssue));
  return issues.slice(0, MOST_FORMS).flatMap((form) => (form.length === 0 ? [] : [describeIssues(form.map(issueOf))]));
}

function isIssue(value: unknown): value is StandardSchemaV1.Issue {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "message") === "string";
}

function placeOf(path: StandardSchemaV1.Issue["path"]): string {
  let at = "";
  for (const part of path ?? []) {
    const key = typeof part === "object" ? part.key : part;
    if (typeof key === "number") at += `[${key}]`;
    else at += at === "" ? String(key) : `.${String(key)}`;
  }
  return at;
}

/** The issues as one line: `urgency: too big; area: not one of …`. At most five, then how many more. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const shown = issues.slice(0, 5).map((issue) => (issue.at === "" ? issue.message : `${issue.at}: ${issue.message}`));
  const more = issues.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/**
 * `unknown` comes in, `T` or one FlujoError goes out; past this line nobody checks again.
 *
 * @throws {FlujoError} With the code given, naming `where` and the issues.
 */
export async function parseWith<T>(
  schema: Schema<unknown, T>,
  value: unknown,
  blame: { readonly code: ErrorCode; readonly where: string },
): Promise<T> {
  const checked = await checkWith(schema, value);
  if (checked.ok) return checked.value;
  throw new FlujoError(blame.code, `${blame.where}: ${describeIssues(checked.issues)}.`, { details: { issues: checked.issues } });
}

interface JsonSchemaSource {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The JSON Schema (draft 2020-12) a schema gives of its input side: what a model or a person must write.
 *
 * @throws {FlujoError} `schema_without_json_schema`, naming `where`.
 */
export function jsonSchemaOf(schema: Schema, where: string): Json {
  const source = (schema["~standard"] as JsonSchemaSource).jsonSchema;
  const describe = source?.input;
  if (typeof describe !== "function") {
    throw new FlujoError(
      "schema_without_json_schema",
      `${where}: the schema (${schema["~standard"].vendor}) cannot describe itself as JSON Schema.`,
    );
  }
  try {
    return describe({ target: "draft-2020-12" }) as Json;
  } catch (cause) {
    throw new FlujoError(
      "schema_without_json_schema",
      `${where}: the schema has a part that JSON Schema cannot express: ${messageOf(cause).replace(/\.$/, "")}.`,
      { remedy: "Write that part otherwise: a date as text (`z.iso.date()`), a large number as text.", cause },
    );
  }
}
