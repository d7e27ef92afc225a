import { context, pipeline, step } from "flujo";
import { z } from "zod";

// A refund above the limit needs somebody's yes. Nobody answers for three days: they are reminded. Nobody answers for
// three more: their manager is asked. The process may end in between; nothing is lost, and nothing is asked twice.

export const Refund = z.object({ order: z.string(), customer: z.string(), cents: z.number().int().positive() });
type Refund = z.infer<typeof Refund>;

/** What was sent to whom. A real one would call your mail service, with `idempotencyKey`, instead of keeping a list. */
export const Outbox = context(z.object({ sent: z.array(z.string()).default([]) }), { sent: "append" });

const Decision = z.object({ ok: z.boolean(), note: z.string().optional() });
type Asked = { input: Refund; answer: z.infer<typeof Decision> | null };

const question = ({ customer, cents, order }: Refund) => `Refund $${(cents / 100).toFixed(2)} to ${customer} for order ${order}?`;

const remind = step({
  name: "remind",
  context: Outbox,
  run: (refund: Refund, { contribute }): Asked => {
    contribute("sent", `reminder: ${question(refund)}`);
    return { input: refund, answer: null };
  },
});

const approve = pipeline({ name: "ask", context: Outbox }).human("approve", {
  show: ({ output }: { output: Refund }) => question(output),
  answer: Decision,
  timeout: "3 days",
  onTimeout: remind,
});

const escalate = pipeline({ name: "escalate", context: Outbox })
  .step("to the manager", ({ input }: Asked, { contribute }) => {
    contribute("sent", `escalation: ${question(input)}`);
    return input;
  })
  .human("manager", { show: ({ output }) => `${question(output)} Nobody has answered for six days.`, answer: Decision });

const settle = step({
  name: "settle",
  context: Outbox,
  effect: "once",
  run: ({ input, answer }: Asked, { contribute }) => {
    const isPaid = answer?.ok === true;
    contribute("sent", isPaid ? `payment of ${input.cents} cents to ${input.customer}` : `a no to ${input.customer}`);
    return { order: input.order, paidCents: isPaid ? input.cents : 0 };
  },
});

export const refund = pipeline({ name: "refund", version: "1.0.0", input: Refund, context: Outbox })
  .loop(approve, {
    name: "round",
    until: ({ answer }) => answer !== null,
    maxIterations: 2,
    onExhausted: "return",
    next: ({ input }) => input,
  })
  .branch(({ answer }) => (answer === null ? "late" : "answered"), {
    late: escalate,
    answered: step("answered", (asked: Asked) => asked),
  })
  .step(settle);
