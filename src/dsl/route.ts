import type { DecisionFunction, Definition, RouteDefinition } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { LooseBranches, LooseReduce } from "./build-members.ts";
import { checkOptions, including, JOIN, quoted, reducing, slotsOf } from "./build-members.ts";
import type { BranchesFit, PlanTypeError, Spot, StepFits } from "./fits.ts";
import type { JoinOptions } from "./pipeline-options.ts";
import type { OutputOf } from "./program.ts";
import { definitionOf, isProgram } from "./program.ts";
import type { AllOf } from "./retry-options.ts";

/** What `.route()` can be told. All named branches run at once unless you say otherwise. */
export interface RouteOptions<OnFailure extends "propagate" | "ignore" = "propagate" | "ignore", Field extends string = string>
  extends JoinOptions<Field> {
  /** `propagate`: one failed branch fails it. `ignore`: failed branches are absent from the output. @defaultValue `"propagate"` */
  readonly onFailure?: OnFailure;
}

/** What a router may say: a name, a list of names, or an object that has them as `routes`. */
export type Routes<Name extends string = string> = Name | readonly Name[] | { readonly routes: Name | readonly Name[] };

/** What a route gives: of each branch that ran, what it gave. */
export type RouteOutput<B> = { readonly [K in keyof B]?: OutputOf<B[K]> };

/** The names that a router can say; `never` where what it gives are none. */
export type RoutesIn<Said> = Said extends string
  ? Said
  : Said extends readonly (infer Name extends string)[]
    ? Name
    : Said extends { readonly routes: infer Named }
      ? RoutesIn<Named>
      : never;

/**
 * The branches themselves where each takes what is given and every name there can be has one. `Name` is `never` while the
 * compiler has not looked at the router yet, and any text where only the run can tell.
 */
export type RoutesFit<B, Name extends string, At extends Spot> = [Name] extends [never]
  ? B
  : string extends Name
    ? BranchesFit<B, At>
    : [Exclude<Name, keyof B>] extends [never]
      ? [Exclude<keyof B & string, Name>] extends [never]
        ? BranchesFit<B, At>
        : PlanTypeError<`The router never names '${Exclude<keyof B & string, Name>}', so the branch of that name would never run.`>
      : PlanTypeError<`The router can name '${Exclude<Name, keyof B>}', and there is no branch for it: add one.`>;

/** The router itself where it takes what is given and gives names, a sentence where it does not. */
export type RouterFits<R, At extends Spot> = [OutputOf<R>] extends [Routes]
  ? StepFits<R, At>
  : StepFits<R, At> extends R
    ? PlanTypeError<
        "What the router gives names no branches: it has to give a name, a list of names, or { routes }.",
        { gives: OutputOf<R> }
      >
    : StepFits<R, At>;

const ROUTE: AllOf<RouteOptions & LooseReduce> = { ...JOIN, onFailure: true, reduce: true };

/** Those that a router names. */
export function routeOf(router: unknown, branches: LooseBranches, options: RouteOptions & LooseReduce): RouteDefinition {
  checkOptions("route()", options, ROUTE);
  const { name = null, concurrency = Number.POSITIVE_INFINITY, onFailure = "propagate", merge = "update" } = options;
  return {
    kind: "route",
    name,
    router: routerOf(router),
    branches: slotsOf(`route${quoted(name)}`, branches),
    concurrency,
    onFailure,
    merge,
    ...including(options),
    ...reducing("route()", options),
  };
}

function routerOf(router: unknown): DecisionFunction | { readonly program: Definition } {
  if (typeof router === "function") return router as DecisionFunction;
  if (isProgram(router)) return { program: definitionOf(router) };
  throw invalid("route()", `its router is ${shown(router)}`, "Give a function of the value, or a program that gives names of branches.");
}
