import { context, pipeline, step } from "flujo";
import { z } from "zod";

// A refund above the limit needs somebody's yes. Nobody answers for three days: they are reminded. Nobody answers for
// three more: their manager is asked. The process may end in between; nothing is lost, and nothing is asked twice.

export const Refund = z.object({ order: z.string(), customer: z.string(), cents: z.number().int().positive() });
type Refund = z.infer<typeof Refund>;

/** What was sent to whom. A real one would call your mail service, with `idempotencyKey`, instead of keeping a list. */
export const Outbox = context(z.object({ sent: z.array(z.string()).default([]) }), { sent: "append" });

const Decision = z.object({ ok: z.boolean(), note: z.string().optional() });
type Asked = { input: Refund; answer: z.infer<typeof Decision> };

const question = ({ customer, cents, order }: Refund) => `Refund $${(cents / 100).toFixed(2)} to ${customer} for order ${order}?`;

const toManager = pipeline({ name: "escalate", context: Outbox })
  .tap("to the manager", (refund: Refund, { contribute }) => contribute("sent", `escalation: ${question(refund)}`))
  .human("manager", { show: ({ output }) => `${question(output)} Nobody has answered for six days.`, answer: Decision });

const reminded = pipeline({ name: "reminded", context: Outbox })
  .tap("remind", (refund: Refund, { contribute }) => contribute("sent", `reminder: ${question(refund)}`))
  .human("reminded", {
    show: ({ output }) => `${question(output)} You were asked three days ago.`,
    answer: Decision,
    timeout: "3 days",
    onTimeout: toManager,
  });

const settle = step({
  name: "settle",
  context: Outbox,
  effect: "once",
  run: ({ input, answer }: Asked, { contribute }) => {
    contribute("sent", answer.ok ? `payment of ${input.cents} cents to ${input.customer}` : `a no to ${input.customer}`);
    return { order: input.order, paidCents: answer.ok ? input.cents : 0 };
  },
});

export const refund = pipeline({ name: "refund", version: "1.0.0", input: Refund, context: Outbox })
  .human("approve", { show: ({ output }) => question(output), answer: Decision, timeout: "3 days", onTimeout: reminded })
  .step(settle);
