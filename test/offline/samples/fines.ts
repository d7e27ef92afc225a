import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Letters of libraries about books that came back late. */
export const fines: Sample = {
  name: "fines",
  instructions: "Read the library's letter.",
  schema: z.object({
    caseNumber: z.string(),
    library: z.string(),
    reader: z.string(),
    cardNumber: z.string().nullable(),
    letterDate: z.iso.date(),
    dueDate: z.iso.date().nullable().describe("day by which the fine must be paid"),
    books: z.array(z.object({ title: z.string(), daysLate: z.number().int(), fine: z.number() })),
    handlingFee: z.number().nullable(),
    total: z.number(),
    currency: z.string().describe("three-letter code"),
    paid: z.boolean(),
    tone: z
      .enum(["friendly", "neutral", "stern"])
      .describe("friendly: kindly, thanks, please. neutral: plain facts. stern: warning, last notice, blocked card"),
  }),
  cases: [
    {
      text: `City Library Aarhus                         Case: L-20931
Mollevej 3, Aarhus                          Date: 2026-03-10

Mette Dahl
Skovvej 17
8000 Aarhus

Card number: 771 204

Last notice

Title                      Days late      Fine
The Salt Path                     21      42.00
A Field Guide to Moss             14      28.00

Handling fee                              15.00
Total                                 DKK 85.00

Please pay within 14 days. Otherwise your card stays blocked.`,
      expected: {
        caseNumber: "L-20931",
        library: "City Library Aarhus",
        reader: "Mette Dahl",
        cardNumber: "771 204",
        letterDate: "2026-03-10",
        dueDate: "2026-03-24",
        books: [
          { title: "The Salt Path", daysLate: 21, fine: 42 },
          { title: "A Field Guide to Moss", daysLate: 14, fine: 28 },
        ],
        handlingFee: 15,
        total: 85,
        currency: "DKK",
        paid: false,
        tone: "stern",
      },
    },
    {
      text: `Letter 5 June 2026
Case no. 1182

Dear Mr Owen Pike,

many thanks for your payment of £6.40. Your fine for "Night Trains" (8 days late, £6.40) is now paid in full, and no handling fee was added.

Kindly yours
Moorland Library`,
      expected: {
        caseNumber: "1182",
        library: "Moorland Library",
        reader: "Mr Owen Pike",
        cardNumber: null,
        letterDate: "2026-06-05",
        dueDate: null,
        books: [{ title: "Night Trains", daysLate: 8, fine: 6.4 }],
        handlingFee: null,
        total: 6.4,
        currency: "GBP",
        paid: true,
        tone: "friendly",
      },
    },
  ],
};
