type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with a text by the schema of a string, as far as can be told while typing; null where nothing is. */
export function checkText(schema: JsonSchema, text: string): string | null {
  const { minLength, maxLength, pattern } = schema;
  const length = Array.from(text).length; // characters, as JSON Schema counts them
  if (typeof minLength === "number" && length < minLength)
    return minLength === 1 ? "Write something." : `Write at least ${minLength} characters.`;
  if (typeof maxLength === "number" && length > maxLength) return `Write at most ${maxLength} characters; these are ${length}.`;
  if (typeof pattern === "string" && !fits(pattern, text)) return `It has to fit ${pattern}.`;
  return null;
}

/** What is wrong with a text by the schema of a number or integer; null where nothing is. */
export function checkNumber(schema: JsonSchema, text: string): string | null {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return "Write a number.";
  if (schema["type"] === "integer" && !Number.isInteger(number)) return "Write a whole number.";
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof minimum === "number" && number < minimum) return `Write at least ${minimum}.`;
  if (typeof maximum === "number" && number > maximum) return `Write at most ${maximum}.`;
  if (typeof exclusiveMinimum === "number" && number <= exclusiveMinimum) return `Write more than ${exclusiveMinimum}.`;
  if (typeof exclusiveMaximum === "number" && number >= exclusiveMaximum) return `Write less than ${exclusiveMaximum}.`;
  return null;
}

/** A pattern that JavaScript does not know is for the schema's own validator to judge. */
function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}
