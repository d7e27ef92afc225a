import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline } from "../../src/index.ts";

test("two answers to one pause at the same moment: one counts, the other is refused, whichever ways they take", async () => {
  const program = pipeline({ name: "p", input: z.number() }).human("sure", { answer: z.string() });
  for (let round = 0; round < 20; round++) {
    await using flujo = new Flujo();
    const { runId } = await flujo.run(program, 1);
    const answers = await Promise.allSettled(["a", "b"].map((value) => flujo.answer(program, runId, { value })));
    const [counted, ...others] = answers.filter(({ status }) => status === "fulfilled");
    expect(others, "only one was taken").toEqual([]);
    expect(counted).toMatchObject({ value: { status: "succeeded" } });
    expect(answers.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "pause_not_found" } });
  }
});
