import { expect, test } from "vitest";
import { agent, pipeline } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const paid = (name: string, tokens: number) =>
  agent({ name, instructions: "", model: scriptedModel(() => ({ text: "said", usage: { inputTokens: tokens, outputTokens: 1 } })) });

test("SEQ-1: the first member is given the sequence's input, each other the output before it, and the last output is the sequence's", async () => {
  const inner = pipeline().step(echo("a")).step(echo("b")).step(echo("c"));
  expect(await new Stage().run(pipeline({ name: "p" }).step(inner))).toMatchObject({ output: "c b a in" });
});

test("SEQ-2: each member sees what the members before it wrote, and all of it is the sequence's", async () => {
  const inner = pipeline().step(logs("a")).step(logs("b")).step(looks("see"));
  const result = await new Stage().run(shared().step(logs("first")).step(inner).step(logs("last")));
  expect(result).toMatchObject({ steps: [{}, { output: "nobody first,a,b" }, {}], context: { log: ["first", "a", "b", "last"], sum: 4 } });
});

test("SEQ-3: the first failure is the sequence's, and no later member is begun", async () => {
  const stage = new Stage();
  const inner = pipeline()
    .step(fails("a"))
    .step("b", () => stage.note("b"));
  expect(await stage.run(pipeline({ name: "p" }).step(inner))).toMatchObject({
    status: "failed",
    failure: { path: "p/pipeline/a" },
    steps: [{ status: "failed", path: "p/pipeline", failure: { path: "p/pipeline/a" } }],
  });
  expect(stage.notes).toEqual([]);
});

test("SEQ-4: a sequence that failed has written nothing, whatever its members wrote before", async () => {
  const lost = pipeline().step(logs("lost")).step(fails("no"));
  expect(await new Stage().run(shared().parallel({ lost, kept: logs("kept") }, { onFailure: "ignore" }))).toMatchObject({
    status: "succeeded",
    context: { log: ["kept"] },
  });
});

test("SEQ-5: its usage and cost are those of all members that ran, the failed one too", async () => {
  const inner = pipeline()
    .step(paid("a", 10))
    .step(pipeline().step(paid("b", 5)).step(fails("no")));
  expect(await new Stage().run(pipeline({ name: "p" }).step(inner))).toMatchObject({
    steps: [{ status: "failed", usage: { inputTokens: 15, modelCalls: 2 }, cost: { kind: "unknown" } }],
  });
});

test("SEQ-6: a member is entered at the journal's time of the last outcome before it", async () => {
  const stage = new Stage();
  const wait = (name: string, ms: number) => pipeline().step(name, () => stage.clock.sleep(ms));
  const result = await stage.run(pipeline({ name: "p" }).step(wait("a", 10)).step(wait("b", 7)).step(echo("c")));
  const startMs = Date.UTC(2030, 0, 1);
  expect(result.steps.map(({ startedAtMs, latencyMs }) => [startedAtMs - startMs, latencyMs])).toEqual([
    [0, 10],
    [10, 7],
    [17, 0],
  ]);
});

test("SEQ-7: a cancellation ends the member under way, and no other is begun", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .step(patient(stage, "a"))
    .step("b", () => stage.note("b"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["a begins", "a is told: cancelled"]);
});

test("SEQ-8: a sequence that has ended is not looked into by a resume: its output, its writes and its cost come from one entry", async () => {
  const stage = new Stage();
  const inner = pipeline().step(paid("ask", 10)).step(logs("a")).step(echo("b"));
  const program = shared().step(inner).step(stage.door()).step(looks("see"));
  await stage.park(program);
  expect((await stage.store.openEntries(RUN_ID)).map(({ type, key }) => `${type} ${key}`)).not.toContain("operation-finished p/pipeline/a");
  expect(await stage.resume(program)).toMatchObject({
    output: "nobody a",
    usage: { inputTokens: 10 },
    steps: [{ path: "p/pipeline", output: "b said", usage: { inputTokens: 10 } }, {}, {}],
  });
});
