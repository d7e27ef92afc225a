import type { Json } from "../../base/json.ts";
import { booleanValue } from "./booleans.ts";
import { chooseValue, scoreChoices } from "./enums.ts";
import { fillArray } from "./fill-array.ts";
import { fillObject } from "./fill-object.ts";
import type { Found } from "./found.ts";
import { ENOUGH, found } from "./found.ts";
import { emptyLeaf, leafCandidates } from "./leaf.ts";
import type { Choice, Schema, TypeName } from "./schema.ts";
import { choicesOf, hintOf, listOf, propertiesOf, resolve, typesOf, variantsOf } from "./schema.ts";
import type { Frame, Task } from "./task.ts";
import { askOf, isInside } from "./task.ts";

/** Fills a schema from a text. The value always fits the schema; its score says how much of it the text says. */
export function fillSchema(schema: Schema, given: Pick<Frame, "source" | "instructions">): Found {
  const frame: Frame = { document: schema, parents: [], about: "", depth: 0, trail: [], entry: false, ...given };
  return fill({ schema, name: "", siblings: [], frame });
}

/** Fills one schema of a larger one. */
export function fill(task: Task): Found {
  const schema = resolve(task.schema, task.frame.document);
  const resolved = { ...task, schema };
  const choices = choicesOf(schema);
  if (choices !== null && choices.length > 0) return fillChoice(resolved, choices);
  const variants = variantsOf(schema);
  if (variants.length > 0) return fillVariants(resolved, variants);
  const types = typesOf(schema);
  if (types.length === 1 && types[0] !== undefined) return fillType(resolved, types[0]);
  return fillVariants(
    resolved,
    types.map((type) => ({ ...schema, type })),
  );
}

function fillType(task: Task, type: TypeName): Found {
  switch (type) {
    case "null":
      return found(null, 0);
    case "boolean": {
      const said = booleanValue(askOf(task));
      return said.score === 0 && typeof task.schema["default"] === "boolean" ? found(task.schema["default"], 0) : said;
    }
    case "array":
      return fillArray(task, fill);
    case "object":
      return fillObject(task, fill);
    case "string":
    case "number":
    case "integer":
      return leafCandidates(task)?.[0] ?? emptyLeaf(task);
    default:
      // A type that JSON Schema does not know allows nothing in particular.
      return found(null, 0);
  }
}

function fillChoice(task: Task, choices: readonly Choice[]): Found {
  const solid = choices.filter((choice) => choice.value !== null);
  const ask = askOf(task);
  const chosen = chooseValue(ask, solid.length === 0 ? choices : solid);
  if (chosen.score >= ENOUGH || solid.length === choices.length) {
    const initial = task.schema["default"] as Json | undefined;
    return chosen.score === 0 && initial !== undefined && choices.some((choice) => choice.value === initial) ? found(initial, 0) : chosen;
  }
  return found(null, 0);
}

function fillVariants(task: Task, variants: readonly Schema[]): Found {
  const { document } = task.frame;
  const described = variants.map((variant) => inherit(resolve(variant, document), task.schema));
  const open = described.filter((variant) => !isNull(variant));
  const nullable = open.length < variants.length;
  // A branch that leads back into itself is taken only where there is no other.
  const ends = open.filter((variant) => !isInside(variant, task.frame));
  if (ends.length === 0 && nullable) return found(null, 0);
  const solid = ends.length > 0 ? ends : open.slice(0, 1);
  const filled = solid.map((schema) => fill({ ...task, schema }));
  const said = solid.length > 1 ? scoreChoices(askOf(task), solid.map(nameOfVariant)) : [];
  let best = found(null, -1);
  for (const [index, one] of filled.entries()) {
    const score = one.score + Math.min(1, (said[index]?.score ?? 0) * 0.3);
    if (score > best.score) best = { ...one, score };
  }
  if (nullable && best.score < ENOUGH) return found(null, 0);
  return best.score < 0 ? found(null, 0) : best;
}

/** What tells one branch of a union from the others: its constants, its title and description. */
function nameOfVariant(schema: Schema): Choice {
  const constants = propertiesOf(schema).flatMap(([, inner]) => ("const" in inner ? [String(inner["const"])] : []));
  return {
    value:
      constants.join(" ") ||
      propertiesOf(schema)
        .map(([name]) => name)
        .join(" "),
    hint: hintOf(schema),
  };
}

function inherit(variant: Schema, parent: Schema): Schema {
  const hint = hintOf(variant);
  return hint === "" && hintOf(parent) !== "" ? { ...variant, description: hintOf(parent) } : variant;
}

function isNull(schema: Schema): boolean {
  return (
    schema["type"] === "null" ||
    ("const" in schema && schema["const"] === null) ||
    (listOf(schema, "enum").length === 1 && listOf(schema, "enum")[0] === null)
  );
}
