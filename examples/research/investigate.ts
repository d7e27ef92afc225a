import { agent, FlujoError, tool } from "flujo";
import { z } from "zod";
import { hitsFor, priceOf, says, send, textOf } from "./library.ts";

const search = tool({
  name: "search",
  description: "Searches the library for sources on a question: their numbers, their titles, what they cost.",
  input: z.object({ query: z.string().min(3).describe("the words to search for") }),
  run: ({ query }) => hitsFor(query),
});

const read = tool({
  name: "read",
  description: "Reads a source that costs nothing.",
  input: z.object({
    source: z
      .string()
      .regex(/^R-\d\d$/)
      .describe("the number of the source, such as R-40"),
  }),
  run: ({ source }) => textOf(source),
});

/** Spends money, so somebody is asked first. Where a process dies in the middle of it, it is done again with the same key, which the shop knows. */
const buy = tool({
  name: "buy",
  description: "Buys a source that costs money, and reads it. A person is asked first, and may say no.",
  input: z.object({
    source: z
      .string()
      .regex(/^P-\d\d$/)
      .describe("the number of the source, such as P-40"),
    euros: z.number().positive().describe("euros: what it costs"),
  }),
  effect: "once",
  needsApproval: true,
  run: ({ source, euros }, { idempotencyKey }) => {
    if (euros !== priceOf(source)) throw new FlujoError("tool_failed", `${source} costs ${priceOf(source)} euros.`); // the shop decides
    send(`bought ${source} for ${euros} euros`, idempotencyKey);
    return textOf(source);
  },
});

/** What was found: a quote, and whose. One that the source does not say is no answer, and the model is told so. */
export const Finding = z
  .object({
    source: z.string().describe("the number of the source"),
    quote: z.string().describe("what the source says, copied word for word"),
  })
  .refine(says, { error: ({ input }) => `${JSON.stringify(input)} is not what the source says, word for word` });
export type Finding = z.infer<typeof Finding>;

/** Looks for what is known, with tools. */
export const investigate = agent({
  name: "investigate",
  model: "offline:extract", // needs no key; with one: `--model openai:gpt-5-mini`
  instructions: [
    "Find out what the sources of the library say on the question. Search, then read what promises most.",
    "Buy a source only where it costs money and the free ones do not answer the question. Quote; add nothing of your own. Nothing found is an answer, too.",
  ].join("\n"),
  input: z.string(),
  tools: [search, read, buy],
  output: z.object({ findings: z.array(Finding).max(8) }),
  maxTurns: 12,
});
