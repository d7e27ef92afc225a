import type { ErrorCode } from "../base/errors.ts";
import { isPlainObject } from "../base/json.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { MachineDefinition, MachineRuleDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { slotsOf } from "./build-members.ts";
import type { NeedsOfAll, OutputOfAny, PlanTypeError } from "./fits.ts";
import type { AnyStep, InputOf, NamedStep, OutputOf } from "./program.ts";
import { definitionKey } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { DecisionAbout } from "./step-context.ts";

/** What the guard of a transition may look at beside the value. */
export interface MachineAbout<Ctx = unknown> extends DecisionAbout<Ctx> {
  /** How many transitions the machine has made so far. */
  readonly hops: number;
}

/** A transition that is made when a state has succeeded. */
export interface SuccessRule<From, Value, To, Ctx> {
  /** The state it leads out of, several, or `"*"` for all that are no end. */
  readonly from: From;
  /** @defaultValue `"success"` */
  readonly when?: "success";
  /** Whether it is made, by what the state gave. Left out: it is. */
  readonly if?: (output: Value, about: MachineAbout<Ctx>) => boolean | Promise<boolean>;
  /** The state it leads to, which is given what this one gave. */
  readonly to: To;
}

/** A transition that is made when a state has failed. */
export interface FailureRule<From, To, Ctx> {
  /** The state it leads out of, several, or `"*"` for all that are no end. */
  readonly from: From;
  /** Any failure, or those with this code or one of these. */
  readonly when: "failure" | ErrorCode | readonly ErrorCode[];
  /** Whether it is made, by the failure. Left out: it is. */
  readonly if?: (failure: Failure, about: MachineAbout<Ctx>) => boolean | Promise<boolean>;
  /** The state it leads to, which is given what the failed one was given, and told its failure as `feedback`. */
  readonly to: To;
}

type NamesOf<S> = keyof S & string;

/** One rule of a machine with these states. */
export type MachineRuleOf<S, End extends string, Ctx = NeedsOfAll<S>> =
  | { [F in Exclude<NamesOf<S>, End>]: SuccessRule<F, OutputOf<S[F]>, NamesOf<S> | End, Ctx> }[Exclude<NamesOf<S>, End>]
  | SuccessRule<"*" | readonly Exclude<NamesOf<S>, End>[], OutputOfAny<S>, NamesOf<S> | End, Ctx>
  | FailureRule<"*" | Exclude<NamesOf<S>, End> | readonly Exclude<NamesOf<S>, End>[], NamesOf<S> | End, Ctx>;

/** What `machine()` takes. */
export interface MachineOptions<Name extends string, S, Initial, Ends, On> {
  /** Part of its path; each state it enters stands below it: `name[0]/draft`, `name[1]/review` and so on. */
  readonly name: Name;
  /** The programs of its states, by their names. An end may be among them: its program is then the last that runs. */
  readonly states: S;
  /** The state it begins in, which is given what the machine is given. */
  readonly initial: Initial;
  /** The states it ends in. */
  readonly ends: Ends;
  /** Its transitions: of those that fit, the first is made. */
  readonly on: On;
  /** How many transitions it may make, at least 1. One more fails it (`machine_hops_exceeded`). */
  readonly maxHops: number;
  /**
   * How much the agents in it are given of what they were asked and said themselves in its states before. It is for those that have
   * no `history` of their own. Left out: nothing.
   */
  readonly history?: HistoryPolicy;
}

type FromOf<S, F, End extends string> = F extends "*"
  ? Exclude<NamesOf<S>, End>
  : F extends readonly (infer Each)[]
    ? Each & NamesOf<S>
    : F & NamesOf<S>;

type IsSuccess<R> = R extends { readonly when: infer When } ? ([When] extends ["success" | undefined] ? true : false) : true;

/** What a state can be given: by what leads to it. `Seen` are the states that were looked at on the way. */
export type GivenTo<K, S, Machine extends Wiring, Seen = never> =
  | (K extends Machine["initial"] ? InputOf<S[K & keyof S]> : never)
  | GivenBy<Machine["on"][number], K, S, Machine, Seen>;

type GivenBy<R, K, S, Machine extends Wiring, Seen> = R extends { readonly to: infer To; readonly from: infer F }
  ? K extends To
    ? Passed<FromOf<S, F, Machine["ends"][number]>, IsSuccess<R>, S, Machine, Seen | K>
    : never
  : never;

type Passed<From, Success, S, Machine extends Wiring, Seen> = From extends keyof S
  ? Success extends true
    ? OutputOf<S[From]>
    : From extends Seen
      ? never
      : GivenTo<From, S, Machine, Seen>
  : never;

/** How a machine's states go together. */
export interface Wiring {
  readonly initial: string;
  readonly ends: readonly string[];
  readonly on: readonly { readonly from: unknown; readonly to: string; readonly when?: unknown }[];
}

interface Wired<Initial, Ends, On> {
  readonly initial: Initial & string;
  readonly ends: Ends & readonly string[];
  readonly on: On & Wiring["on"];
}

/**
 * Nothing where every state takes what leads to it, a sentence at those that do not. While the compiler has not looked at the
 * guards yet, it knows of the list of rules only what they can be, which fits.
 */
export type StatesFit<S, Machine extends Wiring> = number extends Machine["on"]["length"] ? unknown : EachFits<S, Machine>;

type EachFits<S, Machine extends Wiring> = {
  readonly [K in keyof S]: [S[K]] extends [AnyStep]
    ? [GivenTo<K, S, Machine>] extends [InputOf<S[K]>]
      ? unknown
      : PlanTypeError<`The state '${K & string}' does not take what leads to it.`, { takes: InputOf<S[K]>; given: GivenTo<K, S, Machine> }>
    : PlanTypeError<"Only a program can be a state: what agent(), step() or pipeline() made.">;
};

/** What a machine gives: the end it came to, and what that gave or, where it has no program, what led to it. */
export type MachineOutput<S, Machine extends Wiring> = Machine["ends"][number] extends infer End
  ? End extends string
    ? { readonly state: End; readonly output: End extends keyof S ? OutputOf<S[End]> : GivenTo<End, S, Machine>; readonly hops: number }
    : never
  : never;

/**
 * A program that is in one of several states, and goes from one to another by rules: the first that fits is taken. Each state is
 * given what the one before it gave. It ends in one of its `ends`, and gives `{ state, output, hops }`. A state that fails fails the
 * machine, unless a rule says `when: "failure"`, or names the failure's code.
 *
 * What could not run is refused when it is compiled: states that nothing leads to, that lead nowhere or to no end, rules out of
 * ends, rules that an earlier one hides. Where the compiler knows the list of rules, it also sees whether each state takes what leads to it.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, naming the machine.
 *
 * @example
 * ```ts
 * import { Flujo, machine, step } from "flujo";
 *
 * const draft = step("draft", (about: string) => `${about}, in short`);
 * const review = step("review", (text: string) => text.slice(0, -1));
 * const shorten = machine({
 *   name: "shorten",
 *   initial: "draft",
 *   states: { draft, review },
 *   on: [
 *     { from: "draft", to: "review" },
 *     { from: "review", if: (text) => text.length <= 12, to: "done" },
 *     { from: "review", to: "review" },
 *   ],
 *   ends: ["done"],
 *   maxHops: 20,
 * });
 * const flujo = new Flujo();
 * console.log((await flujo.run(shorten, "The tides")).unwrap()); // { state: "done", output: "The tides, i", hops: 8 }
 * await flujo.close();
 * ```
 */
export function machine<
  const Name extends string,
  S,
  const Initial extends NamesOf<S>,
  const Ends extends readonly string[],
  const On extends readonly MachineRuleOf<S, Ends[number]>[],
>(
  options: MachineOptions<Name, S & StatesFit<S, Wired<Initial, Ends, On>>, Initial, Ends, On>,
): NamedStep<InputOf<S[Initial]>, MachineOutput<S, Wired<Initial, Ends, On>>, NeedsOfAll<S>, Name>;
export function machine(given: unknown): AnyStep {
  if (!isPlainObject(given))
    throw invalid("machine()", `its options are ${shown(given)}`, "Write machine({ name, initial, states, on, ends, maxHops }).");
  const options = given as unknown as LooseMachine;
  const at = `machine ${shown(options.name)}`;
  refuseUnknown(at, given, KNOWN);
  const { name, initial, ends, maxHops, history } = options;
  if (!Array.isArray(options.on))
    throw invalid(at, `\`on\` is ${shown(options.on)}`, "Give a list of transitions: { from, when, if, to }.");
  const rules = options.on.map((rule, index) => ruleOf(`${at}, transition ${index + 1}`, rule));
  const definition: MachineDefinition = Object.freeze({
    kind: "machine",
    name,
    initial,
    states: slotsOf(at, options.states, "state"),
    rules,
    ends,
    maxHops,
    ...(history === undefined ? {} : { history }),
  });
  return Object.freeze({ name, [definitionKey]: definition });
}

type LooseMachine = MachineOptions<string, Readonly<Record<string, AnyStep>>, string, readonly string[], unknown>;

const KNOWN: AllOf<LooseMachine> = { name: true, states: true, initial: true, ends: true, on: true, maxHops: true, history: true };

const RULE: AllOf<SuccessRule<unknown, unknown, unknown, unknown>> = { from: true, when: true, if: true, to: true };

function ruleOf(at: string, rule: unknown): MachineRuleDefinition {
  if (!isPlainObject(rule)) throw invalid(at, `it is ${shown(rule)}`, "Write a transition as { from, when, if, to }.");
  refuseUnknown(at, rule, RULE);
  const { from, when = "success", to } = rule;
  return Object.freeze({ from, when, guard: rule["if"] ?? null, to }) as MachineRuleDefinition; // `compile` looks at each of them
}
