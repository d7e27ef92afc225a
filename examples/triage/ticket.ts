import { context, step } from "flujo";
import { z } from "zod";

/** What a customer wrote. */
export const Ticket = z.object({
  id: z.number().int(),
  from: z.string().min(1),
  subject: z.string(),
  body: z.string().min(1),
  customerId: z.string().optional(),
});
export type Ticket = z.infer<typeof Ticket>;

/** What the classifier says of a ticket. The descriptions are what a model goes by. */
export const Label = z.object({
  area: z
    .enum(["billing", "bug", "other"])
    .describe(
      "billing: charges, payments, invoices, refunds, subscriptions. bug: something in the product crashes, fails or behaves wrongly. other: everything else, such as questions, feedback and requests",
    ),
  urgency: z.number().int().min(1).max(5).describe("how soon somebody must act, 1 = no hurry, 5 = their work has stopped"),
});
export type Label = z.infer<typeof Label>;

/** A ticket with its label: what every branch is given. */
export const Case = z.object({ ticket: Ticket, label: Label });
export type Case = z.infer<typeof Case>;

/** What is about to be done for a ticket. */
export interface Proposal extends Case {
  readonly action: string;
  readonly draft: string;
  readonly refundCents: number;
}

/** What was done for a ticket. */
export interface TriageResult {
  readonly id: number;
  readonly subject: string;
  readonly area: Label["area"];
  readonly urgency: number;
  readonly outcome: string;
  readonly draft: string;
}

/** What the tickets of one batch share. Tickets run side by side, so each field is contributed to, never overwritten. */
export const TriageContext = context(
  z.object({
    refundedCents: z.number().int().default(0),
    issuesFiled: z.number().int().default(0),
    notes: z.array(z.string()).default([]),
  }),
  { refundedCents: "sum", issuesFiled: "sum", notes: "append" },
);

/** A ticket as a model reads it best: as the letter it is. */
export const Letter = Ticket.transform(({ from, customerId, subject, body }) => {
  const customer = customerId === undefined ? "" : ` (customer ${customerId})`;
  return `From: ${from}${customer}\nSubject: ${subject}\n\n${body}`;
});

/** What the customer says, without the head of the letter. */
export const Story = Case.transform(({ ticket }) => ticket.body);

/** An agent gives its answer and nothing else. Beside it in a parallel, this hands the case on. */
export const theCase = step("case", (of: Case) => of);
