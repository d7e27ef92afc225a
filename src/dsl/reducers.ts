import { canonicalJson, plainJsonOf } from "../base/json.ts";
import type { DecisionFunction, ReduceDefinition } from "../plan/definition.ts";
import { ownVersion } from "../plan/fingerprint.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { Step } from "./program.ts";
import { definitionOf, isProgram } from "./program.ts";
import type { DecisionAbout } from "./step-context.ts";

/** What a reducer may look at beside the results. */
export interface ReduceAbout<In, Ctx = unknown> extends DecisionAbout<Ctx> {
  /** What all members were given. */
  readonly input: In;
}

/** What a program that reduces is given: what `reducers.judge()` takes. */
export interface Judged<In, Results> {
  /** What all members were given. */
  readonly input: In;
  /** What they gave: by their keys of a parallel, in order of a map. */
  readonly results: Results;
}

/** A program that makes one thing of several results: what `reducers.judge()` makes. */
export interface Judge<in Given, out Out, in Ctx = unknown> {
  readonly judge: Step<Given, Out, Ctx>;
}

/** One of the ready-made {@link reducers}, by its name. */
export interface Reducer<out Name extends ReducerKind, in Item> {
  readonly reducer: Name;
  /** What it makes of results; given an object, or a list. */
  readonly reduce: (results: ResultsOf<unknown>) => unknown;
  /** Exists for the compiler alone: what each result has to be. */
  readonly [takes]?: (item: Item) => void;
}

declare const takes: unique symbol;

/** The names of the ready-made reducers, but for `judge`. */
export type ReducerKind = "keys" | "values" | "union" | "concat" | "first" | "last" | "majority" | "best";

/** Results by their keys, or in a list. */
export type ResultsOf<T> = readonly T[] | { readonly [key: string]: T };

/** What makes one thing of several results: a function of them, one of {@link reducers}, or `reducers.judge(program)`. */
export type Reduce<Results, Item, About, Out, Name extends ReducerKind> =
  | ((results: Results, about: About) => Out | Promise<Out>)
  | JudgeOf<Results, About, Out>
  | Reducer<Name, Item>;

type JudgeOf<Results, About, Out> = About extends ReduceAbout<infer In, infer Ctx> ? Judge<Judged<In, Results>, Out, Ctx> : never;

/**
 * What `.parallel()`, `.map()` and `.route()` can be told of how their results become one.
 *
 * @typeParam Results - What all of them gave.
 * @typeParam Item - What each of them gives.
 */
export interface ReduceOptions<Results, Item, About, Out, Name extends ReducerKind> {
  /**
   * Makes one thing of what all members gave, which is the output then. Asked once, after all of them; sees the context as they
   * have left it. What it throws fails the node (`decision_failed`). Default: the results are the output.
   */
  readonly reduce?: Reduce<Results, Item, About, Out, Name>;
}

/** What is given in the end: by one of the ready-made reducers, or what a function or a program gives. */
export type ReducedBy<Name extends ReducerKind, Out, Results> = [Name] extends [never] ? Out : MadeBy<Name, Results>;

type MadeBy<Name, Results> = Name extends "keys"
  ? Results extends readonly unknown[]
    ? string[]
    : (keyof Results & string)[]
  : Name extends "values"
    ? ItemOf<Results>[]
    : Name extends "union" | "concat"
      ? ItemsIn<ItemOf<Results>>[]
      : ItemOf<Results>;

type ItemOf<Results> = Results extends readonly (infer Item)[] ? Item : Required<Results>[keyof Results];

type ItemsIn<List> = List extends readonly (infer Item)[] ? Item : never;

/** How `reducers.majority` counts. */
export interface MajorityOptions<Item> {
  /** What two results have to have in common to count as the same vote. Default: the results themselves, compared by what they hold. */
  readonly by?: (result: Item) => unknown;
}

/** How `reducers.best` chooses. */
export interface BestOptions<Item> {
  /** How good a result is: a number, the higher the better. Its key, or its index as text, is the second argument. */
  readonly score: (result: Item, key: string) => number;
}

function union(results: ResultsOf<unknown>): unknown[] {
  const found = new Map<unknown, unknown>();
  for (const item of listsIn("union", results).flat()) {
    const same = sameness(item);
    if (!found.has(same)) found.set(same, item);
  }
  return [...found.values()];
}

function last(results: ResultsOf<unknown>): unknown {
  const some = someOf("last", results);
  return (some.at(-1) ?? some[0])[1];
}

function majority<Item>({ by }: MajorityOptions<Item> = {}): Reducer<"majority", Item> {
  if (by !== undefined && typeof by !== "function")
    throw invalid("reducers.majority()", `by is ${shown(by)}`, "Give a function of a result.");
  const vote = (results: ResultsOf<unknown>): unknown => {
    const votes = new Map<unknown, { readonly result: unknown; count: number }>();
    for (const [, result] of someOf("majority", results)) {
      const same = sameness(by === undefined ? result : by(result as Item));
      const counted = votes.get(same);
      if (counted === undefined) votes.set(same, { result, count: 1 });
      else counted.count += 1;
    }
    return [...votes.values()].reduce((most, each) => (each.count > most.count ? each : most)).result;
  };
  return reducer("majority", vote, by);
}

function best<Item>({ score }: BestOptions<Item>): Reducer<"best", Item> {
  if (typeof score !== "function")
    throw invalid("reducers.best()", `score is ${shown(score)}`, "Give a function of a result that returns a number.");
  const choose = (results: ResultsOf<unknown>): unknown => {
    const scored = someOf("best", results).map(([key, result]) => ({ result, score: checkedScore(score(result as Item, key), key) }));
    return scored.reduce((most, each) => (each.score > most.score ? each : most)).result;
  };
  return reducer("best", choose, score);
}

/** A change of what it calls is a change of its version; that of the text of ours is none. */
function reducer<const Name extends ReducerKind>(
  name: Name,
  reduce: (results: ResultsOf<unknown>) => unknown,
  calls?: (...args: never) => unknown,
): Reducer<Name, unknown> {
  return Object.freeze({ reducer: name, reduce: ownVersion(reduce, name, calls === undefined ? [] : [calls]) });
}

function judge<Given, Out, Ctx>(program: Step<Given, Out, Ctx>): Judge<Given, Out, Ctx> {
  definitionOf(program);
  return Object.freeze({ judge: program });
}

/** What {@link reducers} holds. */
export interface Reducers {
  readonly keys: Reducer<"keys", unknown>;
  readonly values: Reducer<"values", unknown>;
  readonly union: Reducer<"union", readonly unknown[]>;
  readonly concat: Reducer<"concat", readonly unknown[]>;
  readonly first: Reducer<"first", unknown>;
  readonly last: Reducer<"last", unknown>;
  readonly majority: <Item>(options?: MajorityOptions<Item>) => Reducer<"majority", Item>;
  readonly best: <Item>(options: BestOptions<Item>) => Reducer<"best", Item>;
  readonly judge: <Given, Out, Ctx>(program: Step<Given, Out, Ctx>) => Judge<Given, Out, Ctx>;
}

/**
 * Ready-made ways to make one thing of what the branches of a parallel, or the items of a map, gave: `reduce: reducers.union`.
 * The order is the declared one, of the branches or of the items, whoever ends first.
 *
 * - `keys`: the names of the branches; `values`: what they gave, as a list; `first`, `last`: what the first, or the last, gave.
 * - `concat`: of lists, one list; `union`: of lists, one in which everything stands once, compared by what it holds.
 * - `majority({ by })`: the result that most gave; where several are as many, the one of them that comes first.
 * - `best({ score })`: the result with the highest score; where several have it, the first.
 * - `judge(program)`: what a program, an agent say, makes of `{ input, results }`; it runs at `path/reduce`.
 *
 * Of nothing at all, `first`, `last`, `majority` and `best` fail (`decision_failed`).
 *
 * @example
 * ```ts
 * import { Flujo, pipeline, reducers, step } from "flujo";
 * import { z } from "zod";
 *
 * const words = step("words", (text: string) => text.split(" "));
 * const found = pipeline({ name: "found", input: z.array(z.string()) }).map(words, { reduce: reducers.union });
 * const flujo = new Flujo();
 * console.log((await flujo.run(found, ["high tide", "low tide"])).unwrap()); // [ 'high', 'tide', 'low' ]
 * await flujo.close();
 * ```
 */
export const reducers: Reducers = Object.freeze({
  keys: reducer("keys", (results) => Object.keys(results)),
  values: reducer("values", (results) => Object.values(results)),
  union: reducer("union", union),
  concat: reducer("concat", (results) => listsIn("concat", results).flat()),
  first: reducer("first", (results) => someOf("first", results)[0][1]),
  last: reducer("last", last),
  majority,
  best,
  judge,
});

/** Whether it is one of the ready-made reducers, which look at what members gave. */
export function isReadyMade(given: unknown): boolean {
  return typeof given === "object" && given !== null && "reducer" in given;
}

/** What stands for a reducer in a definition. */
export function reduceOf(at: string, given: unknown): ReduceDefinition {
  if (typeof given === "object" && given !== null) {
    if ("reducer" in given && "reduce" in given && typeof given.reduce === "function") return given.reduce as DecisionFunction;
    if ("judge" in given && isProgram(given.judge)) return { program: definitionOf(given.judge) };
  }
  const made = ([majority, best, judge] as const).find((each) => each === given);
  if (made !== undefined) throw invalid(at, `reduce is reducers.${made.name}`, `Call it: reducers.${made.name}(…).`);
  if (typeof given === "function") return given as DecisionFunction;
  if (isProgram(given)) throw invalid(at, "reduce is a program", "Write reduce: reducers.judge(program); it is given { input, results }.");
  throw invalid(at, `reduce is ${shown(given)}`, "Give a function of the results, one of the reducers, or reducers.judge(program).");
}

function someOf(name: string, results: ResultsOf<unknown>): readonly [Entry, ...Entry[]] {
  const [head, ...tail] = Object.entries(results);
  if (head === undefined) throw new RangeError(`reducers.${name}: there is no result`);
  return [head, ...tail];
}

type Entry = readonly [key: string, result: unknown];

function listsIn(name: string, results: ResultsOf<unknown>): readonly (readonly unknown[])[] {
  return Object.entries(results).map(([key, list]: Entry): readonly unknown[] => {
    if (Array.isArray(list)) return list;
    throw new TypeError(`reducers.${name}: the result of ${key} is ${shown(list)}, and has to be a list`);
  });
}

function checkedScore(score: unknown, key: string): number {
  if (typeof score === "number" && !Number.isNaN(score)) return score;
  throw new TypeError(`reducers.best: the score of ${key} is ${shown(score)}, and has to be a number`);
}

/** What is the same for values that hold the same: the value itself, or the JSON of what is plain data. */
function sameness(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const plain = plainJsonOf(value);
  return plain === undefined ? value : `{}${canonicalJson(plain)}`;
}
