import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, Stage } from "./support/stage.ts";

/** Runs a branch that has these slots on a key of any kind. */
function take(key: unknown, withDefault: boolean) {
  const branches = { yes: echo("yes"), true: echo("truth"), "1": echo("one") };
  const options = withDefault ? { default: echo("default") } : {};
  return new Stage().run(pipeline({ name: "p" }).branch((() => key) as never, branches as never, options as never));
}

test("BRANCH-1: the selector and the branch that is taken are given the branch's input, and the output is that of the branch taken", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).branch(
    (value: string): "a" | "b" => {
      stage.note(value);
      return "b";
    },
    { a: step("a", () => stage.note("a")), b: echo("taken") },
  );
  expect(await stage.run(program)).toMatchObject({ status: "succeeded", output: "taken in" });
  expect(stage.notes).toEqual(["in"]);
});

test.each([
  ["yes", "yes in", "yes"],
  [true, "truth in", "true"],
  [1, "one in", "1"],
])(
  "BRANCH-2, BRANCH-3: the key %j takes the branch of its text, which is noted in the metadata, before any default",
  async (key, output, noted) => {
    expect(await take(key, true)).toMatchObject({ output, steps: [{ metadata: { key: noted } }] });
  },
);

test.each(["no", false, null, { toString: 1 }, "constructor", ["yes"]])(
  "BRANCH-4, BRANCH-5: a key without a branch, %j, takes the default; without one it is a failure that names the keys there are",
  async (key) => {
    expect(await take(key, true)).toMatchObject({ output: "default in", steps: [{ metadata: { key: "default" } }] });
    expect(await take(key, false)).toMatchObject({
      status: "failed",
      failure: {
        code: "branch_key_unknown",
        path: "p/branch",
        retryable: false,
        message: expect.stringContaining("there are 1, yes, true"),
        details: { known: ["1", "yes", "true"] },
      },
    });
  },
);

test("BRANCH-6: the selector and the branch see the context as it was before, and what the branch wrote is the branch's", async () => {
  const way = pipeline().step(looks("see")).step(logs("in the way"));
  const program = shared()
    .step(logs("before"))
    .branch((_: unknown, { context }) => (context.log.length === 1 ? ("one" as const) : ("other" as const)), {
      one: way,
      other: echo("x"),
    });
  expect(await new Stage().run(program)).toMatchObject({ output: "nobody before", context: { log: ["before", "in the way"] } });
});

test("BRANCH-7: the failure of the branch taken is its own, and so is what that branch used", async () => {
  const paid = agent({ name: "ask", instructions: "", model: scriptedModel(["said"]) });
  const program = pipeline({ name: "p" }).branch(() => "a" as const, { a: pipeline().step(paid).step(fails("no")) });
  expect(await new Stage().run(program)).toMatchObject({
    status: "failed",
    failure: { path: "p/branch/a/no" },
    steps: [{ path: "p/branch", metadata: { key: "a" }, usage: { modelCalls: 1 } }],
  });
});

test("BRANCH-8: a branch that failed has written nothing", async () => {
  const way = step({
    name: "way",
    context: Shared,
    run: (_: unknown, { contribute }): never => {
      contribute("log", "lost");
      throw new Error("no");
    },
  });
  const choice = pipeline({ context: Shared })
    .step(logs("lost too"))
    .branch(() => "a" as const, { a: way });
  expect(await new Stage().run(shared().parallel({ choice, b: logs("kept") }, { onFailure: "ignore" }))).toMatchObject({
    context: { log: ["kept"] },
  });
});

test("BRANCH-9: after a resume the same branch is taken, whatever the selector would say now", async () => {
  const stage = new Stage();
  let asked = 0;
  const program = pipeline({ name: "p" }).branch(() => (asked++ === 0 ? ("a" as const) : ("b" as const)), {
    a: pipeline().human("sure", { answer: z.string() }),
    b: echo("wrong"),
  });
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/branch/a/sure" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: { answer: "yes" } });
  expect(asked).toBe(1);
});
