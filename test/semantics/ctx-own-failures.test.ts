import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, ReducerName } from "../../src/index.ts";
import { cached, context, memoryCache, pipeline, reducer, step } from "../../src/index.ts";
import { Stage } from "./support/stage.ts";

const Fields = z.object({ total: z.string().max(30).default("0"), who: z.string().default("Ann") });
const Desk = context(Fields, { total: reducer((before: string, contribution: number) => `${before}(${contribution})`) });
const desk = () => pipeline({ name: "p", context: Desk });
const gives = (name: string, n: number) => step({ name, context: Desk, run: (_: unknown, { contribute }) => contribute("total", n) });

/** A reducer that does not take everything. */
const strict = context(Fields, {
  total: reducer((before: string, what: "throw" | "wait" | "long" | "nothing" | "ok") => {
    if (what === "throw") throw new RangeError("not that");
    if (what === "nothing") return undefined as never;
    if (what === "wait") return Promise.reject(new Error("later")) as never;
    return what === "long" ? before.repeat(31) : `${before}+`;
  }),
});
const says = (name: string, what: "throw" | "wait" | "long" | "nothing" | "ok") =>
  step({ name, context: strict, run: (_: unknown, { contribute }) => contribute("total", what) });

test("CTX-12: a reducer that throws, waits or makes what the schema refuses fails the step, names the field, and nothing is written", async () => {
  const failureOf = async (what: "throw" | "wait" | "long" | "nothing") => {
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
    thrownAt: expect.stringContaining("ctx-own-failures.test.ts"),
  });
  expect(await failureOf("wait")).toMatchObject({
    code: "step_failed",
    message: 'p/a: the reducer of the context field "total" returned a promise, and has to return what the field becomes',
  });
  expect(await failureOf("nothing")).toMatchObject({
    code: "step_failed",
    message: expect.stringMatching(/^p\/a: the reducer of the context field "total" returned undefined, and has to return what/) as string,
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
