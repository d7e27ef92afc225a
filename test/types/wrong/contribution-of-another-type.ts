import { z } from "zod";
import { context, reducer, step } from "../../../src/dsl/index.ts";

const Ballot = context(z.object({ votes: z.record(z.string(), z.number()) }), {
  votes: reducer((before, name: string) => ({ ...before, [name]: (before[name] ?? 0) + 1 })),
});

export const wrong = step({ name: "vote", context: Ballot, run: (_: null, { contribute }) => contribute("votes", 1) });
