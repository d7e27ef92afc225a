import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "./ask.ts";
import { appointments } from "./samples/appointments.ts";
import { invitations } from "./samples/invitations.ts";
import { jobAds } from "./samples/job-ads.ts";
import { listings } from "./samples/listings.ts";
import { bios } from "./samples/bios.ts";
import { confirmations } from "./samples/confirmations.ts";
import { contracts } from "./samples/contracts.ts";
import { deliveries } from "./samples/deliveries.ts";
import { fines } from "./samples/fines.ts";
import { handovers } from "./samples/handovers.ts";
import { minutes } from "./samples/minutes.ts";
import { orders } from "./samples/orders.ts";
import { profiles } from "./samples/profiles.ts";
import { quotes } from "./samples/quotes.ts";
import { receipts } from "./samples/receipts.ts";
import { statements } from "./samples/statements.ts";
import { updates } from "./samples/updates.ts";
import { volunteers } from "./samples/volunteers.ts";
import { isRight, mark } from "./score.ts";

const SAMPLES = [
  orders,
  jobAds,
  invitations,
  appointments,
  listings,
  minutes,
  profiles,
  quotes,
  volunteers,
  handovers,
  confirmations,
  contracts,
  updates,
  bios,
  receipts,
  statements,
  fines,
  deliveries,
];

test.each(SAMPLES.map((sample) => [sample.name, sample] as const))(
  "at least four of five properties are read right from %s",
  async (name, sample) => {
    let right = 0;
    let of = 0;
    const misses: string[] = [];
    for (const [index, one] of sample.cases.entries()) {
      const got = sample.schema.parse(
        await ask({ instructions: sample.instructions, text: one.text, schema: z.toJSONSchema(sample.schema) }),
      ) as Record<string, unknown>;
      const points = mark(one.expected, got);
      right += points.right;
      of += points.of;
      for (const [key, value] of Object.entries(one.expected)) {
        if (!isRight(value, got[key], key))
          misses.push(`${index + 1}.${key}: ${JSON.stringify(got[key])}, expected ${JSON.stringify(value)}`);
      }
    }
    console.log(`${name}: ${right} of ${of}${misses.map((miss) => `\n  ${miss}`).join("")}`);
    expect(right / of).toBeGreaterThanOrEqual(0.8);
  },
);
