import type { Schema } from "../base/schema.ts";
import type { Effect, InDoubtPolicy } from "../model/node.ts";
import type { StepDefinition, WorkFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { ContextSource, Declared, FieldsOf, SeenBy, WrittenBy } from "./context-types.ts";
import type { ReturnFits } from "./fits.ts";
import type { NamedStep } from "./program.ts";
import { definitionKey } from "./program.ts";
import type { OpenedOf, ResourcesByName } from "./resource.ts";
import { resourceDefinitionsOf } from "./resource.ts";
import type { AllOf, AttemptOptions } from "./retry-options.ts";
import { ATTEMPT_OPTIONS, retryingOf } from "./retry-options.ts";
import type { LimitedStepContext, StepContext } from "./step-context.ts";

type FieldNames<Source> = readonly (keyof FieldsOf<Source> & string)[];

/** What the function of a step is given beside its input. */
type ContextOf<Source, Kept, Reads extends Declared, Writes extends Declared> = Reads | Writes extends undefined
  ? StepContext<FieldsOf<Source>, OpenedOf<Kept>>
  : LimitedStepContext<SeenBy<FieldsOf<Source>, Reads, Writes>, WrittenBy<FieldsOf<Source>, Writes>, OpenedOf<Kept>>;

/** What every function step can say. */
export interface StepOptions<
  Name extends string,
  In,
  Given,
  Source,
  Kept = undefined,
  Reads extends Declared = Declared,
  Writes extends Declared = Declared,
> extends AttemptOptions<FieldsOf<Source>> {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /** What it takes. Without it, the type of the function's first parameter counts and nothing is checked at run time. */
  readonly input?: Schema<In, Given>;
  /** The least context it needs: a schema, or what `context()` made of one. */
  readonly context?: Source;
  /**
   * The fields of the context that it looks at, beside those it writes. A field that there is not is refused when the plan is made,
   * and looking at any other fails the step (`context_invalid`). Default: all.
   */
  readonly reads?: Reads & FieldNames<Source>;
  /**
   * The fields of the context that it writes, which it may look at, too. Writing any other fails the step (`context_invalid`); two
   * branches of a parallel that declare the same plain field are refused when the plan is made. Default: all.
   */
  readonly writes?: Writes & FieldNames<Source>;
  /** What is opened for it: what `resource()` made, by the names it then has in `context.resources`. */
  readonly resources?: Kept;
  /**
   * What running it does to the world. `none`: it may run again after a crash. `idempotent`: it may run again with the
   * same `idempotencyKey`. `once`: an intent is committed before it starts, which costs a write to the disk.
   * @defaultValue `"none"`
   */
  readonly effect?: Effect;
  /**
   * What happens to a step of `effect: "once"` that had begun when its process died, or that took too long, so that nobody
   * knows whether it was done: `retry` runs it again with the same `idempotencyKey`, `fail` fails it with `in_doubt`.
   * @defaultValue `"retry"`
   */
  readonly inDoubt?: InDoubtPolicy;
  /** Stands for the version of the function. Default: the hash of its source text (what it captures is not seen). */
  readonly version?: string;
}

/** A function step whose result is checked: `run` returns what the schema takes, the step gives what the schema returns. */
export interface CheckedStepOptions<
  Name extends string,
  In,
  Given,
  Made,
  Out,
  Source,
  Returned,
  Kept = undefined,
  Reads extends Declared = Declared,
  Writes extends Declared = Declared,
> extends StepOptions<Name, In, Given, Source, Kept, Reads, Writes> {
  /** What it gives. */
  readonly output: Schema<Made, Out>;
  readonly run: ((input: Given, context: ContextOf<Source, Kept, Reads, Writes>) => Returned | Promise<Returned>) &
    ReturnFits<Returned, Made, "What run returns is not what the output schema takes.">;
}

/** A function step whose result is what the function returns. */
export interface PlainStepOptions<
  Name extends string,
  In,
  Given,
  Out,
  Source,
  Kept = undefined,
  Reads extends Declared = Declared,
  Writes extends Declared = Declared,
> extends StepOptions<Name, In, Given, Source, Kept, Reads, Writes> {
  readonly output?: undefined;
  readonly run: (input: Given, context: ContextOf<Source, Kept, Reads, Writes>) => Out | Promise<Out>;
}

/**
 * Makes a step of a function, sync or async.
 *
 * What it takes and gives is inferred from the schemas, or from the function's own types. It may run again after a
 * crash unless `effect` says otherwise; what it has returned never runs again. Its failure is data: the run's result
 * says so, nothing is thrown.
 *
 * @example
 * ```ts
 * import { step } from "flujo";
 * import { z } from "zod";
 *
 * const shout = step("shout", (text: string) => text.toUpperCase());
 * const charge = step({
 *   name: "charge",
 *   input: z.object({ cents: z.number().int() }),
 *   effect: "once",
 *   retries: 2,
 *   timeoutMs: 5_000,
 *   run: async ({ cents }, { idempotencyKey }) => ({ receipt: `${idempotencyKey}: ${cents}` }),
 * });
 * console.log(shout.name, charge.name);
 * ```
 */
export function step<
  const Name extends string,
  Given,
  Made,
  Out,
  In = Given,
  Source extends ContextSource | undefined = undefined,
  const Returned = never,
  Kept extends ResourcesByName | undefined = undefined,
  const Reads extends Declared = undefined,
  const Writes extends Declared = undefined,
>(
  options: CheckedStepOptions<Name, In, Given, Made, Out, Source, Returned, Kept, Reads, Writes>,
): NamedStep<In, Out, FieldsOf<Source>, Name>;
export function step<
  const Name extends string,
  Out,
  Given,
  In = Given,
  Source extends ContextSource | undefined = undefined,
  Kept extends ResourcesByName | undefined = undefined,
  const Reads extends Declared = undefined,
  const Writes extends Declared = undefined,
>(options: PlainStepOptions<Name, In, Given, Out, Source, Kept, Reads, Writes>): NamedStep<In, Out, FieldsOf<Source>, Name>;
export function step<const Name extends string, In, Out, Ctx>(
  name: Name,
  run: (input: In, context: StepContext<Ctx>) => Out | Promise<Out>,
): NamedStep<In, Out, Ctx, Name>;
export function step(first: unknown, run?: unknown): unknown {
  const options = (typeof first === "string" ? { name: first, run } : first) as LooseStepOptions;
  if (typeof options !== "object" || options === null)
    throw invalid("step()", `its options are ${shown(options)}`, "Write step({ name, run }) or step(name, run).");
  refuseUnknown(`step ${shown(options.name)}`, options, KNOWN);
  const definition: StepDefinition = Object.freeze({
    kind: "step",
    name: options.name,
    effect: options.effect ?? "none",
    inDoubt: options.inDoubt ?? "retry",
    run: options.run,
    input: options.input ?? null,
    output: options.output ?? null,
    version: options.version ?? null,
    ...retryingOf(`step ${shown(options.name)}`, options),
    timeoutMs: options.timeoutMs ?? null,
    ...(options.reads === undefined ? {} : { reads: options.reads }),
    ...(options.writes === undefined ? {} : { writes: options.writes }),
    ...(options.resources === undefined ? {} : { resources: resourceDefinitionsOf(options.resources) }),
  });
  return Object.freeze({ name: options.name, [definitionKey]: definition });
}

const KNOWN: AllOf<LooseStepOptions> = {
  name: true,
  input: true,
  output: true,
  context: true,
  effect: true,
  inDoubt: true,
  reads: true,
  writes: true,
  resources: true,
  version: true,
  run: true,
  ...ATTEMPT_OPTIONS,
};

interface LooseStepOptions extends StepOptions<string, unknown, unknown, unknown, ResourcesByName> {
  readonly output?: Schema;
  readonly run: WorkFunction;
}
