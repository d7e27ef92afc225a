import { z } from "zod";
import { defineKind, reducers } from "../../../src/index.ts";
import type { Text } from "./ground.ts";
import { line, mixed, text } from "./ground.ts";

// Kinds of one's own, as programs of the matrix have them: the kinds that there are, one in the other.

const program = z.custom<Text>();

/** Goes round, each time through those that a function names. */
export const roundabout = defineKind({
  kind: "roundabout",
  schema: z.object({ name: text, ways: z.object({ left: program, right: program }), times: z.int().default(2) }),
  expand: ({ name, ways, times }) =>
    line(name).loop(
      line("round")
        .route((value) => (value.length > 0 ? (["left", "right"] as const) : "left"), ways, { reduce: reducers.values })
        .step("join", (values) => mixed(...values)),
      { maxIterations: times },
    ),
  caption: ({ times }) => `${times} times round`,
});

/** Has something done while somebody is waited for; expands to another kind of its own. */
export const meanwhile = defineKind({
  kind: "meanwhile",
  expand: ({ name, inner }: { readonly name: string; readonly inner: Text }) =>
    both({
      name,
      one: inner,
      other: line("waits")
        .waitFor("hear", { schema: text })
        .step("heard", ({ input, signal }) => mixed(input, signal)),
    }),
});

const both = defineKind({
  kind: "both",
  expand: ({ name, one, other }: { readonly name: string; readonly one: Text; readonly other: Text }) =>
    line(name)
      .parallel({ one, other })
      .step("join", (values) => mixed(values.one, values.other)),
});
