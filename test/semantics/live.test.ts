import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { logs, shared } from "./support/context.ts";
import { echo, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const DAY_MS = 86_400_000;

/** Waits for a person while something else goes on, until it is let go. */
function busy() {
  const held = Promise.withResolvers<string>();
  const program = shared()
    .step(logs("begun"))
    .parallel({ ask: pipeline().human("ask", { answer: z.number() }), work: step("work", () => held.promise) });
  return { program, release: () => held.resolve("done") };
}

test("LIVE-1: query says of a running run where it stands, what it waits for, its context and what has ended, and leaves it alone", async () => {
  const stage = new Stage();
  const { program, release } = busy();
  const going = stage.start(program);
  await turns();
  const before = await stage.entries();
  const asked = await stage.flujo().query(RUN_ID);
  expect(asked).toMatchObject({
    status: "running",
    context: { log: ["begun"] },
    waits: [{ id: "p/parallel/ask/ask" }],
    steps: [{ name: "begun" }],
  });
  expect(asked.frontier.map(({ path }) => path)).toContain("p/parallel/ask/ask");
  expect(await stage.entries()).toEqual(before);
  await stage.flujo().signal(RUN_ID, "ask", 1);
  release();
  expect(await stage.clock.until(going)).toMatchObject({ status: "succeeded" });
});

test("LIVE-2: of a run at rest it says the same, without its program, and of one that has ended, that it stands nowhere", async () => {
  const stage = new Stage();
  const program = shared().step(logs("one")).human("ask", { answer: z.string() });
  await stage.run(program);
  const asked = await stage.flujo().query(RUN_ID);
  expect(asked).toMatchObject({ status: "paused", isRunning: false, context: { log: ["one"] }, waits: [{ id: "p/ask" }] });
  expect(asked.frontier).toMatchObject([{ path: "p/ask" }]);
  await stage.answer(program, "yes");
  expect(await stage.flujo().query(RUN_ID)).toMatchObject({ status: "succeeded", frontier: [], waits: [], context: { log: ["one"] } });
});

test("LIVE-3: an answer to a running run is taken by it: it goes on by itself, and both who wait are given its result", async () => {
  const stage = new Stage();
  const { program, release } = busy();
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  const answered = flujo.answer(program, RUN_ID, { value: 7 });
  await turns();
  release();
  const result = await going;
  expect(result).toMatchObject({ status: "succeeded", output: { ask: { answer: 7 }, work: "done" } });
  expect(await answered).toEqual(result);
});

test("LIVE-4: a signal to a running run is taken by it, at once where it is waited for and else when it is, as its receipt says", async () => {
  const stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .waitFor("first", { schema: z.number() })
    .step("gate", ({ signal }) => gate.promise.then(() => signal))
    .waitFor("second", { schema: z.number() })
    .step("both", ({ input, signal }) => [input, signal]);
  const side = pipeline({ name: "side" }).parallel({ program, hold: step("hold", () => gate.promise) });
  const going = flujo.run(side, "in", { runId: RUN_ID });
  await turns();
  expect(await flujo.signal(RUN_ID, "first", 1)).toMatchObject({ status: "running", isAwaited: true });
  expect(await flujo.signal(RUN_ID, "second", 2)).toMatchObject({ status: "running", isAwaited: false });
  gate.resolve();
  expect(await going).toMatchObject({ status: "succeeded", output: { program: [1, 2] } });
});

test("LIVE-5: work goes on with runs of its programs that are due or were sent what they wait for, and leaves the others alone", async () => {
  const stage = new Stage();
  const naps = pipeline({ name: "naps" }).sleep("nap", "30 days").step(echo("awake"));
  const waits = pipeline({ name: "waits" }).waitFor("paid", { schema: z.number() });
  const flujo = stage.flujo();
  await stage.clock.until(flujo.run(naps, "a", { runId: "due" }));
  await stage.clock.until(flujo.run(waits, "b", { runId: "sent" }));
  await stage.clock.until(flujo.run(waits, "c", { runId: "waiting" }));
  await flujo.signal("sent", "paid", 5);
  await stage.clock.advance(30 * DAY_MS);
  await stage.clock.until(stage.flujo().work([naps, waits], { once: true }));
  expect(await flujo.result("due")).toMatchObject({ status: "succeeded", output: "awake a" });
  expect(await flujo.result("sent")).toMatchObject({ status: "succeeded", output: { signal: 5 } });
  expect(await flujo.find("waiting")).toMatchObject({ status: "paused", owner: null });
});

test("LIVE-6: work goes on with runs that were parked or whose process is gone, and repeats nothing that was recorded", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .step("once", () => stage.note("once"))
    .step(stage.door())
    .step(echo("next"));
  await stage.park(program);
  await stage.clock.until(stage.flujo().work([program], { once: true }));
  expect(await stage.flujo().result(RUN_ID)).toMatchObject({ status: "succeeded", output: "next undefined" });
  expect(stage.notes).toEqual(["once", "door", "door"]);
});

test("LIVE-7: a run that somebody runs is not taken up by work, and a resume of it is refused as run_owned", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" }).step(patient(stage, "wait"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await expect(flujo.resume(program, RUN_ID)).rejects.toMatchObject({ code: "run_owned" });
  await stage.clock.until(flujo.work([program], { once: true }));
  expect(stage.notes).toEqual(["wait begins"]);
  await flujo.cancel(RUN_ID);
  await going;
});
