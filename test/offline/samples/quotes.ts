import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Offers of craftsmen. */
export const quotes: Sample = {
  name: "quotes",
  instructions: "Extract the offer's figures.",
  schema: z.object({
    quoteNumber: z.string(),
    contractor: z.string().describe("the firm that makes the offer"),
    client: z.string().describe("who the offer is made to"),
    issued: z.iso.date().describe("date of the offer"),
    validUntil: z.iso.date().nullable(),
    positions: z.array(z.object({ work: z.string(), hours: z.number().nullable(), amount: z.number() })),
    net: z.number().describe("sum before VAT"),
    vatRate: z.number().nullable().describe("VAT in percent"),
    vat: z.number().nullable().describe("VAT amount"),
    gross: z.number().describe("sum including VAT"),
    currency: z.string().describe("ISO 4217 code"),
    depositRequired: z.boolean(),
  }),
  cases: [
    {
      text: `Hofer Roofing Ltd
12 Chapel Street, Ludlow
Tel 01584 555 019

QUOTE Q-2026-031                     Date: 11 June 2026

To:
Mrs. Edith Lamb
3 Church Lane, Ludlow

Work                        Hours    Amount
Replace broken slates          14    £630.00
Renew flashing                  6    £270.00
Scaffold                              £400.00

Net                                £1,300.00
VAT 20 %                             £260.00
Gross                              £1,560.00

This quote is valid until 11 July 2026. A deposit of 25 % is required.`,
      expected: {
        quoteNumber: "Q-2026-031",
        contractor: "Hofer Roofing Ltd",
        client: "Mrs. Edith Lamb",
        issued: "2026-06-11",
        validUntil: "2026-07-11",
        positions: [
          { work: "Replace broken slates", hours: 14, amount: 630 },
          { work: "Renew flashing", hours: 6, amount: 270 },
          { work: "Scaffold", hours: null, amount: 400 },
        ],
        net: 1300,
        vatRate: 20,
        vat: 260,
        gross: 1560,
        currency: "GBP",
        depositRequired: true,
      },
    },
    {
      text: `Quote no. 5530
from Atelier Boisson SARL, Lyon
for Hotel Belvedere
issued on 2026-01-20, valid until 2026-02-20

1) Oak counter, 38 hours: €2,850.00
2) Shelves, 12 hours: €900.00

Total net: €3,750.00
VAT (20%): €750.00
Total gross: €4,500.00

No deposit required.`,
      expected: {
        quoteNumber: "5530",
        contractor: "Atelier Boisson SARL",
        client: "Hotel Belvedere",
        issued: "2026-01-20",
        validUntil: "2026-02-20",
        positions: [
          { work: "Oak counter", hours: 38, amount: 2850 },
          { work: "Shelves", hours: 12, amount: 900 },
        ],
        net: 3750,
        vatRate: 20,
        vat: 750,
        gross: 4500,
        currency: "EUR",
        depositRequired: false,
      },
    },
    {
      text: `OFFER

Offer number: A/77
Offer date: 03.02.2026
Valid until: 03.03.2026

Contractor: Lumen Elektro GmbH, Ringstrasse 8, Graz
Client: Familie Aigner

| Work | Hours | Amount |
|------|-------|--------|
| New fuse box | 9 | 1.170,00 |
| Garden lights | 5,5 | 715,00 |

Net sum 1.885,00 EUR
VAT 20 % 377,00 EUR
Gross sum 2.262,00 EUR`,
      expected: {
        quoteNumber: "A/77",
        contractor: "Lumen Elektro GmbH",
        client: "Familie Aigner",
        issued: "2026-02-03",
        validUntil: "2026-03-03",
        positions: [
          { work: "New fuse box", hours: 9, amount: 1170 },
          { work: "Garden lights", hours: 5.5, amount: 715 },
        ],
        net: 1885,
        vatRate: 20,
        vat: 377,
        gross: 2262,
        currency: "EUR",
        depositRequired: false,
      },
    },
  ],
};
