import { expect, test } from "vitest";
import { pipeline, step } from "../../src/index.ts";
import { logs, shared } from "./support/context.ts";
import { echo, fails, RUN_ID, Stage, turns } from "./support/stage.ts";

const START_MS = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;

/** Goes on with a run whenever it is due, until it has ended. */
async function sleepThrough(stage: Stage, program: Parameters<Stage["run"]>[0], input: unknown = "in") {
  let result = await stage.run(program, input);
  while (result.status === "paused" && result.wakeAtMs !== null) {
    await stage.clock.advance(result.wakeAtMs - stage.clock.now());
    result = await stage.resume(program);
  }
  return result;
}

test("SLEEP-1: the value passes through; it goes on when so much of the journal's time has passed, told in words, in milliseconds or by a function", async () => {
  for (const [duration, ms] of [
    ["3 days", 3 * DAY_MS],
    [250, 250],
    [(value: string, { initialPrompt }: { initialPrompt: string }) => value.length * 100 + initialPrompt.length, 202],
  ] as const) {
    const stage = new Stage();
    const program = pipeline({ name: "p" })
      .step("pass", (value: string) => value)
      .sleep("nap", duration)
      .step("next", (value) => {
        stage.note(`${value} after ${stage.clock.now() - START_MS}`);
        return value;
      });
    expect(await sleepThrough(stage, program)).toMatchObject({ status: "succeeded", output: "in", steps: [{}, { latencyMs: ms }, {}] });
    expect(stage.notes).toEqual([`in after ${ms}`]);
  }
});

test("SLEEP-2: sleepUntil goes on at a moment: a Date, milliseconds since 1970 or ISO text, or what a function gives of these", async () => {
  const moment = new Date(START_MS + 2 * DAY_MS);
  for (const wake of [moment, () => moment, () => moment.getTime(), () => moment.toISOString()]) {
    const stage = new Stage();
    const result = await sleepThrough(stage, pipeline({ name: "p" }).sleepUntil("nap", wake));
    expect(result).toMatchObject({
      status: "succeeded",
      output: "in",
      steps: [{ latencyMs: 2 * DAY_MS, metadata: { wakeAtMs: moment.getTime() } }],
    });
  }
});

test("SLEEP-3: a moment that has passed is none: it goes on at once, and says how late it is", async () => {
  const stage = new Stage();
  const result = await stage.run(
    pipeline({ name: "p" })
      .sleepUntil("nap", new Date(START_MS - 5_000))
      .step(echo("next")),
  );
  expect(result).toMatchObject({ status: "succeeded", output: "next in", steps: [{ latencyMs: 0, metadata: { lateMs: 5_000 } }, {}] });
  expect(await new Stage().run(pipeline({ name: "p" }).sleep("nap", 0))).toMatchObject({ status: "succeeded", steps: [{ latencyMs: 0 }] });
});

test("SLEEP-4: the moment is fixed when it is entered, and no resume moves it or asks for it again", async () => {
  const stage = new Stage();
  let asked = 0;
  const program = pipeline({ name: "p" }).sleep("nap", () => {
    asked++;
    return DAY_MS * asked;
  });
  const first = await stage.run(program);
  await stage.clock.advance(DAY_MS / 2);
  const second = await stage.resume(program);
  for (const paused of [first, second])
    expect(paused).toMatchObject({
      status: "paused",
      wakeAtMs: START_MS + DAY_MS,
      pauses: [{ id: "p/nap", waitsFor: "time", sinceMs: START_MS }],
    });
  await stage.clock.advance(DAY_MS / 2);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", steps: [{ latencyMs: DAY_MS }] });
  expect(asked).toBe(1);
});

test("SLEEP-5: a run that sleeps longer than holdMs rests as paused, with its wakeAtMs on record and nothing left in this process; a shorter one stays", async () => {
  const stage = new Stage();
  expect(await stage.run(pipeline({ name: "p" }).sleep("nap", "30 days"))).toMatchObject({
    status: "paused",
    wakeAtMs: START_MS + 30 * DAY_MS,
  });
  expect(stage.clock.sleepers).toBe(0);
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ status: "paused", owner: null, wakeAtMs: START_MS + 30 * DAY_MS });
  const short = new Stage();
  expect(await short.run(pipeline({ name: "p" }).sleep("nap", 1_000))).toMatchObject({
    status: "succeeded",
    steps: [{ latencyMs: 1_000 }],
  });
});

test("SLEEP-6: while one branch sleeps the others go on", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel({
    nap: pipeline().sleep("nap", "1 day"),
    work: step("work", () => stage.note("works")),
  });
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/parallel/nap/nap" }] });
  expect(stage.notes).toEqual(["works"]);
  await stage.clock.advance(DAY_MS);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded" });
  expect(stage.notes).toEqual(["works"]);
});

test("SLEEP-7: it costs nothing and writes nothing", async () => {
  expect(await new Stage().run(shared().step(logs("one")).sleep("nap", 10))).toMatchObject({
    context: { log: ["one"] },
    steps: [{}, { cost: { kind: "free" }, usage: { modelCalls: 0 }, writes: [] }],
  });
});

test("SLEEP-8: a function that throws, or gives what is no time, fails it as decision_failed; a duration below zero is refused", async () => {
  const broken = (): never => {
    throw new Error("no idea");
  };
  for (const wake of [broken, () => "soon", () => Number.NaN, () => -5])
    expect(await new Stage().run(pipeline({ name: "p" }).sleep("nap", wake))).toMatchObject({
      status: "failed",
      failure: { code: "decision_failed" },
      steps: [{ path: "p/nap" }],
    });
  for (const wake of [-1, "-3 days", "soon", Number.NaN])
    await expect((async () => new Stage().run(pipeline({ name: "p" }).sleep("nap", wake)))()).rejects.toMatchObject({
      code: "pipeline_invalid",
    });
});

test("SLEEP-9: a cancellation or a lost race ends it at once", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).sleep("nap", 900), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.clock.now()).toBe(START_MS);
  expect(stage.clock.sleepers).toBe(0);
  const race = new Stage();
  const program = pipeline({ name: "p" }).parallel({ nap: pipeline().sleep("nap", "30 days"), no: fails("no") });
  expect(await race.run(program)).toMatchObject({ status: "failed", failure: { path: "p/parallel/no" } });
  expect(race.clock.now()).toBe(START_MS);
});
