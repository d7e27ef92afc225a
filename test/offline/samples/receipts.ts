import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Receipts of charities and clubs. */
export const receipts: Sample = {
  name: "receipts",
  instructions: "Read the donation receipt.",
  schema: z.object({
    receiptNumber: z.string(),
    charity: z.string(),
    donor: z.string(),
    donationDate: z.string().describe("YYYY-MM-DD"),
    receiptDate: z.string().describe("YYYY-MM-DD"),
    amount: z.number(),
    fee: z.number().nullable(),
    received: z.number().describe("amount that reaches the charity after the fee"),
    currency: z.string(),
    purpose: z.string().nullable(),
    method: z.enum(["cash", "card", "transfer"]),
    monthly: z.boolean(),
  }),
  cases: [
    {
      text: `River Otter Trust
PO Box 12, Totnes

DONATION RECEIPT
Receipt no.: 2026-0881
Receipt date: 4 April 2026

Received from: Harriet Cole
Date of donation: 31 March 2026
Purpose: new holts on the upper Dart
Paid by: bank transfer

Donation            £150.00
Fee                   £1.80
Received            £148.20

Thank you for your one-off gift!`,
      expected: {
        receiptNumber: "2026-0881",
        charity: "River Otter Trust",
        donor: "Harriet Cole",
        donationDate: "2026-03-31",
        receiptDate: "2026-04-04",
        amount: 150,
        fee: 1.8,
        received: 148.2,
        currency: "GBP",
        purpose: "new holts on the upper Dart",
        method: "transfer",
        monthly: false,
      },
    },
    {
      text: `Receipt R7754, 11/20/2025

Dear Leo Tanaka,
thank you for your monthly donation of $25.00 to the Elm Street Food Bank, given by card on 11/15/2025. After a fee of $0.95, $24.05 reach us.

Charity: Elm Street Food Bank
Donor: Leo Tanaka`,
      expected: {
        receiptNumber: "R7754",
        charity: "Elm Street Food Bank",
        donor: "Leo Tanaka",
        donationDate: "2025-11-15",
        receiptDate: "2025-11-20",
        amount: 25,
        fee: 0.95,
        received: 24.05,
        currency: "USD",
        purpose: null,
        method: "card",
        monthly: true,
      },
    },
  ],
};
