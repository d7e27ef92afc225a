import { expect, test } from "vitest";
import { Flujo, pipeline, step } from "../../src/index.ts";

test.each([1e300, 8.7e15, -1e300, Number.NaN, Number.POSITIVE_INFINITY])(
  "a moment that no Date can say (%d) is no time: the sleep fails, and nobody waits for it",
  async (moment) => {
    const flujo = new Flujo();
    const result = await flujo.run(
      pipeline({ name: "p" }).sleepUntil("later", () => moment),
      "in",
    );
    await flujo.close();
    expect(result).toMatchObject({ status: "failed", failure: { code: "decision_failed" } });
  },
);

test("a name with half a character is refused: a store would make the same of two of them", async () => {
  const flujo = new Flujo();
  const named = (name: string) => pipeline({ name: "p" }).step(step(name, () => 1));
  await expect(async () => flujo.run(named("a\ud800b"), "in")).rejects.toMatchObject({ code: "pipeline_invalid" });
  expect(await flujo.run(named("a🚀b"), "in")).toMatchObject({ status: "succeeded" });
  await flujo.close();
});
