import { plainJson } from "../base/plain-json.ts";

/** Any value as JSON text; what JSON has no word for is said by the nearest it has. */
export function jsonText(value: unknown, indent: number): string {
  const text = JSON.stringify(plainJson(value), null, indent) ?? "null";
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What JSON allows in a string and a terminal might obey: controls beyond ASCII, and marks that turn the direction of reading. */
const UNSAFE = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;
