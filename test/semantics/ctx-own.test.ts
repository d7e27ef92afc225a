import { type } from "arktype";
import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, asTool, cached, context, Flujo, memoryCache, pipeline, reducer, saga, search, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { never, promises, proposes } from "./support/search.ts";
import { fails, RUN_ID, Stage } from "./support/stage.ts";

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

test("CTX-9: so it is where the schema does not show its fields, the field is not there yet, and a step may write it and not look at it", async () => {
  const Opaque = context(type({ "way?": "string < 9" }), {
    way: reducer((before: string | undefined, by: string) => `${before ?? "none"}${by}`),
  });
  const adds = (name: string, by: string) =>
    step({
      name,
      context: Opaque,
      reads: [],
      writes: ["way"],
      run: (_: unknown, { context: seen, contribute }) => {
        contribute("way", by);
        return Object.keys(seen);
      },
    });
  const opaque = pipeline({ name: "p", context: Opaque });
  const both = opaque.parallel({ a: adds("a", "1"), b: adds("b", "2") });
  expect(await new Stage().run(both)).toMatchObject({ status: "succeeded", context: { way: "none12" } });
  expect(await new Stage().run(opaque.parallel({ a: adds("a", "123"), b: adds("b", "45") }))).toMatchObject({
    failure: { code: "context_invalid", path: "p/parallel/?contributions" },
    context: {},
  });
  const hidden = step({
    name: "h",
    context: Desk,
    writes: ["who"],
    run: (_: unknown, { contribute }) => contribute("total" as never, 1),
  });
  expect(await new Stage().run(desk().step(hidden))).toMatchObject({
    failure: { code: "context_invalid", message: expect.stringContaining('the context field "total" was written') },
  });
});

test("CTX-9: so it is for what undoes a step, within a program with a context of its own, too", async () => {
  const stage = new Stage();
  const undo = step({
    name: "undo",
    context: Desk,
    run: (_: unknown, about) => {
      about.contribute("total", 8);
      stage.note(about.context.total);
    },
  });
  const inner = pipeline({ name: "inner", context: Desk }).step(withPolicy(gives("a", 1), { compensate: undo }));
  const tried = saga(
    desk()
      .step(inner, { context: { in: () => ({ total: "9" }) } })
      .step(fails("no")),
  );
  expect(await stage.run(tried)).toMatchObject({ status: "failed", failure: { message: expect.stringContaining("no fails") } });
  expect(stage.notes).toEqual(["9(8)"]);
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
