import { numberCandidates } from "./amounts.ts";
import { nearestNumber, standInString } from "./conform.ts";
import { entryCandidates } from "./entries.ts";
import type { Found } from "./found.ts";
import { byScore, found } from "./found.ts";
import { isScale, scaleValue } from "./scale.ts";
import type { Schema } from "./schema.ts";
import { choicesOf, plainPart, typesOf } from "./schema.ts";
import { guessedString } from "./guesses.ts";
import { stringCandidates } from "./strings.ts";
import type { Task } from "./task.ts";
import { askOf } from "./task.ts";

/** The candidates for a property that is a plain text or number; null where it is something else. */
export function leafCandidates(task: Task): readonly Found[] | null {
  const schema = plainPart(task.schema, task.frame.document);
  if (schema === null || choicesOf(schema) !== null) return null;
  const types = typesOf(schema).filter((type) => type !== "null");
  const [type] = types;
  if (types.length !== 1) return null;
  const ask = askOf({ ...task, schema });
  if (type === "string")
    return task.frame.entry ? [...stringCandidates(ask), ...entryCandidates(ask)].sort(byScore) : stringCandidates(ask);
  if (type !== "number" && type !== "integer") return null;
  const numbers = task.frame.entry ? [...numberCandidates(ask), ...entryCandidates(ask)].sort(byScore) : numberCandidates(ask);
  if (!isScale(ask)) return numbers;
  const named = numbers.filter((one) => one.score >= 0.6);
  return named.length > 0 ? named : [scaleValue(ask)];
}

/** A text or number nobody spoke of: the default, a guess, the least that fits. */
export function emptyLeaf(task: Task): Found {
  const schema = plainPart(task.schema, task.frame.document) ?? task.schema;
  const type = typesOf(schema).find((one) => one !== "null") ?? "string";
  if (type === "string") {
    const guess = "default" in schema ? null : guessedString(askOf({ ...task, schema }));
    return guess ?? found(typeof schema["default"] === "string" || needsText(schema) ? standInString(schema) : "", 0);
  }
  const initial = schema["default"];
  return found(nearestNumber(schema, typeof initial === "number" ? initial : 0), 0);
}

function needsText(schema: Schema): boolean {
  return ["minLength", "pattern", "format", "not"].some((key) => key in schema);
}
