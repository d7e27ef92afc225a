import { describe, expect, test } from "vitest";
import { pipeline, step } from "../../src/index.ts";
import { Lab, RUN } from "./support/lab.ts";
import { MERGES, Shared, sets } from "./support/sharing.ts";

const run = async (program: Parameters<ReturnType<Lab["flujo"]>["run"]>[0], start: object = {}) =>
  new Lab().flujo().run(program as never, "in" as never, { context: start });
const shared = () => pipeline({ name: "p", context: Shared });

describe("isolation", () => {
  test("each attempt sees a fresh view, and the writes of a failed attempt vanish", async () => {
    const seen: unknown[] = [];
    const flaky = step({
      name: "flaky",
      context: Shared,
      retry: { retries: 2, firstDelayMs: 0 },
      run: (_: string, { context, update, contribute, attempt, feedback }) => {
        seen.push([context.who, context.log.length, feedback?.message ?? null]);
        update((draft) => {
          draft.who = `attempt ${attempt}`;
        });
        contribute("log", `attempt ${attempt}`);
        seen.push(context.who);
        if (attempt < 3) throw new Error(`no ${attempt}`);
      },
    });
    const result = await run(shared().step(flaky));
    expect(seen).toEqual([
      ["nobody", 0, null],
      "nobody",
      ["nobody", 0, "p/flaky: no 1"],
      "nobody",
      ["nobody", 0, "p/flaky#2: no 2"],
      "nobody",
    ]);
    expect(result).toMatchObject({ status: "succeeded", context: { who: "attempt 3", log: ["attempt 3"] } });
  });

  test("an attempt sees its own writes when it looks again", async () => {
    const program = shared().step("s", (_: string, about) => {
      about.update((draft) => {
        draft.who = "me";
      });
      about.contribute("sum", 2);
      about.contribute("sum", 3);
      return [about.context.who, about.context.sum];
    });
    expect(await run(program)).toMatchObject({ output: ["me", 5] });
  });

  test("concurrent branches and items see the context as it was before, not each other's writes", async () => {
    const look = (name: string) =>
      step({
        name,
        context: Shared,
        run: async (_: unknown, about) => {
          about.contribute("log", name);
          await Promise.resolve();
          return about.context.log;
        },
      });
    const both = await run(
      shared()
        .step(sets("s", "x"))
        .parallel({ a: look("a"), b: look("b") }),
    );
    expect(both).toMatchObject({ output: { a: ["a"], b: ["b"] }, context: { log: ["a", "b"] } });
    const items = await run(
      shared()
        .step("list", () => [1, 2])
        .map(look("item"), { concurrency: 1 }),
    );
    expect(items).toMatchObject({ output: [["item"], ["item"]], context: { log: ["item", "item"] } });
  });

  test("the view is frozen all the way down", async () => {
    const program = shared().step("s", (_: string, { context }) => {
      expect(() => Object.assign(context, { who: "hacked" })).toThrow(TypeError);
      expect(() => (context.list as string[]).push("hacked")).toThrow(TypeError);
      expect(() => Object.assign(context.deep, { a: 1 })).toThrow(TypeError);
    });
    expect(await run(program)).toMatchObject({ status: "succeeded", context: { who: "nobody", list: [], deep: {} } });
  });

  test("what was written belongs to the journal: changing it afterwards changes nothing", async () => {
    const mine = { inner: { x: 1 } };
    const program = shared()
      .step("s", (_: string, { contribute }) => contribute("tags", Object.freeze(mine)))
      .step("t", (_: unknown, { context }) => {
        mine.inner.x = 2;
        return context.tags;
      });
    expect(await run(program)).toMatchObject({ output: [{ inner: { x: 1 } }], context: { tags: [{ inner: { x: 1 } }] } });
  });

  test("a context handed in is not changed, nor are steps given the caller's own object", async () => {
    const start = { who: "caller", list: ["a"] };
    await run(shared().step(sets("s", "x")), start);
    start.list.push("b");
    expect(start).toEqual({ who: "caller", list: ["a", "b"] });
  });
});

describe("misuse", () => {
  const misused = async (work: (about: never) => unknown): Promise<unknown> =>
    run(shared().step(step({ name: "s", context: Shared, run: (_: string, about) => work(about as never) })));

  test("update refuses a field with a reducer and names the remedy; contribute refuses a plain one", async () => {
    const updated = await misused((about: { update: (change: (draft: { log: string[] }) => void) => void }) =>
      about.update((draft) => draft.log.push("x")),
    );
    expect(updated).toMatchObject({
      status: "failed",
      failure: { code: "context_invalid", message: expect.stringContaining('contribute("log", …)') },
    });
    const contributed = await misused((about: { contribute: (field: string, value: unknown) => void }) => about.contribute("who", "x"));
    expect(contributed).toMatchObject({
      status: "failed",
      failure: { code: "context_invalid", message: expect.stringContaining("update(draft => …)") },
    });
  });

  test("writes after the step has ended are refused, and reach nobody", async () => {
    const { promise: late, resolve } = Promise.withResolvers<unknown>();
    const program = shared()
      .step("s", (_: string, { contribute }) => {
        setImmediate(() => {
          try {
            contribute("log", "late");
            resolve("it went through");
          } catch (error) {
            resolve(error);
          }
        });
      })
      .step("t", () => late.then(() => undefined));
    expect(await run(program)).toMatchObject({ status: "succeeded", context: { log: [] } });
    expect(await late).toMatchObject({ code: "context_invalid", message: expect.stringContaining("after it had ended") });
  });

  test("a pipeline without a context is refused one; a context that does not fit is refused before a run is made", async () => {
    const lab = new Lab();
    await expect(
      lab.flujo().run(pipeline({ name: "p" }).step("s", () => 1) as never, "in" as never, { ...RUN, context: { a: 1 } }),
    ).rejects.toMatchObject({ code: "context_invalid" });
    await expect(run(shared().step(sets("s", "x")), { who: 7 })).rejects.toMatchObject({ code: "context_invalid" });
    expect(await lab.inner.findRun(RUN.runId)).toBeNull();
  });
});

describe("validation", () => {
  test("a write that does not fit the field's schema fails the attempt, says where, and vanishes", async () => {
    const wrong = step({
      name: "wrong",
      context: Shared,
      run: (_: string, about) => {
        about.update((draft) => {
          draft.deep.a = "seven" as never;
        });
      },
    });
    expect(await run(shared().step(wrong))).toMatchObject({
      status: "failed",
      failure: { code: "context_invalid", message: expect.stringContaining("deep.a") },
      context: { deep: {} },
    });
  });

  test("a contribution is checked on its own, an item as a list", async () => {
    const wrong = step({ name: "wrong", context: Shared, run: (_: string, { contribute }) => contribute("log", 7 as never) });
    expect(await run(shared().step(wrong))).toMatchObject({
      status: "failed",
      failure: { code: "context_invalid", message: expect.stringContaining("log[0]") },
    });
  });

  test("only the fields that were touched are checked at each write, the whole at joins and at the end", async () => {
    const lab = new Lab();
    await lab.flujo().run(
      shared()
        .step(sets("s", "x"))
        .parallel({ a: sets("a", "y") }),
      "in",
      RUN,
    );
    const decisions = (await lab.journal()).flatMap((entry) =>
      entry.type === "decisions-made" ? entry.decisions.map(({ key }) => String(key)) : [],
    );
    expect(decisions.toSorted()).toEqual(["p/?end", "p/parallel/?context"]);
  });
});

describe("merges", () => {
  test.each(MERGES.map((merge) => [merge, { update: null, overwrite: "second", keepFirst: "first", none: "nobody" }[merge]] as const))(
    "%s: of two branches that set the same field, it gives %s",
    async (merge, who) => {
      const program = shared().parallel({ a: sets("a", "first"), b: sets("b", "second") }, { name: "both", merge });
      const result = await run(program);
      if (who === null) {
        expect(result).toMatchObject({
          status: "failed",
          failure: {
            code: "context_conflict",
            details: { field: "who", branches: ["a", "b"] },
            message: expect.stringContaining('"a" and "b"'),
          },
          context: { who: "nobody" },
        });
      } else expect(result).toMatchObject({ status: "succeeded", context: { who } });
    },
  );

  test("update: equal values agree, different fields do not meet, and a path above another one conflicts", async () => {
    const field = (name: string, change: (draft: { deep: { a?: number | undefined; b?: number | undefined } }) => void) =>
      step({ name, context: Shared, run: (_: unknown, { update }) => update(change) });
    const both = async (one: Parameters<typeof field>[1], two: Parameters<typeof field>[1]) =>
      run(shared().parallel({ a: field("x", one), b: field("y", two) }));
    const a1 = (draft: { deep: { a?: number | undefined } }): void => void (draft.deep.a = 1);
    const b2 = (draft: { deep: { b?: number | undefined } }): void => void (draft.deep.b = 2);
    const whole = (draft: { deep: object }): void => void (draft.deep = { a: 9 });
    expect(await both(a1, a1)).toMatchObject({ status: "succeeded", context: { deep: { a: 1 } } });
    expect(await both(a1, b2)).toMatchObject({ status: "succeeded", context: { deep: { a: 1, b: 2 } } });
    expect(await both(a1, whole)).toMatchObject({ status: "failed", failure: { code: "context_conflict" } });
    expect(await both(whole, a1)).toMatchObject({ status: "failed", failure: { code: "context_conflict" } });
  });

  test("update: maps that differ are a conflict, although JSON takes them for the same", async () => {
    const write = (name: string, key: string) =>
      step({ name, context: Shared, run: (_: unknown, { update }) => update((draft) => void (draft.lookup = new Map([[key, 1]]))) });
    expect(await run(shared().parallel({ a: write("x", "one"), b: write("y", "two") }))).toMatchObject({
      status: "failed",
      failure: { code: "context_conflict" },
    });
  });

  test("reducers get the contributions in declared order, whoever ends first", async () => {
    const give = (name: string, turns: number) =>
      step({
        name,
        context: Shared,
        run: async (_: unknown, { contribute }) => {
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          contribute("log", name);
          contribute("sum", turns);
          contribute("tags", ["shared", { id: name }, { id: "twice" }]);
          contribute("best", turns);
          contribute("worst", turns);
        },
      });
    const result = await run(shared().parallel({ a: give("slow", 9), b: give("mid", 4), c: give("fast", 0) }), {
      log: ["before"],
      sum: 100,
    });
    expect(result).toMatchObject({ context: { log: ["before", "slow", "mid", "fast"], sum: 113, best: 9, worst: 0 } });
    expect(result).toMatchObject({ context: { tags: ["shared", { id: "slow" }, { id: "twice" }, { id: "mid" }, { id: "fast" }] } });
  });

  test("a failed branch that is ignored, and an item whose failure is collected, leave no writes", async () => {
    const fails = step({
      name: "fails",
      context: Shared,
      run: (item: unknown, { contribute }): unknown => {
        contribute("log", String(item));
        if (item !== 2) throw new Error("no");
        return item;
      },
    });
    expect(await run(shared().parallel({ a: fails, b: sets("b", "x") }, { onFailure: "ignore" }))).toMatchObject({
      status: "succeeded",
      context: { log: [], who: "x" },
    });
    expect(
      await run(
        shared()
          .step("list", () => [1, 2, 3])
          .map(fails, { onFailure: "collect" }),
      ),
    ).toMatchObject({ status: "succeeded", context: { log: ["2"] } });
  });
});
