import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NeedsOf, OutputOf } from "../index.ts";
import { agent, pipeline, step } from "../index.ts";
import type { CheckedItem, DebateResult, FileAnswer, Judging, Passage, Solving } from "./index.ts";
import { answerFromFiles, debate, defaultRecipe, hashedNgrams, mapReduce, memoryVectors, planAndExecute, retrieve } from "./index.ts";

// Checked by the compiler; nothing here runs. Recipes are programs like any other, and know what their roles give.

const model = "openai:gpt-5-mini";
const about = { store: memoryVectors(), embedding: hashedNgrams() };

// What an agent's schema says is what a role gives.

const quote = agent({ name: "quote", model, instructions: "Quote.", output: z.object({ cents: z.number() }) });
const priced = defaultRecipe({ name: "priced", model, solve: quote });
expectTypeOf(priced.name).toEqualTypeOf<"priced">();
expectTypeOf<InputOf<typeof priced>>().toEqualTypeOf<string>();
expectTypeOf<NeedsOf<typeof priced>>().toEqualTypeOf<unknown>();
expectTypeOf<OutputOf<typeof priced>["solution"]>().toEqualTypeOf<{ cents: number }>();
expectTypeOf<OutputOf<typeof priced>["verdicts"]>().toEqualTypeOf<readonly CheckedItem[]>();

// They stand in pipelines, and what comes next knows what they give.

const sum = pipeline({ name: "sum", input: z.string() })
  .step(priced)
  .step("cents", ({ solution }) => solution.cents);
expectTypeOf<OutputOf<typeof sum>>().toEqualTypeOf<number>();
expectTypeOf<OutputOf<ReturnType<typeof retrieve>>>().toEqualTypeOf<readonly Passage[]>();
const ask = pipeline({ name: "ask" }).step(answerFromFiles({ ...about, model }));
expectTypeOf<OutputOf<typeof ask>>().toEqualTypeOf<FileAnswer>();

// A debate knows its sides.

const duel = debate({ model, sides: { yes: "Yes", no: { position: "No" } } });
expectTypeOf<OutputOf<typeof duel>>().toEqualTypeOf<DebateResult<"yes" | "no">>();

// Where a plan was not finished, there is no answer.

const plan = planAndExecute({ model });
type Unfinished = Extract<OutputOf<typeof plan>, { readonly finished: false }>;
expectTypeOf<Unfinished["bound"]>().toEqualTypeOf<"maxSteps" | "maxReplans">();
// @ts-expect-error: only what is finished has an answer
export type None = Unfinished["answer"];

// What does not fit a role is refused.

// @ts-expect-error: a reviewer gives a list of texts
defaultRecipe({ model, review: step("count", (task: string) => task.length) });
// @ts-expect-error: a solver is given { task, checklist, before }
defaultRecipe({ model, solve: step("solve", (task: string) => task) });
defaultRecipe({ model, solve: step("solve", ({ task }: Solving<string, number>) => task.length) });
// @ts-expect-error: what a step takes, its parameter says (docs/recipes/README.md tells so; where this is no longer true, it can go)
defaultRecipe({ model, solve: step("solve", ({ task }) => task) });
// @ts-expect-error: a judge gives { winner, reasons }
debate({ model, sides: { a: "a", b: "b" }, judge: step("judge", ({ statements }: Judging) => statements.length) });
// @ts-expect-error: what reads a part gives claims and quotes
mapReduce({ model, map: step("read", () => ["a claim"]) });
// @ts-expect-error: there is no such option
planAndExecute({ model, maxStep: 3 });
// @ts-expect-error: vectors are made by something
retrieve({ store: memoryVectors() });
// @ts-expect-error: a role gets no context of its own
defaultRecipe({ model, reflect: step({ name: "think", context: z.object({ mood: z.string() }), run: () => "…" }) });
// @ts-expect-error: documents have names
export const untitled: InputOf<ReturnType<typeof mapReduce>> = { task: "x", documents: [{ text: "y" }] };
