import type { Schema } from "../base/schema.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { Join } from "../model/node.ts";
import type { MergeStrategy } from "../model/patch.ts";
import type { ReturnFits } from "./fits.ts";
import type { OutputOf } from "./program.ts";
import type { HumanAbout, LoopAbout } from "./step-context.ts";

/** What `.branch()` can be told beside its selector and branches. */
export interface BranchOptions<Default> {
  /** Part of the path. @defaultValue `"branch"`, then `"branch-2"` and so on. */
  readonly name?: string;
  /** What runs when there is no branch for the key. */
  readonly default?: Default;
}

/** How concurrent work is run and joined. */
export interface JoinOptions<Field extends string = string> {
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
  /**
   * The fields of the context that are there in a branch or an item: to look at or write any other fails the step that does. One that
   * there is not is refused when the plan is made. Default: all.
   */
  readonly include?: readonly Field[];
}

/** What `.map()` can be told. Its concurrency is 8 unless you say otherwise. */
export interface MapOptions<OnFailure extends "propagate" | "collect", Field extends string = string> extends JoinOptions<Field> {
  /** `propagate`: one failed item fails the map. `collect`: the output says of each item how it went. @defaultValue `"propagate"` */
  readonly onFailure?: OnFailure;
}

/** What `.parallel()` can be told. All branches run at once unless you say otherwise. */
export interface ParallelOptions<OnFailure extends "propagate" | "ignore", J extends Join = Join, Field extends string = string>
  extends JoinOptions<Field> {
  /**
   * `propagate`: one failed branch fails it. `ignore`: failed branches are absent from the output; not together with a `join`
   * of some. @defaultValue `"propagate"`
   */
  readonly onFailure?: OnFailure;
  /**
   * How many branches are waited for. `all`. `any`: the first that succeeds; it fails when all have failed. A number: the first
   * so many that succeed; it fails as soon as they cannot be reached (`quorum_missed`). The others are cancelled through their
   * signal; what they did by then counts in the cost, and their context writes vanish. @defaultValue `"all"`
   */
  readonly join?: J;
}

/** What a wait may be told of its end. */
export interface WaitLimitOptions<Brought, OnTimeout = unknown> {
  /** How long it waits at most, in milliseconds. Default: for as long as it takes. Nothing is held in memory meanwhile. */
  readonly timeoutMs?: number;
  /** The same in words: `"3 days"`. One of the two. */
  readonly timeout?: string;
  /** What it then goes on with, as if that had been brought: plain data. Without it, and without `onTimeout`, it fails as `timeout`. */
  readonly default?: NoInfer<Brought>;
  /** What then runs in its place, on what the wait was given; its output is that of the wait. */
  readonly onTimeout?: OnTimeout;
}

/** What `.human()` takes. */
export interface HumanOptions<Value, Ctx, Answer, OnTimeout = undefined> extends WaitLimitOptions<Answer, OnTimeout> {
  /** What the person is shown. Default: nothing but the question's name. */
  readonly show?: (about: HumanAbout<Value, Ctx>) => unknown;
  /** The answer: a schema that can describe itself as JSON Schema. An answer that does not fit is refused, and the run goes on waiting. */
  readonly answer: Schema<unknown, Answer>;
}

/** What `.waitFor()` takes. */
export interface WaitOptions<Signal, OnTimeout = undefined> extends WaitLimitOptions<Signal, OnTimeout> {
  /** What the signal brings: a schema that can describe itself as JSON Schema. One that does not fit is refused, and the run goes on waiting. */
  readonly schema: Schema<unknown, Signal>;
}

/** What `.loop()` takes. It has to say `until` or `maxIterations`; both is better than `until` alone. */
export interface LoopOptions<In, Out, Ctx, Result, Next = In> {
  /** Part of the path. @defaultValue `"loop"`, then `"loop-2"` and so on. */
  readonly name?: string;
  /** Says after every iteration whether that is enough; sees the context as the iteration has left it. Default: never. */
  readonly until?: (output: Out, about: LoopAbout<Ctx>) => boolean | Promise<boolean>;
  /** How many iterations at most. Too few: it is not enough yet. Too many: what never is enough costs that often. Default: no bound. */
  readonly maxIterations?: number;
  /**
   * What `maxIterations` means. `fail`: that it was not enough (`loop_exhausted`). `return`: that the last output will do.
   * @defaultValue `"fail"` where there is an `until`, else `"return"`
   */
  readonly onExhausted?: "fail" | "return";
  /** Makes the next input of the last output. Default: the last output is the next input. */
  readonly next?: ((output: Out, about: LoopAbout<Ctx>) => Next | Promise<Next>) &
    ReturnFits<Next, In, "What `next` returns is not what the body takes.">;
  /** Makes what the loop gives of the last output. Default: the last output. */
  readonly output?: (output: Out, about: LoopAbout<Ctx>) => Result | Promise<Result>;
  /**
   * How much the agents in it are given of what they were asked and said themselves in its iterations before. It is for those that have
   * no `history` of their own. Left out: nothing.
   */
  readonly history?: HistoryPolicy;
}

/** What `.tap()` can be told. */
export interface TapOptions {
  /** Part of the path. @defaultValue `"tap"`, then `"tap-2"` and so on. */
  readonly name?: string;
  /** What a failure of it means. `fail`: the pipeline's. `ignore`: nothing; it is in the metadata. @defaultValue `"fail"` */
  readonly onError?: "fail" | "ignore";
}

/** How one item of a map went. */
export type ItemResult<Out> =
  | { readonly status: "succeeded"; readonly output: Out }
  | { readonly status: "failed"; readonly failure: Failure };

/** What a map gives. */
export type MapOutput<Out, OnFailure> = OnFailure extends "collect" ? ItemResult<Out>[] : Out[];

/** What a parallel gives. */
export type ParallelOutput<B, OnFailure, J = "all"> = J extends "any"
  ? FirstOf<B>
  : J extends number
    ? { readonly [K in keyof B]?: OutputOf<B[K]> }
    : OnFailure extends "ignore"
      ? { readonly [K in keyof B]?: OutputOf<B[K]> }
      : { readonly [K in keyof B]: OutputOf<B[K]> };

/** The branch that was first, and what it gave. */
export type FirstOf<B> = {
  [K in keyof B & (string | number)]: { readonly branch: `${K}`; readonly output: OutputOf<B[K]> };
}[keyof B & (string | number)];

/** What a person's answer becomes for the next step. */
export interface Answered<Value, Answer> {
  /** What the human step was given. */
  readonly input: Value;
  readonly answer: Answer;
}

/** What a signal becomes for the next step. */
export interface Signalled<Value, Signal> {
  /** What the wait was given. */
  readonly input: Value;
  readonly signal: Signal;
}
