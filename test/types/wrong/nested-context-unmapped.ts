import { z } from "zod";
import { pipeline } from "../../../src/dsl/index.ts";

const research = pipeline({ name: "research", input: z.string(), context: z.object({ depth: z.number() }) }).step("read", (topic) => topic);

export const wrong = pipeline({ input: z.string(), context: z.object({ customer: z.string() }) }).step(research, { retries: 1 });
