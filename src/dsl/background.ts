import { isPlainObject } from "../base/json.ts";
import type { BackgroundDefinition, Definition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { Runnable } from "./fits.ts";
import type { AnyStep, InputOf, NamedStep } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";

/** How a program in the {@link background} is started. */
export interface BackgroundOptions<Name extends string | undefined = string | undefined> {
  /** The name of the step that starts it, and of the program where that has none. Default: that of the program. */
  readonly name?: Name;
}

/** What is known of a run that was started in the background. */
export interface Spawned {
  /** Its id: the same however often the step is tried, or the run that starts it is resumed. */
  readonly runId: string;
}

type NameOf<P, Name extends string | undefined> = Name extends string
  ? Name
  : P extends { readonly name: infer Own extends string }
    ? Own
    : string;

/**
 * A step that starts a program as a run of its own, with what it is given as that run's input, and goes on at once with the
 * run's id. The run outlives the one that started it: it is not cancelled with it, does not fail it, and is resumed, answered
 * and cancelled by its own id. It is started once: retries and resumes find the one that is there.
 *
 * It goes on in this Flujo while that is open; closing it parks the run. `flujo.work([program])` goes on with the runs of a
 * program and with those that it started, and so does `flujo.resume(program, runId)`. `flujo.list({ parent })` lists them.
 *
 * The program begins with a context of its own, as its schema makes it of `{}`.
 *
 * @throws {FlujoError} `pipeline_invalid` where neither the program nor the options have a name. What the program does not take
 * fails the step as `input_invalid`.
 *
 * @example
 * ```ts
 * import { background, Flujo, pipeline, step } from "flujo";
 *
 * const mail = pipeline({ name: "mail" }).step(step("send", (to: string) => `sent to ${to}`));
 * const order = pipeline({ name: "order" }).step(background(mail));
 * await using flujo = new Flujo();
 * const { runId } = (await flujo.run(order, "ada", { runId: "order-7" })).unwrap();
 * for await (const _event of flujo.events(runId)); // until it is at rest
 * console.log((await flujo.result(runId)).unwrap()); // sent to ada
 * ```
 */
export function background<P extends AnyStep, const Name extends string | undefined = undefined>(
  program: P & Runnable<P>,
  options?: BackgroundOptions<Name>,
): NamedStep<InputOf<P>, Spawned, unknown, NameOf<P, Name>>;
export function background(program: AnyStep, options: BackgroundOptions = {}): AnyStep {
  const inner = definitionOf(program);
  const given: unknown = options;
  if (!isPlainObject(given))
    throw invalid("background()", `its options are ${shown(given)}`, 'Write background(program, { name: "mail" }).');
  refuseUnknown("background()", given, { name: true });
  const name = options.name ?? inner.name;
  if (name === null)
    throw invalid("background()", "its program has no name, and a run knows its program by name", 'Name it: pipeline({ name: "mail" }).');
  const definition: BackgroundDefinition = Object.freeze({ kind: "background", name, program: named(inner, name) });
  return Object.freeze({ name, [definitionKey]: definition });
}

function named(inner: Definition, name: string): Definition {
  return inner.name === null && inner.kind === "sequence" ? Object.freeze({ ...inner, name }) : inner;
}
