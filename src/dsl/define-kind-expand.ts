import { FlujoError, messageOf } from "../base/errors.ts";
import type { Schema } from "../base/schema.ts";
import { checkWith, describeIssues } from "../base/schema.ts";
import { isThenable } from "../base/thenable.ts";
import type { KindMark } from "../model/node.ts";
import { invalid, shown } from "../plan/invalid.ts";
import { markedDefinition } from "../plan/kind-marks.ts";
import type { AnyStep } from "./program.ts";
import { definitionKey, definitionOf, isProgram, markingKey } from "./program.ts";

/** A kind of an author's own, as it is expanded. */
export interface Expanding {
  readonly kind: string;
  readonly version: string;
  readonly schema: Schema | null;
  readonly expand: (options: unknown) => unknown;
  readonly caption: ((options: unknown) => unknown) | null;
}

/** How many expansions may lie within each other. */
const MOST_WITHIN = 100;

/** A longer caption is cut. */
const LONGEST_CAPTION = 80;

/** The kinds that are being expanded now, the innermost last. Expanding is synchronous, so nobody else sees them. */
const within: string[] = [];

/** Errors about expansions without end: they are told once, not again by every expansion around. */
const endless = new WeakSet<Error>();

/** The program that a kind makes of options. */
export function expanded(kind: Expanding, given: unknown): AnyStep {
  const at = `${kind.kind}()`;
  if (within.length >= MOST_WITHIN) throw withoutEnd(at);
  const options = checkedOptions(at, kind, given);
  within.push(kind.kind);
  try {
    const program = expansionOf(at, kind, options);
    return asMadeBy(program, { kind: kind.kind, version: kind.version, caption: captionOf(at, kind, options) });
  } finally {
    within.pop();
  }
}

function withoutEnd(at: string): Error {
  const last = [...new Set(within.slice(-10))].join(", ");
  const error = invalid(
    at,
    `it expands itself without end: ${MOST_WITHIN} expansions lie within each other, the last of them of ${last}`,
    "Let `expand` come to an end: for some options it has to give a program that it does not make by the same kind again.",
  );
  endless.add(error);
  return error;
}

function checkedOptions(at: string, { schema }: Expanding, given: unknown): unknown {
  if (schema === null) return given;
  const checked = asked(at, schema, given);
  if (isThenable(checked)) {
    Promise.resolve(checked).catch(() => undefined); // what it says later matters to nobody any more
    throw invalid(at, "its schema checks asynchronously", "Give one that answers at once: a program is built where it is written.");
  }
  if (checked.ok) return checked.value;
  const ofNone = given === undefined ? asked(at, schema, {}) : checked; // all of them may have defaults
  if (!isThenable(ofNone) && ofNone.ok) return ofNone.value;
  throw new FlujoError("pipeline_invalid", `${at}: ${describeIssues(checked.issues)}.`, {
    details: { path: at, issues: checked.issues },
    remedy: "Give options that fit the kind's schema.",
  });
}

function asked(at: string, schema: Schema, given: unknown): ReturnType<typeof checkWith> {
  try {
    return checkWith(schema, given);
  } catch (error) {
    throw because(at, "its schema threw", error);
  }
}

function expansionOf(at: string, { expand }: Expanding, options: unknown): AnyStep {
  const program = called(at, "its expansion failed", () => expand(options));
  if (isProgram(program)) return program;
  const isPromise = isThenable(program);
  if (isPromise) Promise.resolve(program).catch(() => undefined); // it is refused, whatever becomes of it
  const remedy = "Return what agent(), step(), pipeline() or another builder made, at once.";
  throw invalid(at, `\`expand\` returned ${isPromise ? "a promise" : shown(program)}, which is no program`, remedy);
}

function captionOf(at: string, { caption }: Expanding, options: unknown): string {
  if (caption === null) return "";
  const said = called(at, "its caption failed", () => caption(options));
  if (typeof said !== "string") throw invalid(at, `\`caption\` returned ${shown(said)}`, "Return a few words about the options.");
  const letters = Array.from(new Intl.Segmenter().segment(said.replaceAll(/\s+/g, " ").trim()), ({ segment }) => segment);
  return letters.length <= LONGEST_CAPTION ? letters.join("") : `${letters.slice(0, LONGEST_CAPTION - 1).join("")}…`;
}

function called(at: string, what: string, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    throw because(at, what, error);
  }
}

/** What a function of the author's threw, as a refusal of what it was asked for. */
function because(at: string, what: string, error: unknown): unknown {
  if (error instanceof Error && endless.has(error)) return error;
  const isOurs = FlujoError.is(error);
  const message = (isOurs ? error.summary : messageOf(error)).replace(/\.$/, "");
  return new FlujoError("pipeline_invalid", `${at}: ${what}: ${message}.`, {
    details: { path: at },
    remedy: isOurs ? error.remedy : "Mend the options that the kind was given, or the kind.",
    cause: error,
  });
}

/** The same program, as one that this kind has made. */
function asMadeBy(program: AnyStep, mark: KindMark): AnyStep {
  const frozen = Object.freeze(mark);
  const marking: unknown = Reflect.get(program, markingKey);
  if (typeof marking === "function") return Reflect.apply(marking, program, [frozen]) as AnyStep; // a pipeline: it has methods, and keeps them
  return Object.freeze({ ...program, [definitionKey]: markedDefinition(definitionOf(program), frozen) });
}
