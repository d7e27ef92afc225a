import { createRequire } from "node:module";
import type * as Devalue from "devalue";
import { FlujoError, messageOf } from "../base/errors.ts";
import { findUnstorable } from "./find-unstorable.ts";
import { isStrictJson } from "./strict-json.ts";

let devalue: typeof Devalue | undefined;

/** Synchronous and on first use: most journals hold nothing but JSON, and loading it would double the cost of a cold start. */
function loadDevalue(): typeof Devalue {
  devalue ??= createRequire(import.meta.url)("devalue") as typeof Devalue;
  return devalue;
}

/**
 * A value as text: JSON where JSON can say it, otherwise a form that also keeps Date, Map, Set, bigint, undefined, NaN,
 * URL, RegExp, typed arrays (a Buffer comes back as a Uint8Array) and parts that are shared. Text that begins with `{`
 * is JSON, everything else is the other form.
 *
 * @param where - What the value belongs to, to begin the sentence of an error: `triage/classify`.
 * @throws {FlujoError} `value_unstorable`, naming the place in the value and what stands there: a class instance, a
 * function, a symbol, a cycle, more than 500 levels.
 */
export function encode(value: unknown, where: string): string {
  try {
    if (typeof value === "object" && value !== null && !Array.isArray(value) && isStrictJson(value)) return JSON.stringify(value);
    const fault = findUnstorable(value);
    if (fault === null) return loadDevalue().stringify(value);
    throw unstorable(where, { at: fault.at, what: fault.what });
  } catch (error) {
    if (FlujoError.is(error)) throw error;
    // A getter that throws, a revoked proxy, more text than a string can hold.
    throw unstorable(where, { at: "", what: `not readable (${messageOf(error)})`, cause: error });
  }
}

/**
 * The value that {@link encode} made a text of.
 *
 * @throws {FlujoError} `state_unreadable` when no `encode` can have made this text. Nothing of it is executed, and it
 * reaches no prototype.
 */
export function decode(text: string): unknown {
  try {
    return text.startsWith("{") ? (JSON.parse(text) as unknown) : loadDevalue().parse(text);
  } catch (cause) {
    throw new FlujoError("state_unreadable", `A stored value is damaged: ${messageOf(cause)}.`, { cause });
  }
}

/** The error of {@link encode}, for a caller that knows a better name of the place. */
export function unstorable(where: string, fault: { readonly at: string; readonly what: string; readonly cause?: unknown }): FlujoError {
  const place = fault.at === "" ? "the value" : shortened(fault.at);
  const details = { where, at: fault.at, what: fault.what };
  return new FlujoError("value_unstorable", `${where}: ${place} is ${fault.what}, which cannot be stored.`, {
    details,
    cause: fault.cause,
  });
}

/** Both ends of a long path: hundreds of levels say no more than the first and the last few. */
function shortened(path: string): string {
  return path.length <= 160 ? path : `${path.slice(0, 80)}…${path.slice(-40)}`;
}
