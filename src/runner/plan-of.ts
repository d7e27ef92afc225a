import type { AnyStep } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import type { Plan } from "../model/node.ts";
import { compile } from "../plan/compile.ts";

/**
 * The plan of a program: what it does, as data that can be stored, compared and drawn. Looks at no model and no key.
 *
 * @throws {FlujoError} `pipeline_invalid` for a program that cannot run.
 *
 * @example
 * ```ts
 * import { pipeline, planOf, step } from "flujo";
 *
 * const greet = pipeline({ name: "greet" }).step("say", (who: string) => `Hello, ${who}!`);
 * const { name, root } = planOf(greet);
 * console.log(name, root.kind); // greet sequence
 * ```
 */
export function planOf(program: AnyStep): Plan {
  return compile(definitionOf(program)).plan;
}
