/**
 * What steps and tools are given of the outside world: database handles, clients. Empty here; declare yours once, and
 * `new Flujo({ resources })` and every `context.resources` are typed by it.
 *
 * @example
 * ```ts
 * import { Flujo } from "flujo";
 * declare module "flujo" {
 *   interface Resources {
 *     readonly greetings: ReadonlyMap<string, string>;
 *   }
 * }
 * const flujo = new Flujo({ resources: { greetings: new Map([["it", "Buongiorno"]]) } });
 * await flujo.close();
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface
export interface Resources {}
