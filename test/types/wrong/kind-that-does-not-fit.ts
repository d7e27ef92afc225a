import { z } from "zod";
import { defineKind, pipeline, step } from "../../../src/dsl/index.ts";

const repeated = defineKind({
  kind: "repeated",
  schema: z.object({ times: z.number() }),
  expand: ({ times }) => step("repeat", (text: string) => text.repeat(times)),
});

export const wrong = pipeline({ input: z.number() }).step(repeated({ times: 2 }));
