import type { Schema } from "../base/schema.ts";
import type { definitionOf } from "../index.ts";

type Definition = ReturnType<typeof definitionOf>;

/** What a program takes, by its own schema or that of the member which gets its input first; null where none says so. */
export function inputSchemaOf(definition: Definition): Schema | null {
  if ("input" in definition && definition.input !== null) return definition.input;
  const [first] = definition.kind === "sequence" ? definition.children : [];
  return first === undefined ? null : inputSchemaOf(first);
}
