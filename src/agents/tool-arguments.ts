import { isPlainObject } from "../base/json.ts";
import { messageOf } from "../base/errors.ts";

/** What a model wrote as the arguments of a call. */
export interface ToolArguments {
  /** The value; their text where they are no JSON. */
  readonly input: unknown;
  /** Why they cannot be used, whatever the tool. */
  readonly problem?: string;
}

/** Nothing at all stands for no arguments: many models write it so. */
export function readArguments(text: string, tool: string): ToolArguments {
  if (text.trim() === "") return { input: {} };
  try {
    return { input: JSON.parse(text, mayReachPrototype(text) ? refusePrototype : undefined) as unknown };
  } catch (error) {
    return { input: text, problem: `The arguments of ${JSON.stringify(tool)} are not valid JSON: ${messageOf(error)}` };
  }
}

/** Providers take nothing but an object back, and refuse the whole conversation for anything else. */
export function sendableArguments(input: unknown): object {
  return isPlainObject(input) ? input : {};
}

/** Whether it is worth looking at every key: the name as it is, or spelt with escapes. */
function mayReachPrototype(text: string): boolean {
  return text.includes("__proto__") || text.includes("\\u");
}

/** A tool that merges its arguments into an object would change what all objects inherit. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new SyntaxError("no key may be called __proto__");
  return value;
}
