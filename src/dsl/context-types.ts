import type { Schema } from "../base/schema.ts";
import type { ReducerName } from "../model/patch.ts";
import type { ContextDefinition, ReducerDefinition } from "../plan/definition.ts";

declare const reduced: unique symbol;
declare const types: unique symbol;

/** How the compiler marks a field that is written by contribution only. Values never look like this. */
export interface Reduced<out Value, out By extends ReducerName | Takes<never>> {
  readonly [reduced]: { readonly value: Value; readonly by: By };
}

/** How the compiler marks a reducer of the author's own: by what it takes. */
export interface Takes<in Contribution> {
  readonly [reduced]?: (contribution: Contribution) => void;
}

/** What `reducer()` makes: a function that says what a field becomes by a contribution. */
export interface OwnReducer<in Before, in Contribution, out After> extends ReducerDefinition {
  /** Exists for the compiler alone. */
  readonly [types]?: (before: Before, contribution: Contribution) => After;
}

/** What may be declared for a field: a reducer by its name, or one of the author's own. */
export type ReducerOf<Value> = ReducerFor<Value> | OwnReducer<Value, never, Value>;

/** The reducers that make sense for a field's type. */
export type ReducerFor<Value> =
  NonNullable<Value> extends readonly unknown[]
    ? "append" | "union"
    : NonNullable<Value> extends number | bigint
      ? "sum" | "max" | "min"
      : NonNullable<Value> extends string | Date
        ? "max" | "min"
        : never;

/** The fields with a reducer marked, the others as they are. */
export type Marked<Value, Reducers> = {
  [Field in keyof Value]: Field extends keyof Reducers
    ? Reducers[Field] extends ReducerName
      ? Reduced<Value[Field], Reducers[Field]>
      : Reducers[Field] extends OwnReducer<never, infer Contribution, unknown>
        ? Reduced<Value[Field], Takes<Contribution>>
        : Value[Field]
    : Value[Field];
};

/** What `context()` makes: a schema, and the fields of it that are written by contribution only. */
export interface Context<out Ctx, out Start = unknown> {
  readonly definition: ContextDefinition;
  /** Exists for the compiler alone. */
  readonly [types]?: { readonly fields: Ctx; readonly start: Start };
}

/** What may stand where a context is declared: a schema, or what `context()` made of one. */
export type ContextSource = Schema | Context<unknown>;

/** The marked fields of a context source. `unknown` where there is none. */
export type FieldsOf<Source> = Source extends Context<infer Ctx> ? Ctx : Source extends Schema<unknown, infer Ctx> ? Ctx : unknown;

/** Names of fields as a step declares them; `undefined` where it declares none. */
export type Declared = readonly string[] | undefined;

/** What a step sees that says what it reads: that, and what it says that it writes. */
export type SeenBy<Ctx, Reads extends Declared, Writes extends Declared> = Reads extends readonly string[]
  ? Pick<Ctx, keyof Ctx & (Reads[number] | (Writes extends readonly string[] ? Writes[number] : never))>
  : Ctx;

/** What a step may write that says what it writes. */
export type WrittenBy<Ctx, Writes extends Declared> = Writes extends readonly string[] ? Pick<Ctx, keyof Ctx & Writes[number]> : Ctx;

/** What a run's context can be begun with: the input side of its schema. */
export type StartOf<Source> =
  Source extends Context<unknown, infer Start> ? Start : Source extends Schema<infer Start, unknown> ? Start : unknown;

/** A context as user functions see it: without marks, and read-only all the way down. */
export type ContextValue<Ctx> = { readonly [Field in keyof Ctx]: DeepReadonly<Unmarked<Ctx[Field]>> };

/** A context as a run gives it back: without marks. */
export type PlainContext<Ctx> = { [Field in keyof Ctx]: Unmarked<Ctx[Field]> };

/** A context as `update` lets it be changed: plain fields as they are declared, those with a reducer read-only. */
export type ContextDraft<Ctx> = { [Field in keyof Ctx as Field extends ReducedFields<Ctx> ? never : Field]: Ctx[Field] } & {
  readonly [Field in keyof Ctx as Field extends ReducedFields<Ctx> ? Field : never]: DeepReadonly<Unmarked<Ctx[Field]>>;
};

/** The names of the fields that have a reducer. */
export type ReducedFields<Ctx> = {
  [Field in keyof Ctx]-?: [NonNullable<Ctx[Field]>] extends [AnyReduced] ? Field : never;
}[keyof Ctx];

/** What may be contributed to a field. */
export type ContributionTo<Marking> =
  NonNullable<Marking> extends Reduced<infer Value, infer By>
    ? By extends Takes<infer Contribution>
      ? Contribution
      : By extends "append" | "union"
        ? NonNullable<Value> extends readonly (infer Item)[]
          ? Item | readonly Item[]
          : never
        : NonNullable<Value>
    : never;

/** Where in a context a value may be written to: `"customer"`, `"customer.name"`; any text where nothing is known of the context. */
export type SinkPath<Ctx, Value> = [Ctx] extends [never] ? string : unknown extends Ctx ? never : SinkField<Ctx, Value>;

/** The names of a context's fields; any text where nothing is known of the context. */
export type FieldOf<Ctx> = unknown extends Ctx ? string : keyof Ctx & string;

type SinkField<Ctx, Value> = {
  [Field in keyof Ctx & string]: [NonNullable<Ctx[Field]>] extends [AnyReduced]
    ? [Value] extends [ContributionTo<Ctx[Field]>]
      ? Field
      : never
    : ([Value] extends [Ctx[Field]] ? Field : never) | SinkBelow<Field, NonNullable<Ctx[Field]>, Value>;
}[keyof Ctx & string];

/** Two levels below a field at most: deeper ones would have the compiler go round in types that contain themselves. */
type SinkBelow<Field extends string, Held, Value> = Held extends Atom | readonly unknown[]
  ? never
  : {
      [Key in keyof Held & string]:
        | ([Value] extends [Held[Key]] ? `${Field}.${Key}` : never)
        | SinkDeepest<`${Field}.${Key}`, NonNullable<Held[Key]>, Value>;
    }[keyof Held & string];

type SinkDeepest<Way extends string, Held, Value> = Held extends Atom | readonly unknown[]
  ? never
  : { [Key in keyof Held & string]: [Value] extends [Held[Key]] ? `${Way}.${Key}` : never }[keyof Held & string];

/** Some of a context's fields, as they are to be: those with a reducer are contributed to, the others set. */
export type ContextChanges<Ctx> = {
  readonly [Field in keyof Ctx]?: [NonNullable<Ctx[Field]>] extends [AnyReduced] ? ContributionTo<Ctx[Field]> : DeepReadonly<Ctx[Field]>;
};

type AnyReduced = Reduced<unknown, ReducerName | Takes<never>>;

type Unmarked<Field> = Field extends Reduced<infer Value, ReducerName | Takes<never>> ? Value : Field;

type Atom = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown) | Date | URL;

/** Read-only all the way down. */
export type DeepReadonly<T> = T extends Atom
  ? T
  : T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<DeepReadonly<Key>, DeepReadonly<Value>>
    : T extends ReadonlySet<infer Item>
      ? ReadonlySet<DeepReadonly<Item>>
      : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
