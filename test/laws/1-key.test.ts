import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { decisionsOf } from "./support/comparable.ts";
import { Lab, RUN } from "./support/lab.ts";

const same = <Name extends string>(name: Name) => step(name, (value: unknown) => value);

test("law 1, key: a key is the instance path, with the index of every map in it", async () => {
  const lab = new Lab();
  const inner = pipeline().map(same("leaf"), { name: "inner" }).step(same("after"));
  const program = pipeline({ name: "p" })
    .map(inner, { name: "outer" })
    .parallel({ left: same("x"), right: pipeline().step(same("y")) }, { name: "both" });
  await lab.flujo().run(program, [[1, 2], [3]], RUN);
  expect((await lab.keys()).toSorted()).toEqual([
    "p/both/left",
    "p/both/right/y",
    "p/outer[0]/after",
    "p/outer[0]/inner[0]",
    "p/outer[0]/inner[1]",
    "p/outer[1]/after",
    "p/outer[1]/inner[0]",
  ]);
});

test("law 1, key: the first attempt has no number, every further one has its own", async () => {
  const lab = new Lab();
  const flaky = step({
    name: "flaky",
    retry: { retries: 2, firstDelayMs: 0 },
    run: (_: string, { attempt, path, idempotencyKey }) => {
      lab.note(`${attempt} ${path} ${idempotencyKey}`);
      if (attempt < 3) throw new Error("not yet");
      return attempt;
    },
  });
  await lab.flujo().run(pipeline({ name: "p" }).step(flaky), "in", RUN);
  expect(await lab.keys()).toEqual(["p/flaky", "p/flaky#2", "p/flaky#3"]);
  const calls = lab.log.filter((line) => !line.startsWith("commit"));
  expect(calls).toEqual(["1 p/flaky run-1:p/flaky", "2 p/flaky#2 run-1:p/flaky", "3 p/flaky#3 run-1:p/flaky"]);
});

test("law 1, key: a tool call is known by its turn and position, never by the provider's own id", async () => {
  const lab = new Lab();
  const add = tool({ name: "add", description: "Adds.", input: z.object({ n: z.number() }), run: ({ n }) => n + 1 });
  const model = scriptedModel([
    {
      calls: [
        { tool: "add", input: { n: 1 }, id: "the-same" },
        { tool: "add", input: { n: 2 }, id: "the-same-too" },
      ],
    },
    { calls: [{ tool: "add", input: { n: 3 }, id: "the-same" }] },
    "done",
  ]);
  await lab.flujo().run(pipeline({ name: "p" }).step(agent({ name: "a", model, instructions: "", tools: [add] })), "in", RUN);
  expect(await lab.keys()).toEqual([
    "p/a/turn[0]",
    "p/a/turn[0]/tool[0]",
    "p/a/turn[0]/tool[1]",
    "p/a/turn[1]",
    "p/a/turn[1]/tool[0]",
    "p/a/turn[2]",
  ]);
  expect(JSON.stringify((await lab.journal()).map(({ key }) => key))).not.toContain("the-same");
});

test("law 1, key: decisions have keys that no node can have", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).branch(() => "a" as const, { a: same("x") }, { name: "way" });
  await lab.flujo().run(program, "in", RUN);
  expect(decisionsOf(await lab.journal()).map(({ key }) => key)).toEqual(["p/way/?key"]);
  await expect(lab.flujo().run(pipeline({ name: "p" }).step(same("?key")), "in")).rejects.toMatchObject({ code: "pipeline_invalid" });
});

test("law 1, key: names are unique among siblings, and no key ever stands twice in a journal", async () => {
  const lab = new Lab();
  await expect(lab.flujo().run(pipeline({ name: "p" }).step(same("x")).step(same("x")), "in")).rejects.toMatchObject({
    code: "pipeline_invalid",
  });
  const asList = step("list", () => [1, 2, 3]);
  await lab.flujo().run(
    pipeline({ name: "x" })
      .step(same("x"))
      .step(asList)
      .map(pipeline().step(same("x")).step(asList).map(same("x")))
      .step("y", () => 1),
    "in",
    RUN,
  );
  const keys = await lab.keys();
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBe(2 + 3 * 5 + 1);
});
