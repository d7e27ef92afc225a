import { isPlainObject } from "../../base/json.ts";
import { FlujoFile } from "../../model/flujo-file.ts";

const MOST_LEVELS = 500;

/** A text that is the same for equal data and another for other data; null for what is not data, which equals nothing. */
export function sayingOf(value: unknown, level = 0): string | null {
  if (level > MOST_LEVELS) return null;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value === "undefined" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof FlujoFile) return `File(${JSON.stringify([value.sha256, value.mediaType, value.name])})`;
  if (value instanceof URL) return `URL(${value.href})`;
  if (Array.isArray(value)) return listOf("[", value, level);
  if (value instanceof Map) return listOf("Map[", [...(value as ReadonlyMap<unknown, unknown>)].flat(), level);
  if (value instanceof Set) return listOf("Set[", [...value], level);
  if (!isPlainObject(value)) return null;
  const keys = Object.keys(value).sort();
  return listOf(
    `{${JSON.stringify(keys)}:`,
    keys.map((key) => value[key]),
    level,
  );
}

function listOf(opening: string, items: readonly unknown[], level: number): string | null {
  const said: string[] = [];
  for (const item of items) {
    const saying = sayingOf(item, level + 1);
    if (saying === null) return null;
    said.push(saying);
  }
  return `${opening}${said.join()}]`;
}
