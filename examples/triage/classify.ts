import { agent, tool } from "flujo";
import { z } from "zod";
import { findCustomer } from "./desk.ts";
import { Label, Letter } from "./ticket.ts";

/** Gives up on an attempt after 400 ms and makes one more. */
const lookUpCustomer = tool({
  name: "lookUpCustomer",
  description: "Finds a customer by customer number: their name, how long they have been with us, how many seats they pay for.",
  input: z.object({
    customerNumber: z
      .string()
      .regex(/^C-\d{4}$/)
      .describe("the customer's number, such as C-1000"),
  }),
  timeoutMs: 400,
  retries: 1,
  run: async ({ customerNumber }, at) => (await findCustomer(customerNumber, at)) ?? `There is no customer ${customerNumber}.`,
});

/** Says what a ticket is about and how soon somebody must act. */
export const classify = agent({
  name: "classify",
  model: "offline:extract", // needs no key; with one: `--model openai:gpt-5-mini`
  instructions: "Classify this support ticket.",
  input: Letter,
  output: Label,
  tools: [lookUpCustomer],
});
