import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NamedStep, OutputOf, Step } from "./index.ts";
import { context, defineKind, pipeline, refine, step } from "./index.ts";

// Checked by the compiler; nothing here runs. A kind has the type of its `expand`, or takes what its schema takes.

const shout = step("shout", (text: string) => text.toUpperCase());
const measure = step("measure", (text: string) => text.length);

// What has a default may be left out, and `expand` has it all the same.
const rounds = defineKind({
  kind: "rounds",
  schema: z.object({ word: z.string(), times: z.int().default(2) }),
  expand: ({ word, times }) => {
    expectTypeOf(times).toEqualTypeOf<number>();
    return pipeline({ name: "rounds", input: z.string() }).loop(
      step("say", (text: string) => text + word),
      { maxIterations: times },
    );
  },
  caption: ({ times }) => `${times} times`,
});
expectTypeOf(rounds.kind).toEqualTypeOf<"rounds">();
expectTypeOf(rounds).parameters.toEqualTypeOf<[options: { word: string; times?: number | undefined }]>();
expectTypeOf<InputOf<ReturnType<typeof rounds>>>().toEqualTypeOf<string>();
// It is a pipeline, and goes on as one.
expectTypeOf<OutputOf<ReturnType<typeof longer>>>().toEqualTypeOf<number>();
const longer = () => rounds({ word: "ho" }).step(measure);
// @ts-expect-error `word` is missing
rounds({ times: 2 });
// @ts-expect-error there is no such option
rounds({ word: "ho", time: 2 });
// @ts-expect-error it does not take what comes before it
pipeline({ input: z.number() }).step(rounds({ word: "ho" }));

// Options that may all be left out.
const plain = defineKind({
  kind: "plain",
  schema: z.object({ loud: z.boolean().default(true) }).prefault({}),
  expand: ({ loud }) => (loud ? shout : step("quiet", (text: string) => text)),
});
plain();
plain({ loud: false });

// Without a schema the builder is `expand`, type parameters and all.
const twice = defineKind({
  kind: "twice",
  expand: <T>({ program }: { readonly program: Step<T, T> }) => pipeline({ name: "twice" }).step(program).step(pipeline().step(program)),
});
expectTypeOf(twice({ program: shout })).toExtend<Step<string, string>>();
expectTypeOf<OutputOf<ReturnType<typeof ofNumbers>>>().toEqualTypeOf<number>();
const ofNumbers = () => twice({ program: step("more", (n: number) => n + 1) });
// @ts-expect-error it does not give what it takes
twice({ program: measure });

// With a schema too, which says nothing of types there.
const improved = defineKind({
  kind: "improved",
  schema: z.object({ write: z.any(), times: z.int().min(1).max(9).optional() }),
  expand: <In, Out>({ write, times = 3 }: { readonly write: Step<In, Out>; readonly times?: number | undefined }) =>
    refine({
      name: "improved",
      generate: write,
      critique: step("judge", ({ artifact }: { readonly input: In; readonly artifact: Out }) => artifact !== null),
      maxIterations: times,
    }),
  caption: ({ times }) => `${times}`,
});
const essay = improved({ write: measure });
expectTypeOf<InputOf<typeof essay>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof essay>["artifact"]>().toEqualTypeOf<number>();
expectTypeOf(essay).toExtend<NamedStep<string, unknown, unknown, "improved">>();

// What it expands to states the context that it needs.
const Shared = context(z.object({ log: z.array(z.string()).default([]) }), { log: "append" });
const noted = defineKind({
  kind: "noted",
  expand: (word: string) => step({ name: "noted", context: Shared, run: (text: string, about) => (about.contribute("log", word), text) }),
});
pipeline({ input: z.string(), context: Shared }).step(noted("a"));
// @ts-expect-error nothing declares the context
pipeline({ input: z.string(), context: z.object({}) }).step(noted("a"));

const none = defineKind({ kind: "none", expand: () => shout });
none();

// @ts-expect-error a number is no program
defineKind({ kind: "wrong", expand: () => 5 });
// @ts-expect-error a promise is no program
defineKind({ kind: "wrong", expand: async () => await Promise.resolve(shout) });
const ofTexts = z.object({ times: z.string() });
const byNumber = ({ times }: { times: number }) => (times > 1 ? shout : measure);
// @ts-expect-error the schema gives no such options
defineKind({ kind: "wrong", schema: ofTexts, expand: byNumber });
// @ts-expect-error a builder takes one argument
defineKind({ kind: "wrong", expand: (a: number, b: number) => (a > b ? shout : measure) });
// @ts-expect-error a caption is text
defineKind({ kind: "wrong", expand: (n: number) => (n > 1 ? shout : measure), caption: (n) => n });
