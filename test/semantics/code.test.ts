import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline } from "../../src/index.ts";
import { echo, RUN_ID, Stage } from "./support/stage.ts";

const before = pipeline({ name: "p" })
  .human("ask", { answer: z.string() })
  .step("say", ({ answer }) => `before ${answer}`);
const after = pipeline({ name: "p" })
  .human("ask", { answer: z.string() })
  .step("say", ({ answer }) => `after ${answer}`);

test("CODE-1: a resume or an answer with other code than the run was begun with is refused as plan_changed, which names the steps; the run is left as it was", async () => {
  const stage = new Stage();
  const paused = await stage.run(before);
  const entries = await stage.entries();
  for (const program of [after, before.step(echo("more"))]) {
    await expect(stage.resume(program)).rejects.toMatchObject({ code: "plan_changed" });
    await expect(stage.answer(program, "yes")).rejects.toMatchObject({ code: "plan_changed" });
  }
  await expect(stage.resume(after)).rejects.toThrow("p/say");
  expect(await stage.entries()).toEqual(entries);
  expect(await stage.resume(before)).toEqual(paused);
  expect(await stage.answer(before, "yes")).toMatchObject({ output: "before yes" });
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ status: "succeeded" });
});
