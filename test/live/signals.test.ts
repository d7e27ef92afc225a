import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { RUN_ID, Stage, turns } from "../semantics/support/stage.ts";

/** Takes three signals of one name, one after the other. */
const gate = Promise.withResolvers<void>();
const three = pipeline({ name: "p" })
  .step("begin", () => gate.promise.then(() => ""))
  .loop(
    pipeline()
      .waitFor("go", { schema: z.string() })
      .step("add", ({ input, signal }) => `${String(input)}${signal}`),
    { maxIterations: 3, name: "rounds" },
  );

test("each wait takes one signal, the oldest first, whether it came before the wait, while it waits, or while the run is at rest", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const running = flujo.run(three, null, { runId: RUN_ID });
  expect(await flujo.signal(RUN_ID, "go", "a")).toMatchObject({ status: "running", isAwaited: false });
  gate.resolve();
  expect(await running).toMatchObject({ status: "paused", pauses: [{ id: "p/rounds[1]/go" }] });
  expect(await flujo.signal(RUN_ID, "go", "b")).toMatchObject({ status: "paused", isAwaited: true });
  expect(await flujo.signal(RUN_ID, "go", "c"), "one that it waits for is there already: this is for later").toMatchObject({
    isAwaited: false,
  });
  expect(await flujo.signal(RUN_ID, "go", "d")).toMatchObject({ isAwaited: false });
  expect((await stage.resume(three)).unwrap()).toBe("abc");
  const taken = (await stage.entries()).flatMap((entry) => (entry.type === "signal-taken" ? [`${entry.letter} ${entry.pause}`] : []));
  expect(taken).toEqual(["1 p/rounds[0]/go", "2 p/rounds[1]/go", "3 p/rounds[2]/go"]);
  await expect(flujo.signal(RUN_ID, "go", "late")).rejects.toMatchObject({ code: "usage_invalid" });
});

test("a signal that nobody waits for yet is kept, and its sender is told so; one that nobody ever will is refused, naming those there are", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .human("first", { answer: z.boolean() })
    .waitFor("second", { schema: z.number() })
    .step("third", ({ signal }) => signal);
  await stage.run(program);
  const flujo = stage.flujo();
  expect(await flujo.signal(RUN_ID, "second", 2)).toMatchObject({ isAwaited: false, status: "paused" });
  await expect(flujo.signal(RUN_ID, "third", 3)).rejects.toMatchObject({
    code: "pause_not_found",
    details: { names: ["first", "second"] },
  });
  expect(await stage.answer(program, true)).toMatchObject({ status: "succeeded", output: 2 });
});

test("a sleep of the same name takes no signal from the one that waits for it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel({
    a: pipeline().sleep("paid", "3 days"),
    b: pipeline().waitFor("paid", { schema: z.number() }),
  });
  await stage.run(program);
  expect(await stage.flujo().signal(RUN_ID, "paid", 5)).toMatchObject({ isAwaited: true });
  expect(await stage.resume(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/parallel/a/paid" }] });
  expect(await stage.flujo().signal(RUN_ID, "paid", 6)).toMatchObject({ isAwaited: false, overAtMs: null });
});

test("a wrong shape is refused before anybody waits, where the program's schemas under that name can tell", async () => {
  const stage = new Stage();
  const pay = tool({ name: "pay", description: "Pays.", input: z.object({}), needsApproval: true, run: () => 1 });
  const program = pipeline({ name: "p" })
    .human("first", { answer: z.boolean() })
    .parallel({
      a: pipeline().waitFor("twin", { schema: z.number() }),
      b: pipeline()
        .step("n", () => 1)
        .waitFor("twin", { schema: z.string() }),
      c: pipeline()
        .step("say", () => "x")
        .step(agent({ name: "ask", instructions: "", model: scriptedModel(["no"]), tools: [pay] })),
    });
  await stage.run(program);
  const flujo = stage.flujo();
  await expect(flujo.signal(RUN_ID, "twin", true)).rejects.toMatchObject({ code: "answer_invalid" });
  await expect(flujo.signal(RUN_ID, "p/parallel/a/twin", "text")).rejects.toMatchObject({ code: "answer_invalid" });
  await expect(flujo.signal(RUN_ID, "pay", { decision: "perhaps" })).rejects.toMatchObject({ code: "answer_invalid" });
  for (const [name, value] of [
    ["twin", 1],
    ["twin", "one"],
    ["p/parallel/b/twin", "two"],
    ["pay", { decision: "approve" }],
  ] as const)
    expect(await flujo.signal(RUN_ID, name, value)).toMatchObject({ isAwaited: false });
  expect(await stage.store.letters(RUN_ID, 0)).toHaveLength(4);
});

test("of a time limit and a signal the first that is on record wins, and the other changes nothing", async () => {
  for (const [when, expected] of [
    [999, "came"],
    [1_000, "timed out"],
    [1_001, "timed out"],
  ] as const) {
    const stage = new Stage();
    const program = pipeline({ name: "p" })
      .waitFor("go", { schema: z.string(), timeoutMs: 1_000, default: "timed out" })
      .step("give", ({ signal }) => signal)
      .step(stage.door());
    const flujo = stage.flujo();
    const running = flujo.run(program, null, { runId: RUN_ID });
    await stage.clock.advance(when);
    await flujo.signal(RUN_ID, "go", "came");
    await turns();
    await flujo.close();
    expect(await running).toMatchObject({ status: "stopped" });
    expect((await stage.resume(three).catch((error: unknown) => error)) as object, "another program").toMatchObject({
      code: "plan_changed",
    });
    expect(await flujoDone(stage)).toBe(expected);
  }
});

/** What the step before the door gave. */
async function flujoDone(stage: Stage): Promise<unknown> {
  const given = (await stage.entries()).flatMap((entry) =>
    entry.type === "operation-finished" && entry.name === "give" && entry.outcome.status === "succeeded" ? [entry.outcome.value] : [],
  );
  return given[0];
}

test("a signal that is being looked at when the time is over is the answer, once it fits; one that does not fit is none", async () => {
  for (const [value, output] of [
    [2, 2],
    [3, "late"],
  ] as const) {
    const stage = new Stage();
    const looking = Promise.withResolvers<void>();
    const Even = z.number().refine(async (n) => {
      await looking.promise;
      return n % 2 === 0;
    });
    const program = pipeline({ name: "p" })
      .waitFor("go", { schema: Even, timeoutMs: 1_000, onTimeout: step("late", () => "late") })
      .step("give", (given: unknown) => (typeof given === "string" ? given : (given as { readonly signal: number }).signal));
    const flujo = stage.flujo();
    const running = flujo.run(program, null, { runId: RUN_ID });
    await turns();
    await stage.store.post({ runId: RUN_ID, kind: "signal", name: "go", value, atMs: 0 });
    await stage.clock.advance(100); // it hears of it
    await stage.clock.advance(5_000);
    expect(await flujo.find(RUN_ID)).toMatchObject({ status: "running" });
    looking.resolve();
    expect(await running).toMatchObject({ status: "succeeded", output });
  }
});

test("a signal for a run that rests until a moment answers it before, and the moment is nobody's then", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .waitFor("go", { schema: z.string(), timeoutMs: 86_400_000 })
    .step("give", ({ signal }) => signal);
  expect(await stage.run(program)).toMatchObject({ status: "paused", wakeAtMs: stage.clock.now() + 86_400_000 });
  await stage.flujo().signal(RUN_ID, "go", "in time");
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: "in time" });
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ wakeAtMs: null });
});

test("a signal that comes when the time is over, but before anybody has looked, is late all the same, and kept", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .waitFor("go", { schema: z.string(), timeoutMs: 86_400_000 })
    .step("give", ({ signal }) => signal);
  await stage.run(program);
  await stage.clock.advance(2 * 86_400_000);
  expect(await stage.flujo().signal(RUN_ID, "go", "late")).toMatchObject({ isAwaited: false });
  expect(await stage.resume(program)).toMatchObject({ status: "failed", failure: { code: "timeout", path: "p/go" } });
  expect(await stage.store.letters(RUN_ID, 0)).toMatchObject([{ value: "late" }]);
});
