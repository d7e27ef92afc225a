import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline } from "../../src/index.ts";
import { echo, RUN_ID, Stage } from "./support/stage.ts";

const asks = (stage: Stage) =>
  pipeline({ name: "p" })
    .step("first", (value: string) => {
      stage.note("first");
      return value;
    })
    .human("ask", { answer: z.string() });
const before = (stage: Stage) => asks(stage).step("say", ({ answer }) => `before ${answer}`);
const after = (stage: Stage) => asks(stage).step("say", ({ answer }) => `after ${answer}`);

test("CODE-1: a resume or an answer with other code than the run was begun with is refused as plan_changed, which names what differs; the run is left as it was", async () => {
  const stage = new Stage();
  const paused = await stage.run(before(stage));
  const entries = await stage.entries();
  await expect(stage.resume(after(stage))).rejects.toMatchObject({ code: "plan_changed" });
  await expect(stage.answer(after(stage), "yes")).rejects.toMatchObject({ code: "plan_changed" });
  await expect(stage.resume(after(stage))).rejects.toThrow("p/say");
  expect(await stage.entries()).toEqual(entries);
  expect(await stage.resume(before(stage))).toEqual(paused);
  expect(await stage.answer(before(stage), "yes")).toMatchObject({ output: "before yes" });
});

test("CODE-2: a run is driven by the plan it began with: it does not see a step that was added since", async () => {
  const stage = new Stage();
  await stage.run(before(stage));
  expect(await stage.answer(before(stage).step(echo("added")), "yes")).toMatchObject({ status: "succeeded", output: "before yes" });
});

test("CODE-3: under onCodeChange: continue it goes on with the code now loaded; what is on record stays, and that the code was accepted is on record", async () => {
  const stage = new Stage();
  await stage.run(before(stage));
  const flujo = new Flujo({ state: stage.store, clock: stage.clock, onCodeChange: "continue" });
  expect(await stage.clock.until(flujo.answer(after(stage), RUN_ID, { value: "yes" }))).toMatchObject({ output: "after yes" });
  expect(stage.notes).toEqual(["first"]);
  const accepted = (await stage.entries()).filter(({ type }) => type === "code-accepted");
  expect(accepted).toMatchObject([{ changes: [expect.stringContaining("p/say")] }]);
});

test("CODE-4: a step that is still to come and is gone is refused under `continue`, too", async () => {
  const stage = new Stage();
  await stage.run(before(stage));
  const flujo = new Flujo({ state: stage.store, clock: stage.clock, onCodeChange: "continue" });
  await expect(flujo.resume(asks(stage), RUN_ID)).rejects.toMatchObject({ code: "plan_changed" });
  expect(await flujo.find(RUN_ID)).toMatchObject({ status: "paused" });
});

test("CODE-5: under onCodeChange: fork another run of the same line goes on with the new plan and keeps what does not depend on what changed; the run itself stays as it is", async () => {
  const stage = new Stage();
  await stage.run(before(stage));
  const entries = await stage.entries();
  const flujo = new Flujo({ state: stage.store, clock: stage.clock, onCodeChange: "fork" });
  const forked = await stage.clock.until(flujo.resume(after(stage).step(echo("added")), RUN_ID));
  expect(forked).toMatchObject({ status: "paused", pauses: [{ id: "p/ask" }] });
  expect(forked.runId).not.toBe(RUN_ID);
  expect(await flujo.find(forked.runId)).toMatchObject({ lineage: { root: RUN_ID, parent: RUN_ID, how: "forked" } });
  const { runId } = forked;
  const answered = flujo.answer(after(stage).step(echo("added")), runId, { value: "yes" });
  expect(await stage.clock.until(answered)).toMatchObject({ output: "added after yes" });
  expect(stage.notes).toEqual(["first"]);
  expect(await stage.entries()).toEqual(entries);
});
