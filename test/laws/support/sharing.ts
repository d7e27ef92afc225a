import { z } from "zod";
import type { MergeStrategy } from "../../../src/index.ts";
import { context, step } from "../../../src/index.ts";

/** The context of these tests: plain fields, and one of each reducer that matters. */
export const Shared = context(
  z.object({
    who: z.string().default("nobody"),
    deep: z.object({ a: z.number().optional(), b: z.number().optional() }).default({}),
    list: z.array(z.string()).default([]),
    lookup: z.map(z.string(), z.number()).optional(),
    log: z.array(z.string()).default([]),
    tags: z.array(z.unknown()).default([]),
    sum: z.number().default(0),
    best: z.number().optional(),
    worst: z.number().optional(),
  }),
  { log: "append", tags: "union", sum: "sum", best: "max", worst: "min" },
);

export const MERGES: readonly MergeStrategy[] = ["update", "overwrite", "keepFirst", "none"];

/** A step that sets `who`. */
export function sets(name: string, who: string) {
  return step({
    name,
    context: Shared,
    run: (value: unknown, { update }) => {
      update((draft) => {
        draft.who = who;
      });
      return value;
    },
  });
}
