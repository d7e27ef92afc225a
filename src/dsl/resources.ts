/**
 * What steps and tools are given of the outside world: database handles, clients. Empty here; declare yours once, and
 * `new Flujo({ resources })` and every `context.resources` are typed by it.
 *
 * @example
 * ```ts
 * declare module "flujo" {
 *   interface Resources {
 *     readonly greetings: ReadonlyMap<string, string>;
 *   }
 * }
 * export {};
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface
export interface Resources {}
