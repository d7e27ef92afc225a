import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Failure } from "../model/failure.ts";
import type { Answered, ContextStartOf, InputOf, ItemResult, NamedStep, NeedsOf, OutputOf, Reduced, Runnable, Step } from "./index.ts";
import { agent, context, pipeline, step, tool } from "./index.ts";

// Checked by the compiler; nothing here runs.

const Ticket = z.object({ subject: z.string(), body: z.string() });
type Ticket = z.infer<typeof Ticket>;
const TriageContext = context(z.object({ customer: z.string().optional(), notes: z.array(z.string()), cents: z.number().default(0) }), {
  notes: "append",
  cents: "sum",
});

const lookUpCustomer = tool({
  name: "lookUpCustomer",
  description: "Finds a customer.",
  input: z.object({ email: z.string() }),
  run: ({ email }) => {
    expectTypeOf(email).toEqualTypeOf<string>();
    return { email };
  },
});
const classify = agent({
  name: "classify",
  model: "openai:gpt-5-mini",
  instructions: "Classify this support ticket.",
  input: Ticket,
  output: z.object({ area: z.enum(["billing", "bug", "other"]), urgency: z.number().int().min(1).max(5) }),
  tools: [lookUpCustomer],
});
type Classified = { area: "billing" | "bug" | "other"; urgency: number };
expectTypeOf(classify).toEqualTypeOf<NamedStep<Ticket, Classified, unknown, "classify">>();

const Draft = z.object({ draft: z.string() });
const refund = agent({ name: "refund", model: "offline:extract", instructions: "Refund.", output: Draft.extend({ cents: z.number() }) });
const reply = step("reply", (_of: { urgency: number }) => ({ draft: "Hello" }));
const summary = agent({ name: "summary", model: "offline:extract", instructions: "Sum up." });
const similar = step({
  name: "similar",
  input: z.object({ area: z.string() }),
  output: z.array(z.number()),
  run: ({ area }) => [area.length],
});
const fileIssue = step({
  name: "fileIssue",
  context: TriageContext,
  run: ({ summary: text, similar: like }: { summary: string; similar: number[] }, { contribute, context: shared }) => {
    expectTypeOf(shared.notes).toEqualTypeOf<readonly string[]>();
    contribute("notes", text);
    return { draft: text, issue: like.length };
  },
});
expectTypeOf<InputOf<typeof refund>>().toEqualTypeOf<unknown>();
expectTypeOf<OutputOf<typeof summary>>().toEqualTypeOf<string>();

// The example of the documentation, as written.
export const triage = pipeline({ name: "triage", version: "1.0.0", input: Ticket, context: TriageContext })
  .step(classify)
  .branch(({ area }) => area, { billing: refund, bug: pipeline().parallel({ summary, similar }).step(fileIssue), other: reply })
  .human("approve", { show: ({ output }) => output.draft, answer: z.object({ ok: z.boolean(), note: z.string().optional() }) });

expectTypeOf<InputOf<typeof triage>>().toEqualTypeOf<Ticket>();
expectTypeOf<OutputOf<typeof triage>>().toEqualTypeOf<
  Answered<
    { draft: string; cents: number } | { draft: string; issue: number } | { draft: string },
    { ok: boolean; note?: string | undefined }
  >
>();
expectTypeOf<ContextStartOf<typeof triage>>().toEqualTypeOf<{
  customer?: string | undefined;
  notes: string[];
  cents?: number | undefined;
}>();
expectTypeOf<Runnable<typeof triage>>().toEqualTypeOf<typeof triage>();

// Names, inputs and outputs of steps.

expectTypeOf(step("length", (text: string) => text.length)).toEqualTypeOf<NamedStep<string, number, unknown, "length">>();
expectTypeOf(step("later", async (text: string) => [text])).toEqualTypeOf<NamedStep<string, string[], unknown, "later">>();
expectTypeOf(step({ name: "constant", run: () => "a" as const })).toEqualTypeOf<NamedStep<unknown, "a", unknown, "constant">>();
expectTypeOf(step({ name: "parse", input: z.string().transform(Number), run: (n) => [n] })).toEqualTypeOf<
  NamedStep<string, number[], unknown, "parse">
>();
expectTypeOf(step({ name: "made", input: z.string(), output: z.string().transform(Number), run: (text) => text })).toEqualTypeOf<
  NamedStep<string, number, unknown, "made">
>();
expectTypeOf(step({ name: "picks", output: z.enum(["a", "b"]), run: () => "a" })).toEqualTypeOf<
  NamedStep<unknown, "a" | "b", unknown, "picks">
>();
// @ts-expect-error what run returns does not fit the output schema
step({ name: "wrong", output: z.enum(["a", "b"]), run: () => "c" });
// @ts-expect-error the input schema gives a string
step({ name: "wrong", input: z.string(), run: (n: number) => n });

// What a step needs of the context, and what it may do with it.

const Plain = z.object({ customer: z.string(), tags: z.array(z.string()) });
const plainWriter = step({
  name: "plainWriter",
  context: Plain,
  run: (_input: string, { context: shared, update, contribute }) => {
    expectTypeOf(shared).toEqualTypeOf<{ readonly customer: string; readonly tags: readonly string[] }>();
    update((draft) => {
      draft.customer = "Ada";
      draft.tags.push("new");
    });
    // @ts-expect-error a plain field is not contributed to
    contribute("tags", "new");
    // @ts-expect-error the context is read-only
    shared.customer = "Bob";
    return 1;
  },
});
expectTypeOf<NeedsOf<typeof plainWriter>>().toEqualTypeOf<{ customer: string; tags: string[] }>();

const Counting = context(z.object({ customer: z.string(), tags: z.array(z.string()), cents: z.number(), best: z.date() }), {
  tags: "union",
  cents: "sum",
  best: "max",
});
const contributor = step({
  name: "contributor",
  context: Counting,
  run: (_input: string, { update, contribute }) => {
    contribute("tags", "one");
    contribute("tags", ["two", "three"]);
    contribute("cents", 5);
    contribute("best", new Date());
    // @ts-expect-error cents are numbers
    contribute("cents", "5");
    // @ts-expect-error a field with a reducer is read-only in a draft
    update((draft) => void draft.tags.push("four"));
    // @ts-expect-error a field with a reducer is read-only in a draft
    update((draft) => void (draft.cents = 1));
    update((draft) => void (draft.customer = "Ada"));
    return 1;
  },
});
expectTypeOf<NeedsOf<typeof contributor>>().toEqualTypeOf<{
  customer: string;
  tags: Reduced<string[], "union">;
  cents: Reduced<number, "sum">;
  best: Reduced<Date, "max">;
}>();
// @ts-expect-error a list is not summed
context(z.object({ tags: z.array(z.string()) }), { tags: "sum" });
// @ts-expect-error there is no such field
context(z.object({ tags: z.array(z.string()) }), { labels: "append" });

pipeline({ input: z.string(), context: Plain }).step(plainWriter);
pipeline({ input: z.string(), context: Plain.extend({ more: z.number() }) }).step(plainWriter);
pipeline({ input: z.string(), context: Counting }).step(contributor);
// @ts-expect-error here tags have a reducer, and the step would write them as a plain field
pipeline({ input: z.string(), context: Counting }).step(plainWriter);
// @ts-expect-error here tags are a plain field, and the step would contribute to them
pipeline({ input: z.string(), context: Plain }).step(contributor);
// @ts-expect-error the field customer is missing
pipeline({ input: z.string(), context: z.object({ tags: z.array(z.string()) }) }).step(plainWriter);

// A pipeline that declares no context needs what its members need.

const gathering = pipeline({ input: z.string() })
  .step(step({ name: "a", context: z.object({ a: z.string() }), run: (text: string) => text }))
  .step(plainWriter);
expectTypeOf<NeedsOf<typeof gathering>>().toEqualTypeOf<{ a: string } & { customer: string; tags: string[] }>();
expectTypeOf<Runnable<typeof gathering>>().not.toEqualTypeOf<typeof gathering>();
expectTypeOf<Runnable<typeof plainWriter>>().not.toEqualTypeOf<typeof plainWriter>();
expectTypeOf<Runnable<typeof classify>>().toEqualTypeOf<typeof classify>();
expectTypeOf<ContextStartOf<typeof classify>>().toEqualTypeOf<undefined>();
// @ts-expect-error the outer pipeline has another type for customer
pipeline({ input: z.string(), context: z.object({ a: z.string(), customer: z.number(), tags: z.array(z.string()) }) }).step(gathering);

// Inline functions know what they are given.

const inline = pipeline({ input: z.string(), context: Counting })
  .step("measure", (text, { contribute, initialPrompt }) => {
    expectTypeOf(text).toEqualTypeOf<string>();
    expectTypeOf(initialPrompt).toEqualTypeOf<string>();
    contribute("cents", 2);
    return { length: text.length };
  })
  .step("double", async ({ length }) => length * 2);
expectTypeOf<OutputOf<typeof inline>>().toEqualTypeOf<number>();

// Branches: exact unions, keys of every kind.

const a = step("a", (n: number) => ({ a: n }));
const b = step("b", (n: number) => ({ b: n }));
const numbers = pipeline({ input: z.number() });
expectTypeOf<OutputOf<ReturnType<typeof byBoolean>>>().toEqualTypeOf<{ a: number } | { b: number }>();
const byBoolean = () => numbers.branch((n) => n > 1, { true: a, false: b });
expectTypeOf(byBoolean).toBeFunction();
const byNumber = numbers.branch((n) => (n > 1 ? 1 : 2), { 1: a, 2: b });
expectTypeOf<OutputOf<typeof byNumber>>().toEqualTypeOf<{ a: number } | { b: number }>();
const bySomeText = numbers.branch((n) => String(n), { 1: a }, { default: b });
expectTypeOf<OutputOf<typeof bySomeText>>().toEqualTypeOf<{ a: number } | { b: number }>();
const byPromise = numbers.branch(async (n) => (n > 1 ? "x" : "y"), { x: a, y: b }, { name: "choice" });
expectTypeOf<OutputOf<typeof byPromise>>().toEqualTypeOf<{ a: number } | { b: number }>();
const byRest = numbers.branch((n) => (n > 1 ? "x" : "y"), { x: a }, { default: b });
expectTypeOf<OutputOf<typeof byRest>>().toEqualTypeOf<{ a: number } | { b: number }>();
const byContext = pipeline({ input: z.number(), context: z.object({ big: z.boolean() }) }).branch((_n, { context: { big } }) => big, {
  true: a,
  false: b,
});
expectTypeOf<OutputOf<typeof byContext>>().toEqualTypeOf<{ a: number } | { b: number }>();
// @ts-expect-error the default does not take a number
numbers.branch((n) => String(n), { 1: a }, { default: step("text", (text: string) => text) });

// Maps and parallels.

const lists = pipeline({ input: z.array(z.number()) });
expectTypeOf(lists.map(a)).toExtend<Step<number[], { a: number }[]>>();
expectTypeOf<OutputOf<ReturnType<typeof collected>>>().toEqualTypeOf<ItemResult<{ a: number }>[]>();
const collected = () => lists.map(a, { onFailure: "collect", concurrency: 2 });
const failures = () => collected().step("failures", (items) => items.flatMap((item) => (item.status === "failed" ? [item.failure] : [])));
expectTypeOf<OutputOf<ReturnType<typeof failures>>>().toEqualTypeOf<Failure[]>();
const together = numbers.parallel({ a, b });
expectTypeOf<OutputOf<typeof together>>().toEqualTypeOf<{ readonly a: { a: number }; readonly b: { b: number } }>();
const maybe = numbers.parallel({ a, b }, { onFailure: "ignore" });
expectTypeOf<OutputOf<typeof maybe>>().toEqualTypeOf<{ readonly a?: { a: number }; readonly b?: { b: number } }>();

// Open pipelines: the first member says what they take.

const openStep = pipeline().step(a);
expectTypeOf<InputOf<typeof openStep>>().toEqualTypeOf<number>();
const openInline = pipeline().step("inline", (text: string) => text.length);
expectTypeOf<InputOf<typeof openInline>>().toEqualTypeOf<string>();
const wantsX = step("wantsX", (input: { x: string }) => input.x);
const wantsY = step("wantsY", (input: { y: number }) => input.y);
const openParallel = pipeline().parallel({ wantsX, wantsY });
expectTypeOf<InputOf<typeof openParallel>>().toEqualTypeOf<{ x: string } & { y: number }>();
const openMap = pipeline().map(wantsX);
expectTypeOf<InputOf<typeof openMap>>().toEqualTypeOf<readonly { x: string }[]>();
const openBranch = pipeline().branch((input) => (input.x === "" ? "one" : "two"), { one: wantsX, two: wantsY });
expectTypeOf<InputOf<typeof openBranch>>().toEqualTypeOf<{ x: string } & { y: number }>();
const openHuman = pipeline().human("ask", { show: ({ output }: { output: { x: string } }) => output.x, answer: z.boolean() });
expectTypeOf<OutputOf<typeof openHuman>>().toEqualTypeOf<Answered<{ x: string }, boolean>>();

// A helper may be generic in what its steps give.

function twice<Middle, Out>(first: Step<string, Middle>, second: Step<Middle, Out>): Step<string, Out> {
  return pipeline({ input: z.string() })
    .step(first)
    .step(second as Step<unknown, Out>);
}
expectTypeOf(twice(openInline, a)).toEqualTypeOf<Step<string, { a: number }>>();

// What run returns is compared with what the output schema takes; literals stay literals.

const Verdict = z.object({ area: z.enum(["a", "b"]), tags: z.array(z.string()), at: z.date() });
step({ name: "s", output: Verdict, run: () => ({ area: "a", tags: [], at: new Date() }) });
step({
  name: "s",
  input: z.number(),
  output: Verdict,
  run: async (n) => ({ area: n > 1 ? "a" : "b", tags: [n.toFixed()], at: new Date() }),
});
const annotated = step({ name: "s", output: Verdict, run: (n: number) => ({ area: n > 1 ? "a" : "b", tags: [], at: new Date() }) });
expectTypeOf<InputOf<typeof annotated>>().toEqualTypeOf<number>();
// @ts-expect-error there are no tags
step({ name: "s", output: Verdict, run: () => ({ area: "a", at: new Date() }) });

// Written in place, a step or an agent says the same of itself as on a line of its own.

const inPlace = pipeline({ input: z.string(), context: Plain })
  .parallel({
    text: step("text", (text: string) => text),
    one: step("one", () => 1),
    two: step({ name: "two", run: () => 2 }),
    said: agent({ name: "said", model: "offline:extract", instructions: "Sum up." }),
  })
  .step("count", ({ text, one, two }) => text.length + one + two);
expectTypeOf<OutputOf<typeof inPlace>>().toEqualTypeOf<number>();
const inPlaces = pipeline({ input: z.array(z.string()) })
  .step(step("first", () => ["a"]))
  .map(step("each", () => 1))
  .step(agent({ name: "sum", model: "offline:extract", instructions: "Sum up." }))
  .branch(
    (text) => text === "",
    { true: step("yes", () => 1), false: agent({ name: "no", model: "offline:extract", instructions: "Say no." }) },
    { default: step("else", () => null) },
  );
expectTypeOf<OutputOf<typeof inPlaces>>().toEqualTypeOf<number | string | null>();
export const declared: Step<string, number> = step("declared", (text) => text.length);
