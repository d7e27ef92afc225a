import { isPlainObject } from "../base/json.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { ProgramFits, ScopeOf } from "./fits.ts";
import type { AnyStep, InputOf, NeedsOf, OutputOf } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { PolicyStep } from "./with-policy.ts";

/** What `saga()` can be told. */
export interface SagaOptions<Name extends string | null> {
  /** Part of the path. @defaultValue the program's name, else `"saga"`, then `"saga-2"` and so on */
  readonly name?: Name;
}

/**
 * A program that is undone as a whole where it fails. What is in it says with `compensate` what undoes it; when the program has
 * failed, what was done in it by then is undone: one after the other, the latest first, each once, and durable like everything
 * else. A compensation that fails is tried again as its own policy says; then it is told in the failure (`compensation_failed`,
 * `details.left`), and the others still run. A saga that succeeds is done, unless another is around it that fails later.
 *
 * It gives what the program gives. It is for what has an effect outside: what the program wrote to the context is gone with its
 * failure anyway. Where the run itself is called off, or stopped by a limit, nothing is undone.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not.
 *
 * @example
 * ```ts
 * import { Flujo, pipeline, saga, step } from "flujo";
 * import { z } from "zod";
 *
 * const charge = step("charge", (cents: number) => ({ receipt: `r-${cents}` }));
 * const refund = step("refund", ({ output }: { output: { receipt: string } }) => console.log(`refunded ${output.receipt}`));
 * const ship = step("ship", (): string => {
 *   throw new Error("no lorry is free");
 * });
 * const order = saga(pipeline({ name: "order", input: z.number() }).step(charge, { compensate: refund }).step(ship));
 * const flujo = new Flujo();
 * console.log((await flujo.run(order, 500)).status); // failed, and before that: refunded r-500
 * await flujo.close();
 * ```
 */
export function saga<P, const Name extends string | null = null>(
  program: ProgramFits<P>,
  options?: SagaOptions<Name>,
): PolicyStep<InputOf<P>, OutputOf<P>, NeedsOf<P>, Called<P, Name>, ScopeOf<P>>;
export function saga(program: AnyStep, options: SagaOptions<string> = {}): AnyStep {
  const inner = definitionOf(program);
  const given: unknown = options;
  const at = `the saga of ${inner.name === null ? "a pipeline" : shown(inner.name)}`;
  if (!isPlainObject(given)) throw invalid(at, `its options are ${shown(given)}`, "Write saga(program, { name }).");
  refuseUnknown(at, given, KNOWN);
  const name = options.name ?? inner.name;
  const input = "input" in inner ? inner.input : null;
  return Object.freeze({ name, [definitionKey]: Object.freeze({ kind: "saga", name, input, program: inner }) });
}

const KNOWN: AllOf<SagaOptions<string>> = { name: true };

type Called<P, Name extends string | null> = [Name] extends [null]
  ? P extends { readonly name: infer Own extends string | null }
    ? Own
    : null
  : Name;
