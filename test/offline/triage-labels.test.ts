import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "./ask.ts";

interface Ticket {
  readonly id: number;
  readonly from: string;
  readonly subject: string;
  readonly body: string;
}

interface Label {
  readonly id: number;
  readonly area: string;
  readonly urgency: number;
}

const Triage = z.object({
  area: z
    .enum(["billing", "bug", "other"])
    .describe(
      "billing: charges, payments, invoices, refunds, subscriptions. bug: something in the product crashes, fails or behaves wrongly. other: everything else, such as questions, feedback and requests",
    ),
  urgency: z.number().int().min(1).max(5).describe("how soon somebody must act, 1 = no hurry, 5 = their work has stopped"),
});

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../examples/triage/${name}.json`, import.meta.url), "utf8"));
const tickets = read("tickets") as readonly Ticket[];
const labels = read("labels") as readonly Label[];

const FORMS = {
  JSON: (ticket: Ticket) => JSON.stringify(ticket),
  "plain text": (ticket: Ticket) => `From: ${ticket.from}\nSubject: ${ticket.subject}\n\n${ticket.body}`,
} as const;

test.each(Object.entries(FORMS))("at least 10 of the 12 tickets are labelled right as %s", async (name, write) => {
  const misses: string[] = [];
  for (const ticket of tickets) {
    const wanted = labels.find((label) => label.id === ticket.id);
    const got = Triage.parse(
      await ask({ instructions: "Classify this support ticket.", text: write(ticket), schema: z.toJSONSchema(Triage) }),
    );
    if (got.area === wanted?.area && Math.abs(got.urgency - wanted.urgency) <= 1) continue;
    misses.push(`${ticket.id}: ${got.area} ${got.urgency}, labelled ${wanted?.area} ${wanted?.urgency}`);
  }
  console.log(
    `triage as ${name}: ${tickets.length - misses.length} of ${tickets.length} right${misses.length > 0 ? ` (${misses.join("; ")})` : ""}`,
  );
  expect(tickets.length - misses.length).toBeGreaterThanOrEqual(10);
});
