import { z } from "zod";
import type { Sample } from "./sample.ts";

/** Contracts of rent for stalls, boats and rehearsal rooms. */
export const contracts: Sample = {
  name: "contracts",
  instructions: "Extract the terms of this contract.",
  schema: z.object({
    contractId: z.string().nullable(),
    landlord: z.object({ name: z.string(), email: z.string().nullable() }),
    tenant: z.object({ name: z.string(), email: z.string().nullable() }),
    signedOn: z.iso.date().nullable(),
    startDate: z.iso.date(),
    endDate: z.iso.date().nullable(),
    monthlyRent: z.number(),
    deposit: z.number().nullable(),
    noticeMonths: z.number().int().nullable().describe("period of notice in months"),
    petsAllowed: z.boolean().nullable(),
    utilities: z.array(z.string()).describe("what the rent includes"),
  }),
  cases: [
    {
      text: `RENTAL AGREEMENT No. RA-2026/14

Landlord: Pier Nine Storage Ltd, office@pier.example
Tenant: Ulla Brandt, ulla@example.org

Start date: 1 February 2026
End date: 31 January 2027
Monthly rent: 420,00 €
Deposit: 840,00 €
Notice: 3 months

Utilities: water, heating, waste collection

Pets are not allowed.

Signed on 12 January 2026`,
      expected: {
        contractId: "RA-2026/14",
        landlord: { name: "Pier Nine Storage Ltd", email: "office@pier.example" },
        tenant: { name: "Ulla Brandt", email: "ulla@example.org" },
        signedOn: "2026-01-12",
        startDate: "2026-02-01",
        endDate: "2027-01-31",
        monthlyRent: 420,
        deposit: 840,
        noticeMonths: 3,
        petsAllowed: false,
        utilities: ["water", "heating", "waste collection"],
      },
    },
    {
      text: `Between Mr Olu Adeyemi (landlord) and Ms Carmen Vidal (tenant) the following is agreed. The rehearsal room is let from 15 September 2026. The monthly rent is $650 and includes electricity, internet and cleaning. A deposit of $1,300 is paid on signing. Either side can give two months' notice. Pets are allowed.`,
      expected: {
        contractId: null,
        landlord: { name: "Mr Olu Adeyemi", email: null },
        tenant: { name: "Ms Carmen Vidal", email: null },
        signedOn: null,
        startDate: "2026-09-15",
        endDate: null,
        monthlyRent: 650,
        deposit: 1300,
        noticeMonths: 2,
        petsAllowed: true,
        utilities: ["electricity", "internet", "cleaning"],
      },
    },
  ],
};
