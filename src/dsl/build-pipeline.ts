import type { Schema } from "../base/schema.ts";
import type { KindMark } from "../model/node.ts";
import type { ContextDefinition, DecisionFunction, Definition, SequenceDefinition, WorkFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { markedDefinition } from "../plan/kind-marks.ts";
import type { LooseBranches } from "./build-members.ts";
import { branchOf, humanOf, loopOf, mapOf, parallelOf, signalOf, sleepOf, sleepUntilOf, tapOf } from "./build-members.ts";
import { contextDefinitionOf } from "./context.ts";
import type { ContextSource, FieldsOf, StartOf } from "./context-types.ts";
import type { Declares, Gathers } from "./fits.ts";
import type { GatherOptions, GatherPicks } from "./gather.ts";
import { gatherOf } from "./gather.ts";
import type { OpenPipeline } from "./open-pipeline.ts";
import type { BranchOptions, HumanOptions, LoopOptions, MapOptions, ParallelOptions, TapOptions, WaitOptions } from "./pipeline-options.ts";
import type { Pipeline } from "./pipeline.ts";
import type { LoosePlace } from "./place-program.ts";
import { placedProgramOf } from "./place-program.ts";
import type { AnyStep } from "./program.ts";
import { definitionKey, definitionOf, markingKey } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { RouteOptions } from "./route.ts";
import { routeOf } from "./route.ts";
import { step } from "./step.ts";

/** What `pipeline()` can be told. */
export interface PipelineOptions<Source> {
  /** Its name. Default: the place it stands in; `pipeline` when it runs on its own. */
  readonly name?: string;
  /** Its version, in words of your own. @defaultValue `"0.0.0"` */
  readonly version?: string;
  /** What its steps share: a schema, or what `context()` made of one. Without it, it needs what its members need. */
  readonly context?: Source;
}

/** The same, with what it takes. */
export interface PipelineOptionsWithInput<In, Given, Source> extends PipelineOptions<Source> {
  /** What it takes. Checked when a run begins, and before its first member where it stands in another pipeline. */
  readonly input: Schema<In, Given>;
}

type ScopeOf<Source> = [Source] extends [undefined] ? Gathers : Declares<StartOf<Source>>;

/**
 * Begins a pipeline. Its methods add members, each of which is given what the one before returns. Without `input` it is
 * open: its first member says what it takes.
 *
 * What is wrong with it (duplicate names, no members, numbers that make no sense) is said when it first runs: one
 * `FlujoError` with the code `pipeline_invalid`, the place and the remedy. A wrong connection does not compile.
 *
 * @example
 * ```ts
 * import { agent, pipeline, step } from "flujo";
 * import { z } from "zod";
 *
 * const classify = agent({
 *   name: "classify",
 *   model: "offline:extract",
 *   instructions: "Classify this support ticket.",
 *   output: z.object({ area: z.enum(["billing", "bug", "other"]) }),
 * });
 * const refund = step("refund", ({ area }: { area: string }) => ({ draft: `A refund, because of ${area}.` }));
 * const reply = step("reply", () => ({ draft: "Thank you for writing." }));
 *
 * export const triage = pipeline({ name: "triage", version: "1.0.0", input: z.string() })
 *   .step(classify)
 *   .branch(({ area }) => area, { billing: refund, bug: reply, other: reply })
 *   .human("approve", { show: ({ output }) => output.draft, answer: z.object({ ok: z.boolean() }) });
 * ```
 */
export function pipeline<In, Given, Source extends ContextSource | undefined = undefined>(
  options: PipelineOptionsWithInput<In, Given, Source>,
): Pipeline<In, Given, FieldsOf<Source>, ScopeOf<Source>>;
export function pipeline<Source extends ContextSource | undefined = undefined>(
  options?: PipelineOptions<Source> & { readonly input?: undefined },
): OpenPipeline<FieldsOf<Source>, ScopeOf<Source>>;
export function pipeline(options: LooseOptions = {}): unknown {
  if (typeof options !== "object" || options === null)
    throw invalid("pipeline()", `its options are ${shown(options)}`, "Write pipeline({ name, input }).");
  refuseUnknown("pipeline()", options, KNOWN);
  const { name = null, version = "0.0.0", input = null } = options;
  const context = contextDefinitionOf(options.context as ContextSource | undefined);
  return new PipelineBuilder({ name, version, input: input as Schema | null, context }, null);
}

const KNOWN: AllOf<LooseOptions> = { name: true, version: true, input: true, context: true };

interface LooseOptions {
  readonly name?: string;
  readonly version?: string;
  readonly input?: unknown;
  readonly context?: unknown;
}

interface Head {
  readonly name: string | null;
  readonly version: string;
  readonly input: Schema | null;
  readonly context: ContextDefinition | null;
}

/** The last member and those before it: adding one costs the same however many there are. */
interface Chain {
  readonly last: Definition;
  readonly before: Chain | null;
}

/** What stands behind `Pipeline` and `OpenPipeline` at run time. Types are checked before it is called, shapes by `compile`. */
class PipelineBuilder {
  readonly name: string | null;
  readonly #head: Head;
  readonly #chain: Chain | null;
  readonly #marks: readonly KindMark[];
  #definition: SequenceDefinition | null = null;

  constructor(head: Head, chain: Chain | null, marks: readonly KindMark[] = []) {
    this.name = head.name;
    this.#head = head;
    this.#chain = chain;
    this.#marks = marks;
    Object.freeze(this);
  }

  /** Made when somebody asks, and then always the same object: compiling it again costs nothing. */
  get [definitionKey](): SequenceDefinition {
    this.#definition ??= this.#marks.reduceRight<SequenceDefinition>(
      (definition, mark) => markedDefinition(definition, mark),
      Object.freeze({ kind: "sequence", ...this.#head, children: listOf(this.#chain) }),
    );
    return this.#definition;
  }

  /** What is added to it later is not of that kind's making: the pipeline that it then is has no mark. */
  [markingKey](mark: KindMark): PipelineBuilder {
    return new PipelineBuilder(this.#head, this.#chain, [mark, ...this.#marks]);
  }

  step(first: AnyStep | string, second?: WorkFunction | LoosePlace): PipelineBuilder {
    if (typeof first === "string") return this.#with(definitionOf(step(first, second as never)));
    return this.#with(second === undefined ? definitionOf(first) : placedProgramOf(first, second as LoosePlace));
  }

  branch(key: DecisionFunction, branches: LooseBranches, options: BranchOptions<AnyStep> = {}): PipelineBuilder {
    return this.#with(branchOf(key, branches, options));
  }

  gather(picks: GatherPicks, options: GatherOptions = {}): PipelineBuilder {
    return this.#with(gatherOf(picks, options));
  }

  map(each: AnyStep, options: MapOptions<"propagate" | "collect"> = {}): PipelineBuilder {
    return this.#with(mapOf(each, options));
  }

  parallel(branches: LooseBranches, options: ParallelOptions<"propagate" | "ignore"> = {}): PipelineBuilder {
    return this.#with(parallelOf(branches, options));
  }

  route(router: unknown, branches: LooseBranches, options: RouteOptions = {}): PipelineBuilder {
    return this.#with(routeOf(router, branches, options));
  }

  loop(body: AnyStep, options: LoopOptions<unknown, unknown, unknown, unknown>): PipelineBuilder {
    return this.#with(loopOf(body, options));
  }

  human(name: string, options: HumanOptions<unknown, unknown, unknown, AnyStep>): PipelineBuilder {
    return this.#with(humanOf(name, options));
  }

  waitFor(name: string, options: WaitOptions<unknown, AnyStep>): PipelineBuilder {
    return this.#with(signalOf(name, options));
  }

  sleep(name: string, duration: unknown): PipelineBuilder {
    return this.#with(sleepOf(name, duration));
  }

  sleepUntil(name: string, moment: unknown): PipelineBuilder {
    return this.#with(sleepUntilOf(name, moment));
  }

  tap(first: AnyStep | string, second?: WorkFunction | TapOptions, third: TapOptions = {}): PipelineBuilder {
    if (typeof first !== "string") return this.#with(tapOf(first, (second ?? {}) as TapOptions));
    return this.#with(tapOf(step(first, second as never), { ...third, name: first }));
  }

  #with(definition: Definition): PipelineBuilder {
    return new PipelineBuilder(this.#head, { last: Object.freeze(definition), before: this.#chain });
  }
}

function listOf(chain: Chain | null): readonly Definition[] {
  const members: Definition[] = [];
  for (let link = chain; link !== null; link = link.before) members.push(link.last);
  return Object.freeze(members.reverse());
}
