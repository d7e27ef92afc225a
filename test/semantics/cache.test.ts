import { expect, test } from "vitest";
import { z } from "zod";
import type { CacheBackend } from "../../src/index.ts";
import { agent, cached, memoryCache, pipeline, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { patient, RUN_ID, Stage, turns } from "./support/stage.ts";

/** A step that notes what it is given, and says it once more. */
function twice(stage: Stage, name = "twice") {
  return step(name, (value: unknown) => {
    stage.note(`${name} ${JSON.stringify(value)}`);
    return `${String(value)} ${String(value)}`;
  });
}

/** A step that notes that it begins, and goes on when it is let. */
function held(stage: Stage) {
  const door = Promise.withResolvers<string>();
  const program = step("held", () => {
    stage.note("begins");
    return door.promise;
  });
  return { program, open: () => door.resolve("made"), fail: () => door.reject(new Error("no")) };
}

const hitsOf = (steps: readonly { readonly metadata: Readonly<Record<string, unknown>> }[]): readonly unknown[] =>
  steps.map(({ metadata }) => metadata["cache"]);

test("CACHE-1: its program, under path/run, is given what it is given; where the same is asked again its outcome is recalled, and the metadata say which", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(cached(twice(stage), { name: "kept" }));
  expect(await stage.run(program)).toMatchObject({
    output: "in in",
    steps: [{ path: "p/kept", name: "kept", metadata: { cache: "miss" } }],
  });
  expect(await stage.run(program, "in", { runId: "run-2" })).toMatchObject({ output: "in in", steps: [{ metadata: { cache: "hit" } }] });
  expect(await stage.run(program, "other", { runId: "run-3" })).toMatchObject({
    output: "other other",
    steps: [{ metadata: { cache: "miss" } }],
  });
  expect(stage.notes).toEqual(['twice "in"', 'twice "other"']);
  expect((await stage.entries()).flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []))).toEqual(["p/kept/run"]);
});

test("CACHE-2: the same is the same program with the same code, wherever it stands, on an equal input under the model that the run uses", async () => {
  const stage = new Stage();
  const kept = cached(twice(stage));
  const count = async (name: string, program: Parameters<Stage["run"]>[0], options: object = {}): Promise<number> => {
    const before = stage.notes.length;
    await stage.run(program, { a: 1, b: [2] }, { runId: name, ...options });
    return stage.notes.length - before;
  };
  expect(await count("first", pipeline({ name: "p" }).step(kept))).toBe(1);
  expect(await count("elsewhere", pipeline({ name: "q" }).parallel({ one: pipeline().step(kept) }))).toBe(0);
  expect(await count("alone", kept)).toBe(0);
  const otherCode = step("twice", (value: unknown) => {
    stage.note(`other code ${String(value)}`);
  });
  expect(await count("other-code", cached(otherCode))).toBe(1);
  expect(await count("other-options", cached(withPolicy(twice(stage), { timeoutMs: 1_000 })))).toBe(1);
  expect(await count("other-model", kept, { model: "offline:text" })).toBe(1);
  await stage.run(kept, { b: [2], a: 1 }, { runId: "other-order" });
  await stage.run(kept, { a: 1, b: new Set([2]) }, { runId: "no-json" });
  expect(stage.notes.slice(4)).toHaveLength(1); // the order of keys is no matter, a set is no list
});

test("CACHE-3: what `key` gives stands for the input; it is asked once, and what it throws fails the step", async () => {
  const stage = new Stage();
  const key = (value: unknown): string => {
    stage.note("asked");
    if (value === "bad") throw new Error("no key");
    return String(value).toLowerCase();
  };
  const program = pipeline({ name: "p" })
    .step(cached(twice(stage), { key }))
    .step(stage.door());
  await stage.park(program, "IN");
  expect(await stage.resume(program)).toMatchObject({ output: "IN IN" });
  expect(await stage.run(program, "in", { runId: "run-2" })).toMatchObject({ output: "IN IN" });
  expect(stage.notes).toEqual(["asked", 'twice "IN"', "door", "door", "asked", "door"]);
  expect(await stage.run(program, "bad", { runId: "run-3" })).toMatchObject({
    status: "failed",
    failure: { code: "decision_failed", message: expect.stringContaining("stands for the input") },
  });
});

test("CACHE-3: a key that is undefined fails the step, and gives nobody the answer of another", async () => {
  const stage = new Stage();
  const kept = cached(twice(stage), { name: "bill", key: async () => Promise.resolve(undefined) });
  expect(await stage.run(pipeline({ name: "p" }).step(kept), "a")).toMatchObject({
    status: "failed",
    failure: {
      code: "decision_failed",
      retryable: false,
      message: expect.stringMatching(
        /stands for the input of "bill" threw: .*it returned undefined, and has to return what tells/,
      ) as string,
    },
  });
  expect(stage.notes).toEqual([]);
  const ofNobody = cached(twice(stage), { key: () => null });
  expect(await stage.run(pipeline({ name: "p" }).step(ofNobody), "b", { runId: "run-2" })).toMatchObject({ output: "b b" });
});

test("CACHE-4: two calls with other values of a field in `reads` are two calls; other fields are no matter", async () => {
  const stage = new Stage();
  const kept = cached(looks("see"), { reads: ["who"] });
  const program = (who: string, line: string) => shared().step(sets("set", who)).step(logs("log", line)).step(kept);
  expect(await stage.run(program("ann", "1"))).toMatchObject({ output: "ann 1" });
  expect(await stage.run(program("ann", "2"), "in", { runId: "run-2" })).toMatchObject({ output: "ann 1" });
  expect(await stage.run(program("bob", "3"), "in", { runId: "run-3" })).toMatchObject({ output: "bob 3" });
});

test("CACHE-5: on a hit what the program wrote is written again, and what does not fit there any more is a miss", async () => {
  const stage = new Stage();
  const writes = cached(pipeline({ context: Shared }).step(sets("set", "ann")).step(logs("log")), { reads: [] });
  const program = shared().step(logs("before")).step(writes).step(looks("see"));
  expect(await stage.run(program)).toMatchObject({ output: "ann before,log", context: { sum: 2 } });
  const again = await stage.run(program, "in", { runId: "run-2" });
  expect(again).toMatchObject({ output: "ann before,log", context: { sum: 2, log: ["before", "log"] } });
  expect(hitsOf(again.steps)).toEqual([undefined, "hit", undefined]);
  const narrow = z.object({ who: z.enum(["nobody"]).default("nobody") });
  const loose = step({
    name: "w",
    context: z.object({ who: z.string() }),
    run: (_: unknown, { update }) =>
      update((draft) => {
        draft.who = "ann";
      }),
  });
  const keeps = cached(loose, { reads: [] });
  await stage.run(pipeline({ name: "p", context: z.object({ who: z.string().default("") }) }).step(keeps), "in", { runId: "run-3" });
  const misfit = await stage.run(pipeline({ name: "p", context: narrow }).step(keeps as never), "in", { runId: "run-4" });
  expect(misfit).toMatchObject({ steps: [{ metadata: { cache: "miss", cacheProblem: expect.stringContaining("does not fit") } }] });
});

test("CACHE-6: a program that fails fails the step, and is run again the next time", async () => {
  const stage = new Stage();
  let isUp = false;
  const flaky = step("flaky", () => {
    stage.note("asked");
    if (!isUp) throw new Error("down");
    return "up";
  });
  const program = pipeline({ name: "p" }).step(cached(flaky));
  expect(await stage.run(program)).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/flaky/run" },
    steps: [{ status: "failed", metadata: { cache: "miss" } }],
  });
  isUp = true;
  expect(await stage.run(program, "in", { runId: "run-2" })).toMatchObject({ output: "up" });
  expect(await stage.run(program, "in", { runId: "run-3" })).toMatchObject({ output: "up" });
  expect(stage.notes).toEqual(["asked", "asked"]);
});

test("CACHE-7: an outcome counts for as long as the ttl of whoever reads it, from when it was kept", async () => {
  const stage = new Stage();
  const work = twice(stage);
  const [brief, long] = [cached(work, { ttl: "1 minute" }), cached(work, { ttl: "1 hour" })];
  await stage.run(brief, 1, { runId: "run-1" });
  await stage.clock.advance(59_999);
  await stage.run(brief, 1, { runId: "run-2" });
  expect(stage.notes).toHaveLength(1);
  await stage.clock.advance(1);
  await stage.run(long, 1, { runId: "run-3" });
  expect(stage.notes).toHaveLength(1);
  await stage.run(brief, 1, { runId: "run-4" });
  expect(stage.notes).toHaveLength(2);
  await stage.clock.advance(59_999);
  expect(await stage.run(brief, 1, { runId: "run-5" })).toMatchObject({ steps: [{ metadata: { cache: "hit" } }] });
});

test("CACHE-8: a miss costs what the program costs, a hit nothing", async () => {
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "said") });
  const program = pipeline({ name: "p" })
    .step(cached(ask))
    .step("in", () => "in")
    .step("again", (value) => value)
    .step(cached(ask, { name: "second" }));
  expect(await new Stage().run(program, "in")).toMatchObject({
    output: "said",
    usage: { modelCalls: 1 },
    steps: [{ usage: { modelCalls: 1 } }, {}, {}, { usage: { modelCalls: 0 }, cost: { kind: "free" }, metadata: { cache: "hit" } }],
  });
});

test("CACHE-9: of equal calls at the same time one runs, and the others wait for what it gives", async () => {
  const stage = new Stage();
  const { program, open } = held(stage);
  const kept = cached(program);
  const inOneRun = stage.start(pipeline({ name: "p" }).map(kept), ["a", "a", "a"]);
  const inAnother = stage.start(pipeline({ name: "q" }).step(kept), "a", { runId: "run-2" });
  await turns();
  open();
  expect(await inOneRun).toMatchObject({ output: ["made", "made", "made"] });
  expect(await inAnother).toMatchObject({ output: "made", steps: [{ metadata: { cache: "hit" } }] });
  expect(stage.notes).toEqual(["begins"]);
});

test("CACHE-10: where the one that runs fails, loses a race or is called off, the next runs", async () => {
  const stage = new Stage();
  let attempts = 0;
  const second = cached(
    step("second", () => {
      attempts++;
      if (attempts < 3) throw new Error("not yet");
      return "made";
    }),
  );
  const collected = await stage.run(pipeline({ name: "p" }).map(second, { onFailure: "collect" }), ["a", "a", "a", "a"]);
  expect(attempts).toBe(3);
  expect(collected).toMatchObject({ output: [{ status: "failed" }, { status: "failed" }, { output: "made" }, { output: "made" }] });

  const lost = new Stage();
  const kept = cached(patient(lost, "slow"));
  const race = pipeline({ name: "p" }).step(withPolicy(kept, { timeoutMs: 10, onError: { default: "too late" } }));
  const first = lost.start(race, "a");
  await lost.clock.advance(5);
  const next = lost.start(race, "a", { runId: "run-2" });
  await turns();
  expect(lost.notes).toEqual(["slow begins"]);
  expect(await lost.clock.until(Promise.all([first, next]))).toMatchObject([{ output: "too late" }, { output: "too late" }]);
  expect(lost.notes).toEqual(["slow begins", "slow is told: timeout", "slow begins", "slow is told: timeout"]);

  const off = new Stage();
  const flujo = off.flujo();
  const { program, open } = held(off);
  const going = flujo.run(cached(program), "a", { runId: RUN_ID });
  await turns();
  const waiting = off.start(cached(program), "a", { runId: "run-2" });
  await turns();
  await Promise.race([flujo.cancel(RUN_ID), turns()]);
  await off.clock.advance(5_000);
  expect(await going).toMatchObject({ status: "cancelled" });
  open();
  expect(await off.clock.until(waiting)).toMatchObject({ output: "made", steps: [{ metadata: { cache: "miss" } }] });
  expect(off.notes).toEqual(["begins", "begins"]);
});

test("CACHE-11: where the one that runs comes to rest or waits for somebody, the next runs, and nobody waits for ever", async () => {
  const stage = new Stage();
  const { program, open } = held(stage);
  const first = stage.flujo();
  const parked = first.run(cached(program), "a", { runId: RUN_ID });
  await turns();
  const second = stage.start(cached(program), "a", { runId: "run-2" });
  await turns();
  await first.close();
  expect((await parked).status).toBe("stopped");
  open();
  expect(await second).toMatchObject({ output: "made" });
  expect(stage.notes).toEqual(["begins", "begins"]);

  const asked = new Stage();
  const sure = cached(pipeline({ name: "sure" }).human("ask", { answer: z.boolean() }));
  const all = pipeline({ name: "p" }).map(sure);
  const result = await asked.run(all, ["a", "a", "a"]);
  expect(result).toMatchObject({ status: "paused" });
  expect(result.status === "paused" && result.pauses.map(({ id }) => id)).toEqual([
    "p/map[0]/run/ask",
    "p/map[1]/run/ask",
    "p/map[2]/run/ask",
  ]);
});

test("CACHE-12: a wait in it pauses the run, and what comes after the answer is kept", async () => {
  const stage = new Stage();
  const sure = cached(pipeline({ name: "sure" }).human("ask", { answer: z.boolean() }));
  const program = pipeline({ name: "p" }).step(sure);
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/sure/run/ask" }] });
  expect(await stage.answer(program, true)).toMatchObject({ output: { input: "in", answer: true } });
  expect(await stage.run(program, "in", { runId: "run-2" })).toMatchObject({
    status: "succeeded",
    output: { input: "in", answer: true },
    steps: [{ metadata: { cache: "hit" } }],
  });
});

test("CACHE-13: a hit and a miss are on record: a resume sees the same, whatever the cache has by then, and is not billed for it", async () => {
  const stage = new Stage();
  const backend = memoryCache();
  const forgetful = memoryCache();
  let use = backend;
  const either: CacheBackend = { name: "either", get: (key) => use.get(key), set: (key, kept) => use.set(key, kept) };
  const program = pipeline({ name: "p" })
    .step(cached(twice(stage), { backend: either }))
    .step(stage.door());
  stage.open();
  await stage.run(program, "in", { runId: "before" });
  const closed = new Stage();
  const again = pipeline({ name: "p" })
    .step(cached(twice(stage), { backend: either }))
    .step(closed.door());
  await closed.park(again);
  use = forgetful;
  expect(await closed.resume(again)).toMatchObject({ output: "in in", steps: [{ metadata: { cache: "hit" } }, {}] });

  const missed = new Stage();
  const inner = pipeline().step(missed.door()).step(twice(missed));
  const keeps = pipeline({ name: "p" }).step(cached(inner, { name: "kept" }));
  await missed.park(keeps);
  await missed.run(keeps, "in", { runId: "meanwhile" });
  expect(await missed.resume(keeps)).toMatchObject({ output: "in in", steps: [{ metadata: { cache: "miss" } }] });
  expect(missed.notes).toEqual(["door", "door", 'twice "in"', "door", 'twice "in"']);
});

test("CACHE-14: a cache that throws, hangs or has nonsense is a miss, and the metadata say why", async () => {
  const broken = (name: string, get: CacheBackend["get"], set: CacheBackend["set"] = () => undefined): CacheBackend => ({ name, get, set });
  const down = (): never => {
    throw new Error("down");
  };
  const backends: readonly (readonly [CacheBackend, string])[] = [
    [broken("throws", down), "the cache throws: down"],
    [broken("rejects", () => Promise.reject(new Error("gone"))), "the cache rejects: gone"],
    [broken("hangs", () => new Promise(() => undefined)), "the cache hangs: it did not answer within 10 s"],
    [broken("lies", () => "{}"), "the cache lies: what it has is not what was kept"],
    [broken("damaged", () => "[nonsense"), "the cache damaged: A stored value is damaged"],
    [broken("full", () => null, down), "the cache full: down"],
    [
      broken(
        "hangs later",
        () => null,
        () => new Promise(() => undefined),
      ),
      "the cache hangs later: it did not answer within 10 s",
    ],
  ];
  for (const [index, [backend, problem]] of backends.entries()) {
    const stage = new Stage();
    const result = await stage.run(cached(twice(stage), { backend }), "in", { runId: `run-${index}` });
    expect(result, backend.name).toMatchObject({
      output: "in in",
      steps: [{ metadata: { cache: "miss", cacheProblem: expect.stringContaining(problem) } }],
    });
  }
  const unstorable = cached(step("f", () => () => 1));
  const result = await new Stage().flujo().run(unstorable, "in");
  expect(result).toMatchObject({ status: "failed", failure: { code: "value_unstorable" } }); // of the step: the cache says nothing of it
});

test("CACHE-15: a call that waits for another stops when it is told to", async () => {
  const stage = new Stage();
  const { program, open } = held(stage);
  const kept = cached(program);
  const first = stage.start(kept, "a", { runId: "run-0" });
  await turns();
  const flujo = stage.flujo();
  const second = flujo.run(kept, "a", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await second).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  open();
  expect(await first).toMatchObject({ output: "made" });
  expect(stage.notes).toEqual(["begins"]);
});
