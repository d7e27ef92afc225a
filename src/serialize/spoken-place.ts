import { FlujoError } from "../base/errors.ts";
import type { Patch } from "../model/patch.ts";
import { unstorable } from "./codec.ts";

/** How the parts of an entry are called by people who never saw one. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/^(?:decisions\[\d+\]\.)?outcome\.value(?![\p{L}\p{N}_$])/u, "output"],
  [/^(?:end|result)\.output(?![\p{L}\p{N}_$])/u, "output"],
];

/** What was written to the context, or what a reducer made of it. */
const WRITE = /^(outcome|result)\.writes\[(\d+)\]\.(?:after\.)?value(?![\p{L}\p{N}_$])/u;

/** The same error where a part of an entry cannot be stored, with that part as an author calls it: the output, a field of the context. */
export function inSpokenWords(error: unknown, body: object, where: string): unknown {
  if (!FlujoError.is(error, "value_unstorable")) return error;
  const { at, what } = error.details;
  const place = SPOKEN.reduce((path, [part, spoken]) => path.replace(part, spoken), String(at));
  const told = place.replace(WRITE, (_, of: string, index: string) => fieldWritten(body, of, Number(index)));
  return unstorable(where, { at: told, what: String(what), cause: error.cause });
}

function fieldWritten(body: object, of: string, index: number): string {
  const patch = (body as Partial<Readonly<Record<string, { readonly writes?: readonly Patch[] }>>>)[of]?.writes?.[index];
  if (patch === undefined) return "context write";
  return `context.${patch.op === "contribute" ? patch.field : patch.path.join(".")}`;
}
