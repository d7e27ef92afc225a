import { z } from "zod";
import { pipeline, step } from "../../../src/dsl/index.ts";

const measure = step("measure", (text: string) => text.length);

export const wrong = pipeline({ input: z.string() }).loop(measure, { maxIterations: 3 });
