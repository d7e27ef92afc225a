import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";

// What plain JavaScript can write and no compiler sees must not pass without a word.

test("an option that step() or pipeline() does not know is refused, with the name that was meant", () => {
  const misspelt = { name: "pay", retires: 4, run: () => 1 } as unknown as { name: string; run: () => number };
  expect(() => step(misspelt)).toThrow(/there is no option "retires".*Did you mean "?retries/s);
  expect(() => pipeline({ nam: "p" } as never)).toThrow(/there is no option "nam"/);
});

test("an update that returns another object instead of changing the draft fails the step; one that returns the draft, or a part of it, does not", async () => {
  const context = z.object({ n: z.number().default(0), part: z.object({ m: z.number() }).default({ m: 1 }) });
  type Change = (draft: { n: number; part: { m: number } }) => unknown;
  const run = async (change: Change) => {
    await using flujo = new Flujo();
    const write = step({
      name: "write",
      context,
      run: (_input: unknown, { update }) => {
        update(change);
        return null;
      },
    });
    return await flujo.run(pipeline({ name: "p", input: z.null(), context }).step(write), null);
  };
  const replaced = await run((draft) => ({ ...draft, n: 5 }));
  expect(replaced).toMatchObject({ status: "failed", failure: { path: "p/write" } });
  expect(replaced.status === "failed" && replaced.failure.message).toContain("change the draft, do not replace it");
  expect(await run((draft) => draft)).toMatchObject({ status: "succeeded" });
  expect(await run((draft) => draft.part)).toMatchObject({ status: "succeeded" });
  expect(await run((draft) => Object.assign(draft, { n: 5 }))).toMatchObject({ status: "succeeded", context: { n: 5 } });
});
