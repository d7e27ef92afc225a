import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, ToUndo } from "../../src/index.ts";
import { agent, asTool, FlujoError, pipeline, saga, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { does, undoes } from "./support/saga.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

/** A saga that does some things, and then fails. */
function doomed(stage: Stage, ...names: readonly string[]) {
  let trip = pipeline({ name: "trip", input: z.unknown() }).step(echo("begin"));
  for (const name of names) trip = trip.step(does(stage, name), { compensate: undoes(stage, name) });
  return saga(trip.step(fails("end")));
}

/** What was undone, in order. */
function undone({ notes }: Stage): readonly string[] {
  return notes.filter((note) => note.startsWith("undo ")).map((note) => note.slice(5).replace(/:.*$/, ""));
}

test("SAGA-1: the program is given the value, and the saga gives what the program gives", async () => {
  const stage = new Stage();
  const trip = pipeline({ name: "trip" }).step(does(stage, "flight"), { compensate: undoes(stage, "flight") });
  expect(await stage.run(pipeline({ name: "p" }).step(saga(trip)).step(echo("next")))).toMatchObject({
    status: "succeeded",
    output: "next flight in",
    steps: [{ path: "p/trip", output: "flight in" }, {}],
  });
});

test("SAGA-2: when the program has failed, what was done in it is undone, one after the other, the latest first; then the saga fails as it did", async () => {
  const stage = new Stage();
  const result = await stage.run(pipeline({ name: "p" }).step(doomed(stage, "flight", "hotel", "car")));
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/trip/run/end", message: expect.stringContaining("end fails") },
    steps: [{ metadata: { compensated: ["p/trip/run/car", "p/trip/run/hotel", "p/trip/run/flight"] } }],
  });
  expect(stage.notes.slice(3)).toEqual([
    "undo car: car hotel flight begin in of hotel flight begin in",
    "undo hotel: hotel flight begin in of flight begin in",
    "undo flight: flight begin in of begin in",
  ]);
});

test("SAGA-2: what was done at the same time is undone by when it was done, to the millisecond", async () => {
  const stage = new Stage();
  const after = (name: string, ms: number) =>
    step(name, async () => {
      await stage.clock.sleep(ms);
    });
  const both = pipeline({ name: "both" })
    .parallel({
      a: pipeline()
        .step(after("a1", 1), { compensate: undoes(stage, "a1") })
        .step(after("a2", 4), { compensate: undoes(stage, "a2") }),
      b: pipeline()
        .step(after("b1", 2), { compensate: undoes(stage, "b1") })
        .step(after("b2", 1), { compensate: undoes(stage, "b2") }),
    })
    .step(fails("end"));
  await stage.run(saga(both));
  expect(undone(stage)).toEqual(["a2", "b2", "b1", "a1"]);
});

test("SAGA-3: a compensation is given what the node was given and what it gave, at the path of the node, and with a key of its own", async () => {
  const stage = new Stage();
  const refund = step("refund", ({ input, output }: { input: unknown; output: string }, { path, idempotencyKey }) =>
    stage.note(`${String(input)} ${output} ${path} ${idempotencyKey}`),
  );
  const order = pipeline({ name: "order" }).step(echo("charge"), { compensate: refund }).step(fails("end"));
  await stage.run(pipeline({ name: "p" }).step(saga(order)));
  expect(stage.notes).toEqual(["in charge in p/order/run/charge/compensate run-1:p/order/run/charge/compensate"]);
});

test("SAGA-4: nothing is undone where the program succeeds, whatever has failed in it and was caught", async () => {
  const stage = new Stage();
  const half = pipeline()
    .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
    .step(fails("end"));
  const trip = pipeline({ name: "trip" })
    .tap(half, { onError: "ignore" })
    .parallel({ half, whole: echo("whole") }, { onFailure: "ignore" })
    .step(echo("next"));
  expect(await stage.run(saga(trip))).toMatchObject({ status: "succeeded" });
  expect(stage.notes).toEqual(["flight of in", "flight of in"]);
});

test("SAGA-5: done is what has given an output, wherever it stands in the program", async () => {
  const stage = new Stage();
  const booked = (name: string) => withPolicy(does(stage, name), { compensate: undoes(stage, name) });
  const half = (name: string) => pipeline().step(booked(name)).step(fails("end"));
  const guide = agent({
    name: "guide",
    instructions: "",
    model: scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "book", input: { where: "sea" } }] } : "booked")),
    tools: [asTool(pipeline({ name: "book", input: z.object({ where: z.string() }) }).step(booked("tour")), { description: "Books." })],
  });
  const everywhere = pipeline({ name: "everywhere" })
    .step("list", () => ["x"])
    .map(booked("item"))
    .branch(() => "one" as const, { one: booked("branch") })
    .loop(booked("round"), { maxIterations: 2 })
    .parallel({ left: booked("left"), gone: half("ignored") }, { onFailure: "ignore" })
    .step(withPolicy(half("first"), { fallback: booked("second") }))
    .step("ask", () => "please")
    .step(guide)
    .tap(booked("aside"))
    .step(pipeline({ name: "own", context: z.object({ n: z.number().default(1) }) }).step(booked("inside")), { context: {} })
    .step(fails("end"));
  expect(await stage.run(saga(everywhere))).toMatchObject({ status: "failed", failure: { message: expect.stringContaining("end fails") } });
  const expected = ["inside", "aside", "tour", "second", "first", "ignored", "left", "round", "round", "branch", "item"];
  expect(undone(stage)).toEqual(expected);
});

test("SAGA-6: an attempt that gave an output counts also where that was refused, and each attempt counts for itself", async () => {
  const stage = new Stage();
  let asked = 0;
  const picky = pipeline({ name: "p" })
    .step(does(stage, "flight"), {
      compensate: undoes(stage, "flight"),
      validate: () => ++asked > 1,
      retry: { retries: 1, firstDelayMs: 1 },
    })
    .step(fails("end"));
  expect(await stage.run(saga(picky))).toMatchObject({
    steps: [{ metadata: { compensated: ["p/p/run/flight#2", "p/p/run/flight"] } }],
  });
  expect(undone(stage)).toEqual(["flight", "flight"]);
});

test("SAGA-6: what failed is not undone, nor what took its place: that has a compensation of its own, or none", async () => {
  const stage = new Stage();
  const trip = pipeline({ name: "trip" })
    .step(fails("flight"), {
      compensate: undoes(stage, "flight"),
      fallback: withPolicy(does(stage, "train"), { compensate: undoes(stage, "train") }),
    })
    .step(fails("hotel"), { compensate: undoes(stage, "hotel"), onError: { default: "none" } })
    .step(fails("end"));
  await stage.run(saga(trip));
  expect(undone(stage)).toEqual(["train"]);
});

test("SAGA-7: a compensation that fails is tried again as its policy says, then told in the failure, and the others still run", async () => {
  const stage = new Stage();
  const broken = step("undo", (): void => {
    stage.note("undo hotel:");
    throw new Error("the hotel does not answer");
  });
  const trip = pipeline({ name: "trip" })
    .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
    .step(does(stage, "hotel"), { compensate: withPolicy(broken, { retry: { retries: 1, firstDelayMs: 1 } }) })
    .step(fails("end"));
  expect(await stage.run(pipeline({ name: "p" }).step(saga(trip)))).toMatchObject({
    status: "failed",
    failure: {
      code: "compensation_failed",
      path: "p/trip",
      retryable: false,
      message: expect.stringMatching(/end fails\. And 1 of 2 compensations in p\/trip did not succeed: .*the hotel does not answer\.$/),
      details: {
        because: { code: "step_failed", path: "p/trip/run/end" },
        left: [{ path: "p/trip/run/hotel", code: "step_failed", message: expect.stringContaining("the hotel does not answer") }],
        compensated: ["p/trip/run/flight"],
      },
    },
  });
  expect(undone(stage)).toEqual(["hotel", "hotel", "flight"]);
});

test("SAGA-8: a saga in another that has succeeded is undone by that; one that has failed has undone itself, and is not undone again", async () => {
  const stage = new Stage();
  const good = saga(pipeline({ name: "good" }).step(does(stage, "flight"), { compensate: undoes(stage, "flight") }));
  const bad = doomed(stage, "hotel");
  const outer = pipeline({ name: "outer" })
    .step(good)
    .tap(bad, { onError: "ignore" })
    .step("between", () => stage.note("between"))
    .step(fails("end"));
  expect(await stage.run(saga(outer))).toMatchObject({ steps: [{ metadata: { compensated: ["outer/outer/run/good/run/flight"] } }] });
  expect(stage.notes.map((note) => note.replace(/:.*$/, ""))).toEqual([
    "flight of in",
    "hotel of begin flight in",
    "undo hotel",
    "between",
    "undo flight",
  ]);
});

test("SAGA-9: what has a compensation as a whole is undone as a whole first, then what is in it", async () => {
  const stage = new Stage();
  const parts = pipeline({ name: "parts" })
    .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
    .step(does(stage, "hotel"), { compensate: undoes(stage, "hotel") });
  await stage.run(
    saga(
      pipeline({ name: "trip" })
        .step(parts, { compensate: undoes(stage, "parts") })
        .step(fails("end")),
    ),
  );
  expect(undone(stage)).toEqual(["parts", "hotel", "flight"]);
});

test("SAGA-10: a compensation sees the context as it was when the saga began, and what it writes is lost with the saga", async () => {
  const stage = new Stage();
  const undo = step({
    name: "undo",
    context: Shared,
    run: (_: unknown, { context, contribute }) => {
      stage.note(`sees ${context.log.join()}`);
      contribute("log", "undone");
    },
  });
  const trip = pipeline({ name: "trip", context: Shared }).step(logs("flight"), { compensate: undo }).step(fails("end"));
  const program = shared().step(logs("before")).tap(saga(trip), { onError: "ignore" });
  expect(await stage.run(program)).toMatchObject({ status: "succeeded", context: { log: ["before"] } });
  expect(stage.notes).toEqual(["sees before"]);
});

test("SAGA-10: what was done in a program with a context of its own is undone in that, as it was when that program began", async () => {
  const stage = new Stage();
  const Own = z.object({ depth: z.number(), seen: z.number().default(0) });
  const undo = step({
    name: "undo",
    context: Own,
    run: (_: unknown, { context, initialPrompt }) => stage.note(`${context.depth} ${context.seen} ${initialPrompt}`),
  });
  const dive = step({ name: "dive", context: Own, run: (_: unknown, { update }) => update((draft) => void (draft.seen = 9)) });
  const inner = pipeline({ name: "inner", context: Own }).step(dive, { compensate: undo }).step(echo("after"));
  const trip = pipeline({ name: "trip" })
    .step("prepare", () => "deep")
    .step(inner, { context: { in: () => ({ depth: 3 }) } })
    .step(fails("end"));
  await stage.run(saga(trip));
  expect(stage.notes).toEqual(["3 0 deep"]);
});

test("SAGA-11: what the compensations use counts in the saga's cost", async () => {
  const ask = (name: string) => agent({ name, instructions: "", model: scriptedModel(() => "said") });
  const trip = pipeline({ name: "trip" })
    .step(echo("flight"), {
      compensate: pipeline()
        .step("ask", () => "sorry")
        .step(ask("apology")),
    })
    .step(ask("a"))
    .step(fails("end"));
  expect(await new Stage().run(pipeline({ name: "p" }).step(saga(trip)))).toMatchObject({
    usage: { modelCalls: 2 },
    steps: [{ usage: { modelCalls: 2 } }],
  });
});

test("SAGA-12: in a run that is called off nothing is undone, and what is being undone is called off, too", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const trip = pipeline({ name: "trip" })
    .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
    .step(patient(stage, "hotel"));
  const going = flujo.run(saga(trip), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({
    status: "cancelled",
    steps: [{ failure: { code: "cancelled", details: { left: [{ path: "trip/trip/run/flight", code: "cancelled" }] } } }],
  });
  expect(stage.notes).toEqual(["flight of in", "hotel begins", "hotel is told: cancelled"]);

  const other = new Stage();
  const second = other.flujo();
  const slow = pipeline({ name: "trip" })
    .step(does(other, "flight"), { compensate: undoes(other, "flight") })
    .step(does(other, "hotel"), { compensate: patient(other, "undoing") })
    .step(fails("end"));
  const undoing = second.run(saga(slow), "in", { runId: RUN_ID });
  await turns();
  await second.cancel(RUN_ID);
  expect(await undoing).toMatchObject({
    status: "cancelled",
    steps: [{ failure: { code: "cancelled", details: { left: [{ path: "trip/trip/run/hotel" }, { path: "trip/trip/run/flight" }] } } }],
  });
  expect(other.notes.slice(2)).toEqual(["undoing begins", "undoing is told: cancelled"]);
});

test("SAGA-13: a saga that loses a race, or whose time is over, is undone to its end before anything goes on", async () => {
  const stage = new Stage();
  const slow = (name: string) =>
    step(`undo ${name}`, async () => {
      await stage.clock.sleep(50);
      stage.note(`undo ${name}:`);
    });
  const loser = saga(
    pipeline({ name: "loser" })
      .step(does(stage, "flight"), { compensate: slow("flight") })
      .step("hotel", () => stage.clock.sleep(1_000)),
  );
  const quick = step("quick", async () => {
    await stage.clock.sleep(10);
    return "quick";
  });
  const program = pipeline({ name: "p" })
    .parallel({ loser, quick }, { join: "any" })
    .step("between", () => stage.note("between"))
    .step(withPolicy(loser, { timeoutMs: 5, onError: { default: "late" } }));
  const result = await stage.run(program);
  expect(result).toMatchObject({ status: "succeeded", output: "late", steps: [{ latencyMs: 60 }, {}, { latencyMs: 55 }] });
  expect(stage.notes.filter((note) => !note.startsWith("flight"))).toEqual(["undo flight:", "between", "undo flight:"]);
});

test("SAGA-13: one failed item of a map has the sagas of the others undone, each before the map fails", async () => {
  const stage = new Stage();
  const order = saga(
    pipeline({ name: "order", input: z.number() })
      .step("charge", (n: number) => n)
      .step(
        step("pay", (n: number) => n),
        { compensate: step("refund", ({ input }: { input: number }) => stage.note(`refund ${input}`)) },
      )
      .step("ship", async (n: number) => {
        await stage.clock.sleep(n * 10);
        if (n === 2) throw new Error("no lorry");
        return n;
      }),
  );
  const result = await stage.run(
    pipeline({ name: "p" })
      .step("list", () => [1, 2, 3])
      .map(order),
  );
  expect(result).toMatchObject({ status: "failed", failure: { message: expect.stringContaining("no lorry") } });
  expect(stage.notes.toSorted()).toEqual(["refund 2", "refund 3"]); // the first had succeeded, and nothing is around it
});

test("SAGA-14: a run that goes on as another has not failed: nothing is undone", async () => {
  const stage = new Stage();
  const program = saga(
    pipeline({ name: "trip", input: z.string() })
      .step(does(stage, "flight"), { compensate: undoes(stage, "flight") })
      .step("on", (value: string, { continueAs }) => (stage.notes.length > 1 ? value : continueAs("again"))),
  );
  await stage.run(program);
  expect(undone(stage)).toEqual([]);
});

test("SAGA-15: a run that was parked while it undid goes on where it stood, and undoes nothing twice", async () => {
  const stage = new Stage();
  const later = pipeline().step(stage.door<ToUndo>()).step(undoes(stage, "flight"));
  const trip = pipeline({ name: "trip" })
    .step(does(stage, "flight"), { compensate: later })
    .step(does(stage, "hotel"), { compensate: undoes(stage, "hotel") })
    .step(fails("end"));
  await stage.park(saga(trip));
  expect(await stage.resume(saga(trip))).toMatchObject({ status: "failed", failure: { code: "step_failed" } });
  expect(undone(stage)).toEqual(["hotel", "flight"]);
});

test("SAGA-16: a compensation may wait for a person, and the run pauses", async () => {
  const stage = new Stage();
  const trip = pipeline({ name: "trip" })
    .step(does(stage, "flight"), { compensate: pipeline().human("call", { answer: z.boolean() }) })
    .step(fails("end"));
  expect(await stage.run(saga(trip))).toMatchObject({ status: "paused", pauses: [{ id: "trip/trip/run/flight/compensate/call" }] });
  expect(await stage.answer(saga(trip), true)).toMatchObject({ status: "failed", failure: { code: "step_failed" } });
});

test("SAGA-17: a compensation that nothing would run is refused, and so is one in a compensation", async () => {
  const stage = new Stage();
  const booked = withPolicy(does(stage, "flight"), { compensate: undoes(stage, "flight") });
  const lone = pipeline({ name: "p" }).step(booked);
  await expect(stage.run(lone)).rejects.toThrow(/p\/flight: it has a compensation, and nothing around it would run that/);
  const inOne = saga(pipeline({ name: "p" }).step(echo("a"), { compensate: booked as AnyStep as never }));
  const error = await stage.run(inOne).catch((thrown: unknown) => thrown);
  expect(FlujoError.is(error, "pipeline_invalid") && error.message).toContain("p/p/run/a/compensate: it has a compensation");
  expect(() => saga(lone, { nam: "x" } as never)).toThrow(/nam/);
});

test("SAGA-12: calling off the run reaches what undoes a saga that had lost a race before", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const loser = saga(
    pipeline({ name: "loser" })
      .step(does(stage, "flight"), { compensate: pipeline().parallel({ a: patient(stage, "a"), b: patient(stage, "b") }) })
      .step("hotel", () => new Promise<never>(() => undefined)),
  );
  const quick = step("quick", async () => turns(2));
  const going = flujo.run(pipeline({ name: "p" }).parallel({ loser: pipeline().parallel({ loser }), quick }, { join: "any" }), "in", {
    runId: RUN_ID,
  });
  await turns(20);
  expect(stage.notes).toEqual(["flight of in", "a begins", "b begins"]);
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes.slice(3).toSorted()).toEqual(["a is told: cancelled", "b is told: cancelled"]);
});
