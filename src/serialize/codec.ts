import { createRequire } from "node:module";
import type * as Devalue from "devalue";
import { FlujoError, messageOf } from "../base/errors.ts";
import { type Foreign, opened, openedOrKept, type PayloadSink, type PayloadSource } from "./envelope.ts";
import { type Found, findUnstorable, shortened } from "./find-unstorable.ts";
import { isStrictJson } from "./strict-json.ts";

let devalue: typeof Devalue | undefined;

/** Synchronous and on first use: most journals hold nothing but JSON, and loading it would double the cost of a cold start. */
function loadDevalue(): typeof Devalue {
  devalue ??= createRequire(import.meta.url)("devalue") as typeof Devalue;
  return devalue;
}

/**
 * A value as text: JSON where JSON can say it, otherwise a form that also keeps Date, Map, Set, bigint, undefined, NaN,
 * URL, RegExp, typed arrays (a Buffer comes back as a Uint8Array), files, instances of registered classes, and parts that
 * are shared. Text that begins with `{` is JSON, everything else is the other form; only that one knows envelopes, so no
 * user's data can look like one.
 *
 * @param where - What the value belongs to, to begin the sentence of an error: `triage/classify`.
 * @param payloads - Takes in the bytes of files, which {@link decode} asks for again. Left out, they are part of the text.
 * @throws {FlujoError} `value_unstorable`, naming the place in the value and what stands there: an instance of a class that
 * is not registered, a function, a symbol, a cycle, more than 500 levels.
 */
export function encode(value: unknown, where: string, payloads?: PayloadSink): string {
  try {
    if (typeof value === "object" && value !== null && !Array.isArray(value) && isStrictJson(value)) return JSON.stringify(value);
    const found: Found = { envelopes: new Map(), payloads: payloads ?? null };
    const fault = findUnstorable(value, found);
    if (fault === null) return loadDevalue().stringify(value, reducersOf(found));
    throw unstorable(where, fault);
  } catch (error) {
    if (FlujoError.is(error)) throw error;
    // A getter that throws, a revoked proxy, more text than a string can hold.
    throw unstorable(where, { at: "", what: `not readable (${messageOf(error)})`, cause: error });
  }
}

/** The name of envelopes in the other form, for good. */
const ENVELOPE = "custom";

function reducersOf({ envelopes }: Found): Record<string, (value: unknown) => unknown> | undefined {
  if (envelopes.size === 0) return undefined;
  return { [ENVELOPE]: (value) => typeof value === "object" && value !== null && envelopes.get(value) };
}

/**
 * The value that {@link encode} made a text of.
 *
 * @param payloads - Gives the bytes of files that are not part of the text.
 * @param foreign - Whether what is of a type that cannot be read here is refused (the default), or kept as it is stored.
 * @throws {FlujoError} `state_unreadable` when no `encode` can have made this text, when it holds a custom type that is not
 * registered, and when bytes are missing or damaged. Nothing of it is executed but the deserializers that were registered,
 * and it reaches no prototype.
 */
export function decode(text: string, payloads?: PayloadSource, foreign: Foreign = "refuse"): unknown {
  try {
    if (text.startsWith("{")) return JSON.parse(text) as unknown;
    const open = foreign === "keep" ? openedOrKept : opened;
    return loadDevalue().parse(text, { [ENVELOPE]: (envelope: unknown) => open(envelope, payloads ?? null) });
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw new FlujoError("state_unreadable", `A stored value is damaged: ${messageOf(cause)}.`, { cause });
  }
}

/** The value as it comes back from a store, so that memory and durable mode cannot differ. @throws {FlujoError} `value_unstorable`, `state_unreadable` */
export function roundTrip(value: unknown, where: string): unknown {
  const payloads: PayloadSink = new Map();
  return decode(encode(value, where, payloads), (hash) => payloads.get(hash) ?? null);
}

/** The error of {@link encode}, for a caller that knows a better name of the place. */
export function unstorable(where: string, fault: { readonly at: string; readonly what: string; readonly cause?: unknown }): FlujoError {
  const place = fault.at === "" ? "the value" : shortened(fault.at);
  const details = { where, at: fault.at, what: fault.what };
  return new FlujoError("value_unstorable", `${where}: ${place} is ${fault.what}, which cannot be stored.`, {
    details,
    cause: fault.cause,
    ...(fault.what === "an instance of Promise" ? { remedy: "Await it, and return what it gives." } : {}),
  });
}
