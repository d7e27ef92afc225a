import { z } from "zod";
import { context, pipeline, step } from "../../../src/dsl/index.ts";

const Desk = context(z.object({ name: z.string() }));
const count = step("count", (text: string) => text.length);

// A number is written to a field that holds a text.
pipeline({ input: z.string(), context: Desk }).step(count, { sinkTo: "name" });
