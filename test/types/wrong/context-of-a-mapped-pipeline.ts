import { z } from "zod";
import { pipeline } from "../../../src/dsl/index.ts";

const count = pipeline({ name: "count", input: z.number(), context: z.object({ from: z.number().default(1) }) }).step(
  "add",
  (n, { context }) => n + context.from,
);

export const wrong = pipeline({ input: z.array(z.number()), context: z.object({ order: z.string() }) }).map(count);
