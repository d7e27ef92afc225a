import type { Failure } from "../model/failure.ts";
import type { ToUndo } from "../model/completed.ts";
import type { DeepReadonly } from "./context-types.ts";
import type { OutputOfEach, SinkFits } from "./fits.ts";
import type { PluginLike } from "./plugin.ts";
import type { Step } from "./program.ts";
import type { ResourcesByName } from "./resource.ts";
import type { AttemptOptions } from "./retry-options.ts";
import type { PolicyAbout } from "./step-context.ts";

/** What a check may say of an output: whether it will do, or more. */
export type Verdict =
  | boolean
  | {
      /** Whether it will do. A `minScore` has to be reached as well. */
      readonly ok: boolean;
      /** How good it is, on a scale of your own. Kept in the metadata (`scores`). */
      readonly score?: number;
      /** What is wrong with it, for the next attempt: steps find it in `context.feedback`, agents are told. */
      readonly feedback?: string;
    }
  | {
      /** A score alone: it will do if that is at least the `minScore`. */
      readonly score: number;
      /** What is wrong with it. Where there is no `minScore`, `ok` has to be there as well. */
      readonly feedback?: string;
      readonly ok?: never;
    };

/** A function that says whether an output will do. What it throws fails the program for good (`decision_failed`). */
export type Check<Out, About> = (output: Out, about: About) => Verdict | Promise<Verdict>;

/** A check with a name of its own. */
export interface Validator<Out, About> {
  /** Unique among those of its program. */
  readonly name: string;
  readonly check: Check<Out, About>;
  /** A score below this will not do. Default: only `ok` counts. */
  readonly minScore?: number;
}

/** One check, or several; a function alone is called `validate`. All are asked, in this order. */
export type Validate<Out, About> = Check<Out, About> | Validator<Out, About> | readonly (Check<Out, About> | Validator<Out, About>)[];

/**
 * What is done around a program, from the inside: an attempt, within `timeoutMs`; what it gave, looked at by `plugins` and checked (`validate`); again
 * (`retries`); something else in its place (`fallback`), all of that within `totalTimeoutMs`; then `onFailure` is told; then
 * `onError` decides. Nothing of it catches a cancellation.
 */
export interface PolicyOptions<
  Given = never,
  Out = unknown,
  Ctx = unknown,
  Fallback = unknown,
  Default = unknown,
  Redirects = unknown,
  Redirect extends string | undefined = string,
> extends AttemptOptions<Ctx> {
  /** Milliseconds for one attempt at the whole program. Default: no limit. What is not done by then is told through its signal and lost; the attempt fails as `timeout`. */
  readonly timeoutMs?: number;
  /** Milliseconds for all attempts and fallbacks together, with the delays in between. Default: no limit. */
  readonly totalTimeoutMs?: number;
  /**
   * Look at what the program gives, in this order, before `validate` does: each may refuse it, put something else in its place, or
   * have one of the `redirects` run instead, of which all are asked again. The first that refuses ends the attempt. A function
   * whose parameters have types of their own, or that has none, says `as const` of the name of a redirect.
   */
  readonly plugins?: readonly PluginLike<Given, Out, Ctx, Redirect>[];
  /**
   * What plugins may have run in place of the program, by the names they say: on the same input, each at most once in an attempt
   * (`redirect_cycle`). What the program itself wrote to the context is then lost; what it did is still undone by `compensate`.
   */
  readonly redirects?: Redirects;
  /** Checks what the program gives. What will not do fails the attempt as `validation_failed`, which is tried again where there are `retries`. */
  readonly validate?: Validate<Out, PolicyAbout<Given, Ctx>>;
  /** What runs in its place when it has failed for good, on the same input: a program, or several, one after the other. Not checked by `validate`. */
  readonly fallback?: Fallback;
  /** Told of the failure when nothing is left to try, once; before `onError`. Not told of a cancellation. */
  readonly onFailure?: (failure: Failure, about: PolicyAbout<Given, Ctx>) => unknown;
  /**
   * What becomes of the failure then. `fail`: it is the program's. `default`: the program gives this value instead, plain
   * data, or what this function returns. @defaultValue `"fail"`
   */
  readonly onError?:
    | "fail"
    | { readonly default: Default | ((failure: Failure, about: PolicyAbout<Given, Ctx>) => Default | Promise<Default>) };
  /**
   * What undoes it: a program that is given `{ input, output }`, what the program was given and what it gave. It runs where a
   * {@link saga} around it fails after it has given an output, also one that `validate` then refused; not where a fallback or a
   * default took its place. Outside of any saga it is refused. Default: it is not undone.
   */
  readonly compensate?: Step<ToUndo<Given, Out>, unknown, Ctx>;
  /**
   * Where in the context what it gives is written, too, whoever gave it: a field, or the way into one (`"customer.name"`). To a field
   * with a reducer it is contributed. The whole context is checked then; what does not fit fails it as `context_invalid`. Default: nowhere.
   */
  readonly sinkTo?: SinkFits<Ctx, Out | OutputOfEach<Fallback> | Known<Default>>;
  /** What is kept open for everything in it: steps and tools that declare the same resources share one, for the time of an attempt. */
  readonly resources?: ResourcesByName;
}

/** What a program with a default gives: what it gave before, and the default where that is something else. */
export type OutputOr<Out, Default> = [Default] extends [Out] ? Out : [Default] extends [DeepReadonly<Out>] ? Out : Out | Default;

/** Where the compiler works a default out from what is expected of the whole, it comes to `unknown`: then there is none. */
type Known<Default> = unknown extends Default ? never : Default;
