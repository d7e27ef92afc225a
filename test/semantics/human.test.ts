import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline } from "../../src/index.ts";
import { logs, shared } from "./support/context.ts";
import { echo, fails, RUN_ID, Stage } from "./support/stage.ts";

const Answer = z.object({ ok: z.boolean() });
const ask = pipeline({ name: "p" }).human("ask", { answer: Answer });

test("HUMAN-1: the person is shown what `show` makes of the input and the context, and null where there is no `show`", async () => {
  const program = shared()
    .step(logs("one"))
    .human("ask", { show: ({ output, context, initialPrompt }) => ({ output, log: context.log, initialPrompt }), answer: Answer });
  expect(await new Stage().run(program)).toMatchObject({ pauses: [{ show: { output: "in", log: ["one"], initialPrompt: "in" } }] });
  expect(await new Stage().run(ask)).toMatchObject({ pauses: [{ show: null }] });
});

test("HUMAN-2: the run pauses there, on record, and says what it waits for, since when, and in which shape", async () => {
  const stage = new Stage();
  const sinceMs = stage.clock.now();
  const paused = await stage.run(ask);
  const pause = { id: "p/ask", name: "ask", waitsFor: "answer", sinceMs, answerSchema: { type: "object", required: ["ok"] } };
  expect(paused).toMatchObject({ status: "paused", pauses: [pause] });
  await stage.clock.advance(1_000);
  expect(await stage.flujo().result(RUN_ID)).toEqual(paused);
  expect(await stage.resume(ask)).toEqual(paused);
  expect(await stage.flujo().find(RUN_ID)).toMatchObject({ status: "paused", owner: null, pauses: [pause] });
  expect((await stage.entries()).filter(({ type }) => type === "wait-opened")).toHaveLength(1);
});

test("HUMAN-3: the output is { input, answer }: what it was given, and the answer as its schema makes it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).human("ask", { answer: z.string().transform((text) => text.length) });
  await stage.run(program, { any: "thing" });
  expect(await stage.answer(program, "four")).toMatchObject({ output: { input: { any: "thing" }, answer: 4 } });
});

test("HUMAN-4: an answer that does not fit is refused, nothing of it is recorded, and the run goes on waiting", async () => {
  const stage = new Stage();
  const paused = await stage.run(ask);
  const before = await stage.entries();
  await expect(stage.answer(ask, { ok: "yes" })).rejects.toMatchObject({ code: "answer_invalid" });
  await expect(stage.answer(ask, { ok: true }, "other")).rejects.toMatchObject({ code: "pause_not_found" });
  expect(await stage.entries()).toEqual(before);
  expect(await stage.resume(ask)).toEqual(paused);
});

test("HUMAN-5: each pause is answered once: the second answer is told that nothing waits there", async () => {
  const stage = new Stage();
  await stage.run(ask);
  expect(await stage.answer(ask, { ok: true })).toMatchObject({ status: "succeeded", output: { answer: { ok: true } } });
  await expect(stage.answer(ask, { ok: false })).rejects.toMatchObject({ code: "pause_not_found" });
  expect(await stage.flujo().result(RUN_ID)).toMatchObject({ output: { answer: { ok: true } } });
});

test("HUMAN-6: waiting costs nothing, and its latency is how long the person took", async () => {
  const stage = new Stage();
  await stage.run(ask);
  await stage.clock.advance(5_000);
  expect(await stage.answer(ask, { ok: true })).toMatchObject({
    steps: [{ latencyMs: 5_000, cost: { kind: "free" }, attempts: 1, writes: [] }],
  });
});

test("HUMAN-7: a `show` that throws fails the node before anybody is asked", async () => {
  const stage = new Stage();
  const show = (): never => {
    throw new Error("nothing to see");
  };
  expect(await stage.run(pipeline({ name: "p" }).human("ask", { show, answer: Answer }))).toMatchObject({
    status: "failed",
    failure: {
      code: "decision_failed",
      message: expect.stringContaining('the function that says what to show of "ask" threw: nothing to see'),
    },
    steps: [{ path: "p/ask" }],
  });
  expect((await stage.entries()).map(({ type }) => type)).not.toContain("wait-opened");
});

test("HUMAN-8: a question that lost its race, or whose run was called off, is closed: nobody can answer it any more", async () => {
  const race = pipeline({ name: "p" }).parallel({ ask: pipeline().human("ask", { answer: Answer }), no: fails("no") });
  const stage = new Stage();
  expect(await stage.run(race)).toMatchObject({ status: "failed", failure: { path: "p/parallel/no" } });
  await expect(stage.answer(race, { ok: true })).rejects.toMatchObject({ code: "pause_not_found" });
  const other = new Stage();
  await other.run(ask);
  expect(await other.cancel("no need")).toMatchObject({ status: "cancelled", pauses: [] });
  await expect(other.answer(ask, { ok: true })).rejects.toMatchObject({ code: "pause_not_found" });
  expect(await other.flujo().result(RUN_ID)).toMatchObject({ status: "cancelled", reason: "no need" });
});

test("HUMAN-9: a signal of its name is an answer too, also one that came before the question", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(stage.door()).human("ask", { answer: Answer });
  await stage.park(program);
  await stage.flujo().signal(RUN_ID, "ask", { ok: false });
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { answer: { ok: false } } });
});

test("HUMAN-10: timeoutMs, default and onTimeout are as those of a wait for a signal; a default is the answer", async () => {
  const limited = (more: object) => pipeline({ name: "p" }).human("ask", { answer: Answer, timeoutMs: 60_000, ...more });
  const late = async (program: ReturnType<typeof limited>) => {
    const stage = new Stage();
    expect(await stage.run(program)).toMatchObject({ status: "paused", wakeAtMs: stage.clock.now() + 60_000 });
    await stage.clock.advance(60_000);
    return stage.resume(program);
  };
  expect(await late(limited({}))).toMatchObject({ status: "failed", failure: { code: "timeout", path: "p/ask" } });
  expect(await late(limited({ default: { ok: false } }))).toMatchObject({
    status: "succeeded",
    output: { input: "in", answer: { ok: false } },
    steps: [{ metadata: { timedOut: true } }],
  });
  expect(await late(limited({ onTimeout: echo("boss") }))).toMatchObject({ status: "succeeded", output: "boss in" });
  const stage = new Stage();
  await stage.run(limited({}));
  await stage.clock.advance(59_000);
  expect(await stage.answer(limited({}), { ok: true })).toMatchObject({ status: "succeeded", output: { answer: { ok: true } } });
});

test("HUMAN-11: an answer after the timeout is refused although nobody ran the run then, and the timeout takes effect by the next resume", async () => {
  const limited = pipeline({ name: "p" }).human("ask", { answer: Answer, timeoutMs: 60_000, default: { ok: false } });
  const stage = new Stage();
  await stage.run(limited);
  await stage.clock.advance(60_001);
  const before = await stage.entries();
  await expect(stage.answer(limited, { ok: true })).rejects.toMatchObject({
    code: "pause_not_found",
    message: expect.stringContaining("its time was over at 2030-01-01T00:01:00.000Z"),
  });
  expect(await stage.entries()).toEqual(before);
  expect(await stage.resume(limited)).toMatchObject({ output: { answer: { ok: false } }, steps: [{ metadata: { timedOut: true } }] });
  const other = new Stage();
  await other.run(limited);
  await other.clock.advance(60_000);
  expect(await other.answer(limited, { ok: true })).toMatchObject({ output: { answer: { ok: true } } });
});
