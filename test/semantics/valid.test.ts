import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { echo, Stage } from "./support/stage.ts";

/** Gives 1, then 2, then 3 …, and notes why the time before was not good enough. */
function counts(stage: Stage) {
  let calls = 0;
  return step("counts", (_: unknown, { feedback }) => {
    stage.note(feedback?.message ?? "-");
    return ++calls;
  });
}

test("VALID-1: a validator is asked about each output; where it says no the attempt has failed as validation_failed, which may be retried", async () => {
  const once = pipeline({ name: "p" }).step(counts(new Stage()), { validate: (n: number) => n > 2 });
  expect(await new Stage().run(once)).toMatchObject({
    status: "failed",
    failure: { code: "validation_failed", path: "p/counts", retryable: true },
  });
  const again = pipeline({ name: "p" }).step(counts(new Stage()), {
    validate: (n: number) => n > 2,
    retry: { retries: 5, firstDelayMs: 0 },
  });
  expect(await new Stage().run(again)).toMatchObject({ status: "succeeded", output: 3, steps: [{ attempts: 3 }] });
});

test("VALID-2: what validators say of it is told to the next attempt, of all of them at once", async () => {
  const stage = new Stage();
  const validate = [
    { name: "big", check: (n: number) => ({ ok: n > 1, feedback: "too small" }) },
    { name: "even", check: (n: number) => (n % 2 === 0 ? true : { ok: false, feedback: "odd" }) },
    { name: "fine", check: () => true },
  ];
  await stage.run(pipeline({ name: "p" }).step(counts(stage), { validate, retry: { retries: 1, firstDelayMs: 0 } }));
  expect(stage.notes[0]).toBe("-");
  expect(stage.notes[1]).toMatch(/big: too small.*even: odd/);
  expect(stage.notes).toHaveLength(2);
});

test("VALID-3: a score below minScore is a failure; the scores of the last attempt are in the metadata", async () => {
  const validate = [{ name: "quality", check: (n: number) => ({ score: n / 4 }), minScore: 0.5 }];
  expect(
    await new Stage().run(pipeline({ name: "p" }).step(counts(new Stage()), { validate, retry: { retries: 3, firstDelayMs: 0 } })),
  ).toMatchObject({
    status: "succeeded",
    output: 2,
    steps: [{ metadata: { scores: { quality: 0.5 } } }],
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(counts(new Stage()), { validate }))).toMatchObject({
    status: "failed",
    failure: { code: "validation_failed", details: { scores: { quality: 0.25 } } },
    steps: [{ metadata: { scores: { quality: 0.25 } } }],
  });
});

test("VALID-4: it sees the context as the node would leave it, and what the node was given; what was written in an attempt that is not good enough is lost", async () => {
  const stage = new Stage();
  const body = pipeline({ name: "body", context: Shared }).step(logs("round")).step(counts(new Stage()));
  const validate = (
    n: number,
    { context, input }: { readonly context: { readonly log: readonly string[] }; readonly input: unknown },
  ): boolean => {
    stage.note(`${n} ${context.log.join()} ${String(input)}`);
    return n === 2;
  };
  expect(await stage.run(shared().step(body, { validate, retry: { retries: 1, firstDelayMs: 0 } }))).toMatchObject({
    status: "succeeded",
    context: { log: ["round"] },
  });
  expect(stage.notes).toEqual(["1 round in", "2 round in"]);
});

test("VALID-5: a validator that throws fails the node as decision_failed, for good", async () => {
  let asked = 0;
  const validate = (): never => {
    asked++;
    throw new Error("no idea");
  };
  expect(
    await new Stage().run(pipeline({ name: "p" }).step(echo("a"), { validate, retry: { retries: 2, firstDelayMs: 0 } })),
  ).toMatchObject({
    status: "failed",
    failure: { code: "decision_failed", message: expect.stringContaining("no idea") },
  });
  expect(asked).toBe(1);
});

test("VALID-6: the next attempt of an agent is told in its prompt what was wrong", async () => {
  const model = scriptedModel(["short", "long enough"]);
  const ask = agent({ name: "ask", model, instructions: "Write." });
  const validate = (text: string) => ({ ok: text.length > 6, feedback: "Write more." });
  expect(await new Stage().run(pipeline({ name: "p" }).step(ask, { validate, retry: { retries: 1, firstDelayMs: 0 } }))).toMatchObject({
    output: "long enough",
    usage: { modelCalls: 2 },
  });
  expect(JSON.stringify(model.calls[0]?.options.prompt)).not.toContain("Write more.");
  expect(JSON.stringify(model.calls[1]?.options.prompt)).toContain("Write more.");
});

test("VALID-7: what a validator said is asked by no resume again", async () => {
  const stage = new Stage();
  const validate = (): boolean => {
    stage.note("asked");
    return true;
  };
  const program = pipeline({ name: "p" }).step(echo("a"), { validate }).human("ask", { answer: z.string() });
  await stage.run(program);
  await stage.answer(program, "yes");
  expect(stage.notes).toEqual(["asked"]);
});

test("VALID-8: a verdict that says neither yes nor no lets nothing pass: the node fails as decision_failed, for good", async () => {
  const of = async (said: unknown, minScore?: number) => {
    const quality = { name: "quality", check: () => said as boolean, ...(minScore === undefined ? {} : { minScore }) };
    const program = pipeline({ name: "p" }).step(echo("a"), { validate: [quality], retry: { retries: 1, firstDelayMs: 0 } });
    const result = await new Stage().run(program);
    return result.status === "failed" ? `${result.failure.code}: ${result.failure.message}` : result.status;
  };
  for (const said of [true, { ok: true }, { score: 0.1 }, { ok: true, score: 0.1, feedback: "fine" }])
    expect(await of(said)).toBe("succeeded");
  for (const said of [
    undefined,
    null,
    {},
    { ok: undefined },
    { ok: undefined, feedback: "no" },
    { ok: null, score: 1 },
    { feedback: "no" },
  ])
    for (const minScore of [undefined, 0.5])
      expect(await of(said, minScore), JSON.stringify(said)).toMatch(/^decision_failed: .* it returned /);
  for (const said of [{ score: undefined }, { score: 0.1, feedback: "no" }]) {
    expect(await of(said)).toMatch(/^decision_failed: p\/a\/\?validate quality: a validator says neither yes nor no: it returned no `ok`/);
    expect(await of(said, 0.5)).toMatch(/^validation_failed/);
  }
  expect(await of({ score: 0.9, feedback: "nearly" }, 0.5)).toBe("succeeded");
});
