import type { JSONValue } from "@ai-sdk/provider";

/**
 * A tool's value as JSON a model can read. `undefined` becomes null (the SDK would send no output at all), bigint its
 * digits, Date and URL their text, Set a list, Map an object or a list of pairs, bytes base64.
 *
 * @throws {TypeError} When the value has a cycle.
 */
export function readableJson(value: unknown): JSONValue {
  const text: string | undefined = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, shown: unknown) {
    return readable(this[key], shown); // `shown` has been through toJSON, which makes a Buffer a list of numbers
  });
  return text === undefined ? null : (JSON.parse(text) as JSONValue);
}

function readable(raw: unknown, shown: unknown): unknown {
  if (typeof raw === "bigint") return raw.toString();
  if (raw instanceof Uint8Array) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64");
  if (raw instanceof ArrayBuffer) return Buffer.from(raw).toString("base64");
  if (ArrayBuffer.isView(raw) && Symbol.iterator in raw) return Array.from(raw as Iterable<number | bigint>);
  if (raw instanceof Set) return [...raw];
  if (raw instanceof Map) return [...raw.keys()].every((key) => typeof key === "string") ? Object.fromEntries(raw) : [...raw];
  return shown;
}
