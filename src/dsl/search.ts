import { isPlainObject } from "../base/json.ts";
import type { DecisionFunction, SearchDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { EvaluatorFits, ProposerFits, StateOf } from "./fits.ts";
import type { NeedsOfDefault } from "./pipeline.ts";
import type { AnyStep, NamedStep, NeedsOf } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { DecisionAbout } from "./step-context.ts";

/** What the proposer of a search is given. */
export interface Proposing<State> {
  /** The state to go on from. */
  readonly state: State;
  /** The states from the first to this one, both included. */
  readonly path: readonly State[];
  /** The states that were refused last, wherever in the search, oldest first: 20 at most. */
  readonly rejected: readonly RejectedState<State>[];
}

/** A state that an invariant has refused. */
export interface RejectedState<State> {
  readonly state: State;
  /** The name of the invariant. */
  readonly invariant: string;
  /** What it said; its name where it only said no. */
  readonly reason: string;
}

/** What the functions of a search may look at beside a state. */
export interface SearchAbout<State, Ctx = unknown> extends DecisionAbout<Ctx> {
  /** The state it was proposed for; null of the first. */
  readonly from: State | null;
  /** How many states lie before it: 0 for the first, 1 for those proposed for that. */
  readonly depth: number;
}

/** The same of a state that was proposed. */
export interface ProposedAbout<State, Ctx = unknown> extends SearchAbout<State, Ctx> {
  readonly from: State;
}

/** What a search gives. */
export type SearchResult<State> = FoundState<State> | BestState<State>;

interface StateReached<State> {
  /** The states from the first to this one, both included. */
  readonly path: readonly State[];
  /** What `cost` says of all steps of the path together. */
  readonly cost: number;
  /** How often states were proposed. */
  readonly expanded: number;
}

/** A goal was found. */
export interface FoundState<State> extends StateReached<State> {
  readonly found: true;
  /** The goal. */
  readonly state: State;
}

/** None was found. */
export interface BestState<State> extends StateReached<State> {
  readonly found: false;
  /** The state that promised most, by the evaluator or the heuristic alone. */
  readonly state: State;
  /** `exhausted`: there was nothing left to go on from. Else the bound that was reached. */
  readonly because: "exhausted" | "maxExpansions" | "maxTokens";
}

/** What `search()` takes. */
export interface SearchOptions<Name extends string, P, E, Ctx> {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /** Gives the states that can be come to from a state: is given {@link Proposing}, gives a list. An empty list: a dead end. */
  readonly propose: ProposerFits<P, Proposing<StateOf<P>>>;
  /**
   * Gives a number for each proposed state, the lower the better; at the same time for all that were proposed together. Either this or
   * `heuristic`. Left out, like the heuristic: all states promise the same, and those that came first go first.
   */
  readonly evaluate?: EvaluatorFits<E, StateOf<P>>;
  /** The same by a function: what is still to be expected from here to a goal. */
  readonly heuristic?: (state: StateOf<P>, about: ProposedAbout<StateOf<P>, Ctx>) => number | Promise<number>;
  /** Whether a state is what is looked for. Asked of the first state too. */
  readonly isGoal: (state: StateOf<P>, about: SearchAbout<StateOf<P>, Ctx>) => boolean | Promise<boolean>;
  /**
   * What it costs to come to a state from the one before: 0 or more. With it the search goes on after the first goal, until no other
   * can be cheaper; without it the first goal ends it. Default: nothing costs anything.
   */
  readonly cost?: (state: StateOf<P>, about: ProposedAbout<StateOf<P>, Ctx>) => number | Promise<number>;
  /** What has to hold of every proposed state, by name: true, or false or the reason for one that is refused. The proposer is told. */
  readonly invariants?: Readonly<
    Record<string, (state: StateOf<P>, about: ProposedAbout<StateOf<P>, Ctx>) => boolean | string | Promise<boolean | string>>
  >;
  /** How often it proposes at most. Too few: it gives the best so far. Too many: what cannot be found costs that often. */
  readonly maxExpansions: number;
  /** How many states of one proposal count at most: the first. Default: all. */
  readonly branching?: number;
  /** How many states are kept to go on from: those that promise most. Too few: the way to a goal may be dropped. Default: all. */
  readonly beam?: number;
  /** How many steps a path has at most. Default: no bound. */
  readonly maxDepth?: number;
  /** No further proposal is asked for once the proposals and evaluations have used so many tokens, in and out. Default: no bound. */
  readonly maxTokens?: number;
  /** How many states are evaluated at the same time. @defaultValue `8` */
  readonly concurrency?: number;
}

/**
 * Looks for a state that is a goal, best first: goes on from the state for which the cost so far and what it still promises are
 * lowest together, has states proposed that can be come to from there, and so on. The input is the first state.
 *
 * It gives the goal and the way to it (`found: true`), or, when it has nothing left or a bound is reached, the best it has come to
 * (`found: false`). States that say the same as one before, and were not come to more cheaply, are passed over.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense. A run of it fails with
 * `search_without_proposal` where nothing can be come to from the first state.
 *
 * @example
 * ```ts
 * import { Flujo, type Proposing, search, step } from "flujo";
 *
 * const moves = step("moves", ({ state }: Proposing<number>) => [state + 1, state * 2]);
 * const toTen = search({
 *   name: "to ten",
 *   propose: moves,
 *   isGoal: (n) => n === 10,
 *   cost: () => 1,
 *   invariants: { "not above ten": (n) => n <= 10 },
 *   maxExpansions: 100,
 * });
 * const flujo = new Flujo();
 * const { path, cost } = (await flujo.run(toTen, 1)).unwrap();
 * console.log(path, cost); // [ 1, 2, 4, 5, 10 ] 4
 * await flujo.close();
 * ```
 */
export function search<const Name extends string, P, E = undefined>(
  options: SearchOptions<Name, P, E, NeedsOf<P> & NeedsOfDefault<E>>,
): NamedStep<StateOf<P>, SearchResult<StateOf<P>>, NeedsOf<P> & NeedsOfDefault<E>, Name>;
export function search(given: unknown): unknown {
  if (!isPlainObject(given))
    throw invalid("search()", `its options are ${shown(given)}`, "Write search({ name, propose, isGoal, maxExpansions }).");
  const options = given as unknown as LooseOptions; // the signature above has made sure of it, and the plan does
  const { name, propose, evaluate, isGoal, heuristic = null, cost = null, invariants = {} } = options;
  const at = `search ${shown(name)}`;
  refuseUnknown(at, given, KNOWN);
  const definition: SearchDefinition = Object.freeze({
    kind: "search",
    name,
    propose: definitionOf(propose),
    evaluate: evaluate === undefined ? null : definitionOf(evaluate),
    concurrency: options.concurrency ?? 8,
    isGoal,
    heuristic,
    cost,
    invariants,
    branching: options.branching ?? null,
    beam: options.beam ?? null,
    maxDepth: options.maxDepth ?? null,
    maxExpansions: options.maxExpansions,
    maxTokens: options.maxTokens ?? null,
  });
  return Object.freeze({ name, [definitionKey]: definition });
}

interface LooseOptions {
  readonly name: string;
  readonly propose: AnyStep;
  readonly evaluate?: AnyStep;
  readonly heuristic?: DecisionFunction;
  readonly isGoal: DecisionFunction;
  readonly cost?: DecisionFunction;
  readonly invariants?: Readonly<Record<string, DecisionFunction>>;
  readonly branching?: number;
  readonly beam?: number;
  readonly maxDepth?: number;
  readonly maxExpansions: number;
  readonly maxTokens?: number;
  readonly concurrency?: number;
}

const KNOWN: AllOf<LooseOptions> = {
  name: true,
  propose: true,
  evaluate: true,
  heuristic: true,
  isGoal: true,
  cost: true,
  invariants: true,
  branching: true,
  beam: true,
  maxDepth: true,
  maxExpansions: true,
  maxTokens: true,
  concurrency: true,
};
