import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("TAP-1: the program is given the value, and the value is passed on, whatever the program gives", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .tap("look", (value: unknown) => {
      stage.note(`saw ${String(value)}`);
      return "something else";
    })
    .tap(
      pipeline()
        .step(echo("a"))
        .step("b", (value) => stage.note(value)),
    )
    .step(echo("next"));
  expect(await stage.run(program)).toMatchObject({
    output: "next in",
    steps: [{ name: "look", output: "in" }, { name: "tap", output: "in" }, {}],
  });
  expect(stage.notes).toEqual(["saw in", "a in"]);
});

test("TAP-2: the value goes on when the program has ended, not before", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .tap("slow", async () => {
      await stage.clock.sleep(10);
      stage.note("tapped");
    })
    .step("next", () => stage.note("next"));
  expect(await stage.run(program)).toMatchObject({ steps: [{ latencyMs: 10 }, {}] });
  expect(stage.notes).toEqual(["tapped", "next"]);
});

test("TAP-3: it sees the context, and what it wrote is kept", async () => {
  const program = shared()
    .step(logs("before"))
    .tap(pipeline({ context: Shared }).step(logs("tap")))
    .step(looks("see"));
  expect(await new Stage().run(program)).toMatchObject({ output: "nobody before,tap", context: { log: ["before", "tap"] } });
});

test("TAP-4: its failure fails the pipeline; under onError: ignore it is noted in the metadata, and what was written in it is lost", async () => {
  const tapped = pipeline({ context: Shared }).step(logs("lost")).step(fails("no"));
  expect(await new Stage().run(shared().tap(tapped, { name: "tap" }).step(echo("next")))).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/tap/run/no" },
    steps: [{ status: "failed", path: "p/tap" }],
  });
  expect(await new Stage().run(shared().tap(tapped, { name: "tap", onError: "ignore" }).step(echo("next")))).toMatchObject({
    status: "succeeded",
    output: "next in",
    context: { log: [] },
    steps: [{ status: "succeeded", output: "in", metadata: { ignored: expect.stringContaining("no fails") } }, {}],
  });
});

test("TAP-5: what it used counts, also where its failure is ignored", async () => {
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "said") });
  const tapped = pipeline().step(ask).step(fails("no"));
  expect(await new Stage().run(pipeline({ name: "p" }).tap(tapped, { onError: "ignore" }).tap(ask))).toMatchObject({
    usage: { modelCalls: 2 },
    steps: [{ usage: { modelCalls: 1 } }, { usage: { modelCalls: 1 } }],
  });
});

test("TAP-6: a cancellation is not ignored", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .tap(patient(stage, "tap"), { onError: "ignore" })
    .step("next", () => stage.note("next"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ path: "p/tap", status: "failed" }] });
  expect(stage.notes).toEqual(["tap begins", "tap is told: cancelled"]);
});

test("TAP-7: a question in it pauses the run, and a tap that has ended is not run again by a resume", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .tap("once", () => stage.note("once"))
    .tap(pipeline().human("sure", { answer: z.boolean() }), { name: "ask" })
    .step(echo("next"));
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/ask/run/sure" }] });
  expect(await stage.answer(program, true)).toMatchObject({ status: "succeeded", output: "next in" });
  expect(stage.notes).toEqual(["once"]);
});
