import { expect, test } from "vitest";
import type { AnyStep } from "../../src/index.ts";
import { agent, pipeline, reducers, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const says = <const Name extends string, T>(name: Name, what: T) => step(name, () => what);

/** Ends after so many milliseconds. */
function slow<const Name extends string, T>(stage: Stage, name: Name, what: { readonly ms: number; readonly gives: T }) {
  return step(name, async () => {
    await stage.clock.sleep(what.ms);
    return what.gives;
  });
}

test("RED-1: the output of a parallel, a map or a route is what its reducer makes of the results, which it is given as they would be the output", async () => {
  const stage = new Stage();
  const seen = (results: unknown): number => stage.notes.push(JSON.stringify(results));
  const branches = { b: says("b", 2), a: says("a", 1) };
  expect(await stage.run(pipeline({ name: "p" }).parallel(branches, { reduce: seen }))).toMatchObject({ output: 1 });
  expect(
    await new Stage().run(pipeline({ name: "p" }).parallel({ ...branches, c: fails("c") }, { onFailure: "ignore", reduce: seen })),
  ).toMatchObject({ output: 2 });
  expect(
    await new Stage().run(pipeline({ name: "p" }).parallel({ ...branches, c: fails("c") }, { join: 1, concurrency: 1, reduce: seen })),
  ).toMatchObject({ output: 3 });
  const half = step("half", (n: number) => n / 2);
  expect(await new Stage().run(pipeline({ name: "p" }).map(half, { reduce: async (results) => seen(results) }), [4, 2])).toMatchObject({
    output: 4,
  });
  expect(await new Stage().run(pipeline({ name: "p" }).map(half, { onFailure: "collect", reduce: seen }), [4])).toMatchObject({
    output: 5,
  });
  expect(await new Stage().run(pipeline({ name: "p" }).route(() => "a" as const, { a: says("a", 1) }, { reduce: seen }))).toMatchObject({
    output: 6,
  });
  expect(stage.notes).toEqual(['{"b":2,"a":1}', '{"b":2,"a":1}', '{"b":2}', "[2,1]", '[{"status":"succeeded","output":2}]', '{"a":1}']);
});

test("RED-2: it is asked once, when all have ended; it sees the input, and the context as all of them have left it", async () => {
  const stage = new Stage();
  const program = shared().parallel(
    { b: logs("b"), a: logs("a") },
    {
      reduce: (results, { input, context, initialPrompt }) => {
        stage.note([Object.keys(results).join("+"), input, context.log.join("+"), initialPrompt].join());
        return "done";
      },
    },
  );
  expect(await stage.run(program)).toMatchObject({ output: "done", context: { log: ["b", "a"] } });
  expect(stage.notes).toEqual(["b+a,in,b+a,in"]);
});

test("RED-3: keys, values, first and last go by the declared order, whoever ends first", async () => {
  const stage = new Stage();
  const branches = { slow: slow(stage, "slow", { ms: 50, gives: 1 }), quick: slow(stage, "quick", { ms: 1, gives: 2 }) };
  const of = async (reduce: "keys" | "values" | "first" | "last") => {
    const parallel = await stage.run(pipeline({ name: "p" }).parallel(branches, { reduce: reducers[reduce] }), "in", { runId: reduce });
    const map = await new Stage().run(
      pipeline({ name: "p" }).map(
        step("same", (n: string) => n),
        { reduce: reducers[reduce] },
      ),
      ["x", "y"],
    );
    return [parallel, map].map((result) => (result.status === "succeeded" ? result.output : result.status));
  };
  expect(await of("keys")).toEqual([
    ["slow", "quick"],
    ["0", "1"],
  ]);
  expect(await of("values")).toEqual([
    [1, 2],
    ["x", "y"],
  ]);
  expect(await of("first")).toEqual([1, "x"]);
  expect(await of("last")).toEqual([2, "y"]);
});

test("RED-4: concat makes one list of lists; union one in which everything stands once, compared by what it holds", async () => {
  const lists = {
    a: says("a", [1, { x: 1, y: 2 }, "1"]),
    b: says("b", [{ y: 2, x: 1 }, 1, new Date(0), true]),
    c: says("c", [new Date(0), "true"]),
  };
  const of = (reduce: typeof reducers.concat | typeof reducers.union) =>
    new Stage().run(pipeline({ name: "p" }).parallel(lists, { reduce }));
  const [xy, yx, date] = [{ x: 1, y: 2 }, { y: 2, x: 1 }, new Date(0)];
  expect(await of(reducers.concat)).toMatchObject({ output: [1, xy, "1", yx, 1, date, true, date, "true"] });
  expect(await of(reducers.union)).toMatchObject({ output: [1, xy, "1", date, true, "true"] });
});

test("RED-5: majority gives the result that most gave, and of several the one that comes first", async () => {
  const votes = (...given: readonly unknown[]) =>
    pipeline({ name: "p" }).map(
      step("say", (n: number) => given[n]),
      { reduce: reducers.majority() },
    );
  expect(await new Stage().run(votes("no", "yes", "yes"), [0, 1, 2])).toMatchObject({ output: "yes" });
  expect(await new Stage().run(votes("b", "a", "a", "b", "c"), [0, 1, 2, 3, 4])).toMatchObject({ output: "b" });
  expect(await new Stage().run(votes({ x: 1, y: 1 }, 7, { y: 1, x: 1 }), [0, 1, 2])).toMatchObject({ output: { x: 1, y: 1 } });
  const same = step("same", (word: string) => word);
  const by = pipeline({ name: "p" }).map(same, { reduce: reducers.majority({ by: (word) => word.length }) });
  expect(await new Stage().run(by, ["a", "be", "of"])).toMatchObject({ output: "be" });
});

test("RED-6: best gives the result with the highest score, and of several the one that comes first", async () => {
  const same = step("same", (word: string) => word);
  const best = (score: (word: string, key: string) => number) => pipeline({ name: "p" }).map(same, { reduce: reducers.best({ score }) });
  expect(
    await new Stage().run(
      best((word) => word.length),
      ["a", "the", "one"],
    ),
  ).toMatchObject({ output: "the" });
  expect(
    await new Stage().run(
      best((_, key) => Number(key)),
      ["a", "the", "one"],
    ),
  ).toMatchObject({ output: "one" });
});

test("RED-7: a judge is a program, given { input, results }, at path/reduce; what it gives is the output, and what it wrote is kept", async () => {
  const stage = new Stage();
  const judge = step({
    name: "judge",
    context: Shared,
    run: ({ input, results }: { readonly input: unknown; readonly results: { readonly a: unknown } }, { path, context, contribute }) => {
      stage.note(`${path} ${String(input)} ${String(results.a)} ${context.log.join()}`);
      contribute("log", "judge");
      return "chosen";
    },
  });
  const program = shared().parallel({ a: logs("a"), reduce: logs("b") }, { reduce: reducers.judge(judge) });
  expect(await stage.run(program)).toMatchObject({ output: "chosen", context: { log: ["a", "b", "judge"] } });
  expect(stage.notes).toEqual(["p/parallel/reduce-2 in in a,b"]);
  const model = scriptedModel(["The second."]);
  const chooses = pipeline({ name: "p" }).map(
    step("twice", (n: number) => 2 * n),
    { reduce: reducers.judge(agent({ name: "j", model, instructions: "Choose." })) },
  );
  expect(await new Stage().run(chooses, [1, 2])).toMatchObject({ output: "The second.", steps: [{ usage: { modelCalls: 1 } }] });
  expect(JSON.stringify(model.calls[0]?.options.prompt)).toContain(JSON.stringify('{"input":[1,2],"results":[2,4]}').slice(1, -1));
});

test("RED-8: a reducer that throws, or has nothing to choose from, fails the node as decision_failed, which names it; a judge that fails fails it too", async () => {
  const same = step("same", (value: unknown) => value);
  for (const [reduce, items, words] of [
    [reducers.first, [], "reducers.first: there is no result"],
    [reducers.last, [], "reducers.last: there is no result"],
    [reducers.majority(), [], "reducers.majority: there is no result"],
    [reducers.best({ score: () => 1 }), [], "reducers.best: there is no result"],
    [reducers.best({ score: () => Number.NaN }), [1], "reducers.best: the score of 0 is NaN, and has to be a number"],
    [
      () => {
        throw new Error("no idea");
      },
      [1],
      "no idea",
    ],
  ] as const) {
    const result = await new Stage().run(pipeline({ name: "p" }).map(same, { name: "m", reduce }), items);
    expect(result.status === "failed" ? result.failure.message : result.status).toContain(words);
    expect(result).toMatchObject({
      status: "failed",
      failure: {
        code: "decision_failed",
        path: "p/m/?reduce",
        retryable: false,
        message: expect.stringMatching(/^p\/m\/\?reduce: the reducer of "m" threw: /) as string,
      },
    });
  }
  const odd = pipeline({ name: "p" }).parallel(
    { a: says("a", [1] as readonly unknown[]), b: says("b", 5 as unknown as readonly unknown[]) },
    { reduce: reducers.union },
  );
  expect(await new Stage().run(odd)).toMatchObject({
    failure: { message: expect.stringContaining("reducers.union: the result of b is 5, and has to be a list") as string },
  });
  expect(await new Stage().run(shared().parallel({ a: logs("a") }, { reduce: reducers.judge(fails("bad")) }))).toMatchObject({
    failure: { code: "step_failed", path: "p/parallel/reduce" },
    context: { log: [] },
  });
});

test("RED-9: nothing is reduced where the node fails", async () => {
  const stage = new Stage();
  const reduce = () => stage.note("asked");
  expect(await stage.run(pipeline({ name: "p" }).parallel({ a: fails("a") }, { reduce }))).toMatchObject({
    failure: { code: "step_failed" },
  });
  expect(stage.notes).toEqual([]);
});

test("RED-10: a cancellation reaches a judge, and nothing is reduced after one", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const program = pipeline({ name: "p" }).parallel({ a: says("a", 1) }, { reduce: reducers.judge(patient(stage, "judge")) });
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  await stage.clock.advance(10_000);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["judge begins", "judge is told: cancelled"]);
});

test("RED-11: what a reducer has said is on record: a resume asks neither it nor a judge again", async () => {
  const stage = new Stage();
  const judge = step("judge", ({ results }: { readonly results: number }) => {
    stage.note("judged");
    return results;
  });
  const noted = (results: { readonly a: number }): number => {
    stage.note("reduced");
    return results.a;
  };
  const program = pipeline({ name: "p" })
    .parallel({ a: says("a", 1) }, { name: "own", reduce: noted })
    .step("list", (n) => [n])
    .map(says("one", 3), {
      reduce: reducers.judge(step("judged", ({ results }: { readonly results: readonly number[] }) => results[0] ?? 0)),
    })
    .parallel(
      { a: says("a", 4) },
      {
        name: "two",
        reduce: reducers.judge(
          pipeline()
            .step("only", ({ results }: { readonly results: { readonly a: number } }) => ({ results: results.a }))
            .step(judge),
        ),
      },
    )
    .step(stage.door<number>());
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: 4 });
  expect(stage.notes).toEqual(["reduced", "judged", "door", "door"]);
});

test("RED-12: what cannot reduce is refused before there is a run: with join: any, a ready-made reducer of collected items, one that was not called, a program that is no judge", async () => {
  const one = { a: says("a", 1) };
  const p = pipeline({ name: "p" });
  const item = step("item", (n: number) => n);
  for (const [make, words] of [
    [() => p.parallel(one, { join: "any", reduce: reducers.values as never }), 'it has join: "any" and a reducer'],
    [() => p.map(item, { onFailure: "collect", reduce: reducers.values as never }), 'it has onFailure: "collect" and one of the reducers'],
    [() => p.parallel(one, { reduce: reducers.majority as never }), "reduce is reducers.majority. Call it: reducers.majority(…)."],
    [() => p.parallel(one, { reduce: item as never }), "reduce is a program. Write reduce: reducers.judge(program)"],
    [() => p.parallel(one, { reduce: "union" as never }), 'reduce is "union"'],
    [() => reducers.best({} as never) as never, "score is undefined"],
    [() => reducers.judge((() => 1) as never) as never, "is not a program"],
  ] as const) {
    const stage = new Stage();
    await expect((async () => stage.run(make() as AnyStep, []))(), words).rejects.toMatchObject({
      code: "pipeline_invalid",
      message: expect.stringContaining(words) as string,
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
});
