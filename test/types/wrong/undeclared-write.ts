import { context, step } from "../../../src/dsl/index.ts";
import { z } from "zod";

const Desk = context(z.object({ customer: z.string(), card: z.string() }));

export const greet = step({
  name: "greet",
  context: Desk,
  writes: ["customer"],
  run: (letter: string, { update }) =>
    update((draft) => {
      draft.card = letter;
    }),
});
