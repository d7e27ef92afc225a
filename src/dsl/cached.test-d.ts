import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NeedsOf, OutputOf } from "./index.ts";
import { cached, pipeline, step } from "./index.ts";

// Checked by the compiler; nothing here runs. A cached program takes, gives and needs what its program does.

const measure = step("measure", (text: string) => text.length);
const kept = cached(measure, { ttl: "1 hour", key: (text) => text.toLowerCase() });
expectTypeOf<InputOf<typeof kept>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof kept>>().toEqualTypeOf<number>();
expectTypeOf<NeedsOf<typeof kept>>().toEqualTypeOf<unknown>();
expectTypeOf(kept.name).toEqualTypeOf<"measure">();
expectTypeOf(cached(measure, { name: "length" }).name).toEqualTypeOf<"length">();
pipeline({ input: z.string() }).step(kept);

// @ts-expect-error a number is no text
pipeline({ input: z.number() }).step(kept);

// What is read of the context has to be said, and has to be there.

const Shop = z.object({ language: z.string(), visits: z.number() });
const greet = step({ name: "greet", context: Shop, run: (name: string, { context }) => `${context.language} ${name}` });
expectTypeOf<InputOf<ReturnType<typeof greetKept>>>().toEqualTypeOf<string>();
function greetKept() {
  return cached(greet, { reads: ["language"], key: (name, { context }) => `${name} ${context.visits}` });
}
pipeline({ input: z.string(), context: Shop }).step(greetKept());

// @ts-expect-error it needs a context, and does not say what it reads of it
cached(greet);
// @ts-expect-error the same, with other options
cached(greet, { ttl: 1 });
// @ts-expect-error there is no such field
cached(greet, { reads: ["age"] });
// @ts-expect-error a function is no program
cached((text: string) => text);
const bill = step("bill", ({ id }: { readonly id?: string }) => id ?? "nobody's");
cached(bill, { key: async ({ id }) => Promise.resolve(id ?? null) });
cached(bill, { key: (order) => [order.id, order] });
// @ts-expect-error an order without an id would be given what the first of them was
cached(bill, { key: ({ id }) => id });
// @ts-expect-error there is no such option
cached(measure, { tll: 1 });
