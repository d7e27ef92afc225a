import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Judged, OutputOf } from "./index.ts";
import { agent, pipeline, reducers, step } from "./index.ts";

// Checked by the compiler; nothing here runs. What makes one thing of results: nothing of it needs an annotation.

interface Scored {
  readonly text: string;
  readonly score: number;
}

const start = pipeline({ input: z.string() });
const a = step("a", (text: string): Scored => ({ text, score: 1 }));
const b = step("b", (text: string): Scored => ({ text, score: 2 }));
const words = step("words", (text: string) => text.split(" "));
const numbers = step("numbers", (text: string) => [text.length]);

expectTypeOf<OutputOf<typeof plain>>().toEqualTypeOf<{ readonly a: Scored }>();
const plain = start.parallel({ a });

const named = start.parallel({ a, b }, { reduce: reducers.keys });
expectTypeOf<OutputOf<typeof named>>().toEqualTypeOf<("a" | "b")[]>();
const listed = start.parallel({ a, b }, { reduce: reducers.values });
expectTypeOf<OutputOf<typeof listed>>().toEqualTypeOf<Scored[]>();
const joined = start.parallel({ words, numbers }, { reduce: reducers.concat });
expectTypeOf<OutputOf<typeof joined>>().toEqualTypeOf<(string | number)[]>();
const first = start.parallel({ a, words }, { reduce: reducers.first });
expectTypeOf<OutputOf<typeof first>>().toEqualTypeOf<Scored | string[]>();
const most = start.parallel({ a, b }, { reduce: reducers.majority({ by: ({ text }) => text }) });
expectTypeOf<OutputOf<typeof most>>().toEqualTypeOf<Scored>();
const plainMost = start.parallel({ a, b }, { reduce: reducers.majority() });
expectTypeOf<OutputOf<typeof plainMost>>().toEqualTypeOf<Scored>();
const best = start.parallel({ a, b }, { reduce: reducers.best({ score: ({ score }) => score }) });
expectTypeOf<OutputOf<typeof best>>().toEqualTypeOf<Scored>();
const some = start.parallel({ a, b }, { onFailure: "ignore", reduce: reducers.values });
expectTypeOf<OutputOf<typeof some>>().toEqualTypeOf<Scored[]>();

const own = start.parallel(
  { a, words },
  {
    reduce: (results, { input }) => {
      expectTypeOf(results).toEqualTypeOf<{ readonly a: Scored; readonly words: string[] }>();
      expectTypeOf(input).toEqualTypeOf<string>();
      return results.words.length;
    },
  },
);
expectTypeOf<OutputOf<typeof own>>().toEqualTypeOf<number>();

const mapped = pipeline({ input: z.array(z.string()) }).map(words, { reduce: reducers.union });
expectTypeOf<OutputOf<typeof mapped>>().toEqualTypeOf<string[]>();
const counted = pipeline({ input: z.array(z.string()) }).map(words, {
  onFailure: "collect",
  reduce: (results) => results.filter(({ status }) => status === "failed").length,
});
expectTypeOf<OutputOf<typeof counted>>().toEqualTypeOf<number>();
const opened = pipeline().map(words, { reduce: async (results, { input }) => [results.length, input.length] as const });
expectTypeOf<OutputOf<typeof opened>>().toEqualTypeOf<readonly [number, number]>();

// A program is given what all were given, and what they gave.

const pick = step("pick", ({ input, results }: Judged<string, { readonly a: { score: number } }>) => input.length + results.a.score);
const judged = start.parallel({ a, b }, { reduce: reducers.judge(pick) });
expectTypeOf<OutputOf<typeof judged>>().toEqualTypeOf<number>();
const Choice = z.object({ best: z.enum(["a", "b"]) });
const critic = agent({ name: "critic", model: "offline:extract", instructions: "Choose.", output: Choice });
const chosen = start.parallel({ a, b }, { reduce: reducers.judge(critic) });
expectTypeOf<OutputOf<typeof chosen>>().toEqualTypeOf<{ best: "a" | "b" }>();

const routed = start.route(() => "a" as const, { a }, { reduce: reducers.first });
expectTypeOf<OutputOf<typeof routed>>().toEqualTypeOf<Scored>();

// @ts-expect-error what these give are no lists
start.parallel({ a, b }, { reduce: reducers.concat });
// @ts-expect-error this judge takes other results
start.parallel({ words }, { reduce: reducers.judge(pick) });
