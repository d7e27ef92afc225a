import { createHash } from "node:crypto";
import { z } from "zod";
import type { Step } from "../../../src/index.ts";
import { context, pipeline, reducer } from "../../../src/index.ts";
import type { Sim } from "../../../src/testing/index.ts";

// What the programs of the matrix are made of: text in, text out, short however deep they lie, and different for every way
// that was taken. Everything they do is seen: in the context, in the effects outside, in the cost.

export const text = z.string();

/** What all of them share: a list, a sum, and what depends on the order of all that was contributed. Branches may write them at the same time. */
export const Shared = context(z.object({ log: z.array(text).default([]), sum: z.number().default(0), way: text.default("") }), {
  log: "append",
  sum: "sum",
  way: reducer((before: string, step: string) => mixed(before, step)),
});

/** A program of the matrix. What it needs of the context is declared by the outermost pipeline, and is no matter below. */
export type Text = Step<string, string>;

/** A pipeline of text that may be put anywhere. */
export function line(name: string) {
  return pipeline({ name, input: text });
}

/** Another text, by all that went into it. */
export function mixed(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
}

/** What a tree is built with: the world of one process, and a name that nothing else in the program has. */
export interface Site {
  readonly sim: Sim;
  readonly name: string;
}
