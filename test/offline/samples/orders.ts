import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Mails and forms that order goods. */
export const orders: Sample = {
  name: "orders",
  instructions: "Extract the order.",
  schema: z.object({
    orderNumber: z.string().nullable().describe("the buyer's own order number"),
    buyer: z.string().describe("company or person who orders"),
    orderDate: z.iso.date(),
    deliveryDate: z.iso.date().nullable().describe("day by which the goods are wanted"),
    currency: z.enum(["EUR", "USD", "GBP"]),
    total: z.number().describe("total with shipping"),
    lines: z.array(z.object({ article: z.string(), quantity: z.number().int(), unitPrice: z.number() })),
    giftWrap: z.boolean().describe("whether the goods should be gift-wrapped"),
  }),
  cases: [
    {
      text: `PURCHASE ORDER
Order no: PO-88213
Date: 4 May 2026
Buyer: Lakeside Primary School

Article            Qty   Unit price
Crayons, box of 24   30      2.40
Drawing paper A3     12      5.10
Glue sticks          60      0.85

Goods     184.20 GBP
Shipping    9.50 GBP
Total     193.70 GBP

Please deliver by 18 May 2026. No gift wrap.`,
      expected: {
        orderNumber: "PO-88213",
        buyer: "Lakeside Primary School",
        orderDate: "2026-05-04",
        deliveryDate: "2026-05-18",
        currency: "GBP",
        total: 193.7,
        lines: [
          { article: "Crayons, box of 24", quantity: 30, unitPrice: 2.4 },
          { article: "Drawing paper A3", quantity: 12, unitPrice: 5.1 },
          { article: "Glue sticks", quantity: 60, unitPrice: 0.85 },
        ],
        giftWrap: false,
      },
    },
    {
      text: `From: Hugo Lindgren <hugo@example.se>
Date: 2026-11-02

Hi,
I would like to order the following:
- 2 x walnut chopping board @ €39.00
- 1 x bread knife @ €24.50
Shipping is €6.90, so €109.40 in total if I add it up right. Could you gift-wrap everything? It should arrive before 20 November 2026.

Thanks
Hugo Lindgren`,
      expected: {
        orderNumber: null,
        buyer: "Hugo Lindgren",
        orderDate: "2026-11-02",
        deliveryDate: "2026-11-20",
        currency: "EUR",
        total: 109.4,
        lines: [
          { article: "walnut chopping board", quantity: 2, unitPrice: 39 },
          { article: "bread knife", quantity: 1, unitPrice: 24.5 },
        ],
        giftWrap: true,
      },
    },
    {
      text: `Order #7719 placed on 12/29/2025 by Bellamy Outdoor Inc.
Items:
1. Canvas tent, 4 pcs, $189.00 each
2. Sleeping mat, 10 pcs, $31.95 each
Total incl. shipping: $1,115.50
Wanted by January 15, 2026`,
      expected: {
        orderNumber: "7719",
        buyer: "Bellamy Outdoor Inc.",
        orderDate: "2025-12-29",
        deliveryDate: "2026-01-15",
        currency: "USD",
        total: 1115.5,
        lines: [
          { article: "Canvas tent", quantity: 4, unitPrice: 189 },
          { article: "Sleeping mat", quantity: 10, unitPrice: 31.95 },
        ],
        giftWrap: false,
      },
    },
  ],
};
