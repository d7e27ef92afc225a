import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Yearly statements of waterworks and heating co-operatives. */
export const statements: Sample = {
  name: "statements",
  instructions: "Extract the statement.",
  schema: z.object({
    statementId: z.string(),
    provider: z.string(),
    holder: z.object({ name: z.string(), address: z.string().nullable() }).describe("whom the statement is addressed to"),
    issuedOn: z.iso.date(),
    payBy: z.iso.date().nullable(),
    entries: z.array(z.object({ label: z.string(), units: z.number(), rate: z.number(), sum: z.number() })),
    subtotal: z.number(),
    vatAmount: z.number(),
    total: z.number(),
    currency: z.enum(["EUR", "GBP", "USD", "CHF"]),
    iban: z.string().nullable(),
    reminder: z.boolean(),
  }),
  cases: [
    {
      text: `Waterworks Dunmore
14 Canal Road, Dunmore

To: Sean Brody
    8 Weir Lane, Dunmore

Statement WD-4471-26
Issued on 5 January 2026

Label           Units   Rate    Sum
Fresh water        96   2.10    201.60
Waste water        96   1.75    168.00

Subtotal                       369.60 EUR
VAT 10 %                        36.96 EUR
Total                          406.56 EUR

Pay by 26 January 2026 to IBAN IE29 AIBK 9311 5212 3456 78.`,
      expected: {
        statementId: "WD-4471-26",
        provider: "Waterworks Dunmore",
        holder: { name: "Sean Brody", address: "8 Weir Lane, Dunmore" },
        issuedOn: "2026-01-05",
        payBy: "2026-01-26",
        entries: [
          { label: "Fresh water", units: 96, rate: 2.1, sum: 201.6 },
          { label: "Waste water", units: 96, rate: 1.75, sum: 168 },
        ],
        subtotal: 369.6,
        vatAmount: 36.96,
        total: 406.56,
        currency: "EUR",
        iban: "IE29 AIBK 9311 5212 3456 78",
        reminder: false,
      },
    },
    {
      text: `REMINDER
Statement no. 20119
Provider: Sunny Hill Heat Co-op
Issued: 2026-02-02 | Pay by: 2026-02-16
Holder: Rhea Mistry, 5 Orchard Row, Barton

* Heat: 1,200 units x $0.09 = $108.00
* Meter: 12 units x $2.50 = $30.00

Sum without VAT: $138.00
VAT: $6.90
Total to pay: $144.90`,
      expected: {
        statementId: "20119",
        provider: "Sunny Hill Heat Co-op",
        holder: { name: "Rhea Mistry", address: "5 Orchard Row, Barton" },
        issuedOn: "2026-02-02",
        payBy: "2026-02-16",
        entries: [
          { label: "Heat", units: 1200, rate: 0.09, sum: 108 },
          { label: "Meter", units: 12, rate: 2.5, sum: 30 },
        ],
        subtotal: 138,
        vatAmount: 6.9,
        total: 144.9,
        currency: "USD",
        iban: null,
        reminder: true,
      },
    },
  ],
};
