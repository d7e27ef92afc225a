import { isPlainObject } from "../base/json.ts";
import type {
  BranchDefinition,
  DecisionFunction,
  Definition,
  HumanDefinition,
  LoopDefinition,
  MapDefinition,
  ParallelDefinition,
  ReduceDefinition,
  ShowFunction,
  SignalDefinition,
  SleepDefinition,
  TapDefinition,
  WaitLimitDefinition,
} from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { checkedDuration, checkedMoment, inMilliseconds } from "./duration.ts";
import type {
  BranchOptions,
  HumanOptions,
  LoopOptions,
  JoinOptions,
  MapOptions,
  ParallelOptions,
  TapOptions,
  WaitLimitOptions,
  WaitOptions,
} from "./pipeline-options.ts";
import type { AnyStep } from "./program.ts";
import { definitionOf, isProgram } from "./program.ts";
import { isReadyMade, reduceOf } from "./reducers.ts";
import type { AllOf } from "./retry-options.ts";

// What each method of a pipeline makes of what it is given. Types are checked before, numbers and names by `compile`; here is
// refused what could not be seen in the definition any more.

/** Programs by their keys. */
export type LooseBranches = Readonly<Record<string, AnyStep>>;

export const JOIN = { name: true, concurrency: true, merge: true, include: true } as const;
const LIMIT = { timeoutMs: true, timeout: true, default: true, onTimeout: true } as const satisfies AllOf<WaitLimitOptions<unknown>>;
const BRANCH: AllOf<BranchOptions<unknown>> = { name: true, default: true };
const MAP: AllOf<MapOptions<"collect"> & LooseReduce> = { ...JOIN, onFailure: true, reduce: true };
const PARALLEL: AllOf<ParallelOptions<"ignore"> & LooseReduce> = { ...JOIN, onFailure: true, join: true, reduce: true };
const HUMAN: AllOf<HumanOptions<unknown, unknown, unknown>> = { show: true, answer: true, ...LIMIT };
const WAIT: AllOf<WaitOptions<unknown>> = { schema: true, ...LIMIT };
const TAP: AllOf<TapOptions> = { name: true, onError: true };
const LOOP: AllOf<LoopOptions<unknown, unknown, unknown, unknown>> = {
  name: true,
  until: true,
  maxIterations: true,
  onExhausted: true,
  next: true,
  output: true,
  history: true,
};

/** What makes one thing of the results, of whichever kind. */
export interface LooseReduce {
  readonly reduce?: unknown;
}

/** How the results of a definition are reduced; nothing where they are not. */
export function reducing(at: string, { reduce }: LooseReduce): { readonly reduce?: ReduceDefinition } {
  return reduce === undefined ? {} : { reduce: reduceOf(at, reduce) };
}

/** Refuses options that are none, and those that nobody knows. */
export function checkOptions(at: string, options: unknown, known: Readonly<Record<string, true>>): void {
  if (!isPlainObject(options))
    throw invalid(at, `its options are ${shown(options)}`, `Give them as an object: { ${Object.keys(known).join(", ")} }.`);
  refuseUnknown(at, options, known);
}

/** One of several, by a key. */
export function branchOf(key: DecisionFunction, branches: LooseBranches, options: BranchOptions<AnyStep>): BranchDefinition {
  checkOptions("branch()", options, BRANCH);
  const otherwise = options.default === undefined ? null : definitionOf(options.default);
  return {
    kind: "branch",
    name: options.name ?? null,
    key,
    branches: slotsOf(`branch${quoted(options.name)}`, branches),
    default: otherwise,
  };
}

/** The same for every item. */
export function mapOf(each: AnyStep, options: MapOptions<"propagate" | "collect"> & LooseReduce): MapDefinition {
  checkOptions("map()", options, MAP);
  const { name = null, concurrency = 8, onFailure = "propagate", merge = "update" } = options;
  if (onFailure === "collect" && isReadyMade(options.reduce)) {
    const remedy = "Give a function of the results: it is told of each item how it went.";
    throw invalid(`map${quoted(name)}`, 'it has onFailure: "collect" and one of the reducers', remedy);
  }
  const given = { ...including(options), ...reducing(`map${quoted(name)}`, options) };
  return { kind: "map", name, each: definitionOf(each), concurrency, onFailure, merge, ...given };
}

/** Several at the same time. */
export function parallelOf(branches: LooseBranches, options: ParallelOptions<"propagate" | "ignore"> & LooseReduce): ParallelDefinition {
  checkOptions("parallel()", options, PARALLEL);
  const { name = null, concurrency = Number.POSITIVE_INFINITY, onFailure = "propagate", merge = "update", join = "all" } = options;
  if (join !== "all" && onFailure === "ignore") {
    const remedy = "Leave one of them out: such a join looks past failures by itself.";
    throw invalid(`parallel${quoted(name)}`, `it has join: ${shown(join)} and onFailure: "ignore"`, remedy);
  }
  const given = { ...(join === "all" ? {} : { join }), ...including(options), ...reducing(`parallel${quoted(name)}`, options) };
  return { kind: "parallel", name, branches: slotsOf(`parallel${quoted(name)}`, branches), concurrency, onFailure, merge, ...given };
}

/** The fields that are there for members; nothing where all are. */
export function including({ include }: Pick<JoinOptions, "include">): { readonly include?: readonly string[] } {
  return include === undefined ? {} : { include };
}

/** Again and again. */
export function loopOf(body: AnyStep, options: LoopOptions<unknown, unknown, unknown, unknown>): LoopDefinition {
  checkOptions("loop()", options, LOOP);
  const { name = null, until = null, maxIterations = null, onExhausted = null, next = null, output = null, history } = options;
  if (until === null && maxIterations === null) {
    const remedy = "Give `until`, a function that says when it is enough, or `maxIterations`.";
    throw invalid(`loop${quoted(name)}`, "nothing ends it", remedy);
  }
  return {
    kind: "loop",
    name,
    body: definitionOf(body),
    until: until as DecisionFunction | null,
    maxIterations,
    onExhausted,
    next: next as DecisionFunction | null,
    output: output as DecisionFunction | null,
    ...(history === undefined ? {} : { history }),
  };
}

/** Later by so much. */
export function sleepOf(name: string, duration: unknown): SleepDefinition {
  const at = `sleep${quoted(name)}`;
  if (typeof duration === "function")
    return { kind: "sleep", name, wake: { decide: inMilliseconds(at, duration as DecisionFunction), gives: "duration" } };
  return { kind: "sleep", name, wake: { afterMs: checkedDuration(at, "the duration", duration) } };
}

/** Later at a moment. */
export function sleepUntilOf(name: string, moment: unknown): SleepDefinition {
  if (typeof moment === "function") return { kind: "sleep", name, wake: { decide: moment as DecisionFunction, gives: "moment" } };
  return { kind: "sleep", name, wake: { atMs: checkedMoment(`sleepUntil${quoted(name)}`, moment) } };
}

/** A person's answer. */
export function humanOf(name: string, options: HumanOptions<unknown, unknown, unknown, AnyStep>): HumanDefinition {
  checkOptions("human()", options, HUMAN);
  const limit = limitOf(`human${quoted(name)}`, options);
  const definition: HumanDefinition = {
    kind: "human",
    name,
    show: (options.show as ShowFunction | undefined) ?? null,
    answer: options.answer,
  };
  return limit === null ? definition : { ...definition, limit };
}

/** A signal. */
export function signalOf(name: string, options: WaitOptions<unknown, AnyStep>): SignalDefinition {
  checkOptions("waitFor()", options, WAIT);
  return { kind: "signal", name, schema: options.schema, limit: limitOf(`waitFor${quoted(name)}`, options) };
}

/** Null where the wait has no end. */
function limitOf(at: string, options: WaitLimitOptions<unknown, AnyStep>): WaitLimitDefinition | null {
  const { timeoutMs, timeout, onTimeout } = options;
  const isDefaulted = options.default !== undefined;
  if (isDefaulted && onTimeout !== undefined) throw invalid(at, "it has a default and an onTimeout", "Leave one of them out.");
  if (timeoutMs !== undefined && timeout !== undefined) throw invalid(at, "it has a timeoutMs and a timeout", "Leave one of them out.");
  const given: unknown = timeoutMs ?? timeout;
  if (given === undefined) {
    if (!isDefaulted && onTimeout === undefined) return null;
    throw invalid(at, `it has ${isDefaulted ? "a default" : "an onTimeout"}, and no timeout`, 'Say when: timeout: "3 days", or timeoutMs.');
  }
  const ms = checkedDuration(at, timeoutMs === undefined ? "timeout" : "timeoutMs", given);
  if (isDefaulted) return { timeoutMs: ms, otherwise: { default: options.default } };
  return { timeoutMs: ms, otherwise: onTimeout === undefined ? "fail" : { program: definitionOf(onTimeout) } };
}

/** Beside the way. */
export function tapOf(program: AnyStep, options: TapOptions): TapDefinition {
  checkOptions("tap()", options, TAP);
  return { kind: "tap", name: options.name ?? null, program: definitionOf(program), onError: options.onError ?? "fail" };
}

/** The definitions of programs by their keys; `each` is what its author calls one of them. */
export function slotsOf(
  at: string,
  given: LooseBranches,
  each: "branch" | "judge" | "state" = "branch",
): Readonly<Record<string, Definition>> {
  if (!isPlainObject(given)) {
    const all = each === "branch" ? "branches" : `${each}s`;
    throw invalid(at, `its ${all} are ${shown(given)}`, "Give them as an object: { key: program }.");
  }
  const slots = Object.entries(given).map(([key, program]) => {
    if (isProgram(program)) return [key, definitionOf(program)] as const;
    const remedy = 'Give what agent(), step() or pipeline() made; a function becomes a step with step("name", fn).';
    throw invalid(at, `the ${each} ${shown(key)} is ${shown(program)}, and that is not a program`, remedy);
  });
  return Object.freeze(Object.fromEntries(slots));
}

/** ` "name"`, or `()` where there is none. */
export function quoted(name: unknown): string {
  return name === null || name === undefined ? "()" : ` ${shown(name)}`;
}
