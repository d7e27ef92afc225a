import { agent, pipeline, step } from "flujo";
import { z } from "zod";
import type { Order } from "./desk.ts";
import { findOrder } from "./desk.ts";
import { type Case, type Proposal, Story, theCase } from "./ticket.ts";

const claim = agent({
  name: "claim",
  model: "offline:extract",
  instructions: "Find out which order this support ticket is about.",
  input: Story,
  output: z.object({
    orderNumber: z
      .string()
      .regex(/^\d{4}$/)
      .nullable()
      .describe("the number of the order or purchase, four digits"),
  }),
});

const order = step({
  name: "order",
  retries: 1,
  run: async ({ of, claim: { orderNumber } }: { of: Case; claim: { orderNumber: string | null } }, at) => ({
    ...of,
    order: await findOrder({ number: orderNumber, customer: of.ticket.customerId }, at),
  }),
});

/** Billing: what was paid beyond what is owed goes back. The books decide that, not the model. */
export const refund = pipeline()
  .parallel({ of: theCase, claim })
  .step(order)
  .step("propose", ({ ticket, label, order: found }): Proposal => {
    const refundCents = found === null ? 0 : overpaid(found);
    if (found === null || refundCents === 0) {
      return {
        ticket,
        label,
        refundCents,
        action: "reply drafted",
        draft: `We have looked at your payments${found === null ? "" : ` for order ${found.number}`}. Nothing was charged too much; accounting answers the rest.`,
      };
    }
    return {
      ticket,
      label,
      refundCents,
      action: `refund ${dollars(refundCents)}`,
      draft: `We are sorry: order ${found.number} (${found.item}) was charged ${dollars(refundCents)} too much. You will have it back within five days.`,
    };
  });

export function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

function overpaid({ priceCents, paymentsCents, cancelled }: Order): number {
  const paid = (paymentsCents as readonly number[]).reduce((sum, cents) => sum + cents, 0);
  return Math.max(0, paid - (cancelled === true ? 0 : priceCents));
}
