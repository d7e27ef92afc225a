import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, OutputOf, Spawned } from "./index.ts";
import { background, pipeline, step } from "./index.ts";

// Checked by the compiler; nothing here runs.

const measure = step("measure", (text: string) => text.length);
const started = background(measure);
expectTypeOf<InputOf<typeof started>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof started>>().toEqualTypeOf<Spawned>();
expectTypeOf(started.name).toEqualTypeOf<"measure">();
expectTypeOf(background(measure, { name: "length" }).name).toEqualTypeOf<"length">();
pipeline({ input: z.string() })
  .step(started)
  .step("next", ({ runId }) => runId.length);

// @ts-expect-error a number is no text
pipeline({ input: z.number() }).step(started);

const Shop = z.object({ language: z.string() });
const greet = step({ name: "greet", context: Shop, run: (name: string, { context }) => `${context.language} ${name}` });

// @ts-expect-error it needs a context that a run of its own does not have
background(greet);
background(pipeline({ name: "shop", context: Shop }).step(greet));
// @ts-expect-error a function is no program
background((text: string) => text);
