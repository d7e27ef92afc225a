import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const list = (...items: readonly unknown[]) => step("list", () => items);

/** Takes as many milliseconds as its item says. */
const slow = (stage: Stage) =>
  step("slow", async (ms: number) => {
    stage.note(`begins ${ms}`);
    await stage.clock.sleep(ms);
    stage.note(`ends ${ms}`);
    return ms * 2;
  });

test("MAP-1: each item is the input of one instance, path[index], and a value that is no list is a failure", async () => {
  const where = step("where", (item: unknown, { path }) => `${path} ${String(item)}`);
  expect(await new Stage().run(pipeline({ name: "p" }).map(where), ["a", "b"])).toMatchObject({ output: ["p/map[0] a", "p/map[1] b"] });
  for (const [input, called] of [
    [7, "number"],
    [null, "null"],
  ])
    expect(
      await new Stage().run(
        pipeline({ name: "p" })
          .step("s", () => input as never)
          .map(where),
      ),
    ).toMatchObject({
      status: "failed",
      failure: {
        code: "input_invalid",
        path: "p/map",
        retryable: false,
        message: `p/map: a map takes a list, but was given ${String(called)}.`,
      },
    });
});

test("MAP-2: the outputs are in the order of the items, whoever ends first, and their number is in the metadata", async () => {
  const stage = new Stage();
  const result = await stage.run(pipeline({ name: "p" }).map(slow(stage)), [30, 10, 20]);
  expect(result).toMatchObject({ output: [60, 20, 40], steps: [{ metadata: { items: 3 }, latencyMs: 30 }] });
  expect(stage.notes.slice(3)).toEqual(["ends 10", "ends 20", "ends 30"]);
  expect(await new Stage().run(pipeline({ name: "p" }).map(echo("x")), [])).toMatchObject({
    output: [],
    steps: [{ metadata: { items: 0 } }],
  });
});

test.each([
  [8, {}],
  [3, { concurrency: 3 }],
  [1, { concurrency: 1 }],
])("MAP-3: %d items run at the same time with the options %j, and the next begins when one ends", async (most, options) => {
  const stage = new Stage();
  const going = stage.start(pipeline({ name: "p" }).map(slow(stage), options), [5, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
  await turns();
  expect(stage.notes).toHaveLength(most);
  await stage.clock.until(going);
  expect(stage.notes.filter((note) => note.startsWith("begins"))).toHaveLength(10);
});

test("MAP-4: every item sees the context as it was before the map", async () => {
  const both = pipeline().step(looks("see")).step(logs("item"));
  const program = shared()
    .step(logs("before"))
    .step(list(1, 2))
    .map(pipeline().parallel({ see: looks("see"), both }), { concurrency: 1 });
  expect(await new Stage().run(program)).toMatchObject({ output: [{ see: "nobody before" }, { see: "nobody before" }] });
});

test("MAP-5: what the items wrote is merged in the order of the items, whoever ends first", async () => {
  const stage = new Stage();
  const write = step({
    name: "write",
    context: Shared,
    run: async (ms: number, { contribute }) => {
      await stage.clock.sleep(ms);
      contribute("log", `${ms}`);
    },
  });
  expect(
    await stage.run(
      shared()
        .step(list(30, 10, 20))
        .map(write as never),
    ),
  ).toMatchObject({ context: { log: ["30", "10", "20"] } });
});

const who = step({ name: "who", context: Shared, run: (item: string, { update }) => update((draft) => void (draft.who = item)) });

describe("MAP-6", () => {
  test.each([
    ["overwrite", "b"],
    ["keepFirst", "a"],
    ["none", "nobody"],
  ] as const)("MAP-6: under merge: %s, of items that set one field it becomes %s", async (merge, becomes) => {
    expect(
      await new Stage().run(
        shared()
          .step(list("a", "b"))
          .map(who as never, { merge }),
      ),
    ).toMatchObject({ context: { who: becomes } });
  });

  test("MAP-6, MAP-7: under merge: update, the default, items that set one field to the same agree, and to something else are a context_conflict", async () => {
    expect(
      await new Stage().run(
        shared()
          .step(list("a", "a"))
          .map(who as never),
      ),
    ).toMatchObject({ context: { who: "a" } });
    expect(
      await new Stage().run(
        shared()
          .step(list("a", "a", "b"))
          .map(who as never),
      ),
    ).toMatchObject({
      status: "failed",
      failure: { code: "context_conflict", path: "p/map", retryable: false, details: { field: "who", branches: ["[1]", "[2]"] } },
      context: { who: "nobody" },
    });
  });
});

test("MAP-8: under onFailure: propagate, the default, the first failure is the map's; items under way are told that they lost, others never begin", async () => {
  const stage = new Stage();
  const wait = patient(stage, "wait");
  const item = pipeline().branch((value: "wait" | "no") => value, { wait, no: fails("no") });
  const result = await stage.run(pipeline({ name: "p" }).map(item, { concurrency: 2 }), ["wait", "no", "wait"]);
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/map[1]/branch/no" },
    steps: [{ path: "p/map" }],
  });
  expect(stage.notes).toEqual(["wait begins", "wait is told: lost-race"]);
});

test("MAP-9: under onFailure: collect the output says of every item how it went, and all of them run", async () => {
  const odd = step("odd", (value: number) => {
    if (value % 2 === 0) throw new Error("even");
    return value;
  });
  const result = await new Stage().run(pipeline({ name: "p" }).map(odd, { onFailure: "collect", concurrency: 1 }), [2, 3, 4]);
  expect(result).toMatchObject({
    status: "succeeded",
    output: [
      { status: "failed", failure: { message: "p/map[0]: even" } },
      { status: "succeeded", output: 3 },
      { status: "failed", failure: { message: "p/map[2]: even" } },
    ],
  });
});

test("MAP-10: an item that failed has written nothing", async () => {
  const write = step({
    name: "write",
    context: Shared,
    run: (item: string, { contribute }) => {
      contribute("log", item);
      if (item === "b") throw new Error("no");
    },
  });
  const lost = pipeline({ context: Shared })
    .step(write as never)
    .step(sets("set", "x"))
    .step(fails("no"));
  expect(
    await new Stage().run(
      shared()
        .step(list("a", "b", "c"))
        .map(write as never, { onFailure: "collect" }),
    ),
  ).toMatchObject({
    status: "succeeded",
    context: { log: ["a", "c"] },
  });
  expect(
    await new Stage().run(
      shared()
        .step(list("a"))
        .map(lost as never, { onFailure: "collect" }),
    ),
  ).toMatchObject({
    context: { log: [], who: "nobody" },
  });
});

test("MAP-11: its usage and cost are those of all items that ran, failed ones and losers too", async () => {
  const paid = agent({
    name: "ask",
    instructions: "",
    model: scriptedModel(() => ({ text: "x", usage: { inputTokens: 10, outputTokens: 1 } })),
  });
  const item = pipeline().step(paid).step(fails("no"));
  expect(await new Stage().run(pipeline({ name: "p" }).map(item, { onFailure: "collect" }), [1, 2, 3])).toMatchObject({
    steps: [{ usage: { inputTokens: 30, modelCalls: 3 }, cost: { kind: "unknown" } }],
  });
});

test("MAP-12: a cancellation ends the items under way, is never collected, and no other item begins", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" })
    .map(patient(stage, "item"), { onFailure: "collect", concurrency: 2 })
    .step("next", () => stage.note("next"));
  const going = flujo.run(program, [1, 2, 3], { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes).toEqual(["item begins", "item begins", "item is told: cancelled", "item is told: cancelled"]);
});

test("MAP-13: items that wait for people hold up nobody else, and may be answered in any order", async () => {
  const program = pipeline({ name: "p" }).map(pipeline().human("ask", { answer: z.string() }), { concurrency: 2 });
  for (const [first, second] of [
    [0, 1],
    [1, 0],
  ]) {
    const stage = new Stage();
    const paused = await stage.run(program, ["a", "b"]);
    expect(paused).toMatchObject({ status: "paused", pauses: [{ id: "p/map[0]/ask" }, { id: "p/map[1]/ask" }] });
    expect(await stage.answer(program, `${first}`, `p/map[${first}]/ask`)).toMatchObject({ status: "paused" });
    expect(await stage.answer(program, `${second}`, `p/map[${second}]/ask`)).toMatchObject({
      status: "succeeded",
      output: [
        { input: "a", answer: "0" },
        { input: "b", answer: "1" },
      ],
    });
  }
});

test("MAP-14: items that have ended are not run again by a resume, and those that had not begun begin then", async () => {
  const stage = new Stage();
  const item = pipeline().branch((value: "door" | "a" | "b") => value, {
    door: stage.door(),
    a: step("a", () => stage.note("a")),
    b: step("b", () => stage.note("b")),
  });
  const program = pipeline({ name: "p" }).map(item, { concurrency: 1 });
  await stage.park(program, ["a", "door", "b"]);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded" });
  expect(stage.notes).toEqual(["a", "door", "door", "b"]);
});
