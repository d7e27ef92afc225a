/** An input as text for a model or a person: text as it is, everything else as JSON (a bigint as its digits). */
export function promptOf(input: unknown): string {
  if (typeof input === "string") return input;
  try {
    return JSON.stringify(input) ?? ""; // ten times as fast as with a function that looks at every value
  } catch {
    return withDigits(input);
  }
}

function withDigits(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)) ?? "";
}
