import type { Join } from "../model/node.ts";
import type { FieldOf } from "./context-types.ts";
import type { Duration, Moment } from "./duration.ts";
import type {
  BranchesFit,
  BranchKey,
  ChoiceFits,
  EachFits,
  GoesRound,
  InputOfAll,
  NeedsAfter,
  NeedsOfAll,
  OutputOfAny,
  PlacedFits,
  Scope,
  Scoped,
  StepFits,
} from "./fits.ts";
import type {
  Answered,
  BranchOptions,
  HumanOptions,
  LoopOptions,
  MapOptions,
  MapOutput,
  ParallelOptions,
  ParallelOutput,
  Signalled,
  TapOptions,
  WaitOptions,
} from "./pipeline-options.ts";
import type { Here, NeedsOfDefault, OptionalFits, Pipeline, PlacedNeeds, PlacedOutput, PlaceOptions } from "./pipeline.ts";
import type { InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import type { ReduceAbout, ReducedBy, ReduceOptions, ReducerKind } from "./reducers.ts";
import type { RouteOptions, RouteOutput, RouterFits, Routes, RoutesFit, RoutesIn } from "./route.ts";
import type { DecisionAbout, SleepAbout, StepContext } from "./step-context.ts";

/** A pipeline without an input and without members yet: the first member says what it takes. Not a program until then. */
export interface OpenPipeline<Ctx, Sc extends Scope> {
  /** A function as the first step; its parameter's type says what the pipeline takes. */
  step<In, Next>(name: string, run: (input: In, context: StepContext<Ctx>) => Next | Promise<Next>): Pipeline<In, Next, Ctx, Sc>;
  /** The first member: the pipeline takes what it takes. */
  step<S>(step: StepFits<S, Here<InputOf<S>, Ctx, Sc>>): Pipeline<InputOf<S>, OutputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;
  /** The same with what is to be done around it and, for a pipeline that declares a context, with how that and this one go together. */
  step<
    S,
    const F = undefined,
    const D = never,
    Mapping = unknown,
    const Begun = never,
    const Left = never,
    const R = undefined,
    const Said extends string | undefined = never,
  >(
    step: PlacedFits<S, Here<InputOf<S>, Ctx, Sc>>,
    options: PlaceOptions<S, Here<InputOf<S>, Ctx, Sc>, F, D, Mapping, Begun, Left, R, Said>,
  ): Pipeline<InputOf<S>, PlacedOutput<S, F, D>, NeedsAfter<Ctx, Sc, PlacedNeeds<S, F, Mapping, R>>, Sc>;

  /** One of several by a key: the pipeline takes what the selector's parameter says, or else what every branch takes. */
  branch<B, Key extends BranchKey = never, Default = undefined, In = InputOfAll<B>>(
    selector: (value: In, about: DecisionAbout<Ctx>) => Key | Promise<Key>,
    branches: ChoiceFits<B, Key, Default, Here<In, Ctx, Sc>>,
    options?: BranchOptions<OptionalFits<Default, Here<In, Ctx, Sc>>>,
  ): Pipeline<In, OutputOfAny<B> | OutputOf<Default>, NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOfDefault<Default>>, Sc>;

  /** The same program for every item: the pipeline takes a list of what that takes. */
  map<
    S,
    const OnFailure extends "propagate" | "collect" = "propagate",
    R = MapOutput<OutputOf<S>, OnFailure>,
    const By extends ReducerKind = never,
  >(
    each: EachFits<S, Here<readonly InputOf<S>[], Ctx, Sc>>,
    options?: MapOptions<OnFailure, FieldOf<Ctx>> &
      ReduceOptions<MapOutput<OutputOf<S>, OnFailure>, OutputOf<S>, ReduceAbout<readonly InputOf<S>[], Ctx>, R, By>,
  ): Pipeline<readonly InputOf<S>[], ReducedBy<By, R, MapOutput<OutputOf<S>, OnFailure>>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Several programs at the same time: the pipeline takes what all of them take. */
  parallel<
    B,
    const OnFailure extends "propagate" | "ignore" = "propagate",
    const J extends Join = "all",
    R = ParallelOutput<B, OnFailure, J>,
    const By extends ReducerKind = never,
  >(
    branches: BranchesFit<B, Here<InputOfAll<B>, Ctx, Sc>>,
    options?: ParallelOptions<OnFailure, J, FieldOf<Ctx>> &
      ReduceOptions<ParallelOutput<B, OnFailure, J>, OutputOfAny<B>, ReduceAbout<InputOfAll<B>, Ctx>, R, By>,
  ): Pipeline<InputOfAll<B>, ReducedBy<By, R, ParallelOutput<B, OnFailure, J>>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;

  /** Those that a router names: the pipeline takes what the router's parameter says, or else what every branch takes. */
  route<
    B,
    const Name extends string = never,
    In = InputOfAll<B>,
    const OnFailure extends "propagate" | "ignore" = "propagate",
    T = RouteOutput<B>,
    const By extends ReducerKind = never,
  >(
    router: (value: In, about: DecisionAbout<Ctx>) => Routes<Name> | Promise<Routes<Name>>,
    branches: RoutesFit<B, Name, Here<In, Ctx, Sc>>,
    options?: RouteOptions<OnFailure, FieldOf<Ctx>> & ReduceOptions<RouteOutput<B>, OutputOfAny<B>, ReduceAbout<In, Ctx>, T, By>,
  ): Pipeline<In, ReducedBy<By, T, RouteOutput<B>>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;
  /** The same with a program that says which: the pipeline takes what that and every branch takes. */
  route<R, B, const OnFailure extends "propagate" | "ignore" = "propagate", T = RouteOutput<B>, const By extends ReducerKind = never>(
    router: RouterFits<R, Here<InputOf<R> & InputOfAll<B>, Ctx, Sc>>,
    branches: RoutesFit<B, RoutesIn<OutputOf<R>>, Here<InputOf<R> & InputOfAll<B>, Ctx, Sc>>,
    options?: RouteOptions<OnFailure, FieldOf<Ctx>> &
      ReduceOptions<RouteOutput<B>, OutputOfAny<B>, ReduceAbout<InputOf<R> & InputOfAll<B>, Ctx>, T, By>,
  ): Pipeline<
    InputOf<R> & InputOfAll<B>,
    ReducedBy<By, T, RouteOutput<B>>,
    NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOf<R>>,
    Sc
  >;

  /** The same program again and again: the pipeline takes what that takes. */
  loop<S, Result = OutputOf<S>, const Next = never>(
    body: StepFits<S, Here<InputOf<S>, Ctx, Sc>>,
    options: LoopOptions<InputOf<S>, OutputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Result, Next> & GoesRound<S>,
  ): Pipeline<InputOf<S>, Result, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Waits for a person's answer; the pipeline takes what `show` says it is given. */
  human<Answer, In = unknown, T = undefined>(
    name: string,
    options: HumanOptions<In, Ctx, Answer, OptionalFits<T, Here<In, Ctx, Sc>>>,
  ): Pipeline<In, Answered<In, Answer> | OutputOf<T>, NeedsAfter<Ctx, Sc, NeedsOfDefault<T>>, Sc>;

  /** Waits for a signal from outside; the pipeline takes anything. */
  waitFor<Signal, In = unknown, T = undefined>(
    name: string,
    options: WaitOptions<Signal, OptionalFits<T, Here<In, Ctx, Sc>>>,
  ): Pipeline<In, Signalled<In, Signal> | OutputOf<T>, NeedsAfter<Ctx, Sc, NeedsOfDefault<T>>, Sc>;

  /** Goes on so much later. What comes is passed on, so that the next member still says what the pipeline takes. */
  sleep(name: string, duration: Duration): PassingPipeline<Ctx, Sc>;
  /** The same by a function; the pipeline takes what its parameter says, or else anything. */
  sleep<In = unknown>(
    name: string,
    duration: Duration | ((value: In, about: SleepAbout<Ctx>) => Duration | Promise<Duration>),
  ): Pipeline<In, In, Ctx, Sc>;

  /** Goes on at a moment. What comes is passed on, so that the next member still says what the pipeline takes. */
  sleepUntil(name: string, moment: Date): PassingPipeline<Ctx, Sc>;
  /** The same by a function; the pipeline takes what its parameter says, or else anything. */
  sleepUntil<In = unknown>(
    name: string,
    moment: Date | ((value: In, about: SleepAbout<Ctx>) => Moment | Promise<Moment>),
  ): Pipeline<In, In, Ctx, Sc>;

  /** A function on what is passed on; its parameter's type says what the pipeline takes. */
  tap<In>(
    name: string,
    run: (input: In, context: StepContext<Ctx>) => unknown,
    options?: Pick<TapOptions, "onError">,
  ): Pipeline<In, In, Ctx, Sc>;
  /** The same with a program: the pipeline takes what that takes. */
  tap<S>(
    program: StepFits<S, Here<InputOf<S>, Ctx, Sc>>,
    options?: TapOptions,
  ): Pipeline<InputOf<S>, InputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;
}

/** A pipeline whose members pass on whatever comes: a program already, and still open. */
export interface PassingPipeline<Ctx, Sc extends Scope> extends OpenPipeline<Ctx, Sc>, Step<unknown, unknown, Ctx>, Scoped<Sc> {}
