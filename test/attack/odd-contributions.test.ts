import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { context, defineKind, Flujo, pipeline, reducer, step, withPolicy } from "../../src/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flujo-odd-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const Boxes = context(
  z.object({
    votes: z.map(z.string(), z.number()).default(() => new Map()),
    seen: z.object({ names: z.set(z.string()) }).default(() => ({ names: new Set<string>() })),
    at: z.date().default(() => new Date(0)),
  }),
  {
    votes: reducer((before: Map<string, number>, name: string) => before.set(name, (before.get(name) ?? 0) + 1)),
    seen: reducer((before: { names: Set<string> }, name: string) => {
      before.names.add(name);
      return before;
    }),
    at: reducer((before: Date, ms: number) => {
      before.setTime(before.getTime() + ms);
      return before;
    }),
  },
);

/** Reducers that change what they are given, where nothing can be frozen: each branch looks at what it finds before anybody has contributed. */
function counting() {
  const votes = (name: string) =>
    step({
      name,
      context: Boxes,
      run: (_: unknown, { context: { votes: found }, contribute }) => {
        contribute("votes", "tea");
        contribute("seen", name);
        contribute("at", 1);
        return found.get("tea") ?? 0;
      },
    });
  return pipeline({ name: "p", input: z.string(), context: Boxes })
    .step(votes("first"))
    .parallel({ left: votes("left"), right: votes("right") })
    .step("end", (found, { context: { votes: given, seen, at } }) => [found, [...given], [...seen.names], at.getTime()]);
}

test("a reducer that changes a map, a set or a date in place counts each contribution once, whenever the process dies", async () => {
  const expected = [{ left: 1, right: 1 }, [["tea", 3]], ["first", "left", "right"], 3];
  const whole = await new Lab().flujo().run(counting(), "in", RUN);
  expect(whole.unwrap()).toEqual(expected);
  let deaths = 0;
  for (let lastCommit = 0; ; lastCommit++) {
    const lab = new Lab();
    const { flujo, crashed } = lab.doomed(lastCommit);
    const ended = await Promise.race([crashed, flujo.run(counting(), "in", RUN)]);
    if (ended !== "crashed") break;
    deaths++;
    const resumed = await lab.flujo().resume(counting(), RUN.runId);
    expect(resumed.unwrap(), `died after commit ${lastCommit}`).toEqual(expected);
  }
  expect(deaths).toBeGreaterThan(3);
});

function circle(): unknown {
  const around: { self?: unknown } = {};
  around.self = around;
  return around;
}

function deep(): unknown {
  let list: unknown = [];
  for (let depth = 0; depth < 100_000; depth++) list = [list];
  return list;
}

const Anything = context(z.object({ plain: z.unknown().optional(), list: z.array(z.unknown()).default([]), own: z.unknown().optional() }), {
  list: "append",
  own: reducer((_, made: unknown) => (typeof made === "function" ? (made as () => unknown)() : made)),
});

const WRITES = { plain: "update", list: "contribute", own: "contribute" } as const;

test.each(Object.entries(WRITES))(
  "what is written to the field %s and no store can keep is told with the name of that field",
  async (field, how) => {
    const flujo = new Flujo({ state: `sqlite:${join(folder, `${field}.db`)}` });
    for (const [value, what] of [
      [circle(), "a reference back to a value it is part of"],
      [deep(), "nested more than 500 levels deep"],
      [Symbol("s"), "a symbol"],
    ] as const) {
      const writes = step({
        name: "writes",
        context: Anything,
        run: (_: string, { update, contribute }) => {
          if (how === "contribute") contribute(field as "own", value);
          else
            update((draft) => {
              draft.plain = value;
            });
        },
      });
      const result = await flujo.run(pipeline({ name: "p", input: z.string(), context: Anything }).step(writes), "in");
      expect(result).toMatchObject({ status: "failed", failure: { code: "value_unstorable" } });
      const message = result.status === "failed" ? result.failure.message : "";
      expect(message).toMatch(new RegExp(`^p/writes: context\\.${field}(\\W.*)? is ${what}, which cannot be stored\\.$`));
    }
    await flujo.close();
  },
);

test("what a reducer makes and no store can keep is told with the name of the field", async () => {
  const flujo = new Flujo({ state: `sqlite:${join(folder, "made.db")}` });
  const writes = step({ name: "writes", context: Anything, run: (_: string, { contribute }) => contribute("own", { of: Symbol("s") }) });
  const result = await flujo.run(pipeline({ name: "p", input: z.string(), context: Anything }).step(writes), "in");
  await flujo.close();
  expect(result).toMatchObject({ failure: { message: "p/writes: context.own.of is a symbol, which cannot be stored." } });
});

/** Something to wait for, whose `then` does not do what it has to. */
function broken(): unknown {
  return {
    then: (): never => {
      throw new Error("not like this");
    },
  };
}

test("a reducer that returns something to wait for is told as that, whatever becomes of it", async () => {
  const Broken = context(z.object({ all: z.unknown().optional() }), { all: reducer(broken) });
  const adds = step({ name: "adds", context: Broken, run: (_: string, { contribute }) => contribute("all", 1 as never) });
  const result = await new Flujo().run(pipeline({ name: "p", input: z.string(), context: Broken }).step(adds), "in");
  const message = 'p/adds: the reducer of the context field "all" returned a promise, and has to return what the field becomes';
  expect(result).toMatchObject({ failure: { code: "step_failed", message } });
});

test("a kind that expands to something to wait for is told as that, whatever becomes of it", () => {
  const build = defineKind({ kind: "late", expand: broken as never }) as () => unknown;
  expect(build).toThrow("late(): `expand` returned a promise, which is no program");
});

const says = step("says", (text: string) => text);

test.each(["plugins", "validate"] as const)("no words in the feedback of %s are no feedback", async (which) => {
  const judge = () => ({ ok: false, feedback: " " });
  const plugged = withPolicy(says, { plugins: [{ name: "judge", run: judge }] });
  const program = which === "plugins" ? plugged : withPolicy(says, { validate: { name: "judge", check: judge } });
  const result = await new Flujo().run(program, "in");
  expect(result).toMatchObject({ failure: { message: "says/says: what it gave is not good enough. judge: it says no." } });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a score of %s is told as what it is", async (score) => {
  const result = await new Flujo().run(withPolicy(says, { plugins: [{ name: "judge", run: () => ({ score }) }] }), "in");
  const told = `"judge" returned ${score} as \`score\`, and has to return a number there`;
  expect(result).toMatchObject({ failure: { code: "decision_failed", message: expect.stringContaining(told) } });
});
