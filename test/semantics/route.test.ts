import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

type Name = "a" | "b" | "c";

const paid = (tokens: number) =>
  agent({ name: "ask", instructions: "", model: scriptedModel(() => ({ text: "x", usage: { inputTokens: tokens, outputTokens: 1 } })) });

/** Takes so many milliseconds, and gives them. */
const takes = (stage: Stage, ms: number) =>
  step("takes", async () => {
    stage.note(`begins ${ms}`);
    await stage.clock.sleep(ms);
    return ms;
  });

/** A route over `a`, `b` and `c` whose router says whatever a test wants. */
function routed(said: unknown, branches: Readonly<Record<string, AnyStep>> = { a: echo("a"), b: echo("b"), c: echo("c") }, options = {}) {
  return pipeline({ name: "p" }).route((() => said) as never, branches as never, { name: "r", ...options });
}

test("ROUTE-1: the router and the branches it names are given the value, and the output has what each gave, under its name and in declared order", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).route(
    (value: string): Name[] => {
      stage.note(value);
      return ["c", "a"];
    },
    { a: echo("a"), b: step("b", () => stage.note("b")), c: echo("c") },
  );
  const result = await stage.run(program);
  expect(result).toMatchObject({ status: "succeeded", output: { a: "a in", c: "c in" } });
  expect(Object.keys(result.unwrap() as object)).toEqual(["a", "c"]);
  expect(stage.notes).toEqual(["in"]);
});

test.each([
  ["b", { b: "b in" }, ["b"]],
  [["c", "a", "c"], { a: "a in", c: "c in" }, ["a", "c"]],
  [{ routes: ["b", "a"] }, { a: "a in", b: "b in" }, ["a", "b"]],
  [{ routes: "c", because: "it fits" }, { c: "c in" }, ["c"]],
  [[], {}, []],
])("ROUTE-2, ROUTE-3: a router that says %j has these branches run, which are named in the metadata", async (said, output, routes) => {
  const result = await new Stage().run(routed(said));
  expect(result.unwrap()).toEqual(output);
  expect(result).toMatchObject({ steps: [{ metadata: { routes } }] });
});

test("ROUTE-4: a router that is a program stands at the route's `router`, and its branches see what it wrote, which is kept", async () => {
  const names = step({
    name: "names",
    context: Shared,
    run: (_: unknown, { contribute, path }): Name[] => {
      contribute("log", path);
      return ["b"];
    },
  });
  const program = shared().route(names, { a: looks("a"), b: looks("b"), c: looks("c") }, { name: "r" });
  expect(await new Stage().run(program)).toMatchObject({
    output: { b: "nobody p/r/router" },
    context: { log: ["p/r/router"] },
  });
  const asked = step("asked", (_: unknown, { path }): "router" => {
    expect(path).toBe("p/r/router-2");
    return "router";
  });
  expect((await new Stage().run(pipeline({ name: "p" }).route(asked, { router: echo("r") }, { name: "r" }))).unwrap()).toEqual({
    router: "r in",
  });
});

test("ROUTE-4: what the router wrote stands before what the branches wrote, and is checked with that", async () => {
  const program = shared().route(
    pipeline()
      .step(logs("router"))
      .step("names", (): Name[] => ["b", "a"]),
    {
      a: logs("a"),
      b: logs("b"),
      c: logs("c"),
    },
  );
  expect(await new Stage().run(program)).toMatchObject({ context: { log: ["router", "a", "b"], sum: 3 } });
});

test.each([
  [["a", "x"], 'there is no branch for "x"', ["x"]],
  ["__proto__", 'there is no branch for "__proto__"', ["__proto__"]],
  [7, "the router gave 7, and has to give names", []],
  [["a", 7], "the router gave a list that holds more than names", []],
  [{ route: "a" }, "the router gave an object", []],
  [null, "the router gave null", []],
])("ROUTE-5: a router that says %j fails the route as route_unknown, and no branch runs", async (said, what, unknown) => {
  const stage = new Stage();
  const program = routed(said, { a: step("a", () => stage.note("a")), b: echo("b") });
  expect(await stage.run(program)).toMatchObject({
    status: "failed",
    failure: {
      code: "route_unknown",
      path: "p/r",
      message: expect.stringContaining(what),
      retryable: false,
      details: { known: ["a", "b"], unknown },
    },
  });
  expect(stage.notes).toEqual([]);
});

test("ROUTE-5: the message names the branches there are, and a router that is a program may be asked again", async () => {
  const name = z.string();
  const model = scriptedModel([{ json: { routes: ["z"] } }, { json: { routes: ["b"] } }]);
  const router = agent({ name: "router", model, instructions: "Route.", output: z.object({ routes: z.array(name) }) });
  const inner = pipeline().route(router, { a: echo("a"), b: echo("b") }, { name: "r" });
  expect((await new Stage().run(pipeline({ name: "p" }).step(inner, { retries: 1 }))).unwrap()).toEqual({ b: "b in" });
  expect(JSON.stringify(model.calls[1]?.options.prompt)).toContain("there are a, b");
});

test("ROUTE-6: a router that throws fails the route naming it, one that fails fails it too, and no branch runs", async () => {
  const stage = new Stage();
  const branches = { a: step("a", () => stage.note("a")) };
  const throws = pipeline({ name: "p" }).route(
    (): "a" => {
      throw new Error("lost");
    },
    branches,
    { name: "r" },
  );
  expect(await stage.run(throws)).toMatchObject({
    status: "failed",
    failure: { code: "decision_failed", message: expect.stringContaining('the function that names the branches of "r" threw: lost') },
  });
  const failing = pipeline({ name: "p" }).route(fails("names"), branches, { name: "r" });
  expect(await new Stage().run(failing)).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/r/router" },
    steps: [{ path: "p/r" }],
  });
  expect(stage.notes).toEqual([]);
});

test.each([
  [3, {}],
  [2, { concurrency: 2 }],
  [1, { concurrency: 1 }],
])("ROUTE-7: %d of three branches run at the same time with the options %j", async (most, options) => {
  const stage = new Stage();
  const branches = { a: takes(stage, 1), b: takes(stage, 2), c: takes(stage, 3) };
  const going = stage.start(routed(["a", "b", "c"], branches, options));
  await turns();
  expect(stage.notes).toHaveLength(most);
  expect(await stage.clock.until(going)).toMatchObject({ output: { a: 1, b: 2, c: 3 } });
});

test("ROUTE-8: every branch sees the context as the router left it, and what they wrote is merged in declared order, by `merge`", async () => {
  const stage = new Stage();
  const gives = (ms: number) =>
    pipeline()
      .step(takes(stage, ms))
      .step(logs("log", `${ms}`));
  const all = (): Name[] => ["c", "b", "a"];
  expect(await stage.run(shared().route(all, { a: gives(20), b: looks("b"), c: gives(10) }))).toMatchObject({
    output: { b: "nobody " },
    context: { log: ["20", "10"], sum: 2 },
  });
  const set = { a: sets("a", "first"), b: sets("b", "second"), c: echo("c") };
  expect(await new Stage().run(shared().route(all, set, { merge: "keepFirst" }))).toMatchObject({ context: { who: "first" } });
  expect(await new Stage().run(shared().route(all, set))).toMatchObject({
    failure: { code: "context_conflict", details: { branches: ["a", "b"] } },
  });
});

test("ROUTE-9: under onFailure: propagate the first failure is the route's, and the others are told that they lost", async () => {
  const stage = new Stage();
  expect(await stage.run(routed(["a", "b"], { a: patient(stage, "a"), b: fails("b") }))).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/r/b" },
    steps: [{ path: "p/r", metadata: { routes: ["a", "b"] } }],
  });
  expect(stage.notes).toEqual(["a begins", "a is told: lost-race"]);
});

test("ROUTE-9: under onFailure: ignore a failed branch is absent from the output, named in the metadata, and has written nothing", async () => {
  const lost = pipeline({ context: Shared }).step(logs("lost")).step(fails("no"));
  const all = (): ("lost" | "kept")[] => ["lost", "kept"];
  const result = await new Stage().run(shared().route(all, { lost, kept: logs("kept") }, { onFailure: "ignore" }));
  expect(result).toMatchObject({ status: "succeeded", steps: [{ metadata: { ignored: ["lost"] } }], context: { log: ["kept"] } });
  expect(Object.keys(result.unwrap() as object)).toEqual(["kept"]);
});

test("ROUTE-10: its usage and cost are those of the router and of all branches that ran, failed ones too", async () => {
  const router = pipeline()
    .step(paid(100))
    .step("names", (): ("lost" | "b")[] => ["lost", "b"]);
  const lost = pipeline().step(paid(10)).step(fails("no"));
  expect(await new Stage().run(pipeline({ name: "p" }).route(router, { lost, b: paid(5) }, { onFailure: "ignore" }))).toMatchObject({
    steps: [{ usage: { inputTokens: 115, modelCalls: 3 }, cost: { kind: "unknown" } }],
  });
  const unknown = pipeline()
    .step(paid(7))
    .step("names", (): string => "x");
  expect(await new Stage().run(pipeline({ name: "p" }).route(unknown, { a: echo("a") }))).toMatchObject({
    status: "failed",
    steps: [{ usage: { inputTokens: 7 } }],
  });
});

test("ROUTE-11: a cancellation ends every branch under way and is never ignored", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(
    routed(["a", "b"], { a: patient(stage, "a"), b: patient(stage, "b"), c: echo("c") }, { onFailure: "ignore" }),
    "in",
    { runId: RUN_ID },
  );
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes.toSorted()).toEqual(["a begins", "a is told: cancelled", "b begins", "b is told: cancelled"]);
});

test("ROUTE-12: a branch that waits for a person holds up no other, and a resume asks no router and no branch again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).route(
    (): Name[] => {
      stage.note("router");
      return ["a", "b"];
    },
    {
      a: pipeline().human("ask", { answer: z.string() }),
      b: step("b", () => stage.note("b")),
      c: echo("c"),
    },
    { name: "r" },
  );
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/r/a/ask" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: { a: { answer: "yes" } } });
  expect(stage.notes).toEqual(["router", "b"]);
});

test("ROUTE-12: a router that is a program is not run again by a resume", async () => {
  const stage = new Stage();
  const router = step("names", (): Name[] => {
    stage.note("router");
    return ["a"];
  });
  const program = pipeline({ name: "p" }).route(router, { a: stage.door<string>(), b: echo("b"), c: echo("c") });
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { a: "in" } });
  expect(stage.notes).toEqual(["router", "door", "door"]);
});
