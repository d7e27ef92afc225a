import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "./ask.ts";
import { mark } from "./score.ts";

// Labelled by somebody who has not seen the rules. The rules' authors see the shares this test prints and nothing else:
// whoever reads these files and then mends a rule has spoilt them as a measure.

interface Marked {
  readonly text: string;
  readonly schema: unknown;
  readonly instructions: string;
  readonly expected: unknown;
}

const file = (name: string): URL => new URL(`./held-out/${name}.json`, import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(file(name), "utf8"));

const Triage = z.object({
  area: z
    .enum(["billing", "bug", "other"])
    .describe(
      "billing: charges, payments, invoices, refunds, subscriptions. bug: something in the product crashes, fails or behaves wrongly. other: everything else, such as questions, feedback and requests",
    ),
  urgency: z.number().int().min(1).max(5).describe("how soon somebody must act, 1 = no hurry, 5 = their work has stopped"),
});

function tickets(): readonly Marked[] {
  const labels = read("labels") as readonly { readonly id: number; readonly area: string; readonly urgency: number }[];
  return (read("tickets") as readonly { readonly id: number }[]).flatMap((ticket) => {
    const label = labels.find((one) => one.id === ticket.id);
    const expected = { area: label?.area, urgency: label?.urgency };
    return label === undefined
      ? []
      : [{ text: JSON.stringify(ticket), schema: z.toJSONSchema(Triage), instructions: "Classify this support ticket.", expected }];
  });
}

function documents(name: string): readonly Marked[] {
  const { schema, instructions, cases } = read(name) as {
    schema: unknown;
    instructions: string;
    cases: readonly { text: string; expected: unknown }[];
  };
  return cases.map(({ text, expected }) => ({ text, expected, schema, instructions }));
}

test.each([
  ["tickets", tickets],
  ["invoices", documents],
  ["meeting-notes", documents],
  ["cvs", documents],
] as const)("three of four properties are right in the held-out %s", async (name, load) => {
  let right = 0;
  let of = 0;
  for (const { expected, ...asked } of load(name)) {
    const points = mark(expected, await ask(asked));
    right += points.right;
    of += points.of;
  }
  console.log(`held-out ${name}: ${((100 * right) / of).toFixed(1)} %`);
  // Not `expect(right / of)` on values: what a failure prints must not show the texts.
  expect(right / of >= 0.75, `${name} below 75 %`).toBe(true);
});
