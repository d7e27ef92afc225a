/** An input as text for a model or a person: text as it is, everything else as JSON (a bigint as its digits). */
export function promptOf(input: unknown): string {
  if (typeof input === "string") return input;
  return JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)) ?? "";
}
