import { pipeline, step } from "flujo";
import { z } from "zod";

const Claim = z.object({ who: z.string(), what: z.string(), cents: z.number().int() });

/** An expense is paid when somebody has said yes, however long that takes. */
export const expense = pipeline({ name: "expense", version: "1.0.0", input: Claim })
  .human("approve", {
    show: ({ output }) => `${output.who} spent $${(output.cents / 100).toFixed(2)} on ${output.what}`,
    answer: z.object({ ok: z.boolean() }),
  })
  .step(
    step("pay", ({ input, answer }: { input: z.infer<typeof Claim>; answer: { ok: boolean } }) =>
      answer.ok ? `paid ${input.who}` : `told ${input.who} no`,
    ),
  );
