import { z } from "zod";
import { pipeline, step } from "../../../src/dsl/index.ts";

const shout = step("shout", (text: string) => text.toUpperCase());

export const wrong = pipeline({ input: z.string() }).step(shout, { context: {} });
