import { FlujoFile } from "./flujo-file.ts";

/** The files in a value, each once, in the order they stand in it. */
export function filesIn(value: unknown): readonly FlujoFile[] {
  if (typeof value !== "object" || value === null) return NO_FILES;
  const found = new Set<FlujoFile>();
  collect(value, { found, seen: new Set() });
  return found.size === 0 ? NO_FILES : [...found];
}

const NO_FILES: readonly FlujoFile[] = Object.freeze([]);

function collect(value: unknown, walk: { readonly found: Set<FlujoFile>; readonly seen: Set<object> }): void {
  if (typeof value !== "object" || value === null || walk.seen.has(value) || ArrayBuffer.isView(value)) return;
  walk.seen.add(value);
  if (value instanceof FlujoFile) {
    walk.found.add(value);
    return;
  }
  const inner = value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  for (const each of inner) collect(each, walk);
}
