import { z } from "zod";
import { context, pipeline, step } from "../../../src/index.ts";

/** A context with plain fields, a list that is appended to and a sum. */
export const Shared = context(
  z.object({
    who: z.string().default("nobody"),
    deep: z.object({ a: z.number().optional(), b: z.number().optional() }).default({}),
    log: z.array(z.string()).default([]),
    sum: z.number().default(0),
  }),
  { log: "append", sum: "sum" },
);

/** A pipeline that has it. */
export const shared = () => pipeline({ name: "p", context: Shared });

/** Sets `who`, passes its input on. */
export function sets<const Name extends string>(name: Name, who: string) {
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

/** Adds a line to `log` and 1 to `sum`, passes its input on. */
export function logs<const Name extends string>(name: Name, line: string = name) {
  return step({
    name,
    context: Shared,
    run: (value: unknown, { contribute }) => {
      contribute("log", line);
      contribute("sum", 1);
      return value;
    },
  });
}

/** Gives what it sees of `who` and `log`. */
export function looks<const Name extends string>(name: Name) {
  return step({ name, context: Shared, run: (_: unknown, { context }) => `${context.who} ${context.log.join()}` });
}
