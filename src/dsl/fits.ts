import type { ContextChanges, ContextValue, DeepReadonly, SinkPath } from "./context-types.ts";
import type { AnyStep, InputOf, NeedsOf, OutputOf, Step } from "./program.ts";

/**
 * What a parameter becomes when a program does not fit there: the compiler's message then says the sentence, and shows
 * the types it is about. Nothing has this type.
 */
export interface PlanTypeError<Sentence extends string, About = unknown> {
  readonly "flujo: cannot connect": Sentence;
  readonly about: About;
}

/** The pipeline declares no context: it needs whatever its members need. */
export interface Gathers {
  readonly declares: false;
}

/** The pipeline declares its context, and a run begins it with a `Start`. */
export interface Declares<out Start> {
  readonly declares: true;
  readonly start: Start;
}

declare const scope: unique symbol;

/** What a pipeline carries for the compiler alone, beside being a step. */
export interface Scoped<out Sc extends Scope> {
  readonly [scope]?: Sc;
}

/** Whether a pipeline declares its context. */
export type Scope = Gathers | Declares<unknown>;

/** Where a program is to stand: what it is given there, and the context that is there. */
export interface Spot {
  readonly gives: unknown;
  readonly context: unknown;
  readonly scope: Scope;
}

/** What a pipeline needs after a member that needs `Needs` has joined it. */
export type NeedsAfter<Ctx, In extends Scope, Needs> = In extends Gathers ? Ctx & Needs : Ctx;

type Called<S> = S extends { readonly name: infer Name extends string }
  ? string extends Name
    ? "this program"
    : `'${Name}'`
  : "this program";

// Sentences have names here; the types that carry them have none, since the compiler would show the name instead.

type NotAProgram =
  "Only a program can stand here: what agent(), step() or pipeline() made. A function becomes a step with step('name', fn).";

type ContextMisfit<Who extends string> =
  `The context that ${Who} needs is not what the pipeline declares: a field is missing, has another type, or has a reducer in one of the two only.`;

type EachMisfit<S> = [ScopeOf<S>] extends [Declares<unknown>]
  ? `${Called<S>} has a context of its own: map pipeline().step(it, { context: { in, out } }) in its place, which says how the two go together.`
  : ContextMisfit<Called<S>>;

/** Whether the context at the spot will do. */
type HasContextFor<Needs, At extends Spot> = At["scope"] extends Gathers ? true : [At["context"]] extends [Needs] ? true : false;

/**
 * Asked apart from where the program is used: a parameter of type "S, which extends AnyStep" would tell a step written
 * in place that it takes `never`, when nothing else says what it takes.
 */
type IsProgram<S> = [S] extends [AnyStep] ? true : false;

/** The program itself where it can come next, a sentence where it cannot. */
export type StepFits<S, At extends Spot> =
  IsProgram<S> extends true
    ? [At["gives"]] extends [InputOf<S>]
      ? HasContextFor<NeedsOf<S>, At> extends true
        ? S
        : PlanTypeError<ContextMisfit<Called<S>>, { needs: NeedsOf<S>; declared: At["context"] }>
      : PlanTypeError<`${Called<S>} cannot come next: it does not take what comes before it.`, { takes: InputOf<S>; given: At["gives"] }>
    : PlanTypeError<NotAProgram>;

/** The same for what runs on every item of a list. Both are looked at together: only so is `S` inferred where there is no list. */
export type EachFits<S, At extends Spot> = [IsProgram<S>, At["gives"]] extends [true, readonly (infer Item)[]]
  ? [Item] extends [InputOf<S>]
    ? HasContextFor<NeedsOf<S>, At> extends true
      ? S
      : PlanTypeError<EachMisfit<S>, { needs: NeedsOf<S>; declared: At["context"] }>
    : PlanTypeError<`${Called<S>} cannot run on each item: it does not take what the list holds.`, { takes: InputOf<S>; item: Item }>
  : IsProgram<S> extends true
    ? PlanTypeError<"map() needs a list, and what comes before it is none.", { given: At["gives"] }>
    : PlanTypeError<NotAProgram>;

/** The branches themselves where each takes what is given, a sentence that names the first that do not. */
export type BranchesFit<B, At extends Spot> =
  IsProgram<B[keyof B]> extends true
    ? [KeysThatMisfit<B, At["gives"]>] extends [never]
      ? HasContextFor<NeedsOfAll<B>, At> extends true
        ? B
        : PlanTypeError<ContextMisfit<"one of the branches">, { needs: NeedsOfAll<B>; declared: At["context"] }>
      : PlanTypeError<
          `The branch '${KeysThatMisfit<B, At["gives"]>}' does not take what comes before it.`,
          { takes: InputsThatMisfit<B, At["gives"]>; given: At["gives"] }
        >
    : PlanTypeError<NotAProgram>;

type KeysThatMisfit<B, Given> = { [K in keyof B & string]: [Given] extends [InputOf<B[K]>] ? never : K }[keyof B & string];

type InputsThatMisfit<B, Given> = { [K in keyof B]: [Given] extends [InputOf<B[K]>] ? never : InputOf<B[K]> }[keyof B];

/**
 * The program itself where it may stand with options of its own. What it needs of the context is no matter here for a
 * pipeline that declares one: {@link ContextGoes} then wants to know how the two go together.
 */
export type PlacedFits<S, At extends Spot> = [IsProgram<S>, ScopeOf<S>] extends [true, Declares<unknown>]
  ? [At["gives"]] extends [InputOf<S>]
    ? S
    : StepFits<S, At>
  : StepFits<S, At>;

/** What options become where one has to be among them: the message then says its name, and the sentence. Nothing has this type. */
export interface NextNeeded<Sentence extends string> {
  readonly next: unknown;
  readonly "flujo: next is needed"?: Sentence;
}

/** Nothing where a loop can give what it gives to itself, a sentence about `next` where it cannot. */
export type GoesRound<S> = [OutputOf<S>] extends [InputOf<S>]
  ? unknown
  : NextNeeded<`${Called<S>} cannot go round: it does not take what it gives. Say with \`next\` what it is given the next time.`>;

/** The programs among what was given: one, or a list of them. */
export type EachOf<F> = F extends readonly unknown[] ? F[number] : F;

/** What the fallbacks need of the context; `unknown` where there are none. */
export type NeedsOfEach<F> = [F] extends [undefined]
  ? unknown
  : Intersection<EachOf<F> extends infer Each ? (Each extends unknown ? (value: NeedsOf<Each>) => void : never) : never>;

/** What the fallbacks give; `never` where there are none. */
export type OutputOfEach<F> = OutputOf<EachOf<F>>;

/** The fallbacks themselves where each can stand in for what is at the spot, a sentence about the first that cannot. */
export type FallbacksFit<F, At extends Spot> = [F] extends [undefined]
  ? F
  : IsProgram<EachOf<F>> extends true
    ? [Misfit<EachOf<F>, At["gives"]>] extends [never]
      ? HasContextFor<NeedsOfEach<F>, At> extends true
        ? F
        : PlanTypeError<ContextMisfit<Called<EachOf<F>>>, { needs: NeedsOfEach<F>; declared: At["context"] }>
      : PlanTypeError<
          `${Called<Misfit<EachOf<F>, At["gives"]>>} cannot stand in: it does not take what is given there.`,
          { takes: InputOf<Misfit<EachOf<F>, At["gives"]>>; given: At["gives"] }
        >
    : PlanTypeError<NotAProgram>;

/** What redirects need of the context; `unknown` where there are none. */
export type NeedsOfRedirects<R> = [R] extends [undefined] ? unknown : NeedsOfAll<R>;

/** The redirects themselves where each takes what is at the spot and gives what `S` gives, a sentence about the first that does not. */
export type RedirectsFit<R, S, At extends Spot> = [R] extends [undefined]
  ? R
  : IsProgram<R[keyof R]> extends true
    ? [KeysThatMisfit<R, At["gives"]>] extends [never]
      ? [KeysThatGiveOther<R, OutputOf<S>>] extends [never]
        ? HasContextFor<NeedsOfAll<R>, At> extends true
          ? R
          : PlanTypeError<ContextMisfit<"one of the redirects">, { needs: NeedsOfAll<R>; declared: At["context"] }>
        : PlanTypeError<
            `The redirect '${KeysThatGiveOther<R, OutputOf<S>>}' cannot stand in for ${Called<S>}: it does not give what that gives.`,
            { gives: OutputOfAny<R>; wanted: OutputOf<S> }
          >
      : PlanTypeError<
          `The redirect '${KeysThatMisfit<R, At["gives"]>}' does not take what is given there.`,
          { takes: InputsThatMisfit<R, At["gives"]>; given: At["gives"] }
        >
    : PlanTypeError<NotAProgram>;

/** Where a value may be written to, a sentence where that is nowhere. */
export type SinkFits<Ctx, Value> = [SinkPath<Ctx, Value>] extends [never]
  ? unknown extends Ctx
    ? PlanTypeError<"There is no context that it could be written to: declare one on the pipeline.">
    : PlanTypeError<"No field of the context takes what is given there.", { given: Value; context: Ctx }>
  : SinkPath<Ctx, Value>;

/** Nothing where every name that plugins say is that of a redirect, a sentence about those that are not. */
export type RedirectsKnown<Said extends string | undefined, R> = [Said & string] extends [keyof R]
  ? unknown
  : [R] extends [undefined]
    ? RedirectsNeeded<`A plugin redirects to '${Said & string}', and there are no redirects: add \`redirects\`, a program by that name.`>
    : {
        readonly redirects: PlanTypeError<`A plugin redirects to '${Exclude<Said & string, keyof R>}', and there is no redirect of that name: add one to \`redirects\`.`>;
      };

/** What options become where `redirects` have to be among them: the message then says their name, and the sentence. Nothing has this type. */
export interface RedirectsNeeded<Sentence extends string> {
  readonly "flujo: redirects are needed": Sentence;
}

type KeysThatGiveOther<R, Out> = { [K in keyof R & string]: [OutputOf<R[K]>] extends [Out] ? never : K }[keyof R & string];

type Misfit<Each, Given> = Each extends unknown ? ([Given] extends [InputOf<Each>] ? never : Each) : never;

/** Where a program stands that stands nowhere yet: it is given what it takes, in the context that it needs. */
export interface OwnSpot<S> extends Spot {
  readonly gives: InputOf<S>;
  readonly context: NeedsOf<S>;
  readonly scope: ScopeOf<S>;
}

/** The program itself where it is one. */
export type ProgramFits<S> = IsProgram<S> extends true ? S : PlanTypeError<NotAProgram>;

/** What a refine takes: what its generator takes, which is also what its critique wants to know of. */
export type RefineInput<G, C> = InputOf<G> & (InputOf<C> extends { readonly input: infer In } ? In : unknown);

/** The critique itself where it takes `{ input, artifact }` of the generator `G`, a sentence where it does not. */
export type CritiqueFits<C, G> =
  IsProgram<C> extends true
    ? [{ readonly input: RefineInput<G, C>; readonly artifact: OutputOf<G> }] extends [InputOf<C>]
      ? C
      : PlanTypeError<
          `${Called<C>} cannot judge what ${Called<G>} makes: it does not take { input, artifact }.`,
          { takes: InputOf<C>; given: { input: RefineInput<G, C>; artifact: OutputOf<G> } }
        >
    : PlanTypeError<NotAProgram>;

/** What a critique can say without a function that makes sense of it. */
type PlainVerdict = boolean | { readonly ok: boolean; readonly score?: number | null; readonly feedback?: string | null };

/** The judges of a gate themselves where each is a program that votes, a sentence that names the first that does not. */
export type JudgesFit<J, MinScore> =
  IsProgram<J[keyof J]> extends true
    ? [KeysWithoutVote<J, VoteFor<MinScore>>] extends [never]
      ? J
      : PlanTypeError<
          `The judge '${KeysWithoutVote<J, VoteFor<MinScore>>}' gives no vote: true, false, { ok, score, feedback } or, with a minScore, a score.`,
          { gives: OutputOfAny<J> }
        >
    : PlanTypeError<NotAProgram>;

type KeysWithoutVote<J, Vote> = { [K in keyof J & string]: [OutputOf<J[K]>] extends [Vote] ? never : K }[keyof J & string];

/** What a judge can say: where scores matter, a score alone will do. */
type VoteFor<MinScore> = [MinScore] extends [number]
  ? PlainVerdict | number | { readonly score: number; readonly feedback?: string | null }
  : PlainVerdict;

/** What options become where `accept` has to be among them: the message then says its name, and the sentence. Nothing has this type. */
export interface AcceptNeeded<Sentence extends string> {
  readonly accept: unknown;
  readonly "flujo: accept is needed"?: Sentence;
}

/** Nothing where a critique gives a verdict, a sentence about `accept` where it gives something else. */
export type CritiqueSays<C> = [OutputOf<C>] extends [PlainVerdict]
  ? unknown
  : AcceptNeeded<`${Called<C>} gives no verdict (true, false or { ok, score, feedback }): say with \`accept\` which checks accept the artifact.`>;

/** What a search is about: what its proposer gives a list of. */
export type StateOf<P> = OutputOf<P> extends readonly (infer State)[] ? State : never;

/** The proposer of a search itself where it takes what it is given and gives a list of such states, a sentence where it does not. */
export type ProposerFits<P, Given> =
  IsProgram<P> extends true
    ? [OutputOf<P>] extends [readonly unknown[]]
      ? [Given] extends [InputOf<P>]
        ? P
        : PlanTypeError<`${Called<P>} cannot propose: it does not take { state, path, rejected }.`, { takes: InputOf<P>; given: Given }>
      : PlanTypeError<`${Called<P>} cannot propose: it does not give a list of states.`, { gives: OutputOf<P> }>
    : PlanTypeError<NotAProgram>;

/** The evaluator of a search itself where it makes a number of a state, a sentence where it does not. */
export type EvaluatorFits<E, State> = [E] extends [undefined]
  ? E
  : IsProgram<E> extends true
    ? [State] extends [InputOf<E>]
      ? [OutputOf<E>] extends [number]
        ? E
        : PlanTypeError<`${Called<E>} cannot evaluate: it does not give a number.`, { gives: OutputOf<E> }>
      : PlanTypeError<`${Called<E>} cannot evaluate: it does not take a state.`, { takes: InputOf<E>; given: State }>
    : PlanTypeError<NotAProgram>;

/** What options become where they have to say how two contexts go together. Nothing has this type. */
export interface ContextNeeded<Sentence extends string> {
  readonly context: unknown;
  readonly "flujo: context is needed"?: Sentence;
}

/** Nothing where `context` may be left out, a sentence where it may not, and where there is none to map. */
export type ContextGoes<S, At extends Spot> = [ScopeOf<S>] extends [Declares<infer Start>]
  ? (HasContextFor<NeedsOf<S>, At> extends true
      ? unknown
      : ContextNeeded<`The context of ${Called<S>} is not the one here: say with \`context\` how the two go together.`>) &
      (Record<never, never> extends Start ? unknown : { readonly context?: { readonly in: unknown } })
  : { readonly context?: PlanTypeError<`${Called<S>} declares no context of its own, so there is none to map.`> };

/**
 * How the context of a nested pipeline and the one around it go together.
 *
 * @typeParam S - The pipeline.
 * @typeParam At - Where it stands.
 * @typeParam Begun - What `in` returns.
 * @typeParam Left - What `out` returns.
 */
export interface ContextMapping<S, At extends Spot, Begun = ContextStartOf<S>, Left = ContextChanges<At["context"]>> {
  /** Says what the inner context begins with, of the context around it and what the pipeline is given. Left out: what its schema makes of `{}`. A function without parameters says `as const` of a literal that is one of a few. */
  readonly in?: ((outer: ContextValue<At["context"]>, input: At["gives"]) => Begun | Promise<Begun>) &
    ReturnFits<Begun, ContextStartOf<S>, "What `in` returns is not what the inner context can begin with.">;
  /** What it sets of the context around it when it has succeeded: some of its fields. Fields with a reducer are contributed to. Left out: nothing. */
  readonly out?: ((inner: ContextValue<NeedsOf<S>>, outer: ContextValue<At["context"]>) => Left | Promise<Left>) &
    ChangesFit<Left, At["context"]>;
}

type ChangesFit<Left, Outer> = [Exclude<FieldsIn<Left>, keyof Outer>] extends [never]
  ? ReturnFits<Left, ContextChanges<Outer>, "What `out` returns does not fit the fields of the context around it.">
  : PlanTypeError<`The context around it has no field '${Exclude<FieldsIn<Left>, keyof Outer> & string}' that \`out\` could set.`>;

type FieldsIn<Left> = [Left] extends [never] ? never : keyof Left;

/**
 * What a function returns is inferred on its own and then compared: only so does `"bug"` stay the literal that an enum wants.
 * Literals infer as read-only lists, hence the comparison with what is read-only. While the compiler has not looked at the
 * function yet, `Returned` is `never`, which fits.
 */
export type ReturnFits<Returned, Takes, Sentence extends string> = [Returned] extends [Takes]
  ? unknown
  : [Returned] extends [DeepReadonly<Takes>]
    ? unknown
    : PlanTypeError<Sentence, { returns: Returned; takes: Takes }>;

/** What a selector may return. */
export type BranchKey = string | number | boolean;

/**
 * The same for a choice: every key that the selector can return must be there, and no other. `Key` is `never` while the
 * compiler has not looked at the selector yet.
 */
export type ChoiceFits<B, Key extends BranchKey, Default, At extends Spot> = [Key] extends [never]
  ? B
  : [Default] extends [undefined]
    ? IsEndless<Key> extends true
      ? PlanTypeError<"The selector can return any text or number, so no list of branches is complete: give a `default`, or return one of a few literals.">
      : [Exclude<`${Key}`, KeysOf<B>>] extends [never]
        ? KnownFits<B, Key, At>
        : PlanTypeError<`The selector can return '${Exclude<`${Key}`, KeysOf<B>>}', and there is no branch for it: add one, or a \`default\`.`>
    : KnownFits<B, Key, At>;

type KnownFits<B, Key extends BranchKey, At extends Spot> = [Exclude<KeysOf<B>, `${Key}`>] extends [never]
  ? BranchesFit<B, At>
  : PlanTypeError<`The selector never returns '${Exclude<KeysOf<B>, `${Key}`>}', so the branch of that name would never run.`>;

type KeysOf<B> = `${keyof B & (string | number)}`;

type IsEndless<Key> = string extends Key ? true : number extends Key ? true : false;

/** The intersection of what the branches take: whatever is given to all of them must be all of it. */
export type InputOfAll<B> = Intersection<{ [K in keyof B]: (value: InputOf<B[K]>) => void }[keyof B]>;

/** The intersection of the contexts that the branches need. */
export type NeedsOfAll<B> = Intersection<{ [K in keyof B]: (value: NeedsOf<B[K]>) => void }[keyof B]>;

/** The union of what the branches give. */
export type OutputOfAny<B> = { [K in keyof B]: OutputOf<B[K]> }[keyof B];

type Intersection<Takers> = [Takers] extends [(value: infer All) => void] ? All : never;

/** A program that can be run on its own, or a sentence: it needs a context that nobody declares. */
export type Runnable<S> = [AnyStep] extends [S]
  ? S // a program of which nothing is known, from a file say: what it needs is found out when it runs
  : [S] extends [Step<never, unknown, infer Needs>]
    ? unknown extends Needs
      ? S
      : [ScopeOf<S>] extends [Declares<unknown>]
        ? S
        : PlanTypeError<`${Called<S>} needs a context, and nothing declares it: put it into a pipeline({ context }).`, { needs: Needs }>
    : PlanTypeError<NotAProgram>;

/** The context with which a run of this program can be begun; `undefined` where it declares none. */
export type ContextStartOf<S> = ScopeOf<S> extends Declares<infer Start> ? Start : undefined;

/** Whether a program declares its context, and what that begins with. */
export type ScopeOf<S> = S extends { readonly [scope]?: infer Sc extends Scope } ? Sc : Gathers;

/**
 * Nothing where what a kind expands to is a program, a sentence where it is not. While the compiler has not looked at the function
 * yet, it returns `unknown`, which fits.
 */
export type ExpansionFits<F extends (options: never) => unknown> =
  unknown extends ReturnType<F>
    ? unknown
    : [ReturnType<F>] extends [AnyStep]
      ? unknown
      : {
          readonly expand: PlanTypeError<
            "What `expand` returns is no program: it has to return, at once, what agent(), step(), pipeline() or another builder made.",
            { returns: ReturnType<F> }
          >;
        };
