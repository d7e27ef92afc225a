import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("FALL-1: when all attempts have failed the fallback is given the same value, and its output is the node's; which one is in the metadata", async () => {
  const program = pipeline({ name: "p" }).step(fails("main"), { fallback: echo("second") });
  expect(await new Stage().run(program)).toMatchObject({
    status: "succeeded",
    output: "second in",
    steps: [{ name: "main", path: "p/main", metadata: { fallback: 1 } }],
  });
  const fine = pipeline({ name: "p" }).step(echo("main"), { fallback: echo("second") });
  const result = await new Stage().run(fine);
  expect(result).toMatchObject({ output: "main in" });
  expect(result.steps[0]?.metadata).not.toHaveProperty("fallback");
});

test("FALL-2: a list is a chain: each is tried when the one before has failed; where all fail, the failure of the last is the node's", async () => {
  const stage = new Stage();
  const tries = (name: string) =>
    step(name, (_: unknown, { path }): never => {
      stage.note(path);
      throw new Error(`${name} fails`);
    });
  const chain = (last: ReturnType<typeof echo>) =>
    pipeline({ name: "p" }).step(tries("main"), { fallback: [tries("a"), last, tries("never")] });
  expect(await stage.run(chain(echo("b")))).toMatchObject({ output: "b in", steps: [{ metadata: { fallback: 2 } }] });
  expect(stage.notes).toEqual(["p/main", "p/main/fallback"]);
  const other = new Stage();
  expect(await other.run(pipeline({ name: "p" }).step(fails("main"), { fallback: [fails("a"), fails("b")] }))).toMatchObject({
    status: "failed",
    failure: { message: "p/main/fallback-2: b fails", path: "p/main/fallback-2" },
    steps: [{ path: "p/main", metadata: { fallback: 2 } }],
  });
});

test("FALL-3: retries come before fallbacks, and the fallback is told why the node failed", async () => {
  const stage = new Stage();
  const main = step("main", (_: unknown, { attempt }): never => {
    stage.note(`main ${attempt}`);
    throw new Error(`no ${attempt}`);
  });
  const second = step("second", (_: unknown, { feedback }) => {
    stage.note(`second ${feedback?.message ?? "-"}`);
  });
  await stage.run(pipeline({ name: "p" }).step(main, { retry: { retries: 1, firstDelayMs: 0 }, fallback: second }));
  expect(stage.notes).toEqual(["main 1", "main 2", "second p/main#2: no 2"]);
});

test("FALL-4: the fallback sees the context as it was before the node; only what it wrote itself counts", async () => {
  const main = pipeline({ name: "main", context: Shared }).step(logs("lost")).step(fails("no"));
  const second = pipeline({ context: Shared }).step(looks("see")).step(logs("kept"));
  expect(await new Stage().run(shared().step(logs("before")).step(main, { fallback: second }))).toMatchObject({
    output: "nobody before",
    context: { log: ["before", "kept"] },
  });
});

test("FALL-5: usage and cost are those of all that was tried", async () => {
  const ask = (name: string) =>
    agent({ name, instructions: "", model: scriptedModel(() => ({ text: "x", usage: { inputTokens: 10, outputTokens: 1 } })) });
  const program = pipeline({ name: "p" }).step(pipeline({ name: "main" }).step(ask("one")).step(fails("no")), { fallback: ask("two") });
  expect(await new Stage().run(program)).toMatchObject({
    steps: [{ usage: { inputTokens: 20, modelCalls: 2 }, cost: { kind: "unknown" } }],
  });
});

test("FALL-6: a cancellation calls no fallback", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" }).step(patient(stage, "main"), { fallback: step("second", () => stage.note("second")) });
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["main begins", "main is told: cancelled"]);
});

test("FALL-7: a fallback that is the node itself, or leads back to it, is refused before there is a run", async () => {
  const main = fails("main");
  const around = pipeline({ name: "around" }).step(main);
  for (const fallback of [main, around, [echo("fine"), main]]) {
    const stage = new Stage();
    await expect((async () => stage.run(pipeline({ name: "p" }).step(main, { fallback })))()).rejects.toMatchObject({
      code: "pipeline_invalid",
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
});

test("FALL-8: a question in a fallback pauses the run; after the answer it goes on there, and the node is not tried again", async () => {
  const stage = new Stage();
  const main = step("main", (): never => {
    stage.note("main");
    throw new Error("no");
  });
  const program = pipeline({ name: "p" }).step(withPolicy(main, { fallback: pipeline().human("ask", { answer: z.string() }) }));
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/main/fallback/ask" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: { input: "in", answer: "yes" } });
  expect(stage.notes).toEqual(["main"]);
});
