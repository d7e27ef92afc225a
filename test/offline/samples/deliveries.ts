import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Notes that come with parcels and pallets. */
export const deliveries: Sample = {
  name: "deliveries",
  instructions: "Extract the delivery note.",
  schema: z.object({
    noteNumber: z.string(),
    sender: z.object({ name: z.string(), city: z.string().nullable() }),
    recipient: z.object({ name: z.string(), city: z.string().nullable() }),
    shippedOn: z.iso.date(),
    expectedOn: z.iso.date().nullable(),
    carrier: z.string().nullable(),
    parcels: z.number().int(),
    weightKg: z.number().nullable(),
    goods: z.array(z.object({ item: z.string(), count: z.number().int() })),
    fragile: z.boolean(),
    remarks: z.string().nullable(),
  }),
  cases: [
    {
      text: `DELIVERY NOTE 60017

Sender                         Recipient
Glasbläserei Thoma             Galerie Nord
Lauscha                        Kiel

Shipped on: 19.10.2026         Expected on: 21.10.2026
Carrier: Alster Freight
Parcels: 3                     Weight: 12.4 kg

Pos  Item               Count
1    Blue vase              4
2    Wine glass            24

Remarks: Fragile, do not stack.`,
      expected: {
        noteNumber: "60017",
        sender: { name: "Glasbläserei Thoma", city: "Lauscha" },
        recipient: { name: "Galerie Nord", city: "Kiel" },
        shippedOn: "2026-10-19",
        expectedOn: "2026-10-21",
        carrier: "Alster Freight",
        parcels: 3,
        weightKg: 12.4,
        goods: [
          { item: "Blue vase", count: 4 },
          { item: "Wine glass", count: 24 },
        ],
        fragile: true,
        remarks: "Fragile, do not stack",
      },
    },
    {
      text: `Note number: DN/88-A
Sender: Quill & Ink Ltd, Bath
Recipient: Margate School of Art, Margate

Shipped on 3 September 2026 with Coastline Couriers, two parcels, 7.5 kg in all.

Goods
- drawing ink, 36 bottles
- steel nibs, 200 pieces

Remarks: none`,
      expected: {
        noteNumber: "DN/88-A",
        sender: { name: "Quill & Ink Ltd", city: "Bath" },
        recipient: { name: "Margate School of Art", city: "Margate" },
        shippedOn: "2026-09-03",
        expectedOn: null,
        carrier: "Coastline Couriers",
        parcels: 2,
        weightKg: 7.5,
        goods: [
          { item: "drawing ink", count: 36 },
          { item: "steel nibs", count: 200 },
        ],
        fragile: false,
        remarks: null,
      },
    },
  ],
};
