import { agent, Flujo } from "flujo";
import { z } from "zod";

export const classify = agent({
  name: "classify",
  model: "offline:extract", // needs no key; with one: 'openai:gpt-5-mini'
  instructions: "Classify this support ticket.",
  input: z.string(),
  output: z.object({
    area: z.enum(["billing", "bug", "other"]).describe("billing: charges, refunds. bug: something fails. other: everything else"),
  }),
});

if (import.meta.main) {
  const flujo = new Flujo();
  const result = await flujo.run(classify, "I was charged twice for order 4471.");
  if (result.status === "succeeded") console.log(result.output.area, result.usage, result.cost);
  await flujo.close();
}
