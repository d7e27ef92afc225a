import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, shared } from "./support/context.ts";
import { patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("CANCEL-1: everything in flight is told through its signal, with the reason cancelled, in the turn of the call", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" }).parallel({ a: patient(stage, "a"), b: pipeline().step(patient(stage, "b")) });
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  const before = stage.clock.now();
  await flujo.cancel(RUN_ID);
  expect(stage.notes.toSorted()).toEqual(["a begins", "a is told: cancelled", "b begins", "b is told: cancelled"]);
  expect(stage.clock.now()).toBe(before);
  await going;
});

test("CANCEL-2: what has not begun does not begin", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .parallel({ a: patient(stage, "a"), b: step("b", () => stage.note("b")) }, { concurrency: 1 })
    .step("c", () => stage.note("c"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  await going;
  expect(stage.notes).toEqual(["a begins", "a is told: cancelled"]);
});

test("CANCEL-3: the run ends as cancelled, with the reason that was given first, and keeps the steps, the context and the cost of what was done", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(["said"]) });
  const going = flujo.run(shared().step(logs("done")).step(ask).step(patient(stage, "wait")), "in", { runId: RUN_ID });
  await expect.poll(() => stage.notes).toEqual(["wait begins"]);
  await Promise.allSettled([flujo.cancel(RUN_ID, "wrong customer"), flujo.cancel(RUN_ID, "second thought")]);
  const result = await going;
  expect(result).toMatchObject({
    status: "cancelled",
    reason: "wrong customer",
    context: { log: ["done"] },
    usage: { modelCalls: 1 },
    steps: [{ status: "succeeded" }, { status: "succeeded" }, { status: "failed", failure: { code: "cancelled" } }],
  });
  expect(() => result.unwrap()).toThrow(expect.objectContaining({ code: "cancelled" }));
  expect(await stage.flujo().result(RUN_ID)).toEqual(result);
});

test("CANCEL-4: aborting the `signal` of a run is a cancellation", async () => {
  const stage = new Stage();
  const abort = new AbortController();
  const going = stage.flujo().run(pipeline({ name: "p" }).step(patient(stage, "wait")), "in", { runId: RUN_ID, signal: abort.signal });
  await turns();
  abort.abort();
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["wait begins", "wait is told: cancelled"]);
});

test("CANCEL-5: a run at rest is ended where it is: no program is needed, and nothing is run", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).human("ask", { answer: z.string() });
  await stage.run(program);
  expect(await stage.cancel("nobody wants it")).toMatchObject({ status: "cancelled", pauses: [], owner: null });
  expect(await stage.resume(program)).toMatchObject({ status: "cancelled", reason: "nobody wants it" });
});

test("CANCEL-6: a run that has ended is not cancelled: the refusal says how it ended", async () => {
  const stage = new Stage();
  await stage.run(pipeline({ name: "p" }).step("a", () => 1));
  await expect(stage.cancel()).rejects.toMatchObject({ code: "usage_invalid", details: { status: "succeeded" } });
  expect(await stage.flujo().result(RUN_ID)).toMatchObject({ status: "succeeded" });
});

test("CANCEL-7: a cancellation that nobody was there to hear is found by whoever goes on with the run, and nothing more is done", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .step(stage.door())
    .step("next", () => stage.note("next"));
  await stage.park(program);
  await stage.store.post({ runId: RUN_ID, kind: "cancel", name: "too late", value: null, atMs: 0 });
  expect(await stage.resume(program)).toMatchObject({ status: "cancelled", reason: "too late" });
  expect(stage.notes).toEqual(["door"]);
});

test("CANCEL-8: model calls and tools are told as steps are", async () => {
  const stage = new Stage();
  const wait = tool({
    name: "wait",
    description: "Waits.",
    input: z.object({}),
    run: (_args, { signal }) => {
      stage.note("tool begins");
      return new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          stage.note(`tool is told: ${String(signal.reason)}`);
          resolve("late");
        }),
      );
    },
  });
  const calls = scriptedModel([{ calls: [{ tool: "wait", input: {} }] }, "never asked"]);
  const hangs = scriptedModel(({ options }) => {
    stage.note("model begins");
    return new Promise((resolve) =>
      options.abortSignal?.addEventListener("abort", () => {
        stage.note("model is told");
        resolve("late");
      }),
    );
  });
  const program = pipeline({ name: "p" }).parallel({
    tool: agent({ name: "a", instructions: "", model: calls, tools: [wait] }),
    model: agent({ name: "b", instructions: "", model: hangs }),
  });
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await expect.poll(() => stage.notes.length).toBe(2);
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", usage: { modelCalls: 2, toolCalls: 1 } });
  expect(stage.notes.toSorted()).toEqual(["model begins", "model is told", "tool begins", "tool is told: cancelled"]);
  expect(calls.calls).toHaveLength(1);
});

/** A step that comes to an end so long after it was told to stop. */
const slowly = (stage: Stage, ms: number) =>
  step("slowly", (_: unknown, { signal }) => {
    stage.note("begins");
    return new Promise<string>((resolve) => signal.addEventListener("abort", () => stage.clock.after(ms, () => resolve("done after all"))));
  });

test("CANCEL-9: what succeeds within graceMs of being told has succeeded, and nothing after it begins", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .step(slowly(stage, 4_999))
    .step("next", () => stage.note("next"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  const cancelling = flujo.cancel(RUN_ID);
  await stage.clock.advance(5_000);
  await cancelling;
  const result = await going;
  expect(result).toMatchObject({ status: "cancelled" });
  expect(result.steps[0]).toMatchObject({ status: "succeeded", output: "done after all" });
  expect(stage.notes).toEqual(["begins"]);
});

test("CANCEL-10: what has not come to an end after graceMs is left to itself, and its failure says so (`abandoned`)", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(slowly(stage, 60_000)), "in", { runId: RUN_ID });
  await turns();
  const cancelling = flujo.cancel(RUN_ID);
  await stage.clock.advance(4_999);
  await cancelling;
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ status: "running" });
  await stage.clock.advance(1);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ failure: { code: "cancelled", details: { abandoned: true } } }] });
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ status: "cancelled" });
});

test("CANCEL-11: that it was called off is on record, in its place among the outcomes", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(
    pipeline({ name: "p" })
      .step("one", () => 1)
      .step(patient(stage, "wait")),
    "in",
    { runId: RUN_ID },
  );
  await turns();
  await flujo.cancel(RUN_ID, "wrong customer");
  await going;
  const entries = await stage.entries();
  expect(entries.map(({ type }) => type)).toEqual([
    "run-started",
    "operation-finished",
    "cancel-requested",
    "operation-finished",
    "run-finished",
  ]);
  expect(entries[2]).toMatchObject({ key: "p", reason: "wrong customer" });
});

test("CANCEL-12: flujo.cancel waits a second for the run to end, and then gives its record as it is: running", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(slowly(stage, 4_000)), "in", { runId: RUN_ID });
  await turns();
  const cancelling = flujo.cancel(RUN_ID);
  await stage.clock.advance(1_000);
  expect(await cancelling).toMatchObject({ status: "running" });
  await stage.clock.advance(3_000);
  expect(await going).toMatchObject({ status: "cancelled" });
});
