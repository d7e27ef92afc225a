import { FlujoError } from "../base/errors.ts";
import type { Definition } from "../plan/definition.ts";

/** Where a program keeps its definition. Registered, so that two copies of the package understand each other's programs. */
export const definitionKey: unique symbol = Symbol.for("flujo.definition");

/** Where a program that has methods keeps what gives the same program as one that a kind has made. Plain ones have none. */
export const markingKey: unique symbol = Symbol.for("flujo.marking");

declare const types: unique symbol;

/**
 * Something that takes an `In` and gives an `Out`: what `agent()`, `step()` and `pipeline()` make. All three can be run
 * on their own and stand anywhere in a pipeline.
 *
 * @typeParam In - What it takes.
 * @typeParam Out - What it gives.
 * @typeParam Ctx - The least context it needs; `unknown` where it needs none.
 */
export interface Step<in In, out Out, in Ctx = unknown> {
  /** The name its author gave it, or null for a pipeline that takes the name of the place it stands in. */
  readonly name: string | null;
  readonly [definitionKey]: Definition;
  /** Exists for the compiler alone. */
  readonly [types]?: (input: In, context: Ctx) => Out;
}

/** A {@link Step} whose name the compiler knows, so that its messages can say it. */
export interface NamedStep<in In, out Out, in Ctx = unknown, out Name extends string = string> extends Step<In, Out, Ctx> {
  readonly name: Name;
}

/** Any program whatever. */
export type AnyStep = Step<never, unknown, never>;

/** What a program takes. */
export type InputOf<S> = S extends Step<infer In, unknown, never> ? In : never;

/** What a program gives. */
export type OutputOf<S> = S extends Step<never, infer Out, never> ? Out : never;

/** The least context a program needs, reducers marked; `unknown` where it needs none. */
export type NeedsOf<S> = S extends Step<never, unknown, infer Ctx> ? Ctx : never;

/** Whether this is something that `agent()`, `step()` or `pipeline()` made, by this copy of the package or another. */
export function isProgram(value: unknown): value is AnyStep {
  return typeof value === "object" && value !== null && definitionKey in value;
}

/**
 * The definition behind a program, for `compile`.
 *
 * @throws {FlujoError} `pipeline_invalid` when it is no program.
 */
export function definitionOf(program: AnyStep): Definition {
  if (isProgram(program)) return program[definitionKey];
  throw new FlujoError("pipeline_invalid", `${article(program)} is not a program.`, {
    remedy: 'Give what agent(), step() or pipeline() made; a function becomes a step with step("name", fn).',
  });
}

function article(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "An object" : `A ${typeof value}`;
}
