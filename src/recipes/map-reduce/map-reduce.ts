import type { LanguageModelObject, NamedStep, Step } from "../../index.ts";
import { pipeline, step } from "../../index.ts";
import type { CitedText, UnfoundedClaim } from "../claims.ts";
import { citedTextOf } from "../claims.ts";
import { type AllOf, checkOptions, invalid, shown, wholeNumber } from "../invalid.ts";
import type { Role } from "../role.ts";
import type { SplitOptions } from "../split-text.ts";
import { splitSizeOf } from "../split-text.ts";
import type { Claims, MergedClaim, Reducing } from "./condense.ts";
import { levelOf } from "./condense.ts";
import type { DocumentPart, DocumentsInput } from "./documents.ts";
import { DOCUMENTS, partsOf } from "./documents.ts";
import type { PartRead, PartUnread, QuotedClaim } from "./read-part.ts";
import { readerOf } from "./read-part.ts";

/** What `mapReduce()` takes. */
export interface MapReduceOptions<Name extends string> extends SplitOptions {
  /** Part of the path. @defaultValue `"documents"` */
  readonly name?: Name;
  /** Whom the roles ask that say no model of their own: `provider:model`, or a language model object of the AI SDK. */
  readonly model?: string | LanguageModelObject;
  /** Reads a part of a document: says what it says for the task, each time with the words of it that bear that out. */
  readonly map?: Role<DocumentPart, readonly QuotedClaim[]>;
  /** Brings claims together, and says of which each is made. */
  readonly reduce?: Role<Reducing, readonly MergedClaim[]>;
  /** How many parts are read, or groups of claims brought together, at the same time. @defaultValue `5` */
  readonly concurrency?: number;
  /** How many characters of claims are brought together at once; more are brought together in groups first. @defaultValue `24_000`, about 6,000 tokens of English */
  readonly reduceCharacters?: number;
  /** How often claims are brought together at most, one level over the other; `loop_exhausted` where that is not enough. @defaultValue `6` */
  readonly maxLevels?: number;
  /** How often the same is asked where a quote is not in its source, or a claim is made of none; what is still unfounded then is left out, and told. @defaultValue `2` */
  readonly tries?: number;
  /** What a part that cannot be read means. `fail`: the failure of it all. `tell`: it is among the `unread`. @defaultValue `"fail"` */
  readonly onFailure?: "fail" | "tell";
}

/** What `mapReduce()` gives. */
export interface MapReduceResult extends CitedText {
  /** What was said without a source that says so: left out of all else. */
  readonly unfounded: readonly UnfoundedClaim[];
  /** The parts that could not be read, and why; always empty where `onFailure` is `"fail"`. */
  readonly unread: readonly PartUnread["unread"][];
  /** How many parts the documents were read in, and on how many levels claims were brought together. */
  readonly parts: number;
  readonly levels: number;
}

const KNOWN: AllOf<MapReduceOptions<string>> = {
  name: true,
  model: true,
  map: true,
  reduce: true,
  maxCharacters: true,
  overlap: true,
  concurrency: true,
  reduceCharacters: true,
  maxLevels: true,
  tries: true,
  onFailure: true,
};

/**
 * Reads documents part by part, many at a time, and brings together what they say for a task; where that is too much for one prompt, in
 * groups first. Every claim of the result says in which documents it stands and where: what is quoted is looked for there, letter by
 * letter, and what no document says is left out and told.
 *
 * Without a claim (no documents, or nothing in them for the task) the text is empty, and no `reduce` is asked.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, and for a role that nobody plays.
 *
 * @example
 * ```ts
 * import { Flujo, step } from "flujo";
 * import type { DocumentPart, Reducing } from "flujo/recipes";
 * import { mapReduce } from "flujo/recipes";
 *
 * const map = step("read", ({ text }: DocumentPart) => [{ claim: `It says so: ${text}`, quote: text }]);
 * const reduce = step("merge", ({ claims }: Reducing) => [{ text: "They agree.", from: claims.map(({ number }) => number) }]);
 * const documents = [
 *   { name: "a.md", text: "Tides rise." },
 *   { name: "b.md", text: "Tides rise." },
 * ];
 * const flujo = new Flujo();
 * const { text, sources } = (await flujo.run(mapReduce({ map, reduce }), { task: "What of tides?", documents })).unwrap();
 * console.log(text, sources.map(({ document, line }) => `${document}:${line}`)); // They agree. [1][2] [ 'a.md:1', 'b.md:1' ]
 * await flujo.close();
 * ```
 */
export function mapReduce<const Name extends string = "documents">(
  options: MapReduceOptions<Name>,
): NamedStep<DocumentsInput, MapReduceResult, unknown, Name>;
export function mapReduce(given: MapReduceOptions<string>): Step<DocumentsInput, MapReduceResult> {
  const { name = "documents", model, map, reduce, onFailure = "fail", ...sizes } = checkOptions("mapReduce()", given, KNOWN);
  const at = `recipe ${JSON.stringify(name)}`;
  if (onFailure !== "fail" && onFailure !== "tell")
    throw invalid(`${at}, onFailure`, `it is ${shown(onFailure)}`, "Give `fail` or `tell`.");
  const size = splitSizeOf(at, sizes);
  const concurrency = wholeNumber(`${at}, concurrency`, sizes.concurrency ?? 5, { least: 1 });
  const tries = wholeNumber(`${at}, tries`, sizes.tries ?? 2, { least: 1 });
  const characters = wholeNumber(`${at}, reduceCharacters`, sizes.reduceCharacters ?? 24_000, { least: 100 });
  const collected = step("collect", collect);
  const condensed = pipeline({ name: "claims" })
    .step("begin", ({ task, claims }: Collected): Claims => ({ task, claims, unfounded: [], levels: 0, isDone: false }))
    .loop(levelOf({ at, model, reduce, characters, concurrency, tries }), {
      name: "levels",
      until: ({ isDone }) => isDone,
      maxIterations: wholeNumber(`${at}, maxLevels`, sizes.maxLevels ?? 6, { least: 1 }),
    });
  const nothing = step("nothing", ({ task }: Collected): Claims => ({ task, claims: [], unfounded: [], levels: 0, isDone: true }));
  return pipeline({ name, input: DOCUMENTS })
    .step("split", (input) => partsOf(input, size))
    .map(readerOf({ at, model, map, tries, onFailure }), { name: "parts", concurrency })
    .step(collected)
    .branch(({ claims }) => (claims.length === 0 ? "nothing" : "claims"), { nothing, claims: condensed }, { name: "reduce" })
    .gather({ collected, reduced: "reduce" })
    .step("cite", ({ collected, reduced }) => resultOf(collected, reduced as Claims)); // picked by its name: what both branches give
}

interface Collected extends Pick<MapReduceResult, "unfounded" | "unread" | "parts"> {
  readonly task: string;
  readonly claims: Claims["claims"];
}

function collect(parts: readonly (PartRead | PartUnread)[]): Collected {
  const read = parts.filter((part) => "claims" in part);
  return {
    task: read[0]?.task ?? "",
    claims: read.flatMap(({ claims }) => claims),
    unfounded: read.flatMap(({ unfounded }) => unfounded),
    unread: parts.flatMap((part) => ("unread" in part ? part.unread : [])),
    parts: parts.length,
  };
}

function resultOf({ unfounded, unread, parts }: Collected, { claims, unfounded: merged, levels }: Claims): MapReduceResult {
  return { ...citedTextOf(claims), unfounded: [...unfounded, ...merged], unread, parts, levels };
}
