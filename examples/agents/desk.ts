// A desk that looks orders up and pays back what was charged twice. A person agrees first where it is much.
// npx flujo run examples/agents/desk.ts -i "I was charged twice for order 4471."
// npx flujo answer RUN --approve        or --reject "no receipt", or --edit '{"orderNumber": "4471", "cents": 1000}'
import { agent, FlujoError, tool } from "flujo";
import { z } from "zod";

const orders = new Map([
  ["4471", { item: "a lamp", overpaidCents: 24_900 }],
  ["4472", { item: "a bulb", overpaidCents: 450 }],
  ["4473", { item: "a shade", overpaidCents: 0 }],
]);

function theOrder(number: string) {
  const order = orders.get(number);
  if (order !== undefined) return order;
  throw new FlujoError("tool_failed", `There is no order ${number}.`); // the model is told at once: a second try would not find it
}

const orderNumber = z
  .string()
  .regex(/^\d{4}$/)
  .describe("the number of the order, four digits");

const lookUpOrder = tool({
  name: "lookUpOrder",
  description: "Looks up an order by its number: what it was, and what was paid too much.",
  input: z.object({ orderNumber }),
  timeoutMs: 5_000,
  retries: 1,
  run: ({ orderNumber: number }) => ({ number, ...theOrder(number) }),
});

const refund = tool({
  name: "refund",
  description: "Pays back to the card what was paid too much for an order. Look the order up first.",
  input: z.object({ orderNumber, cents: z.number().int().positive().describe("what is paid back: overpaidCents") }),
  effect: "once",
  needsApproval: ({ cents }) => cents > 1_000,
  run: ({ orderNumber: number, cents }, { idempotencyKey }) => {
    const { overpaidCents } = theOrder(number);
    if (cents > overpaidCents) throw new FlujoError("tool_failed", `Only ${overpaidCents} cents were paid too much.`); // the books decide, not the model
    return { number, paidBackCents: cents, receipt: idempotencyKey }; // a bank would be given the key, and pay once for it
  },
});

export const desk = agent({
  name: "desk",
  model: "offline:extract", // needs no key; with one: "openai:gpt-5-mini"
  instructions: "Look up the order that the customer writes about. Refund what was paid too much. Then say what was done.",
  input: z.string(),
  tools: [lookUpOrder, refund],
  output: z.object({
    orderNumber: orderNumber.nullable(),
    paidBackCents: z.number().int().nullable().describe("what was paid back, null where nothing was"),
  }),
  maxTurns: 6,
});
