import type { Schema } from "../base/schema.ts";
import type { Failure } from "../model/failure.ts";
import type { MergeStrategy } from "../model/patch.ts";
import type {
  BranchesFit,
  BranchKey,
  ChoiceFits,
  EachFits,
  InputOfAll,
  NeedsAfter,
  NeedsOfAll,
  OutputOfAny,
  Scope,
  Scoped,
  Spot,
  StepFits,
} from "./fits.ts";
import type { InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import type { DecisionAbout, HumanAbout, StepContext } from "./step-context.ts";

/** What `.branch()` can be told beside its selector and branches. */
export interface BranchOptions<Default> {
  /** Part of the path. @defaultValue `"branch"`, then `"branch-2"` and so on. */
  readonly name?: string;
  /** What runs when there is no branch for the key. */
  readonly default?: Default;
}

/** How concurrent work is run and joined. */
export interface JoinOptions {
  /** Part of the path. @defaultValue the kind's name, then with `-2` and so on. */
  readonly name?: string;
  /** How many at the same time; `Infinity` for no bound. Too many: a provider's rate limit. Too few: it takes longer. */
  readonly concurrency?: number;
  /**
   * What becomes of the context writes of concurrent members. `update`: two that wrote the same place differently are a
   * failure. `overwrite`: the later in declared order wins. `keepFirst`: the earlier. `none`: they vanish.
   * @defaultValue `"update"`
   */
  readonly merge?: MergeStrategy;
}

/** What `.map()` can be told. Its concurrency is 8 unless you say otherwise. */
export interface MapOptions<OnFailure extends "propagate" | "collect"> extends JoinOptions {
  /** `propagate`: one failed item fails the map. `collect`: the output says of each item how it went. @defaultValue `"propagate"` */
  readonly onFailure?: OnFailure;
}

/** What `.parallel()` can be told. All branches run at once unless you say otherwise. */
export interface ParallelOptions<OnFailure extends "propagate" | "ignore"> extends JoinOptions {
  /** `propagate`: one failed branch fails it. `ignore`: failed branches are absent from the output. @defaultValue `"propagate"` */
  readonly onFailure?: OnFailure;
}

/** What `.human()` takes. */
export interface HumanOptions<Value, Ctx, Answer> {
  /** What the person is shown. Default: nothing but the question's name. */
  readonly show?: (about: HumanAbout<Value, Ctx>) => unknown;
  /** The answer: a schema that can describe itself as JSON Schema. An answer that does not fit is refused, and the run goes on waiting. */
  readonly answer: Schema<unknown, Answer>;
}

/** How one item of a map went. */
export type ItemResult<Out> =
  | { readonly status: "succeeded"; readonly output: Out }
  | { readonly status: "failed"; readonly failure: Failure };

/** What a map gives. */
export type MapOutput<Out, OnFailure> = OnFailure extends "collect" ? ItemResult<Out>[] : Out[];

/** What a parallel gives. */
export type ParallelOutput<B, OnFailure> = OnFailure extends "ignore"
  ? { readonly [K in keyof B]?: OutputOf<B[K]> }
  : { readonly [K in keyof B]: OutputOf<B[K]> };

/** What a person's answer becomes for the next step. */
export interface Answered<Value, Answer> {
  /** What the human step was given. */
  readonly input: Value;
  readonly answer: Answer;
}

/** Where the next member of a pipeline stands. */
interface Here<Gives, Ctx, Sc extends Scope> extends Spot {
  readonly gives: Gives;
  readonly context: Ctx;
  readonly scope: Sc;
}

/**
 * Members one after the other, each given what the one before returned. Immutable: every method gives a new pipeline.
 * It is a {@link Step} itself, and can stand wherever one can.
 *
 * @typeParam In - What its first member takes.
 * @typeParam Out - What its last member gives.
 * @typeParam Ctx - The context: as it is declared, or what its members need.
 * @typeParam Sc - Whether it declares that context.
 */
export interface Pipeline<In, Out, Ctx, Sc extends Scope> extends Step<In, Out, Ctx>, Scoped<Sc> {
  /** A function as the next step; a short way to write `.step(step(name, run))`, with the types already known. */
  step<Next>(name: string, run: (input: Out, context: StepContext<Ctx>) => Next | Promise<Next>): Pipeline<In, Next, Ctx, Sc>;
  /** The next member: an agent, a step or a pipeline. */
  step<S>(step: StepFits<S, Here<Out, Ctx, Sc>>): Pipeline<In, OutputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /**
   * One of several, by the key that the selector returns (a boolean counts as `"true"` or `"false"`). Each branch is given
   * what comes before; the output is what the taken branch gives.
   */
  branch<B, Key extends BranchKey = never, Default = undefined>(
    selector: (value: Out, about: DecisionAbout<Ctx>) => Key | Promise<Key>,
    branches: ChoiceFits<B, Key, Default, Here<Out, Ctx, Sc>>,
    options?: BranchOptions<[Default] extends [undefined] ? Default : StepFits<Default, Here<Out, Ctx, Sc>>>,
  ): Pipeline<In, OutputOfAny<B> | OutputOf<Default>, NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOfDefault<Default>>, Sc>;

  /** The same program for every item of the list that comes before; results in the list's order. An empty list gives an empty list. */
  map<S, const OnFailure extends "propagate" | "collect" = "propagate">(
    each: EachFits<S, Here<Out, Ctx, Sc>>,
    options?: MapOptions<OnFailure>,
  ): Pipeline<In, MapOutput<OutputOf<S>, OnFailure>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Several programs on what comes before, at the same time. The output has what each gave, under its key. */
  parallel<B, const OnFailure extends "propagate" | "ignore" = "propagate">(
    branches: BranchesFit<B, Here<Out, Ctx, Sc>>,
    options?: ParallelOptions<OnFailure>,
  ): Pipeline<In, ParallelOutput<B, OnFailure>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;

  /** Waits for a person's answer; the process may end meanwhile. Passes on `{ input, answer }`. */
  human<Answer>(name: string, options: HumanOptions<Out, Ctx, Answer>): Pipeline<In, Answered<Out, Answer>, Ctx, Sc>;
}

/** A pipeline without an input and without members yet: the first member says what it takes. Not a program until then. */
export interface OpenPipeline<Ctx, Sc extends Scope> {
  /** A function as the first step; its parameter's type says what the pipeline takes. */
  step<In, Next>(name: string, run: (input: In, context: StepContext<Ctx>) => Next | Promise<Next>): Pipeline<In, Next, Ctx, Sc>;
  /** The first member: the pipeline takes what it takes. */
  step<S>(step: StepFits<S, Here<InputOf<S>, Ctx, Sc>>): Pipeline<InputOf<S>, OutputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** One of several by a key: the pipeline takes what the selector's parameter says, or else what every branch takes. */
  branch<B, Key extends BranchKey = never, Default = undefined, In = InputOfAll<B>>(
    selector: (value: In, about: DecisionAbout<Ctx>) => Key | Promise<Key>,
    branches: ChoiceFits<B, Key, Default, Here<In, Ctx, Sc>>,
    options?: BranchOptions<[Default] extends [undefined] ? Default : StepFits<Default, Here<In, Ctx, Sc>>>,
  ): Pipeline<In, OutputOfAny<B> | OutputOf<Default>, NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOfDefault<Default>>, Sc>;

  /** The same program for every item: the pipeline takes a list of what that takes. */
  map<S, const OnFailure extends "propagate" | "collect" = "propagate">(
    each: EachFits<S, Here<readonly InputOf<S>[], Ctx, Sc>>,
    options?: MapOptions<OnFailure>,
  ): Pipeline<readonly InputOf<S>[], MapOutput<OutputOf<S>, OnFailure>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Several programs at the same time: the pipeline takes what all of them take. */
  parallel<B, const OnFailure extends "propagate" | "ignore" = "propagate">(
    branches: BranchesFit<B, Here<InputOfAll<B>, Ctx, Sc>>,
    options?: ParallelOptions<OnFailure>,
  ): Pipeline<InputOfAll<B>, ParallelOutput<B, OnFailure>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;

  /** Waits for a person's answer; the pipeline takes what `show` says it is given. */
  human<Answer, In = unknown>(name: string, options: HumanOptions<In, Ctx, Answer>): Pipeline<In, Answered<In, Answer>, Ctx, Sc>;
}

type NeedsOfDefault<Default> = [Default] extends [undefined] ? unknown : NeedsOf<Default>;
