import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, context, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

/** Takes so many milliseconds, and gives them. */
const takes = (stage: Stage, ms: number) =>
  step("takes", async () => {
    stage.note(`begins ${ms}`);
    await stage.clock.sleep(ms);
    stage.note(`ends ${ms}`);
    return ms;
  });

const paid = (tokens: number) =>
  agent({ name: "ask", instructions: "", model: scriptedModel(() => ({ text: "x", usage: { inputTokens: tokens, outputTokens: 1 } })) });

test("PAR-1: every branch is given the same input, and the output has what each gave, under its key and in declared order", async () => {
  const stage = new Stage();
  const result = await stage.run(
    pipeline({ name: "p" }).parallel({ slow: takes(stage, 20), fast: takes(stage, 10), plain: echo("plain") }),
  );
  expect(result).toMatchObject({ status: "succeeded", output: { slow: 20, fast: 10, plain: "plain in" }, steps: [{ latencyMs: 20 }] });
  expect(Object.keys(result.unwrap() as object)).toEqual(["slow", "fast", "plain"]);
});

test.each([
  [3, {}],
  [2, { concurrency: 2 }],
  [1, { concurrency: 1 }],
])("PAR-2: %d of three branches run at the same time with the options %j, and the next begins when one ends", async (most, options) => {
  const stage = new Stage();
  const going = stage.start(pipeline({ name: "p" }).parallel({ a: takes(stage, 1), b: takes(stage, 2), c: takes(stage, 3) }, options));
  await turns();
  expect(stage.notes).toHaveLength(most);
  expect(await stage.clock.until(going)).toMatchObject({ output: { a: 1, b: 2, c: 3 } });
});

test("PAR-3: every branch sees the context as it was before", async () => {
  const program = shared()
    .step(logs("before"))
    .parallel({ a: pipeline().step(logs("a")).step(looks("see")), b: looks("see") }, { concurrency: 1 });
  expect(await new Stage().run(program)).toMatchObject({ output: { a: "nobody before,a", b: "nobody before" } });
});

test("PAR-4: contributions of all branches count, in declared order, whoever ends first", async () => {
  const stage = new Stage();
  const gives = (ms: number) =>
    pipeline()
      .step(takes(stage, ms))
      .step(logs("log", `${ms}`));
  expect(await stage.run(shared().parallel({ a: gives(20), b: gives(10), c: gives(30) }))).toMatchObject({
    context: { log: ["20", "10", "30"], sum: 3 },
  });
});

describe("PAR-5", () => {
  test.each([
    ["overwrite", "second"],
    ["keepFirst", "first"],
    ["none", "nobody"],
  ] as const)("PAR-5: under merge: %s, of branches that set one field it becomes %s", async (merge, who) => {
    const program = shared().parallel({ a: sets("a", "first"), b: sets("b", "second") }, { merge });
    expect(await new Stage().run(program)).toMatchObject({ status: "succeeded", context: { who } });
  });

  test("PAR-5: under merge: none contributions vanish too", async () => {
    expect(await new Stage().run(shared().parallel({ a: logs("a") }, { merge: "none" }))).toMatchObject({ context: { log: [], sum: 0 } });
  });
});

test("PAR-6: under merge: update, the default, two branches conflict where one wrote a place the other wrote above, below or at, unless they agree", async () => {
  type Draft = { deep: { a?: number | undefined; b?: number | undefined } };
  const writes = (change: (draft: Draft) => void) => step({ name: "w", context: Shared, run: (_: unknown, { update }) => update(change) });
  const both = (one: (draft: Draft) => void, two: (draft: Draft) => void) =>
    new Stage().run(shared().parallel({ a: writes(one), b: writes(two) }));
  const a1 = (draft: Draft): void => void (draft.deep.a = 1);
  const a2 = (draft: Draft): void => void (draft.deep.a = 2);
  const b2 = (draft: Draft): void => void (draft.deep.b = 2);
  const whole = (draft: Draft): void => void (draft.deep = { b: 9 });
  expect(await both(a1, a1)).toMatchObject({ context: { deep: { a: 1 } } });
  expect(await both(a1, b2)).toMatchObject({ context: { deep: { a: 1, b: 2 } } });
  expect(await both(a1, a2)).toMatchObject({
    status: "failed",
    failure: { code: "context_conflict", path: "p/parallel", retryable: false, details: { field: "deep.a", branches: ["a", "b"] } },
  });
  for (const [one, two] of [
    [a1, whole],
    [whole, a1],
  ] as const)
    expect(await both(one, two)).toMatchObject({ status: "failed", failure: { code: "context_conflict" }, context: { deep: {} } });
});

test("PAR-7: the merged context is checked as a whole, and a misfit fails the join as context_invalid", async () => {
  const Even = context(z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a + b < 3, "too much together"));
  const sets = (field: "a" | "b") =>
    step({ name: field, context: Even, run: (_: unknown, { update }) => update((draft) => void (draft[field] = 2)) });
  const program = pipeline({ name: "p", context: Even })
    .parallel({ a: sets("a"), b: sets("b") })
    .step(echo("never"));
  expect(await new Stage().run(program, "in", { context: { a: 0, b: 0 } })).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", path: "p/parallel/?context", message: expect.stringContaining("too much together") },
    steps: [{ path: "p/parallel" }],
    context: { a: 0, b: 0 },
  });
});

test("PAR-8: under onFailure: propagate, the default, the first failure is the parallel's; the others are told that they lost", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel({ wait: patient(stage, "wait"), no: fails("no") });
  expect(await stage.run(program)).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/parallel/no" },
    steps: [{ path: "p/parallel" }],
  });
  expect(stage.notes).toEqual(["wait begins", "wait is told: lost-race"]);
});

test("PAR-9: under onFailure: ignore a failed branch is absent from the output and named in the metadata, and has written nothing", async () => {
  const lost = pipeline({ context: Shared }).step(logs("lost")).step(fails("no"));
  const result = await new Stage().run(shared().parallel({ lost, kept: logs("kept") }, { onFailure: "ignore" }));
  expect(result).toMatchObject({ status: "succeeded", steps: [{ metadata: { ignored: ["lost"] } }], context: { log: ["kept"] } });
  expect(Object.keys(result.unwrap() as object)).toEqual(["kept"]);
});

test("PAR-10: its usage and cost are those of all branches, failed, ignored and lost ones too", async () => {
  const lost = pipeline().step(paid(10)).step(fails("no"));
  expect(await new Stage().run(pipeline({ name: "p" }).parallel({ lost, b: paid(5) }, { onFailure: "ignore" }))).toMatchObject({
    steps: [{ usage: { inputTokens: 15, modelCalls: 2 }, cost: { kind: "unknown" } }],
  });
  const stage = new Stage();
  const late = pipeline().step(paid(10)).step(patient(stage, "late"));
  const no = pipeline().step(paid(1)).step(fails("no"));
  expect(await stage.run(pipeline({ name: "p" }).parallel({ late, no }))).toMatchObject({
    status: "failed",
    steps: [{ usage: { inputTokens: 11, modelCalls: 2 } }],
  });
});

test("PAR-11: a cancellation ends every branch and is never ignored", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .parallel({ a: patient(stage, "a"), b: patient(stage, "b") }, { onFailure: "ignore" })
    .step("next", () => stage.note("next"));
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes.toSorted()).toEqual(["a begins", "a is told: cancelled", "b begins", "b is told: cancelled"]);
});

test("PAR-12: a branch that waits for a person holds up no other, and the run pauses when nothing else is left to do", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel({
    ask: pipeline().human("ask", { answer: z.string() }),
    work: takes(stage, 10),
  });
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/parallel/ask/ask" }] });
  expect(stage.notes).toEqual(["begins 10", "ends 10"]);
  expect(await stage.answer(program, "yes")).toMatchObject({ output: { ask: { answer: "yes" }, work: 10 } });
  expect(stage.notes).toHaveLength(2);
});

test("PAR-13: branches that have ended are not run again by a resume, and a race has the same loser", async () => {
  const stage = new Stage();
  const done = step("done", () => stage.note("done"));
  const race = pipeline().parallel({ a: patient(stage, "a"), b: fails("b") });
  const program = pipeline({ name: "p" }).parallel({ race, done, door: stage.door() }, { onFailure: "ignore" });
  await stage.park(program);
  expect(stage.notes.toSorted()).toEqual(["a begins", "a is told: lost-race", "done", "door"]);
  stage.notes.length = 0;
  expect(await stage.resume(program)).toMatchObject({
    status: "succeeded",
    output: { door: "in" },
    steps: [{ metadata: { ignored: ["race"] } }],
  });
  expect(stage.notes).toEqual(["door"]);
});

test("PAR-14: under join: any the output is { branch, output } of the first that succeeds; the others are told that they lost", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel(
    { slow: patient(stage, "slow"), no: fails("no"), fast: takes(stage, 5) },
    { join: "any" },
  );
  expect(await stage.run(program)).toMatchObject({
    status: "succeeded",
    output: { branch: "fast", output: 5 },
    steps: [{ latencyMs: 5, metadata: { winners: ["fast"] } }],
  });
  expect(stage.notes).toEqual(["slow begins", "begins 5", "ends 5", "slow is told: lost-race"]);
});

test("PAR-15: under join: n the output has the first n that succeeded, in declared order", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).parallel({ a: takes(stage, 20), b: takes(stage, 30), c: takes(stage, 10) }, { join: 2 });
  const result = await stage.run(program);
  expect(result).toMatchObject({
    status: "succeeded",
    output: { a: 20, c: 10 },
    steps: [{ latencyMs: 20, metadata: { winners: ["c", "a"] } }],
  });
  expect(Object.keys(result.unwrap() as object)).toEqual(["a", "c"]);
});

test("PAR-16: it fails as quorum_missed as soon as too few are left to succeed, and the others are told that they lost", async () => {
  const stage = new Stage();
  const two = pipeline({ name: "p" }).parallel({ a: fails("a"), wait: patient(stage, "wait"), c: fails("c") }, { join: 2 });
  expect(await stage.run(two)).toMatchObject({
    status: "failed",
    failure: { code: "quorum_missed", path: "p/parallel", message: expect.stringContaining("a fails") },
  });
  expect(stage.notes).toEqual(["wait begins", "wait is told: lost-race"]);
  const any = pipeline({ name: "p" }).parallel({ a: fails("a"), b: fails("b") }, { join: "any" });
  expect(await new Stage().run(any)).toMatchObject({
    status: "failed",
    failure: { code: "quorum_missed", message: expect.stringMatching(/a fails.*b fails/), details: { failed: ["a", "b"] } },
  });
});

test("PAR-17: what a loser wrote is lost, and what the winners wrote is merged in declared order", async () => {
  const stage = new Stage();
  const gives = (ms: number) =>
    pipeline({ context: Shared })
      .step(logs("log", `${ms}`))
      .step(takes(stage, ms));
  expect(await stage.run(shared().parallel({ a: gives(20), b: gives(30), c: gives(10) }, { join: 2 }))).toMatchObject({
    context: { log: ["20", "10"], sum: 2 },
  });
});

test("PAR-18: what a loser has finished stays on record and counts, and its late results are nobody's", async () => {
  const stage = new Stage();
  const late = step("late", async () => {
    await stage.clock.sleep(50);
    return "too late";
  });
  const loser = pipeline().step(paid(10)).step(late);
  const program = pipeline({ name: "p" }).parallel({ loser, winner: pipeline().step(paid(1)).step(takes(stage, 5)) }, { join: "any" });
  expect(await stage.run(program)).toMatchObject({
    output: { branch: "winner" },
    usage: { inputTokens: 11 },
    steps: [{ usage: { inputTokens: 11, modelCalls: 2 } }],
  });
  const before = await stage.entries();
  expect(before.map(({ key }) => key)).toContain("p/parallel/loser/ask");
  await stage.clock.advance(100);
  expect(await stage.entries()).toEqual(before);
});

test("PAR-19: a race has the same winner after a resume, whoever would be first then", async () => {
  const stage = new Stage();
  let isFirst = true;
  const racer = (name: string, first: number, second: number) =>
    step(name, async () => {
      stage.note(name);
      await stage.clock.sleep(isFirst ? first : second);
      return name;
    });
  const race = pipeline().parallel({ a: racer("a", 10, 1), b: racer("b", 5, 10) }, { join: "any" });
  const program = pipeline({ name: "p" })
    .step(race)
    .step(stage.door())
    .step("say", (value) => value);
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await stage.clock.advance(20);
  expect(stage.notes).toEqual(["a", "b", "door"]);
  await flujo.close();
  expect(await going).toMatchObject({ status: "stopped" });
  isFirst = false;
  stage.open();
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { branch: "b", output: "b" } });
  expect(stage.notes).toEqual(["a", "b", "door", "door"]);
});
