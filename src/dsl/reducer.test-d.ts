import { expectTypeOf } from "vitest";
import { z } from "zod";
import { context, pipeline, reducer, step } from "./index.ts";

const fields = z.object({
  total: z.number().default(0),
  votes: z.record(z.string(), z.number()).default({}),
  maybe: z.string().optional(),
});

// What a contribution is, is what the function takes; what the field is, is known from the schema.
const Ballot = context(fields, {
  total: reducer((before, by: { readonly of: number }) => {
    expectTypeOf(before).toEqualTypeOf<number>();
    return before + by.of;
  }),
  votes: reducer((before, name: string | null) => (name === null ? {} : { ...before, [name]: (before[name] ?? 0) + 1 })),
  maybe: reducer((before, more: string) => {
    expectTypeOf(before).toEqualTypeOf<string | undefined>();
    return before === undefined ? undefined : before + more;
  }),
});

step({
  name: "votes",
  context: Ballot,
  run: (_: string, { context: seen, contribute, update }) => {
    expectTypeOf(seen.total).toEqualTypeOf<number>();
    expectTypeOf(seen.votes).toEqualTypeOf<{ readonly [name: string]: number }>();
    contribute("total", { of: 1 });
    contribute("votes", "tea");
    contribute("votes", null);
    contribute("maybe", "x");
    // @ts-expect-error a number is no vote
    contribute("votes", 1);
    // @ts-expect-error what it takes is not what the field is
    contribute("total", 1);
    update((draft) => {
      // @ts-expect-error a field with a reducer is only contributed to
      draft.total = 1;
      // @ts-expect-error nor can something in it be changed
      draft.votes["tea"] = 1;
    });
  },
});

// A function made elsewhere has its types written down.
const add = reducer((before: number, by: bigint) => before + Number(by));
const Sum = context(z.object({ n: z.number().default(0) }), { n: add });
step({ name: "adds", context: Sum, run: (_: string, { contribute }) => contribute("n", 1n) });

// It may take more than the field is, and make less.
context(z.object({ n: z.union([z.number(), z.string()]).default(0) }), {
  n: reducer((before: number | string | Date, by: number) => String(before) + String(by)),
});

// @ts-expect-error what it makes is no number
context(z.object({ n: z.number() }), { n: reducer((before: number, by: string) => `${before}${by}`) });
// @ts-expect-error the field is no text
context(z.object({ n: z.number() }), { n: reducer((before: string, by: string) => Number(before + by)) });
// @ts-expect-error it answers at once
context(z.object({ n: z.number() }), { n: reducer(async (before: number, by: number) => before + by) });
// @ts-expect-error "own" is what the plan calls it
context(z.object({ n: z.number() }), { n: "own" });

// A step that contributes less than the reducer takes may stand where it is.
const Less = context(z.object({ n: z.number().default(0) }), { n: reducer((before: number, by: number) => before + by) });
const More = context(z.object({ n: z.number().default(0) }), { n: reducer((before: number, by: number | string) => before + Number(by)) });
const adds = step({ name: "adds", context: Less, run: (text: string, { contribute }) => (contribute("n", 1), text) });
const addsText = step({ name: "adds", context: More, run: (text: string, { contribute }) => (contribute("n", "1"), text) });
pipeline({ name: "p", context: More }).step(adds);
// @ts-expect-error the reducer takes no text
pipeline({ name: "p", context: Less }).step(addsText);

// What a program gives may be sunk where it is what the reducer takes.
const one = step("one", () => 1);
const text = step("text", () => "1");
pipeline({ name: "p", context: Less }).step(one, { sinkTo: "n" });
// @ts-expect-error the reducer takes no text
pipeline({ name: "p", context: Less }).step(text, { sinkTo: "n" });
