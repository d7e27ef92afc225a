import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline } from "../../src/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, RUN_ID, Stage } from "./support/stage.ts";

const START_MS = Date.UTC(2030, 0, 1);
const Paid = z.object({ cents: z.number() });
const paid = pipeline({ name: "p" }).waitFor("paid", { schema: Paid });

test("WAIT-1: it waits for a signal of its name, and passes on { input, signal }: the value, and the signal as its schema makes it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).waitFor("paid", { schema: z.string().transform((text) => text.length) });
  expect(await stage.run(program)).toMatchObject({
    status: "paused",
    pauses: [{ id: "p/paid", name: "paid", waitsFor: "signal" }],
    wakeAtMs: null,
  });
  await stage.flujo().signal(RUN_ID, "paid", "four");
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { input: "in", signal: 4 } });
});

test("WAIT-2: a signal that comes early is kept; of several the first to come is the first to be taken, and each is taken once", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .step(stage.door())
    .waitFor("paid", { schema: z.number() })
    .step("first", ({ signal }) => signal)
    .waitFor("again", { schema: z.number() })
    .step("both", ({ input, signal }) => [input, signal]);
  await stage.park(program);
  await stage.flujo().signal(RUN_ID, "paid", 1);
  await stage.flujo().signal(RUN_ID, "paid", 2);
  await stage.flujo().signal(RUN_ID, "again", 3);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: [1, 3] });
});

test("WAIT-3: a signal of the wrong shape is refused where it is waited for, and nothing is recorded", async () => {
  const stage = new Stage();
  const paused = await stage.run(paid);
  const before = await stage.entries();
  await expect(stage.flujo().signal(RUN_ID, "paid", { cents: "many" })).rejects.toMatchObject({ code: "answer_invalid" });
  expect(await stage.entries()).toEqual(before);
  expect(await stage.resume(paid)).toEqual(paused);
});

test("WAIT-4: a signal that nothing in the program waits for is refused", async () => {
  const stage = new Stage();
  await stage.run(paid);
  await expect(stage.flujo().signal(RUN_ID, "piad", { cents: 1 })).rejects.toMatchObject({ code: "pause_not_found" });
});

test("WAIT-5: after timeoutMs it fails as timeout", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).waitFor("paid", { schema: Paid, timeoutMs: 60_000 }).step(echo("never"));
  expect(await stage.run(program)).toMatchObject({ status: "paused", wakeAtMs: START_MS + 60_000 });
  await stage.clock.advance(30_000);
  expect(await stage.resume(program)).toMatchObject({ status: "paused", wakeAtMs: START_MS + 60_000 });
  await stage.clock.advance(30_000);
  expect(await stage.resume(program)).toMatchObject({
    status: "failed",
    failure: { code: "timeout", path: "p/paid" },
    steps: [{ latencyMs: 60_000 }],
  });
});

test("WAIT-6: with a `default` the timeout gives that as the signal, and is noted in the metadata", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).waitFor("paid", { schema: Paid, timeoutMs: 10, default: { cents: 0 } });
  expect(await stage.run(program)).toMatchObject({
    status: "succeeded",
    output: { input: "in", signal: { cents: 0 } },
    steps: [{ metadata: { timedOut: true } }],
  });
});

test("WAIT-7: with an `onTimeout` that program runs on the value, and what it gives and writes is the node's", async () => {
  const stage = new Stage();
  const onTimeout = pipeline({ context: Shared }).step(logs("reminded")).step(looks("see"));
  const program = shared().step(logs("before")).waitFor("paid", { schema: Paid, timeoutMs: 10, onTimeout });
  expect(await stage.run(program)).toMatchObject({ output: "nobody before,reminded", context: { log: ["before", "reminded"] } });
  const broken = pipeline({ name: "p" }).waitFor("paid", { schema: Paid, timeoutMs: 10, onTimeout: fails("no") });
  expect(await new Stage().run(broken)).toMatchObject({ status: "failed", failure: { code: "step_failed" }, steps: [{ path: "p/paid" }] });
});

test("WAIT-8: a signal that came before the timeout wins, also where both are there when the run is gone on with", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).waitFor("paid", { schema: Paid, timeoutMs: 60_000 });
  await stage.run(program);
  await stage.clock.advance(30_000);
  await stage.flujo().signal(RUN_ID, "paid", { cents: 5 });
  await stage.clock.advance(60_000);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { signal: { cents: 5 } } });
});

test("WAIT-9: waiting costs nothing, and a wait whose run was called off is closed", async () => {
  const stage = new Stage();
  await stage.run(paid);
  await stage.cancel();
  await expect(stage.flujo().signal(RUN_ID, "paid", { cents: 5 })).rejects.toMatchObject({ code: "usage_invalid" });
  const other = new Stage();
  await other.run(paid);
  await other.clock.advance(5_000);
  await other.flujo().signal(RUN_ID, "paid", { cents: 5 });
  expect(await other.resume(paid)).toMatchObject({ steps: [{ latencyMs: 5_000, cost: { kind: "free" }, writes: [] }] });
});

test("WAIT-10: a signal after the timeout is late although nobody ran the run then: its sender is told, and the next wait of its name takes it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .waitFor("paid", { schema: z.number(), timeoutMs: 60_000, default: 0 })
    .step("first", ({ signal }) => signal)
    .loop(pipeline({ name: "more" }).waitFor("paid", { schema: z.number() }), { maxIterations: 1 });
  await stage.run(program);
  await stage.clock.advance(60_001);
  expect(await stage.flujo().signal(RUN_ID, "paid", 7)).toMatchObject({ isAwaited: false, overAtMs: START_MS + 60_000 });
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { input: 0, signal: 7 } });
});
