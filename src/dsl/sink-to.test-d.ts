import { z } from "zod";
import { context, pipeline, step } from "../index.ts";

const Shared = context(z.object({ title: z.string(), count: z.number(), deep: z.object({ at: z.string() }), lines: z.array(z.string()) }), {
  lines: "append",
});
const says = step("says", (value: string) => value);
const line = pipeline({ name: "p", input: z.string(), context: Shared });

line.step(says, { sinkTo: "title" }).step(says, { sinkTo: "deep.at" }).step(says, { sinkTo: "lines" });

// @ts-expect-error a text is no number
line.step(says, { sinkTo: "count" });

// @ts-expect-error there is no such field
line.step(says, { sinkTo: "titel" });

// @ts-expect-error there is no such place in it
line.step(says, { sinkTo: "deep.it" });

// @ts-expect-error what takes its place when it fails has to fit, too
line.step(says, { sinkTo: "title", onError: { default: null } });

// @ts-expect-error there is no context to write to
pipeline({ name: "p", input: z.string() }).step(says, { sinkTo: "title" });
