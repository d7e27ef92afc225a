import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NeedsOf, OutputOf } from "./index.ts";
import { agent, context, pipeline, refine, step } from "./index.ts";

// Checked by the compiler; nothing here runs. A generator and its critic: nothing of it needs an annotation.

const write = step("write", (topic: string) => ({ text: topic }));
const judge = step("judge", ({ artifact }: { readonly artifact: { readonly text: string } }) => artifact.text.length > 3);
const grade = step("grade", () => ({ grade: 5 }));
const Verdict = z.object({ ok: z.boolean(), feedback: z.string().nullable() });

const essay = refine({ name: "essay", generate: write, critique: judge, maxIterations: 3 });
expectTypeOf<InputOf<typeof essay>>().toEqualTypeOf<string>();
expectTypeOf(essay.name).toEqualTypeOf<"essay">();
expectTypeOf<NeedsOf<typeof essay>>().toEqualTypeOf<unknown>();
expectTypeOf<OutputOf<typeof essay>["accepted"]>().toEqualTypeOf<boolean>();
expectTypeOf<OutputOf<typeof essay>["artifact"]>().toEqualTypeOf<{ text: string }>();
expectTypeOf<OutputOf<typeof essay>["check"]>().toEqualTypeOf<boolean>();

// One that fails where nothing is accepted gives only what is.

const sure = refine({ name: "sure", generate: write, critique: judge, maxIterations: 3, onExhausted: "fail" });
expectTypeOf<OutputOf<typeof sure>["accepted"]>().toEqualTypeOf<true>();

// What its functions are given is known.

const graded = refine({
  name: "graded",
  generate: write,
  critique: grade,
  maxIterations: 2,
  accept: (check, { input, artifact, iteration }) => {
    expectTypeOf(check).toEqualTypeOf<{ grade: number }>();
    expectTypeOf(input).toEqualTypeOf<string>();
    expectTypeOf(artifact).toEqualTypeOf<{ text: string }>();
    expectTypeOf(iteration).toEqualTypeOf<number>();
    return check.grade > 4;
  },
  feedback: ({ grade: given }) => `It is a ${given}.`,
});
expectTypeOf<OutputOf<typeof graded>["check"]>().toEqualTypeOf<{ grade: number }>();

// An agent may judge, and what they need of the context is what the refine needs.

const critic = agent({ name: "critic", model: "offline:extract", instructions: "Judge.", output: Verdict });
const Counter = context(z.object({ count: z.number() }), { count: "sum" });
const counted = step({ name: "counted", context: Counter, run: (topic: string) => topic });
const both = refine({ name: "both", generate: counted, critique: critic, maxIterations: 2 });
expectTypeOf<OutputOf<typeof both>["check"]>().toEqualTypeOf<{ ok: boolean; feedback: string | null }>();
expectTypeOf<NeedsOf<typeof both>>().toEqualTypeOf<NeedsOf<typeof counted>>();
expectTypeOf<OutputOf<ReturnType<typeof placed>>>().toEqualTypeOf<string>();
const placed = () =>
  pipeline({ input: z.string(), context: Counter })
    .step(both)
    .step("text", ({ artifact }) => artifact);

// What takes anything, as an agent without an input schema does, is given what the critique wants to know of.

const poem = refine({
  name: "poem",
  generate: agent({ name: "poet", model: "offline:echo", instructions: "Write." }),
  critique: step("fits", ({ input, artifact }: { input: string; artifact: string }) => artifact.includes(input)),
  maxIterations: 2,
});
expectTypeOf<InputOf<typeof poem>>().toEqualTypeOf<string>();

// @ts-expect-error a grade is no verdict, so that `accept` is needed
refine({ name: "r", generate: write, critique: grade, maxIterations: 2 });
// @ts-expect-error what judges takes another artifact
refine({ name: "r", generate: step("n", (n: number) => n), critique: judge, maxIterations: 2 });
