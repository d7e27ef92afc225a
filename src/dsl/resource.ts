import { isPlainObject } from "../base/json.ts";
import type { ResourceAbout, ResourceDefinition, ResourceDefinitions } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { AllOf } from "./retry-options.ts";

declare const types: unique symbol;

/** Something that is opened before it is used and closed after: what `resource()` makes. */
export interface Resource<out Opened = unknown> {
  /** For `compile`. The same one in two places is the same resource. */
  readonly definition: ResourceDefinition;
  /** Exists for the compiler alone. */
  readonly [types]?: Opened;
}

/** Resources by the names they are given under. */
export type ResourcesByName = Readonly<Record<string, Resource>>;

/** What a function is given of the resources that are declared for it, opened. */
export type OpenedOf<Resources> = Resources extends ResourcesByName
  ? { readonly [Name in keyof Resources]: Resources[Name] extends Resource<infer Opened> ? Opened : never }
  : unknown;

/** What `resource()` takes. */
export interface ResourceOptions<Opened> {
  /** Opens it, when it is first needed. What it throws is `resource_failed`, which may be retried. */
  readonly open: (about: ResourceAbout) => Opened | Promise<Opened>;
  /** Closes it, whatever came of the work: a success, a failure, a cancellation. What it throws becomes a warning of the process. */
  readonly close?: (opened: NoInfer<Opened>) => unknown;
  /**
   * `attempt`: opened for each attempt of the nearest node around that declares it, and closed when that attempt ends.
   * `run`: opened once for all of a run, and closed when the run comes to rest in this process.
   * @defaultValue `"attempt"`
   */
  readonly per?: "run" | "attempt";
}

const KNOWN: AllOf<ResourceOptions<unknown>> = { open: true, close: true, per: true };

/**
 * Declares what is opened before it is used and closed after: a connection, a browser, a lock. Steps and tools that declare
 * it have it in `context.resources`; `withPolicy(program, { resources })` keeps it open for everything in a program. It is
 * never stored: after a crash it is opened anew.
 *
 * @throws {FlujoError} `pipeline_invalid` for what cannot be opened, and for options that there are not.
 *
 * @example
 * ```ts
 * import { resource, step } from "flujo";
 *
 * const ledger = resource({
 *   open: () => ({ lines: [] as string[] }),
 *   close: ({ lines }) => console.log(`${lines.length} lines`),
 *   per: "run",
 * });
 * export const book = step({
 *   name: "book",
 *   resources: { ledger },
 *   run: (line: string, { resources }) => resources.ledger.lines.push(line),
 * });
 * ```
 */
export function resource<Opened>(options: ResourceOptions<Opened>): Resource<Opened> {
  if (!isPlainObject(options)) throw invalid("resource()", `its options are ${shown(options)}`, "Write resource({ open, close }).");
  refuseUnknown("resource()", options, KNOWN);
  const { open, close = null, per = "attempt" } = options;
  const given: { readonly open: unknown; readonly close: unknown; readonly per: unknown } = { open, close, per };
  if (typeof given.open !== "function") throw invalid("resource()", `open is ${shown(given.open)}`, "Give a function that opens it.");
  if (given.close !== null && typeof given.close !== "function")
    throw invalid("resource()", `close is ${shown(given.close)}`, "Give a function that closes it, or leave it out.");
  if (given.per !== "attempt" && given.per !== "run")
    throw invalid("resource()", `per is ${shown(given.per)}`, 'Choose "attempt" or "run".');
  return Object.freeze({ definition: Object.freeze({ kind: "resource", open, close, per }) });
}

/** The definitions behind resources. What is none goes on as it is: `compile` refuses it, naming the place. */
export function resourceDefinitionsOf(resources: ResourcesByName): ResourceDefinitions {
  if (!isPlainObject(resources)) return resources;
  const entries = Object.entries(resources as Readonly<Record<string, Resource | null | undefined>>);
  return Object.freeze(Object.fromEntries(entries.map(([name, given]) => [name, given?.definition ?? (given as never)])));
}
