import type { Join } from "../model/node.ts";
import type { FieldOf } from "./context-types.ts";
import type { Duration, Moment } from "./duration.ts";
import type {
  BranchesFit,
  BranchKey,
  ChoiceFits,
  ContextGoes,
  ContextMapping,
  EachFits,
  FallbacksFit,
  GoesRound,
  NeedsAfter,
  NeedsOfAll,
  NeedsOfEach,
  NeedsOfRedirects,
  OutputOfAny,
  OutputOfEach,
  PlacedFits,
  RedirectsFit,
  RedirectsKnown,
  Scope,
  Scoped,
  Spot,
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
import type { OutputOr, PolicyOptions } from "./policy-options.ts";
import type { Gathered, GatherOptions, GatherPicks } from "./gather.ts";
import type { InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import type { ReduceAbout, ReducedBy, ReduceOptions, ReducerKind } from "./reducers.ts";
import type { RouteOptions, RouteOutput, RouterFits, Routes, RoutesFit, RoutesIn } from "./route.ts";
import type { DecisionAbout, SleepAbout, StepContext } from "./step-context.ts";

/** Where the next member of a pipeline stands. */
export interface Here<Gives, Ctx, Sc extends Scope> extends Spot {
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
   * The same with what is to be done around it ({@link PolicyOptions}) and, for a pipeline that declares a context, with
   * `context`: the pipeline then has that context for itself, begun with what `in` says, and `out` says what it sets of this
   * one when it has succeeded. Without `context` it shares this one.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline, step } from "flujo";
   * import { z } from "zod";
   *
   * const research = pipeline({ name: "research", input: z.string(), context: z.object({ depth: z.number(), pages: z.number().default(0) }) })
   *   .step("read", (topic, { context, update }) => {
   *     update((draft) => void (draft.pages = context.depth * 2));
   *     return `all about ${topic}`;
   *   });
   * const report = pipeline({ name: "report", input: z.string(), context: z.object({ read: z.number().default(0) }) }).step(research, {
   *   retries: 1,
   *   context: { in: () => ({ depth: 3 }), out: ({ pages }) => ({ read: pages }) },
   * });
   * const flujo = new Flujo();
   * const result = await flujo.run(report, "tides");
   * console.log(result.context); // { read: 6 }
   * await flujo.close();
   * ```
   */
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
    step: PlacedFits<S, Here<Out, Ctx, Sc>>,
    options: PlaceOptions<S, Here<Out, Ctx, Sc>, F, D, Mapping, Begun, Left, R, Said>,
  ): Pipeline<In, PlacedOutput<S, F, D>, NeedsAfter<Ctx, Sc, PlacedNeeds<S, F, Mapping, R>>, Sc>;

  /**
   * One of several, by the key that the selector returns (a boolean counts as `"true"` or `"false"`). Each branch is given
   * what comes before; the output is what the taken branch gives.
   */
  branch<B, Key extends BranchKey = never, Default = undefined>(
    selector: (value: Out, about: DecisionAbout<Ctx>) => Key | Promise<Key>,
    branches: ChoiceFits<B, Key, Default, Here<Out, Ctx, Sc>>,
    options?: BranchOptions<OptionalFits<Default, Here<Out, Ctx, Sc>>>,
  ): Pipeline<In, OutputOfAny<B> | OutputOf<Default>, NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOfDefault<Default>>, Sc>;

  /** The same program for every item of the list that comes before; results in the list's order. An empty list gives an empty list. */
  map<
    S,
    const OnFailure extends "propagate" | "collect" = "propagate",
    R = MapOutput<OutputOf<S>, OnFailure>,
    const By extends ReducerKind = never,
  >(
    each: EachFits<S, Here<Out, Ctx, Sc>>,
    options?: MapOptions<OnFailure, FieldOf<Ctx>> &
      ReduceOptions<MapOutput<OutputOf<S>, OnFailure>, OutputOf<S>, ReduceAbout<Out, Ctx>, R, By>,
  ): Pipeline<In, ReducedBy<By, R, MapOutput<OutputOf<S>, OnFailure>>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Several programs on what comes before, at the same time. The output has what each gave, under its key. */
  parallel<
    B,
    const OnFailure extends "propagate" | "ignore" = "propagate",
    const J extends Join = "all",
    R = ParallelOutput<B, OnFailure, J>,
    const By extends ReducerKind = never,
  >(
    branches: BranchesFit<B, Here<Out, Ctx, Sc>>,
    options?: ParallelOptions<OnFailure, J, FieldOf<Ctx>> &
      ReduceOptions<ParallelOutput<B, OnFailure, J>, OutputOfAny<B>, ReduceAbout<Out, Ctx>, R, By>,
  ): Pipeline<In, ReducedBy<By, R, ParallelOutput<B, OnFailure, J>>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;

  /**
   * Those branches that a router names, at the same time, each on what comes before; the output has what each gave, under its
   * name. The router is a function of what comes before, or a program (an agent, say) that is given it: it gives a name, a list
   * of names, or `{ routes }`. A name that no branch has fails it (`route_unknown`), no name gives `{}`, one that is there
   * twice counts once.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline, step } from "flujo";
   * import { z } from "zod";
   *
   * const order = z.object({ text: z.string(), topics: z.array(z.enum(["billing", "shipping"])) });
   * const billing = step("billing", ({ text }: { text: string }) => `The books on ${text}`);
   * const shipping = step("shipping", ({ text }: { text: string }) => `The dock on ${text}`);
   * const desk = pipeline({ name: "desk", input: order }).route(({ topics }) => topics, { billing, shipping });
   * const flujo = new Flujo();
   * console.log((await flujo.run(desk, { text: "tea", topics: ["shipping"] })).unwrap()); // { shipping: "The dock on tea" }
   * await flujo.close();
   * ```
   */
  route<
    B,
    const Name extends string = never,
    const OnFailure extends "propagate" | "ignore" = "propagate",
    T = RouteOutput<B>,
    const By extends ReducerKind = never,
  >(
    router: (value: Out, about: DecisionAbout<Ctx>) => Routes<Name> | Promise<Routes<Name>>,
    branches: RoutesFit<B, Name, Here<Out, Ctx, Sc>>,
    options?: RouteOptions<OnFailure, FieldOf<Ctx>> & ReduceOptions<RouteOutput<B>, OutputOfAny<B>, ReduceAbout<Out, Ctx>, T, By>,
  ): Pipeline<In, ReducedBy<By, T, RouteOutput<B>>, NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc>;
  /** The same with a program that says which: its own path is `router`, and what it writes to the context is kept. */
  route<R, B, const OnFailure extends "propagate" | "ignore" = "propagate", T = RouteOutput<B>, const By extends ReducerKind = never>(
    router: RouterFits<R, Here<Out, Ctx, Sc>>,
    branches: RoutesFit<B, RoutesIn<OutputOf<R>>, Here<Out, Ctx, Sc>>,
    options?: RouteOptions<OnFailure, FieldOf<Ctx>> & ReduceOptions<RouteOutput<B>, OutputOfAny<B>, ReduceAbout<Out, Ctx>, T, By>,
  ): Pipeline<In, ReducedBy<By, T, RouteOutput<B>>, NeedsAfter<NeedsAfter<Ctx, Sc, NeedsOfAll<B>>, Sc, NeedsOf<R>>, Sc>;

  /**
   * The same program again and again: first on what comes before, then on what it gave, until `until` says that this is
   * enough or `maxIterations` is reached. The body runs at least once.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline, step } from "flujo";
   * import { z } from "zod";
   *
   * const half = step("half", (n: number) => n / 2);
   * const halve = pipeline({ name: "halve", input: z.number() }).loop(half, { until: (n) => n < 1, maxIterations: 50 });
   * const flujo = new Flujo();
   * console.log((await flujo.run(halve, 6)).unwrap()); // 0.75
   * await flujo.close();
   * ```
   */
  loop<S, Result = OutputOf<S>, const Next = never>(
    body: StepFits<S, Here<Out, Ctx, Sc>>,
    options: LoopOptions<InputOf<S>, OutputOf<S>, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Result, Next> & GoesRound<S>,
  ): Pipeline<In, Result, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;

  /** Waits for a person's answer; the process may end meanwhile. Passes on `{ input, answer }`. */
  human<Answer, T = undefined>(
    name: string,
    options: HumanOptions<Out, Ctx, Answer, OptionalFits<T, Here<Out, Ctx, Sc>>>,
  ): Pipeline<In, Answered<Out, Answer> | OutputOf<T>, NeedsAfter<Ctx, Sc, NeedsOfDefault<T>>, Sc>;

  /**
   * Waits for a signal of this name from outside (`flujo.signal(runId, name, value)`); the process may end meanwhile. A signal
   * that came before the wait counts. Passes on `{ input, signal }`.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline } from "flujo";
   * import { z } from "zod";
   *
   * const order = pipeline({ name: "order", input: z.string() })
   *   .waitFor("paid", { schema: z.object({ cents: z.number() }), timeoutMs: 5, default: { cents: 0 } })
   *   .step("thank", ({ input, signal }) => (signal.cents > 0 ? `Thank you for ${input}.` : `${input} is not paid.`));
   * const flujo = new Flujo();
   * console.log((await flujo.run(order, "tea")).unwrap()); // tea is not paid.
   * await flujo.close();
   * ```
   */
  waitFor<Signal, T = undefined>(
    name: string,
    options: WaitOptions<Signal, OptionalFits<T, Here<Out, Ctx, Sc>>>,
  ): Pipeline<In, Signalled<Out, Signal> | OutputOf<T>, NeedsAfter<Ctx, Sc, NeedsOfDefault<T>>, Sc>;

  /**
   * Goes on so much later: after milliseconds, words for them (`"3 days"`), or as long as a function says, which is asked once.
   * Passes on what comes before. Durable: the process may end meanwhile, and nothing is held in memory.
   */
  sleep(
    name: string,
    duration: Duration | ((value: Out, about: SleepAbout<Ctx>) => Duration | Promise<Duration>),
  ): Pipeline<In, Out, Ctx, Sc>;

  /** Goes on at a moment: a Date, or a Date, milliseconds since 1970 or ISO text that a function returns. At once where it has passed. */
  sleepUntil(name: string, moment: Date | ((value: Out, about: SleepAbout<Ctx>) => Moment | Promise<Moment>)): Pipeline<In, Out, Ctx, Sc>;

  /**
   * What earlier members of this pipeline gave, under keys of your own: each picked by the very program that was put there, which
   * keeps its type, or by its name. What comes right before is one of them only where it is picked.
   *
   * @example
   * ```ts
   * import { Flujo, pipeline, step } from "flujo";
   *
   * const words = step("words", (text: string) => text.split(" "));
   * const longest = step("longest", (all: string[]) => all.reduce((a, b) => (b.length > a.length ? b : a)));
   * const report = pipeline({ name: "report" })
   *   .step(words)
   *   .step(longest)
   *   .gather({ words, longest })
   *   .step("say", (found) => `${found.longest}, of ${found.words.length}`);
   * const flujo = new Flujo();
   * console.log((await flujo.run(report, "to be continued")).unwrap()); // continued, of 3
   * await flujo.close();
   * ```
   */
  gather<const Picks extends GatherPicks>(picks: Picks, options?: GatherOptions): Pipeline<In, Gathered<Picks>, Ctx, Sc>;

  /** A function on what comes before, which is passed on whatever it returns. Its failure is the pipeline's, unless told otherwise. */
  tap(
    name: string,
    run: (input: Out, context: StepContext<Ctx>) => unknown,
    options?: Pick<TapOptions, "onError">,
  ): Pipeline<In, Out, Ctx, Sc>;
  /** The same with a program: an agent that takes notes, a pipeline that informs somebody. */
  tap<S>(program: StepFits<S, Here<Out, Ctx, Sc>>, options?: TapOptions): Pipeline<In, Out, NeedsAfter<Ctx, Sc, NeedsOf<S>>, Sc>;
}

/** What may be left out, and where it is given has to fit. */
export type OptionalFits<S, At extends Spot> = [S] extends [undefined] ? S : StepFits<S, At>;

/** What a program needs that may be left out. */
export type NeedsOfDefault<Default> = [Default] extends [undefined] ? unknown : NeedsOf<Default>;

/** What `.step()` can be told of a program. */
export type PlaceOptions<
  S,
  At extends Spot,
  F,
  D,
  Mapping,
  Begun,
  Left,
  R = undefined,
  Said extends string | undefined = never,
> = ContextGoes<S, At> &
  RedirectsKnown<Said, R> &
  PolicyOptions<At["gives"], OutputOf<S>, At["context"], FallbacksFit<F, At>, D, RedirectsFit<R, S, At>, Said> & {
    readonly context?: Mapping & ContextMapping<S, At, Begun, Left>;
  };

/** What it then gives. */
export type PlacedOutput<S, F, D> = OutputOr<OutputOf<S> | OutputOfEach<F>, D>;

/** What it then needs of the context around it: nothing of its own where that is mapped. */
export type PlacedNeeds<S, F, Mapping, R = undefined> = (unknown extends Mapping ? NeedsOf<S> : unknown) &
  NeedsOfEach<F> &
  NeedsOfRedirects<R>;
