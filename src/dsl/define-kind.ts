import { isPlainObject } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import { NODE_KINDS } from "../model/node-kinds.ts";
import { checkFunction, checkSchema } from "../plan/checks.ts";
import { versionOfCode } from "../plan/fingerprint.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { Expanding } from "./define-kind-expand.ts";
import { expanded } from "./define-kind-expand.ts";
import type { ExpansionFits } from "./fits.ts";
import type { AllOf } from "./retry-options.ts";

/** What `defineKind()` takes. */
export interface KindOptions<Kind extends string, F extends (options: never) => unknown, Given = unknown, Parsed = never> {
  /**
   * What it is called, in drawings and messages: 1 to 64 letters, digits, `.`, `_` and `-`, a letter first; not like a kind that
   * there is already.
   */
  readonly kind: Kind;
  /**
   * Checks the options when a program is built, at once. `expand` is given what it makes of them, defaults filled in. Left out:
   * they are not checked.
   */
  readonly schema?: Schema<Given, Parsed>;
  /**
   * Makes the program of the options. Called each time that a program is built, never by a run, and synchronous. Its type is that of
   * the builder: type parameters stay.
   */
  readonly expand: F;
  /** A few words about the options, for drawings: `3 rounds`. More than 80 characters are cut. Default: nothing. */
  readonly caption?: (options: OptionsOf<F>) => string;
}

/** A builder of an author's own: what {@link defineKind} gives. */
export type CustomKind<Kind extends string, Builder> = Builder & {
  readonly kind: Kind;
  /** What its options are checked with; null where nothing does. */
  readonly schema: Schema | null;
};

type OptionsOf<F extends (options: never) => unknown> = Parameters<F>[0];

/**
 * The builder that a kind becomes: takes what `expand` says that it takes; where `expand` leaves that to the schema, what the schema
 * takes, so that what has a default may be left out.
 */
export type BuilderOf<F extends (options: never) => unknown, Given, Parsed> = [Parsed] extends [never]
  ? F
  : Same<OptionsOf<F>, Parsed> extends true
    ? MayBeLeftOut<Given> extends true
      ? (options?: Given) => ReturnType<F>
      : (options: Given) => ReturnType<F>
    : F;

/** Whether nothing has to be given: all options have defaults. */
type MayBeLeftOut<Given> = undefined extends Given
  ? true
  : [Given] extends [object]
    ? Record<never, never> extends Given
      ? true
      : false
    : false;

/** Whether two types are one, `any` told apart from all others. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

interface LooseKind {
  readonly kind: string;
  readonly schema?: unknown;
  readonly expand: unknown;
  readonly caption?: unknown;
}

const KNOWN: AllOf<LooseKind> = { kind: true, schema: true, expand: true, caption: true };

/**
 * A kind of your own: a builder that makes a program of options, out of the builders that there are. What it makes runs like any
 * program, so it is durable, can be called off, has its costs counted and fits into everything; plans, drawings and traces say which
 * kind made it. The name, the caption and the version of a kind (the hash of `expand`) change nothing for runs under way: only what it
 * expands to does.
 *
 * @throws {FlujoError} `pipeline_invalid` for a name that is taken or is none, and for options that there are not. The builder throws it
 * for options that do not fit the schema, and where `expand` throws, gives no program, or expands itself without end.
 *
 * @example
 * ```ts
 * import { defineKind, Flujo, pipeline, step } from "flujo";
 * import { z } from "zod";
 *
 * const repeated = defineKind({
 *   kind: "repeated",
 *   schema: z.object({ word: z.string(), times: z.int().min(1).default(2) }),
 *   expand: ({ word, times }) =>
 *     pipeline({ name: "repeated", input: z.string() }).loop(
 *       step("say", (text: string) => `${text} ${word}`),
 *       { maxIterations: times },
 *     ),
 *   caption: ({ word, times }) => `${word}, ${times} times`,
 * });
 *
 * await using flujo = new Flujo();
 * console.log((await flujo.run(repeated({ word: "ho" }), "hey")).unwrap()); // hey ho ho
 * ```
 */
export function defineKind<const Kind extends string, F extends (options: Parsed) => unknown, Given = unknown, Parsed = never>(
  options: KindOptions<Kind, F, Given, Parsed> & ExpansionFits<F>,
): CustomKind<Kind, BuilderOf<F, Given, Parsed>>;
export function defineKind(options: LooseKind): unknown {
  const kind = kindOf(options);
  const build = (given: unknown): unknown => expanded(kind, given);
  Object.defineProperty(build, "name", { value: kind.kind });
  return Object.freeze(Object.assign(build, { kind: kind.kind, schema: kind.schema }));
}

function kindOf(options: LooseKind): Expanding {
  const given: unknown = options;
  if (!isPlainObject(given))
    throw invalid("defineKind()", `its options are ${shown(given)}`, "Write defineKind({ kind, schema, expand, caption }).");
  refuseUnknown("defineKind()", given, KNOWN);
  const { kind, schema = null, expand, caption = null } = given;
  checkKindName(kind);
  const at = `the kind ${kind}`;
  checkSchema(at, "schema", schema);
  checkFunction(at, "expand", expand);
  if (caption !== null) checkFunction(at, "caption", caption);
  return Object.freeze({
    kind,
    version: versionOfCode(expand as Expanding["expand"]),
    schema: schema as Schema | null,
    expand: expand as Expanding["expand"],
    caption: caption as Expanding["caption"],
  });
}

/** What is called so already, in any spelling: kinds of nodes, and what drawings and messages call otherwise. */
const TAKEN: ReadonlySet<string> = new Set(
  [...Object.keys(NODE_KINDS), "pipeline", "policy", "tool", "custom", "start", "end", "join"].map((word) => word.toLowerCase()),
);

function checkKindName(kind: unknown): asserts kind is string {
  const what = kind === undefined ? "it has no `kind`" : `its kind is called ${shown(kind)}`;
  if (typeof kind !== "string" || !/^\p{L}[\p{L}\p{N}._-]{0,63}$/u.test(kind))
    throw invalid("defineKind()", what, "A kind is called by 1 to 64 letters, digits, `.`, `_` and `-`, a letter first.");
  if (TAKEN.has(kind.toLowerCase())) throw invalid("defineKind()", `${what}, which is built in`, "Choose another name.");
}
