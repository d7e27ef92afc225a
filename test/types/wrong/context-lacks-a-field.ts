import { z } from "zod";
import { pipeline, step } from "../../../src/dsl/index.ts";

const greet = step({
  name: "greet",
  context: z.object({ customer: z.string() }),
  run: (_text: string, { context }) => `Hello ${context.customer}`,
});

export const wrong = pipeline({ input: z.string(), context: z.object({ order: z.string() }) }).step(greet);
