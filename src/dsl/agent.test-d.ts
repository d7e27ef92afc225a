import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { NamedStep, Tool } from "./index.ts";
import { agent, asTool, context, pipeline, step, tool } from "./index.ts";

// Checked by the compiler; nothing here runs.

const Shop = context(z.object({ tenant: z.string(), notes: z.array(z.string()) }), { notes: "append" });
const Rates = z.object({ rates: z.record(z.string(), z.number()) });

const price = tool({
  name: "price",
  description: "Prices an article.",
  input: z.object({ sku: z.string(), count: z.number().default(1) }),
  context: Rates,
  needsApproval: ({ sku, count }, { context: shared }) => {
    expectTypeOf(sku).toEqualTypeOf<string>();
    expectTypeOf(count).toEqualTypeOf<number>();
    return count * (shared.rates[sku] ?? 0) > 100;
  },
  run: ({ sku }, { context: shared, report }) => {
    report({ looking: sku });
    return shared.rates[sku] ?? null;
  },
});
expectTypeOf(price).toEqualTypeOf<Tool<"price", { sku: string; count?: number | undefined }, number | null, z.infer<typeof Rates>>>();

const tenantOf = tool({
  name: "tenant",
  description: "Names the tenant.",
  input: z.object({}),
  context: Shop,
  run: (_args, { context: shared }) => shared.tenant,
});
const plain = tool({ name: "plain", description: "Plain.", input: z.object({}), run: () => 1 });

// An agent needs what its tools need, and what its instructions need.
const seller = agent({
  name: "seller",
  model: "openai:gpt-5-mini",
  input: z.object({ question: z.string() }),
  context: z.object({ language: z.string() }),
  instructions: ({ question }, { context: shared }) => `Answer ${question} in ${shared.language}.`,
  tools: [price, plain],
  settings: { temperature: 0, reasoning: "low", maxOutputTokens: 500 },
  endings: { refused: "feedback" },
});
expectTypeOf(seller).toEqualTypeOf<NamedStep<{ question: string }, string, z.infer<typeof Rates> & { language: string }, "seller">>();

const both = agent({ name: "both", model: "openai:gpt-5-mini", instructions: "", tools: [price, tenantOf] });
pipeline({ name: "p", input: z.string(), context: Shop.definition.schema as typeof Rates });
pipeline({ name: "q", context: z.object({ rates: z.record(z.string(), z.number()), language: z.string() }) }).step(seller);
void both;

// @ts-expect-error its tools need rates, which this context does not have
pipeline({ name: "r", context: z.object({ language: z.string() }) }).step(seller);

// A program as a tool takes the program's input.
const desk = pipeline({ name: "desk", input: z.object({ question: z.string() }) }).step(
  step("answer", ({ question }: { question: string }) => question.length),
);
const asked = asTool(desk, { description: "Asks the desk.", needsApproval: ({ question }) => question.length > 10 });
expectTypeOf(asked).toEqualTypeOf<Tool<string, { question: string }, number, unknown>>();

// @ts-expect-error there is no such ending
agent({ name: "a", model: "m:n", instructions: "", endings: { bored: "fail" } });
// @ts-expect-error there is no such policy
agent({ name: "a", model: "m:n", instructions: "", endings: { refused: "ignore" } });
// @ts-expect-error temperature is a number
agent({ name: "a", model: "m:n", instructions: "", settings: { temperature: "hot" } });
// @ts-expect-error it says nothing of how many tokens
agent({ name: "a", model: "m:n", instructions: "", history: { keep: "tokens" } });
