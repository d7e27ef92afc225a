import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { Stage } from "./support/stage.ts";

const Wide = z.object({
  who: z.string().default(""),
  apiToken: z.string().default(""),
  at: z.date().optional(),
  deep: z.record(z.string(), z.unknown()).default({}),
});

type Change = (draft: z.infer<typeof Wide>) => void;

/** Two branches that write; the failure there is. */
async function conflict(a: Change, b: Change): Promise<unknown> {
  const writes = (name: string, change: Change) =>
    step({ name, context: Wide, run: (_: unknown, { update }) => update((draft) => change(draft as z.infer<typeof Wide>)) });
  const result = await new Stage().run(pipeline({ name: "p", context: Wide }).parallel({ a: writes("a", a), b: writes("b", b) }));
  return result.status === "failed" ? result.failure : result;
}

test("CTX-1: a conflict names the place, both branches and what each wrote", async () => {
  const both = await conflict(
    (draft) => void (draft.who = "Ann"),
    (draft) => void (draft.who = "Bob"),
  );
  expect(both).toMatchObject({
    code: "context_conflict",
    message: 'p/parallel: "a" and "b" both wrote the context field "who", and not the same: "a" wrote "Ann", "b" wrote "Bob".',
    details: { field: "who", branches: ["a", "b"], values: ['"Ann"', '"Bob"'] },
  });
  const nested = await conflict(
    (draft) => void (draft.deep["x"] = 1),
    (draft) => void (draft.deep = { y: 2, z: [] }),
  );
  expect(nested).toMatchObject({ message: expect.stringMatching(/: "a" wrote "deep\.x" as 1, "b" wrote an object of 2 fields\.$/) });
  const gone = await conflict(
    (draft) => void (draft.at = new Date(0)),
    (draft) => void (draft.who = "Bob"),
  );
  expect(gone).toMatchObject({ status: "succeeded" });
});

test("CTX-1: of a long text, and of one in a place that is called after a secret, only the length is told", async () => {
  const long = await conflict(
    (draft) => void (draft.who = "x".repeat(41)),
    (draft) => void (draft.who = "y".repeat(40)),
  );
  expect(long).toMatchObject({ details: { values: ["a text of 41 characters", JSON.stringify("y".repeat(40))] } });
  const secret = await conflict(
    (draft) => void (draft.apiToken = "abc"),
    (draft) => void (draft.apiToken = "abcd"),
  );
  expect(secret).toMatchObject({ details: { values: ["a text of 3 characters", "a text of 4 characters"] } });
  expect(JSON.stringify(secret)).not.toContain("abc");
});

test("CTX-1: what counts is what a branch wrote last", async () => {
  const twice = await conflict(
    (draft) => void (draft.who = "Ann"),
    (draft) => {
      draft.who = "Bob";
      draft.who = "Cy";
    },
  );
  expect(twice).toMatchObject({ details: { values: ['"Ann"', '"Cy"'] } });
});
