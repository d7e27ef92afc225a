import { expect, test } from "vitest";
import { background, pipeline, step } from "../../src/index.ts";
import { RUN_ID, Stage } from "./support/stage.ts";

test("BG-1: it starts its program as a run of its own, on what it is given, and goes on at once with that run's id", async () => {
  const stage = new Stage();
  const mail = pipeline({ name: "mail" }).step(step("send", (to: unknown) => stage.note(`sent to ${String(to)}`)));
  const program = pipeline({ name: "p" }).step(background(mail));
  const flujo = stage.flujo();
  const result = await flujo.run(program, "ada", { runId: RUN_ID });
  const runId = (result.status === "succeeded" ? result.output : { runId: "" }).runId;
  expect(runId).toMatch(/^run-1\.mail-[0-9a-f]{16}$/);
  for await (const _event of flujo.events(runId)); // until it is at rest
  expect(await flujo.result(runId)).toMatchObject({ status: "succeeded", pipeline: "mail" });
  expect(await flujo.find(runId)).toMatchObject({ lineage: { root: RUN_ID, parent: RUN_ID, how: "spawned" } });
  expect(stage.notes).toEqual(["sent to ada"]);
});
