import { z } from "zod";
import { pipeline, step } from "../../../src/dsl/index.ts";

const count = step("count", (text: string) => text.length);

// Nothing is there to write it to.
pipeline({ input: z.string() }).step(count, { sinkTo: "count" });
