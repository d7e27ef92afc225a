import { z } from "zod";
import { defineKind, step } from "../../../src/dsl/index.ts";

const repeated = defineKind({
  kind: "repeated",
  schema: z.object({ times: z.number().default(2), word: z.string() }),
  expand: ({ times, word }) => step("repeat", (text: string) => text + word.repeat(times)),
});

export const wrong = repeated({ word: "ho", time: 2 });
