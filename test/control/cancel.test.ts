import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, type RunRecord, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

/** A step that goes on until it is told to stop. */
function patient() {
  const begun = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  const wait = step({
    name: "wait",
    run: (_n: number, { signal }): Promise<number> => {
      begun.resolve();
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(new Error("stopped"));
        }),
      );
    },
  });
  return {
    program: pipeline({ name: "p" })
      .step("one", (n: number) => n + 1)
      .step(wait),
    begun: begun.promise,
    reasons,
  };
}

const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean() });

test("a run of this process ends at once: its step is told to stop, and the reason is in its result and its journal", async () => {
  const { program, begun, reasons } = patient();
  const flujo = new Flujo();
  const running = flujo.run(program, 1, RUN);
  await begun;
  expect(await flujo.cancel(RUN.runId, "wrong customer")).toMatchObject({ status: "cancelled", owner: null });
  expect(reasons).toEqual(["cancelled"]);
  const result = await running;
  expect(result).toMatchObject({ status: "cancelled", reason: "wrong customer" });
  const entries = await flujo.entries(RUN.runId);
  expect(entries.map(({ type, key }) => `${type} ${key}`)).toEqual([
    "run-started p",
    "operation-finished p/one",
    "cancel-requested p",
    "operation-finished p/wait",
    "run-finished p",
  ]);
  expect(entries.at(-1)).toMatchObject({ end: { status: "cancelled", reason: "wrong customer" } });
  expect(await flujo.result(RUN.runId)).toEqual(result);
});

test("a run that waits is ended where it is: no program is needed, and what it had used is kept", async () => {
  const flujo = new Flujo();
  await flujo.run(asks, 1, RUN);
  expect(await new Flujo().cancel("nobody").catch((error: unknown) => error)).toMatchObject({ code: "run_not_found" });
  expect(await flujo.cancel(RUN.runId)).toMatchObject({ status: "cancelled", pauses: [] });
  expect((await flujo.entries(RUN.runId)).at(-1)).toEqual(expect.objectContaining({ type: "run-finished", end: { status: "cancelled" } }));
  expect(await flujo.result(RUN.runId)).toMatchObject({ status: "cancelled", reason: null });
  expect(await flujo.resume(asks, RUN.runId), "a resume gives what came of it").toMatchObject({ status: "cancelled" });
  await expect(flujo.answer(asks, RUN.runId, { value: true })).rejects.toMatchObject({ code: "pause_not_found" });
});

test("a run that has ended is not cancelled again, and the refusal says how it ended", async () => {
  const flujo = new Flujo();
  await flujo.run(asks, 1, RUN);
  await flujo.cancel(RUN.runId);
  await expect(flujo.cancel(RUN.runId)).rejects.toMatchObject({ code: "usage_invalid", details: { status: "cancelled" } });
  const { runId } = await flujo.run(
    step("one", (n: number) => n),
    1,
  );
  await expect(flujo.cancel(runId)).rejects.toMatchObject({
    code: "usage_invalid",
    summary: expect.stringContaining("already ended (succeeded)"),
  });
});

test("two who cancel at the same moment both learn that it is cancelled, and it is ended once", async () => {
  for (const live of [true, false]) {
    const { program, begun } = patient();
    const flujo = new Flujo();
    const running = live ? flujo.run(program, 1, RUN) : flujo.run(asks, 1, RUN);
    if (live) await begun;
    else await running;
    const both = await Promise.allSettled([flujo.cancel(RUN.runId, "a"), flujo.cancel(RUN.runId, "b")]);
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    const told = both.map((one) =>
      one.status === "fulfilled" ? one.value.status : (one.reason as { details: { status: string } }).details.status,
    );
    expect(told).toEqual(["cancelled", "cancelled"]);
    expect((await flujo.entries(RUN.runId)).filter(({ type }) => type === "run-finished")).toHaveLength(1);
    expect(await flujo.result(RUN.runId)).toMatchObject({ status: "cancelled", reason: "a" });
  }
});

test("a run that is only beginning, or just being gone on with, is cancelled too", async () => {
  const { program } = patient();
  const flujo = new Flujo();
  const running = flujo.run(program, 1, RUN);
  let record: RunRecord | null = null;
  while (record === null) record = await flujo.cancel(RUN.runId, "early").catch(() => null);
  expect(record).toMatchObject({ status: "cancelled" });
  expect(await running).toMatchObject({ status: "cancelled", reason: "early" });

  const second = new Flujo();
  await second.run(asks, 1, RUN);
  const resumed = second.resume(asks, RUN.runId);
  expect(await second.cancel(RUN.runId, "on the way")).toMatchObject({ status: "cancelled" });
  expect(["cancelled", "paused"]).toContain((await resumed).status);
});

test("a run that was parked is ended, with what its journal says that it used", async () => {
  const store = memoryStore();
  const first = new Flujo({ state: store });
  const waiting = Promise.withResolvers<void>();
  const ask = agent({ name: "ask", model: scriptedModel(["yes"]), instructions: "" });
  const program = pipeline({ name: "p" })
    .step(ask)
    .step("wait", () => {
      waiting.resolve();
      return new Promise<null>(() => undefined);
    });
  const running = first.run(program, "x", RUN);
  await waiting.promise;
  await first.close();
  expect(await running).toMatchObject({ status: "stopped" });
  const usage = { inputTokens: 100, outputTokens: 20, modelCalls: 1 };
  const second = new Flujo({ state: store });
  expect(await second.cancel(RUN.runId, "nobody wants it")).toMatchObject({ status: "cancelled", epoch: 2, usage });
  expect(await second.result(RUN.runId)).toMatchObject({ status: "cancelled", reason: "nobody wants it", usage });
});

test("a cancellation outlives its process: whoever goes on with the run finds it, and does nothing more", async () => {
  const lab = new Lab();
  const { program, begun } = patient();
  // Its process dies before the end of the run is written down.
  const { flujo, crashed } = lab.doomed(1);
  const running = flujo.run(program, 1, RUN);
  await Promise.race([begun, crashed]);
  await lab.inner.post({ runId: RUN.runId, kind: "cancel", name: "too late for you", value: null, atMs: 0 });
  const resumed = await lab.flujo().resume(program, RUN.runId);
  expect(resumed).toMatchObject({ status: "cancelled", reason: "too late for you" });
  void running.catch(() => undefined);
});

test("another Flujo on the same store is told within a tenth of a second of its clock, and the asker learns that it was asked", async () => {
  const clock = new ManualClock();
  const store = memoryStore();
  const { program, begun } = patient();
  const first = new Flujo({ state: store, clock });
  const second = new Flujo({ state: store, clock });
  const running = first.run(program, 1, RUN);
  await begun;
  expect(clock.sleepers, "looking for letters keeps nobody awake").toBe(0);
  expect(await second.cancel(RUN.runId, "from the other")).toMatchObject({ status: "running", owner: { pid: process.pid } });
  await clock.advance(100);
  expect(await running).toMatchObject({ status: "cancelled", reason: "from the other" });
  await expect(second.cancel(RUN.runId)).rejects.toMatchObject({ code: "usage_invalid" });
});

test("while no run is live nobody looks for letters, and a store that cannot be shared is never looked into", async () => {
  const looks: string[] = [];
  const counting = (store = memoryStore()) =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === "newestLetter") looks.push(name);
        const member = Reflect.get(target, name, target) as unknown;
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  const clock = new ManualClock();
  const { program, begun } = patient();
  const flujo = new Flujo({ state: counting(), clock });
  const running = flujo.run(program, 1, RUN);
  await begun;
  await clock.advance(1_000);
  expect(looks).toHaveLength(10);
  await flujo.cancel(RUN.runId);
  await running;
  looks.length = 0;
  await clock.advance(1_000);
  expect(looks).toEqual([]);
});

test("a run may call itself off, from a step that waits for it", async () => {
  const flujo = new Flujo();
  const self = step("self", async (_n: number, { runId }) => flujo.cancel(runId, "I have seen enough"));
  expect(await flujo.run(self, 1)).toMatchObject({ status: "cancelled", reason: "I have seen enough" });
});

test("a closed Flujo cancels nothing", async () => {
  const flujo = new Flujo();
  await flujo.close();
  await expect(flujo.cancel("r")).rejects.toMatchObject({ code: "flujo_closed" });
  await expect(flujo.signal("r", "sure")).rejects.toMatchObject({ code: "flujo_closed" });
});
