import { isPlainObject } from "../../base/json.ts";
import { sameValue } from "./same-value.ts";

/** Tools by their names, in their order; null for what is no list of tools, or where two have one name. */
export function toolsByName(value: unknown): Readonly<Record<string, unknown>> | null {
  if (!Array.isArray(value)) return null;
  const tools: Record<string, unknown> = {};
  for (const tool of value) {
    if (!isPlainObject(tool) || typeof tool["name"] !== "string" || Object.hasOwn(tools, tool["name"])) return null;
    const { name, ...rest } = tool;
    Object.defineProperty(tools, name, { value: rest, enumerable: true }); // also for one that is called __proto__
  }
  return tools;
}

/** The order of what two lists of tools share, where it is another one; null where it is not. */
export function otherOrder(recorded: object, now: object): readonly [recorded: readonly string[], now: readonly string[]] | null {
  const was = Object.keys(recorded).filter((name) => Object.hasOwn(now, name));
  const is = Object.keys(now).filter((name) => Object.hasOwn(recorded, name));
  return was.every((name, index) => name === is[index]) ? null : [was, is];
}

/** Whether two lists hold the same tools in another order, and nothing else differs. */
export function areReordered(recorded: unknown, now: unknown): boolean {
  const was = toolsByName(recorded);
  const is = toolsByName(now);
  return was !== null && is !== null && sameValue(was, is) && otherOrder(was, is) !== null;
}
