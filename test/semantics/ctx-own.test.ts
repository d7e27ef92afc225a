import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, ReducerName } from "../../src/index.ts";
import { agent, asTool, cached, context, Flujo, memoryCache, pipeline, reducer, search, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { never, promises, proposes } from "./support/search.ts";
import { RUN_ID, Stage } from "./support/stage.ts";

/** What a field becomes tells what it was and what was contributed, in which order. */
const written = reducer((before: string, contribution: number) => `${before}(${contribution})`);

const Fields = z.object({ total: z.string().max(30).default("0"), who: z.string().default("Ann") });
const Desk = context(Fields, { total: written });
const desk = () => pipeline({ name: "p", context: Desk });
const total = { name: "total", context: Desk, run: (_: unknown, about: { context: { total: string } }) => about.context.total };

function gives(name: string, ...contributions: readonly number[]) {
  return step({
    name,
    context: Desk,
    run: (_: unknown, { contribute }) => {
      for (const each of contributions) contribute("total", each);
      return contributions.length;
    },
  });
}

/** The keys of what reducers were asked where several had contributed. */
async function askedAnew(stage: Stage): Promise<readonly string[]> {
  const decisions = (await stage.entries()).flatMap((entry) => (entry.type === "decisions-made" ? entry.decisions : []));
  return decisions.map(({ key }) => String(key)).filter((key) => key.endsWith("/?contributions"));
}

test("CTX-9: a field with a reducer of the author's own becomes what that makes of each contribution, and the step sees it at once", async () => {
  const looks = step({
    name: "looks",
    context: Desk,
    run: (_: unknown, about) => {
      about.contribute("total", 3);
      return about.context.total;
    },
  });
  expect(
    await new Stage().run(
      desk()
        .step(gives("a", 1, 2))
        .step(looks),
    ),
  ).toMatchObject({
    output: "0(1)(2)(3)",
    context: { total: "0(1)(2)(3)" },
  });
});

test("CTX-9: what the field has become is part of the outcome, with the last contribution of a step, and its draft is read-only", async () => {
  const stage = new Stage();
  await stage.run(desk().step(gives("a", 1, 2)));
  const [writes] = (await stage.entries()).flatMap((entry) => (entry.type === "operation-finished" ? [entry.outcome] : []));
  expect(writes).toMatchObject({
    writes: [
      { op: "contribute", field: "total", value: 1 },
      { op: "contribute", field: "total", value: 2, after: { value: "0(1)(2)" } },
    ],
  });
  expect(writes?.status === "succeeded" && writes.writes?.[0]).not.toHaveProperty("after");
  const sets = step({
    name: "sets",
    context: Desk,
    run: (_: unknown, { update }) => update((draft) => void Object.assign(draft, { total: "1" })),
  });
  expect(await new Stage().run(desk().step(sets))).toMatchObject({
    failure: { code: "context_invalid", message: expect.stringContaining('the field "total" has a reducer (own)') },
    context: { total: "0" },
  });
});

test("CTX-9: the contributions of an attempt that failed vanish, and the reducer of the next begins where that of the first did", async () => {
  const flaky = step({
    name: "flaky",
    context: Desk,
    retry: { retries: 1, firstDelayMs: 0 },
    run: (_: unknown, { contribute, attempt }) => {
      contribute("total", attempt);
      if (attempt === 1) throw new Error("no");
    },
  });
  const program = desk()
    .step(flaky)
    .step(
      pipeline()
        .step(gives("lost", 9))
        .step("fails", () => Promise.reject(new Error("no"))),
      { onError: { default: null } },
    )
    .loop(gives("round", 5), { maxIterations: 2 });
  expect(await new Stage().run(program)).toMatchObject({ status: "succeeded", context: { total: "0(2)(5)(5)" } });
});

test("CTX-10: where several contribute at the same time, the reducer is asked anew, in the order in which they are declared", async () => {
  const stage = new Stage();
  const slow = pipeline()
    .sleep("rest", "1 second")
    .step(gives("a", 2, 3));
  const program = desk()
    .step(gives("before", 1))
    .parallel({ a: slow, b: gives("b"), c: pipeline().step(gives("c", 4)).step(gives("d", 5)) })
    .step(step(total));
  expect(await stage.run(program)).toMatchObject({ output: "0(1)(2)(3)(4)(5)" });
  expect(await askedAnew(stage)).toEqual(["p/parallel/?contributions"]);
});

test("CTX-10: where only one of them did, or all that they wrote is dropped, nobody is asked anew", async () => {
  const stage = new Stage();
  const sets = step({ name: "sets", context: Desk, run: (_: unknown, { update }) => update((draft) => void (draft.who = "Bob")) });
  const alone = desk().parallel({ a: gives("a", 1, 2), b: sets }, { name: "alone" });
  const dropped = alone.parallel({ a: gives("a", 3), b: gives("b", 4) }, { name: "dropped", merge: "none" });
  expect(await stage.run(dropped)).toMatchObject({ context: { total: "0(1)(2)", who: "Bob" } });
  expect(await askedAnew(stage)).toEqual([]);
  for (const merge of ["overwrite", "keepFirst"] as const)
    expect(await new Stage().run(desk().parallel({ a: gives("a", 1), b: gives("b", 2) }, { merge }))).toMatchObject({
      context: { total: "0(1)(2)" },
    });
});

test("CTX-10: so it is in maps, routes, and what runs at the same time within what runs at the same time", async () => {
  const each = step({ name: "each", context: Desk, run: (item: number, { contribute }) => contribute("total", item) });
  const items = pipeline()
    .step("list", () => [2, 3])
    .map(each);
  const stage = new Stage();
  const program = desk()
    .route(
      pipeline()
        .step(gives("names", 1))
        .step("both", () => ["a", "b"] as const),
      { a: items, b: items },
    )
    .step(step(total));
  expect(await stage.run(program)).toMatchObject({ output: "0(1)(2)(3)(2)(3)" });
  expect((await askedAnew(stage)).toSorted()).toEqual([
    "p/route/?contributions",
    "p/route/a/map/?contributions",
    "p/route/b/map/?contributions",
  ]);
});

test("CTX-10: so it is with the tools of one turn that are programs, and with the evaluations of a search", async () => {
  const give = (name: string, n: number) =>
    asTool(pipeline({ context: Desk }).step(gives(name, n)), { name, description: "Gives.", input: z.object({}) });
  const turn = (...tools: readonly string[]) => ({ calls: tools.map((tool) => ({ tool, input: {} })) });
  const model = scriptedModel([turn("one", "two"), turn("one"), "done"]);
  const asks = agent({ name: "asks", model, instructions: "Give.", tools: [give("one", 1), give("two", 2)] });
  const stage = new Stage();
  expect(await stage.run(desk().step(asks).step(step(total)))).toMatchObject({ output: "0(1)(2)(1)" });
  expect(await askedAnew(stage)).toEqual(["p/asks/turn[0]/?contributions"]);

  const evaluate = step({
    name: "evaluate",
    context: Desk,
    run: (word: string, { contribute }) => {
      contribute("total", word.length);
      return promises("a", "bb")(word);
    },
  });
  const finds = search({
    name: "s",
    propose: proposes({ in: ["a", "bb"] }),
    evaluate,
    ...never,
  });
  expect(await new Stage().run(desk().step(finds as AnyStep as never))).toMatchObject({ context: { total: "0(1)(2)" } });
});

test("CTX-11: `sinkTo`, the mapping of a nested pipeline and what a cache recalls contribute by it, to the field as it is there", async () => {
  const inner = pipeline({ name: "inner", context: Desk })
    .step(gives("inside", 7))
    .parallel({ a: gives("a", 8), b: gives("b", 9) });
  const given = step("given", () => 2);
  const program = desk()
    .step(given, { sinkTo: "total" })
    .step(inner, { context: { in: () => ({ total: "1" }), out: ({ total: made }) => ({ total: made.length, who: made }) } });
  expect(await new Stage().run(program)).toMatchObject({ context: { total: "0(2)(10)", who: "1(7)(8)(9)" } });

  const kept = cached(gives("kept", 4), { reads: [], backend: memoryCache() });
  const twice = desk()
    .step(kept)
    .step("again", () => "in")
    .step(pipeline().step(kept));
  const stage = new Stage();
  expect(await stage.run(twice)).toMatchObject({ steps: [{ metadata: { cache: "miss" } }, {}, {}], context: { total: "0(4)(4)" } });
  expect(await stage.run(twice, "in", { runId: "run-2", context: { total: "9" } })).toMatchObject({
    steps: [{ metadata: { cache: "hit" } }, {}, {}],
    context: { total: "9(4)(4)" },
  });
});

/** A reducer that does not take everything. */
const strict = context(Fields, {
  total: reducer((before: string, what: "throw" | "wait" | "long" | "ok") => {
    if (what === "throw") throw new RangeError("not that");
    if (what === "wait") return Promise.reject(new Error("later")) as never;
    return what === "long" ? before.repeat(31) : `${before}+`;
  }),
});
const says = (name: string, what: "throw" | "wait" | "long" | "ok") =>
  step({ name, context: strict, run: (_: unknown, { contribute }) => contribute("total", what) });

test("CTX-12: a reducer that throws, waits or makes what the schema refuses fails the step, names the field, and nothing is written", async () => {
  const failureOf = async (what: "throw" | "wait" | "long") => {
    const result = await new Stage().run(pipeline({ name: "p", context: strict }).step(says("a", what)));
    expect(result).toMatchObject({ context: { total: "0" } });
    return result.status === "failed" ? result.failure : null;
  };
  expect(await failureOf("throw")).toMatchObject({
    code: "step_failed",
    path: "p/a",
    message: 'p/a: the reducer of the context field "total" threw: RangeError: not that',
    retryable: true,
    classes: ["RangeError"],
    thrownAt: expect.stringContaining("ctx-own.test.ts"),
  });
  expect(await failureOf("wait")).toMatchObject({
    code: "step_failed",
    message: 'p/a: the reducer of the context field "total" returned a promise, and has to return what the field becomes',
  });
  expect(await failureOf("long")).toMatchObject({
    code: "context_invalid",
    message: expect.stringMatching(
      /^p\/a: what it wrote to the context does not fit its schema: total: .+ \(what its reducer makes of it\)\.$/,
    ),
  });
  const Names = context(z.object({ names: z.array(z.string()).default([]) }), {
    names: reducer((before, name: string) => {
      before.push(name);
      return before;
    }),
  });
  const pushes = step({ name: "pushes", context: Names, run: (_: unknown, { contribute }) => contribute("names", "Ann") });
  expect(await new Stage().run(pipeline({ name: "p", context: Names }).step(pushes))).toMatchObject({
    failure: { message: expect.stringMatching(/^p\/pushes: the reducer of the context field "names" threw: TypeError: .*not extensible/) },
    context: { names: [] },
  });
});

test("CTX-12: where branches come together, in `sinkTo` and in a mapping, it fails what they come together in", async () => {
  const once = reducer((before: string, by: number) => {
    if (before.includes("(") && by > 1) throw new RangeError(`no second ${by}`);
    return `${before}(${by})`;
  });
  const Once = context(Fields, { total: once });
  const adds = (name: string, by: number) => step({ name, context: Once, run: (_: unknown, { contribute }) => contribute("total", by) });
  const joined = pipeline({ name: "p", context: Once }).parallel({ a: adds("a", 2), b: adds("b", 3) });
  expect(await new Stage().run(joined)).toMatchObject({
    failure: {
      code: "decision_failed",
      path: "p/parallel/?contributions",
      message: 'p/parallel/?contributions: the reducer of the context field "total" threw: RangeError: no second 3',
      retryable: false,
    },
    context: { total: "0" },
  });
  const long = Array.from({ length: 10 }, (_, at) => [`b${at}`, adds("b", 1)] as const);
  expect(await new Stage().run(pipeline({ name: "p", context: Once }).parallel(Object.fromEntries(long)))).toMatchObject({
    failure: {
      code: "context_invalid",
      message: expect.stringMatching(/^p\/parallel\/\?contributions: .*total: .+ \(what its reducer makes of it\)/),
    },
    context: { total: "0" },
  });
  const sunk = pipeline({ name: "p", context: Once })
    .step(adds("a", 1))
    .step(
      step("two", () => 2),
      { sinkTo: "total" },
    );
  expect(await new Stage().run(sunk)).toMatchObject({
    failure: { code: "decision_failed", message: 'p/two/?sink: the reducer of the context field "total" threw: RangeError: no second 2' },
    context: { total: "0(1)" },
  });
  const mapped = pipeline({ name: "p", context: Once })
    .step(adds("a", 1))
    .step(
      pipeline({ name: "own", context: Fields }).step("x", () => null),
      { context: { out: () => ({ total: 2 }) } },
    );
  expect(await new Stage().run(mapped)).toMatchObject({
    failure: {
      code: "decision_failed",
      message: expect.stringMatching(/^p\/own\/\?leave: the reducer of the context field "total" threw/),
    },
  });
});

test("CTX-12: what a cache recalls and the reducer does not take is a miss, which says so", async () => {
  const kept = cached(says("kept", "ok"), { reads: [], backend: memoryCache() });
  const grown = context(Fields, {
    total: reducer((before: string, what: string) => {
      if (before === "full") throw new RangeError(`no more ${what}`);
      return `${before}+`;
    }),
  });
  const stage = new Stage();
  const program = pipeline({ name: "p", context: grown }).step(kept as never);
  expect(await stage.run(program)).toMatchObject({ context: { total: "0+" } });
  expect(await stage.run(program, "in", { runId: "run-2", context: { total: "full" } })).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining('the reducer of the context field "total" threw: RangeError: no more ok') },
  });
  const decisions = (await stage.flujo().entries("run-2")).flatMap((entry) => (entry.type === "decisions-made" ? entry.decisions : []));
  expect(decisions).toMatchObject([{ outcome: { value: { isHit: false, problem: expect.stringContaining("cannot be added there") } } }]);
});

/** A run that has contributed and rests, and its program with another reducer. */
function resting(stage: Stage, by: string) {
  const Asked = context(Fields, {
    total: reducer(
      (before: string, n: number) => {
        stage.note(`${by} ${before}`);
        return `${before}${by}${n}`;
      },
      { version: by },
    ),
  });
  const adds = (name: string, n: number) =>
    step({
      name,
      context: Asked,
      version: "1",
      run: (_: unknown, { contribute }) => {
        stage.note(name);
        contribute("total", n);
      },
    });
  return pipeline({ name: "p", context: Asked })
    .parallel({ a: adds("a", 1), b: adds("b", 2) })
    .human("go", { answer: z.string() })
    .step(adds("last", 3));
}

test("CTX-13: what fields have become is on record: a resume asks no reducer for it again", async () => {
  const stage = new Stage();
  await stage.run(resting(stage, "+"));
  expect(stage.notes.splice(0)).toEqual(["a", "+ 0", "b", "+ 0", "+ 0", "+ 0+1"]);
  expect(await stage.answer(resting(stage, "+"), "yes")).toMatchObject({ context: { total: "0+1+2+3" } });
  expect(stage.notes).toEqual(["last", "+ 0+1+2"]);
});

test("CTX-13: a reducer whose version is another now is noticed; under `continue` what is on record stays, a fork works it out anew", async () => {
  const stage = new Stage();
  await stage.run(resting(stage, "+"));
  await expect(stage.answer(resting(stage, "-"), "yes")).rejects.toMatchObject({
    code: "plan_changed",
    message: expect.stringContaining('the code of the reducer of the context field "total" changed'),
  });
  const fork = new Flujo({ state: stage.store, clock: stage.clock, onCodeChange: "fork" });
  stage.notes.splice(0);
  const forked = await stage.clock.until(fork.resume(resting(stage, "-"), RUN_ID));
  expect(forked).toMatchObject({ status: "paused", context: { total: "0-1-2" } });
  expect(stage.notes.filter((note) => note.length === 1)).toEqual(["a", "b"]);
  const go = new Flujo({ state: stage.store, clock: stage.clock, onCodeChange: "continue" });
  expect(await stage.clock.until(go.answer(resting(stage, "-"), RUN_ID, { value: "yes" }))).toMatchObject({
    context: { total: "0+1+2-3" },
  });
});

test("CTX-14: what is no reducer, an async one, and another one of a pipeline in a pipeline are refused before there is a run", async () => {
  expect(() => reducer("sum" as never)).toThrow('reducer(): the reducer is "sum", not a function');
  expect(() => reducer(async (before: number) => before)).toThrow("reducer(): the reducer is async");
  expect(() => context(Fields, { total: "own" as ReducerName as never })).toThrow('the context\'s field "total" has the reducer "own"');
  expect(() => context(Fields, { total: { kind: "reducer", reduce: 3 } as never })).toThrow(
    'the reducer of the context\'s field "total" is 3',
  );
  const refused = async (program: AnyStep): Promise<string> => String(await new Stage().run(program).catch((error: unknown) => error));
  const Other = context(Fields, { total: reducer((before: string, contribution: number) => `${before}(${contribution})`) });
  expect(await refused(desk().step(pipeline({ context: Other }).step(gives("a", 1))))).toContain(
    'its context reduces "total" by a function of its own, the outer pipeline\'s by another one',
  );
  expect(await refused(pipeline({ name: "p", context: Fields }).step(pipeline({ context: Desk }).step(gives("a", 1)) as never))).toContain(
    'its context reduces "total" by a function of its own, the outer pipeline\'s has no reducer for it',
  );
  expect(await new Stage().run(desk().step(pipeline({ context: Desk }).step(gives("a", 1))))).toMatchObject({ context: { total: "0(1)" } });
  expect(
    await refused(
      desk().step(
        step("a", () => 1),
        { sinkTo: "total.x" as never },
      ),
    ),
  ).toContain("has a reducer (own)");
  const noVersion = context(Fields, { total: reducer((before: string, n: number) => `${before}${n}`, { version: "" }) });
  expect(await refused(pipeline({ name: "p", context: noVersion }).step("x", () => 1))).toContain("version is empty");
});
